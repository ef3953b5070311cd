"""A stopped batch is let in by somebody who says why; what guards the store is let in by nobody."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import gate_release, inquiries, run, tasks
from pipeline.context import opened_run
from pipeline.gate_release import broken_of
from pipeline.result import BatchResult
from pipeline.settings import Settings
from quality import suite
from schemas.errors import ContractError, UsageError
from store.invariants import store_check
from store.roles import Role
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.store
BAD = tuple(
    (f"0102{i:05d}", "Phạm Thị Xoan", "Chủ hộ", "31/02/1970", "Nữ", "Kinh", "", "", "") for i in range(60)
)  # fmt: skip
REASON = "sổ cũ, đã đối chiếu"


@pytest.fixture
def stopped(settings: Settings, tmp_path: Path) -> BatchResult:
    result = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, *BAD])], "01", settings)
    assert result.state == "stopped"
    return result


def _go_on(batch_id: str, settings: Settings, reason: str = REASON, by: str | None = "Trần Lan") -> BatchResult:
    let = gate_release.release(batch_id, reason, by, settings)
    assert let.folder is not None
    return run.finish_run(let.folder, settings)


def test_a_named_person_lets_it_in_and_it_goes_on_from_where_it_was_stopped(
    settings: Settings, stopped: BatchResult
) -> None:
    done = _go_on(stopped.batch_id, settings)
    assert (done.state, done.read, done.counts["loaded"] + done.counts["merged"]) == ("loaded", 65, 5)
    assert done.counts["quarantined"] == 60
    with run.opened(settings) as store:
        assert not store_check(store)
        with store.reading(Role.REPORT) as connection:
            told = connection.execute(sa.text("SELECT rule_id, author, reason FROM gate_releases")).all()
        assert [tuple(t) for t in told] == [("gate.batch.quarantined", "Trần Lan", REASON)]
    report = inquiries.report_path(settings, done.batch_id)
    page, data = report.read_text("utf-8"), json.loads(report.with_suffix(".json").read_text("utf-8"))
    assert [r["rule_id"] for r in data["gate"]["released"]] == ["gate.batch.quarantined"]
    assert "đã cho qua" in page
    assert "Trần Lan" not in page, "accounts are pseudonyms in a report"
    assert REASON not in page
    with pytest.raises(UsageError, match=r"release\.not_stopped"):
        gate_release.release(stopped.batch_id, REASON, "Trần Lan", settings)


def test_the_same_files_again_are_let_in_after_a_release(
    settings: Settings, stopped: BatchResult, tmp_path: Path
) -> None:
    gate_release.release(stopped.batch_id, REASON, "Trần Lan", settings)
    assert run.run_batch([tmp_path / "so.csv"], "01", settings).state == "loaded"


def test_another_content_is_not_covered(settings: Settings, stopped: BatchResult, tmp_path: Path) -> None:
    gate_release.release(stopped.batch_id, REASON, "Trần Lan", settings)
    other = run.run_batch([ledger(tmp_path / "khac.csv", [*FAMILY, *BAD, BAD[0]])], "01", settings)
    assert other.state == "stopped"


@pytest.mark.parametrize(("reason", "by"), [("", "Trần Lan"), ("   ", "Trần Lan"), (REASON, " ")])
def test_nobody_lets_it_in_without_name_and_reason(
    settings: Settings, stopped: BatchResult, reason: str, by: str
) -> None:
    with pytest.raises(UsageError, match="unsigned"):
        gate_release.release(stopped.batch_id, reason, by, settings)
    with run.opened(settings) as store, store.reading(Role.REPORT) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM gate_releases")).scalar_one() == 0


def test_what_guards_the_store_is_let_in_by_nobody(
    settings: Settings, stopped: BatchResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_release, "may_be_released", lambda rule: False)
    with pytest.raises(UsageError, match=r"release\.never"):
        gate_release.release(stopped.batch_id, REASON, "Trần Lan", settings)


def test_sums_ids_and_closed_lists_guard_the_store() -> None:
    may = {e.id for e in suite.EXPECTATIONS if e.may_be_released}
    assert {"gate.batch.quarantined", "gate.batch.sex", "gate.full_name.letters"} <= may
    assert not may & {"gate.batch.balance", "gate.batch.unique", "gate.person.unique", "gate.sex.code"}
    assert all(e.severity == "critical" for e in suite.EXPECTATIONS if e.id in may)


def test_nobody_changes_what_was_said(settings: Settings, stopped: BatchResult) -> None:
    gate_release.release(stopped.batch_id, REASON, "Trần Lan", settings)
    with (
        run.opened(settings) as store,
        pytest.raises(ContractError, match="append_only"),
        store.writing("gate_releases", Role.ERASE) as connection,
    ):
        connection.execute(sa.text("UPDATE gate_releases SET reason = 'x'"))


def test_an_answer_in_airflow_is_followed(
    settings: Settings, stopped: BatchResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOHOA_HOME", str(settings.home))
    monkeypatch.setenv("SOHOA_STORE_URL", str(settings.store_url))
    monkeypatch.setenv("SOHOA_WORKERS", "1")
    assert tasks.stopped_for(stopped.batch_id).startswith("- ")
    user = {"id": "7", "name": "lan"}
    for answer in (None, {}, {"chosen_options": ["keep"]}):
        assert tasks.follow_release(stopped.batch_id, answer, "let in")["state"] == "stopped"
    unsaid = {"chosen_options": ["let in"], "params_input": {"reason": ""}, "responded_by_user": user}
    for answer in (unsaid, {**unsaid, "params_input": {"reason": REASON}, "responded_by_user": None}):
        with pytest.raises(SystemExit):
            tasks.follow_release(stopped.batch_id, answer, "let in")
    said = {**unsaid, "params_input": {"reason": REASON}}
    done = tasks.follow_release(stopped.batch_id, said, "let in")
    assert done["state"] == "loaded"
    assert tasks.follow_release(stopped.batch_id, said, "let in") == done, "cleared, it says the same"
    with pytest.raises(SystemExit):
        tasks.stopped_for(stopped.batch_id)

    folder = gate_release._folder_with("load_batch", stopped.batch_id, settings)
    assert folder is not None
    with opened_run(folder, settings) as loaded:
        for lost in (
            ("report_batch",),
            ("report_batch", "load_batch"),
        ):  # killed before the report, before the load told
            for step in lost:
                loaded.steps.forget(step)
            assert tasks.stopped_for(stopped.batch_id).startswith("- ")
            assert tasks.follow_release(stopped.batch_id, said, "let in")["state"] == "loaded"
            assert loaded.is_done("report_batch")


def test_only_critical_ones_that_failed_are_broken() -> None:
    results = [
        {"id": "a", "severity": "critical", "success": False, "unexpected": 3},
        {"id": "b", "severity": "critical", "success": True, "unexpected": 0},
        {"id": "c", "severity": "warning", "success": False, "unexpected": 9},
    ]
    assert [b.rule_id for b in broken_of({"results": results})] == ["a"]
