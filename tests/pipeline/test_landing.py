"""Landing zones on a real store: what is whole is fetched once, what is not waits and says why, nothing is touched."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import landing, landing_ledger, landing_turns, landing_zones, run, tasks
from pipeline.context import opened_run
from pipeline.landing import Landed
from pipeline.landing_zones import Shares, Zone
from pipeline.settings import Settings
from schemas.errors import SettingsError, SystemFailed, UsageError
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.store
NOON = datetime(2026, 11, 28, 5, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "giao nộp"
    folder.mkdir()
    return folder


@pytest.fixture
def zone(place: Path) -> Zone:
    return Zone("ha-noi", "01", place.as_uri())


@pytest.fixture
def states(settings: Settings) -> Callable[[Zone], Counter[str]]:
    return lambda zone: Counter(str(row["state"]) for row in landing.listed(zone, settings))


def declare(folder: Path, *names: str, path: Path | None = None, **changes: Any) -> None:
    entries = []
    for name in names:
        content = (folder / name).read_bytes()
        entries.append({"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **changes})
    (path or folder / "manifest.json").write_text(json.dumps({"files": entries}), "utf-8")


def everything_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_stable_file_is_fetched_at_the_second_look_and_once(place: Path, zone: Zone, settings: Settings) -> None:
    ledger(place / "so.csv", FAMILY)
    before = everything_in(place)
    assert landing.look(zone, settings, NOON) == []
    assert landing.look(zone, settings, NOON + timedelta(seconds=20)) == [], "it has not been quiet for long enough"
    (landed,) = landing.look(zone, settings, LATER)
    assert landing.look(zone, settings, LATER + timedelta(hours=1)) == [landed]
    assert everything_in(place) == before, "nothing in the zone is changed, moved or deleted"
    landing.sent(zone, [landed.folder], settings)
    assert landing.look(zone, settings, LATER + timedelta(days=1)) == []
    (row,) = landing.listed(zone, settings)
    assert (row["state"], row["batch_id"]) == ("sent", landed.batch_id)


def test_the_run_of_what_was_fetched_needs_the_zone_no_more_and_tells_its_sender_the_path(
    place: Path, zone: Zone, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "load_settings", lambda: settings)
    declare(ledger(place / "xa 1" / "so.csv", FAMILY).parent, "so.csv")
    (landed,) = landing.look(zone, settings, NOON)
    for path in (place / "xa 1").iterdir():
        path.unlink()
    assert not [p for p in settings.home.rglob("*") if p.is_file() and "Bách".encode() in p.read_bytes()]
    (file_id,) = run.new_file_ids(landed.folder)
    for step in run.FILE_STEPS:
        run.run_step(step, landed.folder, file_id)
    for step in run.BATCH_STEPS:
        run.run_step(step, landed.folder)
    assert run.verdict(landed.folder)["loaded"] == len(FAMILY)
    with opened_run(Path(landed.folder), settings) as made:
        assert [f.given for f in made.plan.files] == ["ha-noi:xa 1/so.csv"]
        told = json.loads(made.steps.kept_file(landing.DELIVERY) or b"")
    assert [(f["name"], len(f["sha256"])) for f in told["files"]] == [("xa 1/so.csv", 64)]


def test_the_same_delivery_under_another_name_is_the_same_batch(
    place: Path, zone: Zone, settings: Settings, monkeypatch: pytest.MonkeyPatch, states: Callable[[Zone], Counter[str]]
) -> None:
    monkeypatch.setattr(run, "load_settings", lambda: settings)
    declare(ledger(place / "a" / "so.csv", FAMILY).parent, "so.csv")
    (first,) = landing.look(zone, settings, NOON)
    landing.sent(zone, [first.folder], settings)
    (file_id,) = run.new_file_ids(first.folder)
    for step in (*run.FILE_STEPS, *run.BATCH_STEPS):
        run.run_step(step, first.folder, file_id if step in run.FILE_STEPS else None)
    declare(ledger(place / "b" / "sổ #2?.csv", FAMILY).parent, "sổ #2?.csv")
    assert landing.look(zone, settings, LATER) == []
    assert states(zone) == {"sent": 1, "known": 1}
    assert {row["batch_id"] for row in landing.listed(zone, settings)} == {first.batch_id}


@pytest.mark.parametrize(
    ("spoil", "state"),
    [
        (lambda d: (d / "hai.csv").unlink(), "incomplete"),
        (lambda d: (d / "hai.csv").write_bytes((d / "hai.csv").read_bytes()[:-9]), "incomplete"),
        (lambda d: (d / "hai.csv").write_bytes((d / "hai.csv").read_bytes() + b"x"), "differs"),
        (lambda d: (d / "hai.csv").write_bytes(b"?" * (d / "hai.csv").stat().st_size), "differs"),
        (lambda d: (d / "ba.csv").write_bytes(b"a"), "undeclared"),
        (lambda d: (d / "manifest.json").write_bytes((d / "manifest.json").read_bytes()[:-3]), "incomplete"),
        (lambda d: (d / "manifest.json").write_text('{"files": [{"name": "mot.csv", "bytes": "x"}]}'), "incomplete"),
        (lambda d: (d / "manifest.json").write_text("[" * 100_000), "incomplete"),
        (lambda d: (d / "ba.csv").symlink_to("/etc/passwd"), "unsafe"),
    ],
    ids=["gone", "half", "longer", "other", "undeclared", "half manifest", "wrong manifest", "deep manifest", "link"],
)
def test_what_is_not_as_declared_waits_and_keeps_no_other_out(
    spoil: Callable[[Path], None], state: str, place: Path, zone: Zone, settings: Settings,
    states: Callable[[Zone], Counter[str]],
) -> None:  # fmt: skip
    bad = place / "xau"
    ledger(bad / "mot.csv", FAMILY[:3])
    ledger(bad / "hai.csv", [("9", *row[1:-1], "") for row in FAMILY[3:]])
    declare(bad, "mot.csv", "hai.csv")
    spoil(bad)
    declare(ledger(place / "tot" / "so.csv", FAMILY).parent, "so.csv")
    assert len(landing.look(zone, settings, NOON)) == 1
    assert len(landing.look(zone, settings, LATER)) == 1
    assert states(zone) == {"opened": 1, state: 1}


def test_a_delivery_that_was_mended_is_fetched(place: Path, zone: Zone, settings: Settings) -> None:
    file = ledger(place / "xa" / "so.csv", FAMILY)
    declare(file.parent, "so.csv")
    whole = file.read_bytes()
    file.write_bytes(whole[:50])
    assert landing.look(zone, settings, NOON) == []
    file.write_bytes(whole)
    assert len(landing.look(zone, settings, LATER)) == 1


def test_a_file_that_grows_or_is_open_for_writing_waits(
    place: Path, zone: Zone, settings: Settings, states: Callable[[Zone], Counter[str]]
) -> None:
    file = ledger(place / "so.csv", FAMILY)
    assert landing.look(zone, settings, NOON) == []
    with file.open("ab") as writer:
        writer.write(b"\n")
        writer.flush()
        assert landing.look(zone, settings, LATER) == [], "it changed"
        assert landing.look(zone, settings, LATER + timedelta(minutes=5)) == [], "somebody may write on"
        assert states(zone) == {"growing": 1}
    assert len(landing.look(zone, settings, LATER + timedelta(minutes=10))) == 1


def test_another_content_under_the_old_name_is_another_batch(place: Path, zone: Zone, settings: Settings) -> None:
    zone = replace(zone, settle_seconds=0)
    file = ledger(place / "so.csv", FAMILY[:3])
    landing.look(zone, settings, NOON)
    (first,) = landing.look(zone, settings, LATER)
    landing.sent(zone, [first.folder], settings)
    ledger(file, FAMILY)
    landing.look(zone, settings, LATER + timedelta(minutes=5))
    (second,) = landing.look(zone, settings, LATER + timedelta(minutes=10))
    assert second.batch_id != first.batch_id
    (entry,) = landing_ledger.read(zone.name, settings).values()
    assert entry.before == (first.batch_id,)


def test_hidden_files_and_files_on_their_way_are_no_deliveries(place: Path, zone: Zone, settings: Settings) -> None:
    for name in (".ds_store", "so.csv.part", "so.csv.filepart", "~$so.xlsx", ".gui/so.csv"):
        ledger(place / name, FAMILY)
    landing.look(zone, settings, NOON)
    assert landing.look(zone, settings, LATER) == []
    assert landing.listed(zone, settings) == []


def test_a_table_lands_with_its_memo_and_a_manifest_with_its_file() -> None:
    seen = [landing.Seen(path, 1, "") for path in ("so.dbf", "so.fpt", "a.csv", "a.csv.manifest.json", "x/b.csv")]
    assert {name: len(files) for name, files in landing.grouped(seen).items()} == {"so.dbf": 2, "a.csv": 2, "x": 1}


def test_links_lead_nowhere_and_loops_end(place: Path, zone: Zone, settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    ledger(secret / "so.csv", FAMILY)
    (place / "loop").symlink_to(place)
    (place / "out").symlink_to(secret)
    landing.look(zone, settings, NOON)
    assert landing.look(zone, settings, LATER) == []
    assert {row["state"] for row in landing.listed(zone, settings)} == {"unsafe"}


def test_names_stand_nowhere_in_clear(place: Path, zone: Zone, settings: Settings) -> None:
    ledger(place / "Nguyễn Văn Bách.csv", FAMILY)
    landing.look(zone, settings, NOON)
    landing.look(zone, settings, LATER)
    kept = [p.read_bytes() for p in settings.home.rglob("*") if p.is_file()]
    assert not [content for content in kept if "Bách".encode() in content or b"B\\u00e1ch" in content]
    assert "Bách" not in str(landing.listed(zone, settings))


def test_a_zone_that_is_gone_or_held_may_pass(zone: Zone, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SystemFailed) as gone:
        landing.look(replace(zone, url=(tmp_path / "không có").as_uri()), settings, NOON)
    assert gone.value.code == "landing.unreachable"
    assert "không có" not in str(gone.value)
    with landing_ledger.held(zone.name, settings), pytest.raises(SystemFailed) as busy:
        landing.look(zone, settings, NOON)
    assert busy.value.code == "landing.busy"


def landed(province: str, number: int) -> Landed:
    return Landed("z", province, f"{province}-{number}", "f", f"2026-11-28T00:00:{number:02d}")


def test_each_province_has_its_share_and_nobody_waits_behind_a_hundred() -> None:
    waiting = [landed("01", n) for n in range(50)] + [landed("40", 55), landed("92", 56)]
    chosen = landing_turns.fair(waiting, Counter(), Shares(active=5, per_province=3))
    assert [each.batch_id for each in chosen] == ["01-0", "40-55", "92-56", "01-1", "01-2"]
    busy = Counter({"01": 3, "40": 1})
    assert [each.province for each in landing_turns.fair(waiting, busy, Shares(6, 3))] == ["92", "40"]
    assert landing_turns.fair(waiting, Counter({"38": 5}), Shares(5, 3)) == []


def test_the_tasks_ask_for_each_run_once_by_a_name_of_its_own(
    place: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "load_settings", lambda: settings)
    declare(ledger(place / "xa" / "so.csv", FAMILY).parent, "so.csv")
    settings.home.mkdir(exist_ok=True)
    table = f'[[zone]]\nname = "ha-noi"\nprovince = "01"\nurl = "{place.as_uri()}"\n'
    (settings.home / landing_zones.FILE).write_text(table, "utf-8")
    assert tasks.zones() == ["ha-noi"]
    assert tasks.look("ha-noi") == 1
    (asked,) = tasks.turns()
    assert asked["trigger_run_id"].startswith("land__01__")
    assert asked["conf"]["province"] == "01"
    assert tasks.sent([asked]) == 1
    assert tasks.turns() == []
    working = landing_turns.at_work(landing_zones.zones(settings), settings, datetime.now(UTC))
    assert working == {"01": 1}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("[[zone]", "landing.unreadable"),
        ("zones = 1", "landing.unknown_key"),
        ('[[zone]]\nname = "a"\nprovince = "01"', "landing.unknown_key"),
        ('[[zone]]\nname = "A b"\nprovince = "01"\nurl = "file:///x"', "landing.wrong_value"),
        ('[[zone]]\nname = "a"\nprovince = "01"\nurl = "http://x/y"', "landing.wrong_value"),
        ('[[zone]]\nname = "a"\nprovince = "01"\nurl = "sftp://u:p@x/y"', "landing.wrong_value"),
        ('[[zone]]\nname = "a"\nprovince = "01"\nurl = "file:///x"\nwhole = "maybe"', "landing.wrong_value"),
        ('[[zone]]\nname = "a"\nprovince = "01"\nurl = "file:///x"\nsettle_seconds = "1"', "landing.wrong_value"),
        ('[[zone]]\nname = "a"\nprovince = "99"\nurl = "file:///x"', "province.unknown"),
        ('[[zone]]\nname = "a"\nprovince = "01"\nurl = "file:///x"\nencodings = ["?"]', "decision.unreadable"),
        ('[[zone]]\nname = "a"\nprovince = "01"\nurl = "file:///x"\n' * 2, "landing.doubled"),
        ("[shares]\nactive = 0", "landing.wrong_value"),
        ("[shares]\nall = 1", "landing.unknown_key"),
    ],
)
def test_a_wrong_table_is_told_by_its_key(table: str, code: str, settings: Settings) -> None:
    settings.home.mkdir(exist_ok=True)
    (settings.home / landing_zones.FILE).write_text(table, "utf-8")
    with pytest.raises((SettingsError, UsageError)) as wrong:
        landing_zones.zones(settings)
        landing_zones.shares(settings)
    assert wrong.value.code == code


def test_secrets_lie_in_a_file_of_the_owner_alone(zone: Zone, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('password = "x"', "utf-8")
    secrets.chmod(0o644)
    with pytest.raises(SettingsError) as wrong:
        landing_zones.secret_options(replace(zone, secrets=secrets))
    assert wrong.value.code == "landing.secrets_open"
    secrets.chmod(0o600)
    assert landing_zones.secret_options(replace(zone, secrets=secrets)) == {"password": "x"}
    assert landing_zones.secret_options(zone) == {}
