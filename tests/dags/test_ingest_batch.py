"""The DAG in a real Airflow with a real store: one delivery that passes, one with a refused file."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.settings import Settings
from store import reports
from store.engine import open_store
from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, NAMELESS, ledger

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
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


def test_the_folder_parses_clean_and_says_what_it_is() -> None:
    code = """
import warnings; warnings.simplefilter("error", DeprecationWarning)
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags")
assert not bag.import_errors, bag.import_errors
dag = bag.dags["ingest_batch"]
assert dag.doc_md and dag.tags and dag.params.get_param("province").schema["pattern"]
assert not any(d.catchup for d in bag.dags.values())
assert all(d.doc_md and d.tags for d in bag.dags.values())
assert bag.dags["build_reports"].timetable.summary == "0 2 1 * *"
print(*sorted(dag.task_ids))
"""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "AIRFLOW_HOME": folder, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/a.db"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "verdict" in done.stdout
