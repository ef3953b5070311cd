"""Drafts on their way into the store: a queue on the disk, worked off one by one, that a restart does not forget.

A draft is a delivery of its originals, bound by what was said and corrected in it, received on the day of its last
check: the run does what the dry run did.
"""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pipeline import drafts, holding
from pipeline.acting import acting_as
from pipeline.drafts import Draft
from pipeline.inquiries import asked
from pipeline.run import run_batch
from pipeline.settings import Settings
from schemas.errors import SohoaError, UsageError
from store import audit
from store.audit import Event

_WAITS = ("queued", "loading")


class Place(NamedTuple):
    """The place of a draft in the queue, from 1, and how many wait."""

    number: int
    waiting: int


def send(draft: Draft, day: date, settings: Settings) -> None:
    """Put a draft in the queue, as received on the day of its check, under the name of whoever acts.

    Raises:
        UsageError: draft.sent; draft.empty, nothing was uploaded.
    """
    if draft.standing.state in (*_WAITS, "loaded"):
        raise UsageError("draft.sent")
    if not draft.originals:
        raise UsageError("draft.empty")
    corrected = len(draft.replayed.edits)
    after, province = (corrected, day.isoformat()), draft.about.province_code
    event = Event("desk.sent", "draft", draft.draft_id, province_code=province, after=after)
    with asked(settings) as store:
        audit.record(store, event)
    drafts.set_standing(draft, "queued", day=day)


def queue(settings: Settings) -> list[Draft]:
    """The drafts that wait or are being loaded, in the order in which they were sent."""
    waiting = (draft for draft in drafts.all_drafts(settings) if draft.standing.state in _WAITS)
    return sorted(waiting, key=lambda draft: (draft.standing.state != "loading", draft.standing.moment))


def place_in_queue(draft_id: str, settings: Settings) -> Place | None:
    """The place of a draft in the queue; None if it does not wait."""
    ids = [draft.draft_id for draft in queue(settings)]
    return Place(1 + ids.index(draft_id), len(ids)) if draft_id in ids else None


def next_to_load(settings: Settings) -> str | None:
    """The draft whose turn it is: the one that was being loaded when its process was killed, else the oldest."""
    return next((d.draft_id for d in queue(settings) if not holding.is_held(d.folder)), None)


def load(draft_id: str, settings: Settings) -> str:
    """Load a draft of the queue; the state that it comes to. A draft that another process loads is left to it.

    What is refused is noted in the draft, which opens again. A draft that is loaded is destroyed.
    """
    draft = drafts.open_draft(draft_id, settings)
    if not holding.take(draft.folder):
        return draft.standing.state
    try:
        drafts.set_standing(draft, "loading")
        return _loaded(draft, settings)
    except SohoaError as refused:
        drafts.set_standing(draft, "failed", reason=refused.code)
        return "failed"
    finally:
        holding.let_go(draft.folder)


def received_as(draft: Draft, settings: Settings) -> Settings:
    """The settings of a run of a draft: it counts as received on the day of its last check."""
    return replace(settings, received_on=date.fromisoformat(draft.standing.day))


def _loaded(draft: Draft, settings: Settings) -> str:
    received = received_as(draft, settings)
    with acting_as(draft.about.owner), drafts.originals_of(draft, settings) as paths:
        result = run_batch(
            paths, draft.about.province_code, received, reading=draft.reading(),
            begun=lambda batch_id: drafts.note(draft, batch_id=batch_id),
        )  # fmt: skip
    if result.state == "stopped":
        drafts.set_standing(draft, "stopped", batch_id=result.batch_id, reason=", ".join(result.stop_rules))
        return "stopped"
    drafts.end_loaded(draft, result.batch_id)
    return "loaded"
