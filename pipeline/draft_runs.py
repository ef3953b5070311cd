"""Drafts that Airflow loads: started once each under an id of their own, followed until they are in the store.

The id of a run is made of the batch and of how often the draft was sent, and noted before Airflow is asked: an answer
that was lost, a portal that was killed, Airflow that comes back with the run already begun all lead to the same run.
What is in the store decides what became of it; what Airflow says only tells when to look.
"""

from pathlib import Path

from pipeline import drafts, holding, offices, run_openings, senders, workplace
from pipeline.acting import acting_as
from pipeline.airflow_api import AirflowApi
from pipeline.airflow_rest import AirflowDown, AirflowRefused
from pipeline.draft_sending import queue, received_as
from pipeline.drafts import Draft
from pipeline.inquiries import asked
from pipeline.intake import UNPACKED
from pipeline.settings import Settings
from schemas.errors import SohoaError, UsageError
from store import batch_lists
from store.engine import Store

GONE, FAILED = "airflow.gone", "airflow.failed"


def advance(settings: Settings, api: AirflowApi) -> bool:
    """Bring each draft of the queue a step on: start its run, or see what became of it.

    Returns whether Airflow answered all that it was asked; a draft that it did not take waits, and says why.
    """
    for draft in queue(settings):
        if not holding.take(draft.folder):
            continue
        try:
            _advance(draft, settings, api)
        except (AirflowDown, AirflowRefused) as wrong:
            if draft.standing.reason != wrong.code:
                drafts.note(draft, reason=wrong.code)
            return False
        except SohoaError as refused:
            drafts.set_standing(draft, "failed", reason=refused.code)
        finally:
            holding.let_go(draft.folder)
    return True


def open_run(draft_id: str, settings: Settings) -> Path:
    """Open the run folder of a draft: its originals go into it, sealed. The first task of its run.

    Raises:
        UsageError: draft.unknown; draft.not_sent, nobody sent it, or it is loaded.
    """
    draft = drafts.open_draft(draft_id, settings)
    if draft.standing.state not in ("queued", "loading"):
        raise UsageError("draft.not_sent")
    received = received_as(draft, settings)
    place = workplace.new_place(settings.home)
    try:
        (place / UNPACKED).mkdir()
        paths = drafts.open_originals(draft, place / UNPACKED)
        with acting_as(draft.about.owner):
            folder = run_openings.start_kept(paths, place, draft.about.province_code, received, draft.reading())
        senders.keep_with_run(folder, draft.about.owner, settings)
        return folder
    finally:
        workplace.forget_place(place)


def _advance(draft: Draft, settings: Settings, api: AirflowApi) -> None:
    standing = draft.standing
    if standing.state == "queued" or not standing.run_id:
        if not standing.run_id:
            batch_id = batch_of(draft, settings)
            drafts.note(draft, batch_id=batch_id, run_id=f"draft__{batch_id}__{standing.sent}")
        api.trigger(draft.standing.run_id, {"draft": draft.draft_id, "province": draft.about.province_code})
        drafts.set_standing(draft, "loading")
        return
    state = api.state(standing.run_id)
    if state in ("queued", "running"):
        if standing.reason:
            drafts.note(draft, reason="")
        return
    _settle(draft, settings, FAILED if state else GONE)


def _settle(draft: Draft, settings: Settings, why: str) -> None:
    """Note what became of a draft whose run is over, as the store has it; `why`, where the store has nothing of it."""
    batch_id = draft.standing.batch_id
    with asked(settings) as store:
        found = batch_lists.one(store, batch_id)
        if found is not None and found.state == "loaded":
            remember(draft, batch_id, store)
    if found is not None and found.state == "loaded":
        drafts.end_loaded(draft, batch_id)
    elif found is not None and found.state == "stopped":
        drafts.set_standing(draft, "stopped", reason=found.stop_rule or "")
    else:
        drafts.set_standing(draft, "failed", reason=why)


def remember(draft: Draft, batch_id: str, store: Store) -> None:
    """Keep for the office what was said of a draft that is loaded."""
    reading = draft.reading()
    if reading.remember:
        offices.remember_all(store, draft.about.province_code, reading, f"batch {batch_id}")


def batch_of(draft: Draft, settings: Settings) -> str:
    """The id of the batch that a draft would be as it stands, received on the day of its last check."""
    with drafts.originals_of(draft, settings) as paths:
        return run_openings.batch_of(paths, draft.about.province_code, received_as(draft, settings), draft.reading())
