"""The DAG in a real Airflow with a real store: each part a task, no person changed."""

import json
from pathlib import Path

import pytest

from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]


def test_the_register_against_itself_through_airflow(home: Home, tmp_path: Path) -> None:
    assert home.sohoa("run", str(ledger(tmp_path / "so.csv", FAMILY)), "--province", "01").returncode == 0
    done = home.dag("national_match")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(home.states()) == [
        (task, "success") for task in ("list_parts", "match_part", "plan_parts", "propose")
    ]
    result = json.loads((home.path / "national" / "0001" / "result.json").read_text("utf-8"))
    assert (result["records"], result["parts"]) == (len(FAMILY), 1)
    assert json.loads(home.sohoa("rematch", "--json").stdout)["records"] == len(FAMILY)
    told = home.sohoa("rematch")
    assert told.returncode == 0, told.stderr
    assert "Không người nào bị thay đổi" in told.stdout


def test_the_nightly_work_through_airflow(home: Home) -> None:
    """`maintain` as it runs at night: the store is sound, its audit signed; no folder of backups is set."""
    done = home.dag("maintain")
    assert done.returncode == 0, done.stdout + done.stderr
    states = home.ask("SELECT task_id, state FROM task_instance WHERE dag_id = 'maintain'")
    assert {str(task): str(state) for task, state in states} == {
        "check_store": "success", "sign_audit": "success", "back_up": "skipped", "let_go": "success",
        "watch": "success", "everything_was_done": "success",
    }  # fmt: skip
    told = "position('events' in CAST(value AS text)) > 0"
    heads = home.ask(f"SELECT 1 FROM xcom WHERE task_id = 'sign_audit' AND {told}")
    assert len(heads) == 1
