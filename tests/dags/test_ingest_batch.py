"""The DAG in a real Airflow with a real store: one delivery that passes, one with a refused file."""

import json
from pathlib import Path

import pytest

from pipeline.settings import Settings
from store import reports
from store.engine import open_store
from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]
CANARIES = ("Bách", "Mận", "Nhình", "010123456", "010234567")


def persons(home: Home) -> int:
    store = open_store(None, Settings(home.path).home)
    try:
        return reports.person_count(store)
    finally:
        store.close()


def test_deliveries_through_airflow(home: Home, tmp_path: Path) -> None:
    done = home.ingest(ledger(tmp_path / "in" / "so.csv", [*FAMILY, NAMELESS]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert persons(home) == 5
    assert {state for task, state in home.states() if task != "ledger.give_up"} == {"success"}
    assert ("ledger.give_up", "skipped") in home.states(), "nobody needs it where no step failed"
    (batch,) = json.loads(home.sohoa("batch", "list", "--json").stdout)
    assert Path(batch["report"]).exists()

    empty = tmp_path / "second" / "trong.csv"
    other = ledger(tmp_path / "second" / "so.csv", [("9", *row[1:-1], "") for row in FAMILY[3:]])
    empty.write_bytes(b"")
    refused = home.ingest(empty, other)
    assert refused.returncode != 0, "a batch with a refused file must not look green"
    failed = {task for task, state in home.states() if state == "failed"}
    assert failed == {"ledger.read_file", "verdict"}
    assert len(json.loads(home.sohoa("batch", "list", "--json").stdout)) == 2, "the other file was loaded"

    assert "Traceback" not in refused.stdout + refused.stderr, "a refusal is an answer, no fault"
    assert "[file.empty]" in refused.stdout + refused.stderr
    assert "[run.files_refused]" in refused.stdout + refused.stderr

    texts = [done.stdout, done.stderr, refused.stdout, refused.stderr]
    texts += [p.read_text("utf-8", "replace") for p in (home.path / "airflow" / "logs").rglob("*") if p.is_file()]
    texts += [str(row) for row in home.ask("SELECT * FROM xcom")]
    assert not [c for c in CANARIES for text in texts if c in text], "no value of a person in logs or XCom"
