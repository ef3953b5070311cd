"""A named person lets a batch in that the gate stopped, with a reason; then it goes on from where it was stopped.

What guards the store itself (ids, sums, closed sets) nobody may wave through. A release covers the content of the batch
and what was broken when it was given: is more broken later, because the batch had to be matched again, it stops again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline import holding
from pipeline.batch_undo import signed_by
from pipeline.context import Run, opened_run
from pipeline.inquiries import asked
from pipeline.report_notes import NAME
from pipeline.settings import Settings
from quality import suite
from schemas.errors import UsageError
from store import audit, gate_releases, report_figures, reports
from store.audit import Event
from store.engine import Store
from store.gate_releases import Broken, Released

_LATER = ("load_batch", "report_batch")
_ACTOR_DIGITS = 12


@dataclass(frozen=True)
class Let:
    """A batch that was let in: with which expectations broken, by whom, why.

    `folder` is the run folder to go on with, None where it is gone.
    """

    batch_id: str
    rules: tuple[str, ...]
    author: str
    reason: str
    folder: Path | None


def broken_of(validation: Mapping[str, Any]) -> tuple[Broken, ...]:
    """The critical expectations that failed, from a result of the gate as it is kept."""
    return tuple(
        Broken(r["id"], int(r["unexpected"]))
        for r in validation["results"]
        if r["severity"] == "critical" and not r["success"]
    )


def stop_rules(run: Run, store: Store) -> tuple[tuple[str, ...], tuple[Mapping[str, Any], ...]]:
    """The expectations that stop the batch of a run, and the releases by which others do not; one of them is empty."""
    broken = broken_of(run.steps.finished("validate_batch").facts["validation"])
    released = gate_releases.standing(store, run.plan.batch_id)
    if gate_releases.still_broken(broken, released):
        return tuple(b.rule_id for b in broken), ()
    return (), tuple(_told(released[b.rule_id], store) for b in broken)


def releasable(batch_id: str, settings: Settings) -> Mapping[str, int]:
    """What stopped a batch: rule id -> how many values broke it; all of it may be released.

    Raises:
        UsageError: batch.unknown; release.not_stopped; release.never (a broken expectation guards the store).
    """
    with asked(settings) as store:
        batch = reports.batch(store, batch_id)
        released = gate_releases.standing(store, batch_id) if batch is not None and batch.state == "loaded" else {}
        # Let in, loaded, and killed before its report: whoever clears the tasks has it come to its end.
        if released and not _is_reported(batch_id, settings):
            return {rule: each.unexpected for rule, each in released.items()}
        return {b.rule_id: b.unexpected for b in _broken(store, batch_id)}


def release(batch_id: str, reason: str, by: str | None, settings: Settings) -> Let:
    """Let a stopped batch in, or find that it was let in before and has still to go on.

    Args:
        batch_id: the batch.
        reason: why.
        by: who; None = the user of this machine.
        settings: of this machine.

    Raises:
        UsageError: batch.unknown; release.not_stopped; release.unsigned; release.never (a broken expectation guards
            the store).
    """
    author = signed_by(by)
    refused = Event("batch.released", "batch", batch_id, said=(author, reason.strip()))
    with asked(settings) as store, audit.refusals(store, refused):
        broken = _broken(store, batch_id)
        gate_releases.release(store, batch_id, broken, author, reason)
    return Let(batch_id, tuple(b.rule_id for b in broken), author, reason.strip(), stopped_run(batch_id, settings))


def let_in(batch_id: str, reason: str, by: str | None, settings: Settings) -> Let:
    """As `release`; of a batch that this person let in before, the run to go on with, or that has come to its end.

    Whoever was killed between the release and the report is asked again by Airflow, and so is who is cleared.

    Raises:
        UsageError: as `release`.
    """
    author = signed_by(by)
    with asked(settings) as store:
        batch = reports.batch(store, batch_id)
        released = gate_releases.standing(store, batch_id)
    rules = tuple(rule for rule, each in released.items() if each.author == author)
    if batch is None or batch.state != "loaded" or not rules:
        return release(batch_id, reason, by, settings)
    # Where no folder says that it was loaded, its process was killed before it could say so.
    folder = _folder_with("load_batch", batch_id, settings) or stopped_run(batch_id, settings)
    return Let(batch_id, rules, author, reason.strip(), folder)


def stopped_run(batch_id: str, settings: Settings) -> Path | None:
    """The newest attempt at a batch that came to the gate, ready to go on behind it; None where it was removed."""
    attempts = sorted((settings.home / "runs" / batch_id).glob("[0-9]*"), reverse=True)
    for folder in attempts:
        if not folder.is_dir() or not holding.take(folder):
            continue
        try:
            with opened_run(folder, settings) as run:
                if run.is_done("validate_batch"):
                    for step in _LATER[::-1]:
                        run.steps.forget(step)
                    return folder
        finally:
            holding.let_go(folder)
    return None


def broken_by(store: Store, batch_id: str) -> tuple[Broken, ...]:
    """What stopped a batch, as it was kept with it; empty where nothing was kept."""
    note = json.loads(report_figures.note(store, batch_id, NAME) or "{}")
    return broken_of(note["validation"]) if "validation" in note else ()


def may_be_released(rule_id: str) -> bool:
    """May somebody let a batch in that broke this? Not where it guards the store itself."""
    return any(e.id == rule_id and e.may_be_released for e in suite.EXPECTATIONS)


def _is_reported(batch_id: str, settings: Settings) -> bool:
    newest = _folder_with("validate_batch", batch_id, settings)
    return _folder_with("report_batch", batch_id, settings) == newest


def _folder_with(step: str, batch_id: str, settings: Settings) -> Path | None:
    """The newest attempt at a batch that finished a step."""
    for folder in sorted((settings.home / "runs" / batch_id).glob("[0-9]*"), reverse=True):
        with opened_run(folder, settings) as run:
            if run.is_done(step):
                return folder
    return None


def _broken(store: Store, batch_id: str) -> tuple[Broken, ...]:
    batch = reports.batch(store, batch_id)
    if batch is None:
        raise UsageError("batch.unknown", batch=batch_id)
    if batch.state != "stopped":
        raise UsageError("release.not_stopped", batch=batch_id)
    broken = broken_by(store, batch_id)
    never = [b.rule_id for b in broken if not may_be_released(b.rule_id)]
    if never:
        raise UsageError("release.never", rules=", ".join(never))
    return broken


def _told(released: Released, store: Store) -> Mapping[str, Any]:
    """A release for the report: who did it as a pseudonym, as all accounts there."""
    said = asdict(released)
    said["author"] = store.acting.pseudonym("account", released.author)[:_ACTOR_DIGITS]
    said["recorded_at"] = released.recorded_at.isoformat(timespec="seconds")
    return said
