"""A committed batch is undone: planned, signed by one person or two, done in one transaction."""

import os
import pwd
from collections.abc import Mapping
from typing import Any

from dedup import blocking
from pipeline import four_eyes, workplace
from pipeline.batch_steps import store_model
from pipeline.context import CODE_VERSION
from pipeline.found_anew import find_anew
from pipeline.inquiries import asked
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import audit, keys
from store.audit import Event
from store.batch_undo import Signed, Undoing, undoing
from store.engine import Store
from store.proposals import Kind

Told = Mapping[str, Any]
MOST_ALONE = 10_000
"""Rows of a batch that one person may undo; a larger one takes a second person (RELIABILITY S11)."""
_KIND: Kind = "batch_undo"


def plan(batch_id: str, settings: Settings) -> Told:
    """What would happen if the batch were undone, in counts; nothing is written.

    Raises:
        UsageError: batch.unknown, undo.stopped, undo.undone, undo.other_province.
    """
    with asked(settings) as store:
        return _undone(store, batch_id, settings, None)


def undo(batch_id: str, reason: str, by: str | None, settings: Settings) -> Told:
    """Undo a batch, or propose it where a second person has to approve it.

    Args:
        batch_id: the batch.
        reason: why.
        by: who; None = the user of this machine.
        settings: of this machine.

    Returns:
        `state` (undone | proposed), who and why, and what it came to, in counts.

    Raises:
        UsageError: as for `plan`; undo.unsigned without a reason.
    """
    author = signed_by(by)
    if not reason.strip():
        raise UsageError("undo.unsigned")
    refused = Event("batch.undone", "batch", batch_id, said=(author, reason.strip()))
    with asked(settings) as store, audit.refusals(store, refused):
        signed = Signed(author, reason.strip(), CODE_VERSION)
        told = _undone(store, batch_id, settings, signed)
        if told["state"] == "planned":
            return _proposed(store, batch_id, told, author, reason.strip())
    return told


def propose(batch_id: str, reason: str, by: str, settings: Settings) -> Told:
    """Propose that a batch be undone, however small it is; another person approves it. Raises as `undo`."""
    author = signed_by(by)
    if not reason.strip():
        raise UsageError("undo.unsigned")
    refused = Event("batch.undo_proposed", "batch", batch_id, said=(author, reason.strip()))
    with asked(settings) as store, audit.refusals(store, refused):
        return _proposed(store, batch_id, _undone(store, batch_id, settings, None), author, reason.strip())


def approve(batch_id: str, by: str | None, settings: Settings) -> Told:
    """Undo a batch as another person proposed it.

    Raises:
        UsageError: as for `plan`; approval.none, approval.same_person, approval.stale, approval.changed.
    """
    author = signed_by(by)
    with asked(settings) as store, audit.refusals(store, Event("batch.undone", "batch", batch_id, said=(author,))):
        proposal = four_eyes.open_proposal(store, _KIND, batch_id, author)
        signed = Signed(author, proposal.reason, CODE_VERSION, proposal.number)
        return _undone(store, batch_id, settings, signed, proposal.plan)


def _proposed(store: Store, batch_id: str, told: Told, author: str, reason: str) -> Told:
    four_eyes.propose(store, _KIND, batch_id, (), four_eyes.Content(told["plan"], author, reason))
    return {**told, "state": "proposed", "by": author, "reason": reason}


def signed_by(by: str | None) -> str:
    """Who acts: as given, else the user of this machine. Raises UsageError undo.unsigned for a blank name."""
    name = pwd.getpwuid(os.getuid()).pw_name if by is None else by
    if not name.strip():
        raise UsageError("undo.unsigned")
    return name.strip()


def _undone(
    store: Store, batch_id: str, settings: Settings, signed: Signed | None, approved: str | None = None
) -> Told:
    """Undo the batch as far as to know what it comes to; for good where it is signed by as many as it takes."""
    model = store_model(settings)
    scheme = blocking.key_scheme(model.population)
    keys.ensure_block_keys(store, lambda chunk: blocking.block_keys(chunk, model.population), scheme)
    # What people say lies in the home folder for a moment only, and goes with the next start after a kill.
    with workplace.borrowed_place(settings.home) as folder, undoing(store, batch_id, CODE_VERSION) as work:
        work.take_out(blocking.block_keys(chunk, model.population) for chunk in work.lost_records())
        found = find_anew(work, model, settings, folder)
        counts = work.finish(found.tables, found.led)
        told = _told(work, counts)
        if approved is not None and told["plan"] != approved:
            raise UsageError("approval.changed", batch=batch_id)
        if signed is None or (approved is None and work.rows > MOST_ALONE):
            return told
        work.commit(signed, counts)
    return {**told, "state": "undone", "by": signed.author, "reason": signed.reason}


def _told(work: Undoing, counts: Mapping[str, int]) -> Told:
    return {
        "batch": work.batch_id, "state": "planned", "plan": work.plan(), "second_person": work.rows > MOST_ALONE,
        **counts,
    }  # fmt: skip
