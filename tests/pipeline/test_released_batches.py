"""Batches that were let in wait on the disk, are loaded from where they stopped, and end the draft they came of."""

from datetime import date
from pathlib import Path

import pytest

from pipeline import draft_sending, drafts, gate_release, released_batches, run
from pipeline.acting import acting_as
from pipeline.airflow_api import AirflowApi
from pipeline.draft_log import Change
from pipeline.drafts import Draft
from pipeline.released_batches import Mark
from pipeline.settings import Settings
from readers import registry
from schemas.edits import CellPlace
from schemas.errors import StoreUnavailable, UsageError
from store import reports
from tests.pipeline.airflow_server import PASSWORD, USER, airflow
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_gate_release import BAD, REASON

pytestmark = pytest.mark.store


@pytest.fixture
def draft(settings: Settings, tmp_path: Path) -> Draft:
    """A draft of the clerk nga that was sent and stopped."""
    with acting_as("nga"):
        found = drafts.begin("01", "", settings)
    drafts.add_original(found, ledger(tmp_path / "so.csv", [*FAMILY, *BAD]), "so.csv")
    draft_sending.send(found, date(2024, 6, 1), settings)
    assert draft_sending.load(found.draft_id, settings) == "stopped"
    return found


def state_of(batch_id: str, settings: Settings) -> str:
    with run.opened(settings) as store:
        found = reports.batch(store, batch_id)
    return found.state if found else ""


def test_it_waits_is_loaded_and_ends_its_draft(settings: Settings, draft: Draft) -> None:
    batch_id = draft.standing.batch_id
    assert released_batches.next_to_load(settings) is None
    released_batches.let_in(batch_id, REASON, "hoa", settings)
    assert released_batches.next_to_load(settings) == batch_id
    assert released_batches.mark_of(batch_id, settings) == Mark(batch_id)
    released_batches.load(batch_id, settings)
    assert state_of(batch_id, settings) == "loaded"
    assert released_batches.next_to_load(settings) is None
    assert released_batches.mark_of(batch_id, settings) is None
    assert drafts.standing_of(draft.draft_id, settings).state == "loaded"
    released_batches.load(batch_id, settings)  # once more: nothing waits
    with pytest.raises(UsageError, match=r"release\.not_stopped"):
        released_batches.let_in(batch_id, REASON, "hoa", settings)


def test_who_sent_it_does_not_let_it_in(settings: Settings, draft: Draft) -> None:
    batch_id = draft.standing.batch_id
    for name in ("nga", " NGA "):
        with pytest.raises(UsageError, match=r"release\.own"):
            released_batches.let_in(batch_id, REASON, name, settings)
    assert released_batches.mark_of(batch_id, settings) is None


def test_a_draft_that_was_corrected_since_stays(settings: Settings, draft: Draft, tmp_path: Path) -> None:
    batch_id = draft.standing.batch_id
    released_batches.let_in(batch_id, REASON, "hoa", settings)
    digest = registry.digest(tmp_path / "so.csv")
    drafts.correct(draft, (Change(CellPlace(digest, None, 2, 1), str(FAMILY[0][1]), "Trần Văn Mới"),))
    released_batches.load(batch_id, settings)
    assert state_of(batch_id, settings) == "loaded"
    assert draft.standing.state == "stopped"
    assert draft.replayed.edits


def test_a_store_that_is_lost_keeps_its_place_and_a_refusal_tells_why(
    settings: Settings, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = draft.standing.batch_id
    released_batches.let_in(batch_id, REASON, "hoa", settings)

    def lost(*_: object) -> None:
        raise StoreUnavailable("store.unreachable")

    with monkeypatch.context() as patched:
        patched.setattr(released_batches, "finish_run", lost)
        with pytest.raises(StoreUnavailable):
            released_batches.load(batch_id, settings)
        assert released_batches.next_to_load(settings) == batch_id
        patched.setattr(gate_release, "stopped_run", lambda *_: None)
        released_batches.load(batch_id, settings)
    assert released_batches.mark_of(batch_id, settings) == Mark(batch_id, "failed", "release.folder_gone")
    released_batches.let_in(batch_id, REASON, "hoa", settings)
    released_batches.load(batch_id, settings)
    assert state_of(batch_id, settings) == "loaded"


def test_files_that_are_gone_have_to_be_sent_again(
    settings: Settings, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = draft.standing.batch_id
    monkeypatch.setattr(gate_release, "stopped_run", lambda *_: None)
    released_batches.let_in(batch_id, REASON, "hoa", settings)
    assert released_batches.mark_of(batch_id, settings) == Mark(batch_id, "gone")
    assert released_batches.next_to_load(settings) is None
    draft_sending.send(draft, date(2024, 6, 1), settings)
    assert draft_sending.load(draft.draft_id, settings) == "loaded"


def test_airflow_loads_it_once_by_the_folder_that_was_stopped(settings: Settings, draft: Draft) -> None:
    batch_id = draft.standing.batch_id
    released_batches.let_in(batch_id, REASON, "hoa", settings)
    with airflow() as known:
        api = AirflowApi(known.url, USER, PASSWORD)
        known.broken = [500]
        assert not released_batches.advance(settings, api)
        waits = released_batches.mark_of(batch_id, settings)
        assert waits is not None
        assert (waits.state, waits.reason, waits.is_begun) == ("waiting", "airflow.down", False)
        assert released_batches.advance(settings, api)
        assert released_batches.advance(settings, api)
        ((run_id, conf),) = known.confs.items()
        assert run_id.startswith(f"release__{batch_id}__")
        assert conf["province"] == "01"
        run.finish_run(Path(conf["folder"]), settings)
        known.end(run_id, "success")
        assert released_batches.advance(settings, api)
    assert state_of(batch_id, settings) == "loaded"
    assert released_batches.mark_of(batch_id, settings) is None
    assert draft.standing.state == "loaded"


@pytest.mark.parametrize(("ends", "why"), [("failed", "airflow.failed"), (None, "airflow.gone")])
def test_a_run_that_loads_nothing_is_told(settings: Settings, draft: Draft, ends: str | None, why: str) -> None:
    batch_id = draft.standing.batch_id
    released_batches.let_in(batch_id, REASON, "hoa", settings)
    with airflow() as known:
        api = AirflowApi(known.url, USER, PASSWORD)
        assert released_batches.advance(settings, api)
        (run_id,) = known.runs
        known.runs.pop(run_id) if ends is None else known.end(run_id, ends)
        assert released_batches.advance(settings, api)
        found = released_batches.mark_of(batch_id, settings)
        assert found is not None
        assert (found.state, found.reason) == ("failed", why)
        released_batches.let_in(batch_id, REASON, "hoa", settings)
        assert released_batches.advance(settings, api)
        assert len(set(known.confs)) == 2, "a run of its own"
