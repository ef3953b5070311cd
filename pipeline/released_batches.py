"""Stopped batches that were let in from the portal and have still to be loaded: a queue on the disk beside the drafts.

`<home>/released/<batch id>/state.json` says that the batch waits, and which run of Airflow loads it; who let it in and
why stands in the store. A batch goes on from where the gate stopped it, for whoever had sent it. What the store says of
it decides what became of it.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from pipeline import draft_runs, drafts, four_eyes, gate_release, holding
from pipeline.acting import acting_as
from pipeline.airflow_api import AirflowApi
from pipeline.airflow_rest import AirflowDown, AirflowRefused
from pipeline.artefacts import read_json
from pipeline.batch_undo import signed_by
from pipeline.gate_release import Let
from pipeline.inquiries import asked
from pipeline.run import finish_run
from pipeline.settings import Settings
from schemas.errors import SohoaError, StoreUnavailable, SystemFailed, UsageError
from store import audit, audit_marks, gate_releases, reports
from store.audit import Event
from store.engine import Store
from store.files import write_synced

FOLDER = "released"
_STATE = "state.json"


@dataclass(frozen=True)
class Mark:
    """A batch that was let in and is not loaded yet.

    Attributes:
        batch_id: the batch.
        state: waiting; failed, and somebody has to let it in again; gone, its files have to be sent again.
        reason: why it waits longer than its turn, or failed: code of the catalogue.
        run_id: its run in Airflow, noted before Airflow is asked.
        is_begun: Airflow has taken the run.
    """

    batch_id: str
    state: Literal["waiting", "failed", "gone"] = "waiting"
    reason: str = ""
    run_id: str = ""
    is_begun: bool = False


def let_in(batch_id: str, reason: str, by: str, settings: Settings) -> Let:
    """Let a stopped batch in that somebody else has sent, and put it in the queue.

    Raises:
        UsageError: as `gate_release.release`; release.own, it was sent by that very account.
    """
    author = signed_by(by)
    event = Event("batch.released", "batch", batch_id, said=(author, reason.strip()))
    with asked(settings) as store, audit.refusals(store, event):
        if _is_senders(store, batch_id, author):
            raise UsageError("release.own")
    let = gate_release.release(batch_id, reason, author, settings)
    (settings.home / FOLDER / batch_id).mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep(settings, Mark(batch_id, "gone" if let.folder is None else "waiting"))
    return let


def mark_of(batch_id: str, settings: Settings) -> Mark | None:
    """The place of a batch in the queue; None if it does not wait."""
    path = settings.home / FOLDER / batch_id / _STATE
    return Mark(**read_json(path)) if path.exists() else None


def next_to_load(settings: Settings) -> str | None:
    """The batch whose turn it is, if nobody works on it."""
    return next((m.batch_id for m in _waiting(settings) if not holding.is_held(_folder(settings, m))), None)


def load(batch_id: str, settings: Settings) -> None:
    """Load a batch of the queue on this machine. One that another process works on is left to it.

    Raises:
        StoreUnavailable, SystemFailed: it waits on.
    """
    with _held(batch_id, settings) as mark:
        if mark is None or _is_settled(mark, settings):
            return
        try:
            folder = gate_release.stopped_run(batch_id, settings)
            if folder is None:
                raise UsageError("release.folder_gone", batch=batch_id)
            with acting_as(_sender(batch_id, settings)):
                finish_run(folder, settings)
        except (StoreUnavailable, SystemFailed):
            raise
        except SohoaError as refused:
            _keep(settings, replace(mark, state="failed", reason=refused.code))
            return
        _settle(mark, settings)


def advance(settings: Settings, api: AirflowApi) -> bool:
    """Bring each batch of the queue a step on: start its run, or see what became of it; did Airflow answer?

    The run is one of `ingest_batch` on the folder of the run that was stopped, under an id of its own.
    """
    for waiting in _waiting(settings):
        with _held(waiting.batch_id, settings) as mark:
            if mark is None or _is_settled(mark, settings):
                continue
            try:
                _advance(mark, settings, api)
            except (AirflowDown, AirflowRefused) as wrong:
                now = mark_of(mark.batch_id, settings) or mark
                _keep(settings, replace(now, reason=wrong.code))
                return False
            except UsageError as refused:
                _keep(settings, replace(mark, state="failed", reason=refused.code))
    return True


def _advance(mark: Mark, settings: Settings, api: AirflowApi) -> None:
    if not mark.is_begun:
        folder = gate_release.stopped_run(mark.batch_id, settings)
        if folder is None:
            raise UsageError("release.folder_gone", batch=mark.batch_id)
        # Named after the release: a run that is over is not taken for the one that is asked for now.
        number, province = _number_and_province(mark.batch_id, settings)
        mark = replace(mark, run_id=mark.run_id or f"release__{mark.batch_id}__{number}")
        _keep(settings, mark)
        api.trigger(mark.run_id, {"folder": str(folder), "province": province})
        _keep(settings, replace(mark, is_begun=True, reason=""))
        return
    state = api.state(mark.run_id)
    if state not in ("queued", "running"):
        _settle(mark, settings, draft_runs.FAILED if state else draft_runs.GONE)


def _settle(mark: Mark, settings: Settings, why: str = "") -> None:
    """What became of a batch whose run is over: loaded, or it has to be let in again."""
    if _is_settled(mark, settings):
        return
    _keep(settings, replace(mark, state="failed", reason=why or "release.stopped_again"))


def _is_settled(mark: Mark, settings: Settings) -> bool:
    """Is the batch no longer one that was stopped? Then it leaves the queue, and the draft that it came from ends."""
    with asked(settings) as store:
        batch = reports.batch(store, mark.batch_id)
        if batch is not None and batch.state == "stopped":
            return False
        if batch is not None and batch.state == "loaded":
            _end_draft(mark.batch_id, settings, store)
    shutil.rmtree(_folder(settings, mark), ignore_errors=True)
    return True


def _end_draft(batch_id: str, settings: Settings, store: Store) -> None:
    """End the draft that was loaded; one that was corrected since is another batch, and stays."""
    for draft in drafts.all_drafts(settings):
        standing = draft.standing
        if standing.state != "stopped" or standing.batch_id != batch_id or not holding.take(draft.folder):
            continue
        try:
            if draft_runs.batch_of(draft, settings) == batch_id:
                draft_runs.remember(draft, batch_id, store)
                drafts.end_loaded(draft, batch_id)
        finally:
            holding.let_go(draft.folder)


def _is_senders(store: Store, batch_id: str, author: str) -> bool:
    """Was the batch sent by that account? The audit names whoever did."""
    sent = audit_marks.taken_in(store, batch_id)
    return sent is not None and four_eyes.one_person(sent[1], author)


def _sender(batch_id: str, settings: Settings) -> str:
    with asked(settings) as store:
        sent = audit_marks.taken_in(store, batch_id)
        return sent[1] if sent is not None else store.acting.actor


def _number_and_province(batch_id: str, settings: Settings) -> tuple[int, str]:
    with asked(settings) as store:
        said, batch = gate_releases.last_said(store, batch_id), reports.batch(store, batch_id)
    if said is None or batch is None:
        raise UsageError("batch.unknown", batch=batch_id)
    return said.number, batch.province_code


def _waiting(settings: Settings) -> list[Mark]:
    """The batches that wait, in the order in which they were let in."""
    found = sorted((settings.home / FOLDER).glob(f"*/{_STATE}"), key=lambda path: path.stat().st_mtime)
    return [mark for mark in (Mark(**read_json(path)) for path in found) if mark.state == "waiting"]


@contextmanager
def _held(batch_id: str, settings: Settings) -> Iterator[Mark | None]:
    """The mark of a batch while this process holds it; None where another one does, or it waits no more."""
    folder = settings.home / FOLDER / batch_id
    if not folder.is_dir() or not holding.take(folder):
        yield None
        return
    try:
        mark = mark_of(batch_id, settings)
        yield mark if mark is not None and mark.state == "waiting" else None
    finally:
        holding.let_go(folder)


def _folder(settings: Settings, mark: Mark) -> Path:
    return settings.home / FOLDER / mark.batch_id


def _keep(settings: Settings, mark: Mark) -> None:
    write_synced(_folder(settings, mark) / _STATE, json.dumps(asdict(mark), sort_keys=True))
