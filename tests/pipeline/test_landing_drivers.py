"""Landing zones in an object store and behind SFTP: real servers on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import paramiko
import pytest
from moto.server import ThreadedMotoServer

from pipeline import landing, landing_files, run
from pipeline.landing_zones import Zone
from pipeline.settings import Settings
from schemas.errors import SettingsError, SohoaError, SystemFailed
from tests.pipeline import sftp_server
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.sftp_server import PASSWORD, USER, Running
from tests.pipeline.test_landing import declare

pytestmark = pytest.mark.store
NOON = datetime(2026, 11, 28, 5, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
NAMES = ("sổ 1.csv", "sổ #2?.csv", "sổ 3%20.csv")


def secrets(folder: Path, **values: str) -> Path:
    file = folder / "secrets.toml"
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in values.items()), "utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """A delivery of three files with names that addresses cannot hold, and its manifest."""
    folder = tmp_path / "delivered"
    for number, name in enumerate(NAMES):
        rows = [(f"{number}{row[0]}", *row[1:-1], "") for row in FAMILY]
        ledger(folder / "xa 1" / name, rows)
    declare(folder / "xa 1", *NAMES)
    return folder


@pytest.fixture
def object_zone(delivered: Path, tmp_path: Path) -> Iterator[Zone]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3", endpoint_url=f"http://{host}:{port}", aws_access_key_id="k", aws_secret_access_key="s",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_bucket(Bucket="ledgers")
    for path in delivered.rglob("*"):
        if path.is_file():
            client.put_object(Bucket="ledgers", Key=f"ha-noi/{path.relative_to(delivered)}", Body=path.read_bytes())
    client.put_object(Bucket="ledgers", Key="nghe-an/so.csv", Body=b"another province's")
    options = {"endpoint": f"{host}:{port}", "scheme": "http"}
    yield Zone("ha-noi", "01", "s3://ledgers/ha-noi", options=options, secrets=secrets(tmp_path, key="k", secret="s"))
    server.stop()


@pytest.fixture
def sftp(delivered: Path) -> Iterator[Running]:
    with sftp_server.running(delivered) as running:
        yield running


@pytest.fixture
def sftp_zone(sftp: Running, tmp_path: Path) -> Zone:
    options = {"username": USER, "host_key": sftp.host_key}
    given = secrets(tmp_path, password=PASSWORD)
    return Zone("ha-noi", "01", f"sftp://127.0.0.1:{sftp.port}/", options=options, secrets=given)


@pytest.fixture(params=["object_zone", "sftp_zone"])
def zone(request: pytest.FixtureRequest) -> Zone:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Zone)
    return found


def test_a_declared_delivery_is_fetched_once_whatever_its_files_are_called(zone: Zone, settings: Settings) -> None:
    (landed,) = landing.look(zone, settings, NOON)
    assert landing.look(zone, settings, LATER) == [landed]
    (row,) = landing.listed(zone, settings)
    assert (row["state"], row["files"]) == ("opened", len(NAMES) + 1)


def test_what_was_fetched_is_loaded(zone: Zone, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "load_settings", lambda: settings)
    (landed,) = landing.look(zone, settings, NOON)
    files = run.new_file_ids(landed.folder)
    assert len(files) == len(NAMES)
    for file_id in files:
        run.run_step("read_file", landed.folder, file_id)


def test_the_files_of_a_zone_are_its_own_alone(zone: Zone) -> None:
    with landing_files.opened(zone) as files:
        assert [seen.path for seen in files.seen()] == sorted([f"xa 1/{name}" for name in (*NAMES, "manifest.json")])


def test_a_file_that_is_shorter_than_it_was_is_not_taken(zone: Zone, tmp_path: Path) -> None:
    with landing_files.opened(zone) as files:
        seen = files.seen()[-1]
        with pytest.raises(SohoaError) as changed:
            files.copy(replace(seen, size=seen.size + 1), tmp_path / "longer")
        assert changed.value.code == "landing.changed"
        with pytest.raises(SohoaError):
            files.copy(replace(seen, size=seen.size - 1), tmp_path / "shorter")
        assert len(files.copy(seen, tmp_path / "as it is")) == 64


def test_a_server_with_another_key_is_not_believed(sftp_zone: Zone) -> None:
    other = paramiko.ECDSAKey.generate()
    wrong = {**sftp_zone.options, "host_key": f"{other.get_name()} {other.get_base64()}"}
    for options in (wrong, {"username": USER}):
        with pytest.raises(SystemFailed) as refused, landing_files.opened(replace(sftp_zone, options=options)):
            pass
        assert refused.value.code == "landing.unreachable"


@pytest.mark.parametrize("given", ["sai", ""])
def test_a_wrong_password_is_told_without_it(given: str, sftp_zone: Zone, tmp_path: Path) -> None:
    zone = replace(sftp_zone, secrets=secrets(tmp_path, password=given))
    with pytest.raises(SystemFailed) as refused, landing_files.opened(zone):
        pass
    assert PASSWORD not in str(refused.value)
    assert refused.value.details["error"]


def test_a_library_that_is_not_there_is_named_by_what_to_install(
    sftp_zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "paramiko", None)
    with pytest.raises(SettingsError) as missing, landing_files.opened(sftp_zone):
        pass
    assert missing.value.code == "landing.no_driver"


def test_a_bucket_that_is_gone_may_come_back(object_zone: Zone, settings: Settings) -> None:
    gone = replace(object_zone, options={**object_zone.options, "endpoint": "127.0.0.1:9"})
    with pytest.raises(SystemFailed) as refused:
        landing.look(gone, settings, NOON)
    assert refused.value.code == "landing.unreachable"
