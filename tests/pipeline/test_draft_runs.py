"""Drafts that Airflow loads: started once each, waiting while it is down, followed into the store, never lost."""

from datetime import date
from pathlib import Path

import pytest

from pipeline import draft_runs, draft_sending, drafts, inquiries, run, tasks
from pipeline.acting import acting_as
from pipeline.airflow_api import AirflowApi
from pipeline.drafts import Draft
from pipeline.settings import Settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS
from schemas.errors import UsageError
from store import audit_marks
from tests.pipeline.airflow_server import PASSWORD, USER, Airflow, airflow
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger

_DAY = date(2024, 6, 1)
_ROWS = [*FAMILY, NO_SUCH_DAY]


def api_of(known: Airflow) -> AirflowApi:
    return AirflowApi(known.url, USER, PASSWORD)


def sent(settings: Settings, folder: Path, rows: list[tuple[str, ...]] = _ROWS) -> Draft:
    with acting_as("nga"):
        draft = drafts.begin("01", "Phường Trúc Bạch", settings)
        drafts.add_original(draft, ledger(folder / "in.csv", rows), "sổ của Bách.csv")
        draft_sending.send(draft, _DAY, settings)
    return draft


def run_in_airflow(known: Airflow, run_id: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tasks of the DAG do with the conf of a run, each as a process of its own would."""
    for module in (run, tasks):
        monkeypatch.setattr(module, "load_settings", lambda: settings)
    conf = known.confs[run_id]
    folder = tasks.start(["not/read"], "01", [], [], "", conf["draft"])
    assert str(_DAY) in (Path(folder) / "plan.json").read_text()
    for file_id in tasks.new_file_ids(folder):
        for step in FILE_STEPS:
            tasks.run_step(step, folder, file_id)
    for step in BATCH_STEPS:
        tasks.run_step(step, folder)
    known.end(run_id, "success" if tasks.verdict(folder) else "failed")


def test_a_draft_waits_while_airflow_is_down_and_goes_out_by_itself(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = sent(settings, tmp_path)
    with airflow() as gone:
        api = api_of(gone)
    assert not draft_runs.advance(settings, api)
    assert (draft.standing.state, draft.standing.reason) == ("queued", "airflow.down")
    run_id = draft.standing.run_id
    assert run_id == f"draft__{draft.standing.batch_id}__1"
    with airflow(gone.port) as known:
        known.broken = [503]
        assert not draft_runs.advance(settings, api)
        for _ in range(3):
            assert draft_runs.advance(settings, api)
        assert list(known.runs) == [run_id]
        assert known.confs[run_id] == {"draft": draft.draft_id, "province": "01"}
        assert (draft.standing.state, draft.standing.reason) == ("loading", "")
        run_in_airflow(known, run_id, settings, monkeypatch)
        assert draft_runs.advance(settings, api)
    standing = drafts.standing_of(draft.draft_id, settings)
    (batch,) = inquiries.batches(settings)
    assert (standing.state, standing.batch_id) == ("loaded", batch["batch_id"])
    assert (batch["read"], batch["quarantined"]) == (6, 1)
    assert [p.name for p in draft.folder.iterdir()] == ["state.json"]
    with inquiries.asked(settings) as store:
        found = audit_marks.taken_in(store, batch["batch_id"])
    assert found is not None
    assert found[1] == "nga"  # and not the account of Airflow's machine
    left = [p for p in (settings.home / "runs").rglob("*") if p.is_file()]
    assert not [p for p in left if "Bách".encode() in p.read_bytes() or "Bách" in p.name]


def test_a_portal_that_was_killed_between_asking_and_noting_starts_it_once(settings: Settings, tmp_path: Path) -> None:
    draft = sent(settings, tmp_path)
    with airflow() as known:
        known.loses_answers = 1
        assert not draft_runs.advance(settings, api_of(known))
        assert draft.standing.state == "queued"
        assert draft_runs.advance(settings, api_of(known))
        assert len(known.runs) == 1
        assert draft.standing.state == "loading"


@pytest.mark.parametrize(("ends", "reason"), [("failed", draft_runs.FAILED), (None, draft_runs.GONE)])
def test_a_run_that_failed_or_was_deleted_opens_the_draft_and_another_sending_is_another_run(
    settings: Settings, tmp_path: Path, ends: str | None, reason: str
) -> None:
    draft = sent(settings, tmp_path)
    with airflow() as known:
        api = api_of(known)
        draft_runs.advance(settings, api)
        first = draft.standing.run_id
        if ends:
            known.end(first, ends)
        else:
            known.runs.clear()
        draft_runs.advance(settings, api)
        assert (draft.standing.state, draft.standing.reason) == ("failed", reason)
        draft_sending.send(draft, _DAY, settings)
        assert (draft.standing.run_id, draft.standing.batch_id) == ("", "")
        draft_runs.advance(settings, api)
        assert draft.standing.run_id == first[:-1] + "2"


def test_an_airflow_that_refuses_keeps_the_draft_waiting_and_says_so(settings: Settings, tmp_path: Path) -> None:
    draft = sent(settings, tmp_path)
    with airflow() as known:
        known.broken = [403]
        assert not draft_runs.advance(settings, api_of(known))
    assert (draft.standing.state, draft.standing.reason) == ("queued", "airflow.refused")


def test_a_draft_that_nobody_sent_is_not_run(settings: Settings, tmp_path: Path) -> None:
    draft = sent(settings, tmp_path)
    drafts.set_standing(draft, "open")
    for draft_id in (draft.draft_id, "0" * 32, "../../etc"):
        with pytest.raises(UsageError):
            draft_runs.open_run(draft_id, settings)
    assert not list((settings.home / "work").glob("*"))
