"""The DAG in a real Airflow with a real store: a candidate beside the model in force, and a wrong base model."""

import json
from pathlib import Path

import pytest

from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]
CANARIES = ("Bách", "Mận", "Nhình", "010123456", "010234567")


def test_a_candidate_through_airflow(home: Home, tmp_path: Path) -> None:
    assert home.sohoa("run", str(ledger(tmp_path / "so.csv", FAMILY)), "--province", "01").returncode == 0
    done = home.dag("retrain_model", sample=1000, seed=3, base="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {state for _, state in home.states()} == {"success"}
    assert {task for task, _ in home.states()} == {
        "plan_retraining", "draw_sample", "train_candidate", "compare_models", "result",
    }  # fmt: skip
    folder = home.path / "retraining" / "0001"
    result = json.loads((folder / "compare_models" / "result.json").read_text("utf-8"))
    assert result["records"] == len(FAMILY)
    assert Path(result["candidate"]).exists()

    wrong = home.dag("retrain_model", base=str(folder / "plan.json"))
    assert wrong.returncode != 0
    said = wrong.stdout + wrong.stderr
    assert "[model.unreadable]" in said
    assert "Traceback" not in said, "a wrong parameter is an answer, no fault"
    texts = [done.stdout, done.stderr, said, *(str(row) for row in home.ask("SELECT * FROM xcom"))]
    texts += [p.read_text("utf-8", "replace") for p in (home.path / "airflow" / "logs").rglob("*") if p.is_file()]
    assert not [c for c in CANARIES for text in texts if c in text], "no value of a person in logs or XCom"
