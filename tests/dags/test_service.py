"""The whole of a local Airflow, once: a file lands, an event by REST begins its run, the report is there, all stops."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import airflow_accounts, airflow_service, marked
from pipeline.airflow_rest import Session
from pipeline.settings import Settings
from store.digest import store_digest
from store.engine import open_store
from tests.dags.conftest import Home
from tests.dags.test_build_reports import load_last_month
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_airflow_service import free_port
from tests.pipeline.test_landing import declare

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]
SECONDS = 600
CANARIES = ("Bách", "Mận", "Nhình", "010123456", "010234567")


@pytest.fixture
def home() -> Iterator[Home]:
    path = Path(tempfile.mkdtemp(prefix="soh-"))
    made = Home(path)
    yield made
    made.sohoa("airflow", "stop")
    made.sohoa("store", "stop")
    shutil.rmtree(path, ignore_errors=True)


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(1)


def listening(mark: str) -> set[str]:
    """Addresses that the processes of the service listen at."""
    open_files = [file for pid in marked.pids(mark) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()]
    sockets = {str(file.readlink()).removeprefix("socket:[").rstrip("]") for file in open_files}
    found = set()
    for family, file in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        for line in Path(f"/proc/net/{file}").read_text("ascii").splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in sockets:
                raw = bytes.fromhex(words[1].split(":")[0])
                groups = b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4))
                found.add(socket.inet_ntop(family, groups))
    return found


def kill_one(mark: str) -> bool:
    """Kill a process of a task at work, not one of those that wait for tasks; False where none was."""
    for pid in marked.pids(mark):
        with contextlib.suppress(OSError):
            title = Path(f"/proc/{pid}/cmdline").read_bytes()
            if title.startswith(b"airflow worker -- ") and b"LocalExecutor" not in title:
                os.kill(pid, signal.SIGKILL)
                return True
    return False


@pytest.mark.long
def test_a_run_that_is_cleared_and_killed_in_a_real_airflow_ends_in_the_same_store(home: Home, tmp_path: Path) -> None:
    """Some of what `make clears` does a hundred times, through the scheduler, its tries and its API."""
    paths = [str(ledger(tmp_path / "in" / "so.csv", FAMILY))]
    assert home.sohoa("airflow", "start", "--port", str(free_port())).returncode == 0
    service = airflow_service.found(Settings(home.path))
    assert service is not None
    password = json.loads(airflow_accounts.password_file(home.path / "airflow").read_text("utf-8"))["engineer"]
    session = Session(service.address, "engineer", password)
    at = "dags/ingest_batch/dagRuns"

    def ended() -> bool:
        return str(session.get(f"{at}/one")["state"]) in ("success", "failed")

    def digest() -> str:
        store = open_store(None, home.path)
        try:
            return store_digest(store).whole
        finally:
            store.close()

    until(lambda: "ingest_batch" in {dag["dag_id"] for dag in session.get("dags?limit=50")["dags"]})
    conf = {"paths": paths, "province": "01"}
    session.post(at, {"dag_run_id": "one", "logical_date": None, "conf": conf})
    until(ended)
    assert session.get(f"{at}/one")["state"] == "success"
    wanted, killed = digest(), 0
    dice = random.Random(1)  # noqa: S311 - a sample
    for _ in range(3):
        task = dice.choice(["plan_delivery", "match_records", "load_batch", "report_batch", "verdict"])
        order = {
            "dry_run": False,
            "dag_run_id": "one",
            "task_ids": [task],
            "include_downstream": True,
            "only_failed": False,
        }
        session.post("dags/ingest_batch/clearTaskInstances", order)
        end = time.monotonic() + 60
        while not killed and time.monotonic() < end and not ended():
            killed += kill_one(service.mark)
        until(ended)
        assert session.get(f"{at}/one")["state"] == "success", task
        assert digest() == wanted
    assert killed


@pytest.mark.long
def test_from_landing_to_report_and_stopped_with_nothing_left(home: Home, tmp_path: Path) -> None:
    place = tmp_path / "giao nộp"
    declare(ledger(place / "xa 1" / "so.csv", FAMILY).parent, "so.csv")
    table = f'[[zone]]\nname = "ha-noi"\nprovince = "01"\nurl = "{place.as_uri()}"\nwhole = "manifest"\n'
    (home.path / "landing.toml").write_text(table, "utf-8")

    started = home.sohoa("airflow", "start", "--port", str(free_port()))
    assert started.returncode == 0, started.stdout + started.stderr
    service = airflow_service.found(Settings(home.path))
    assert service is not None
    kept = json.loads(airflow_accounts.password_file(home.path / "airflow").read_text("utf-8"))
    assert [name for name in airflow_accounts.ROLES if kept[name] not in started.stdout] == []
    until(lambda: home.sohoa("airflow", "status").returncode == 0)
    assert listening(service.mark) == {"127.0.0.1"}

    session = Session(service.address, "portal", kept["portal"])
    asset = next(a for a in session.get("assets")["assets"] if a["name"] == "sohoa_landing")
    engineer = Session(service.address, "engineer", kept["engineer"])
    engineer.post("assets/events", {"asset_id": asset["id"], "extra": {}})

    def state() -> str:
        runs = session.get("dags/ingest_batch/dagRuns")["dag_runs"]
        return str(runs[0]["state"]) if runs else ""

    until(lambda: state() in ("success", "failed"))
    assert state() == "success"
    (batch,) = json.loads(home.sohoa("batch", "list", "--json").stdout)
    assert (batch["state"], batch["loaded"]) == ("loaded", len(FAMILY))
    assert Path(batch["report"]).exists()
    (row,) = json.loads(home.sohoa("landing", "list", "--json").stdout)
    assert row["batch_id"] == batch["batch_id"]

    assert home.sohoa("airflow", "stop").returncode == 0
    assert marked.pids(service.mark) == []
    assert home.sohoa("airflow", "status").returncode == 1
    texts = [p.read_text("utf-8", "replace") for p in (home.path / "airflow").rglob("*.log") if p.is_file()]
    assert texts
    assert not [canary for canary in CANARIES for text in texts if canary in text]
    assert not [text for text in texts if kept["admin"] in text]


@pytest.mark.long
def test_each_province_of_a_counted_month_has_a_run_of_its_own(home: Home, tmp_path: Path) -> None:
    home.sohoa("store", "start")
    month = load_last_month(home, tmp_path)
    assert home.sohoa("airflow", "start", "--port", str(free_port())).returncode == 0
    service = airflow_service.found(Settings(home.path))
    assert service is not None
    password = json.loads(airflow_accounts.password_file(home.path / "airflow").read_text("utf-8"))["engineer"]
    session = Session(service.address, "engineer", password)
    wanted = {"build_reports", "province_report"}
    until(lambda: wanted <= {dag["dag_id"] for dag in session.get("dags?limit=50")["dags"]})
    session.post("dags/build_reports/dagRuns", {"logical_date": None, "conf": {"provinces": ["01", "33"]}})

    def runs() -> list[tuple[str, str]]:
        found = session.get("dags/province_report/dagRuns")["dag_runs"]
        return sorted((str(run["partition_key"]), str(run["state"])) for run in found)

    until(lambda: len(runs()) == 2 and all(state in ("success", "failed") for _, state in runs()))
    assert runs() == [(f"01|{month}", "success"), (f"33|{month}", "success")]
    pages = {path.name for path in (home.path / "reports").glob(f"province-*-{month}.html")}
    assert pages == {f"province-01-{month}.html", f"province-33-{month}.html"}


def test_ctrl_c_stops_it_too(home: Home) -> None:
    """Ctrl-C while it starts: as early as the first component is up."""
    given = {**os.environ, "SOHOA_HOME": str(home.path)}
    words = [
        str(Path(sys.executable).with_name("sohoa")),
        "airflow",
        "start",
        "--foreground",
        "--port",
        str(free_port()),
    ]
    with subprocess.Popen(words, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: (airflow_service._noted(Settings(home.path)) is not None) or process.poll() is not None)
        service = airflow_service._noted(Settings(home.path))
        assert service is not None
        until(lambda: len(marked.pids(service.mark)) >= len(airflow_service.COMPONENTS))
        process.send_signal(2)
        assert process.wait(SECONDS) == 0
    assert marked.pids(service.mark) == []
