"""The DAG in a real Airflow with a real store: it says what stopped a batch, waits, and lets nothing in by itself."""

import json
from pathlib import Path

import pytest

from tests.dags.conftest import Home
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD

pytestmark = [pytest.mark.airflow, pytest.mark.store, pytest.mark.slow]


def test_nobody_answered_so_it_stays_out(home: Home, tmp_path: Path) -> None:
    given = home.sohoa("run", str(ledger(tmp_path / "so.csv", [*FAMILY, *BAD])), "--province", "01", "--json")
    stopped = json.loads(given.stdout)
    assert stopped["state"] == "stopped"
    batch = stopped["batch_id"]
    # Marked as done without an answer: as it would be by somebody who clears and marks tasks by hand.
    done = home.dag("release_gate", "--mark-success-pattern", "decide", batch=batch)
    assert done.returncode == 0, done.stdout + done.stderr
    assert dict(home.states()) == dict.fromkeys(("what_stopped_it", "decide", "follow_decision"), "success")
    listed = json.loads(home.sohoa("batch", "list", "--json").stdout)
    assert [b["state"] for b in listed if b["batch_id"] == batch] == ["stopped"]
    told = " ".join(str(row) for row in home.ask("SELECT value FROM xcom WHERE task_id = 'what_stopped_it'"))
    assert "- " in told, "what stopped it is said to whoever decides"

    let = home.sohoa("batch", "release", batch, "--reason", "đã đối chiếu", "--by", "Trần Lan", "--json")
    assert let.returncode == 1, "rows wait: there are findings"
    assert json.loads(let.stdout)["state"] == "loaded"
    again = home.dag("release_gate", batch=batch)
    assert again.returncode != 0
    said = again.stdout + again.stderr
    assert "[release.not_stopped]" in said
    assert "Traceback" not in said
