"""A batch as its office looks at it: state, sums, steps, what to do, and for each file what was wrong.

Everything comes from the store and from what was noted beside the batch; no value of a person is shown. Names that
files were delivered under may name somebody: they are shown to the office that sent them, told to the audit.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline import gathering, report_notes
from pipeline.names import files_of
from pipeline.settings import Settings
from quality.report_facts import FileFacts
from store import audit, batch_lists, report_figures, reports
from store.audit import Event
from store.batch_lists import ListedBatch
from store.engine import Store

Todo = Literal["mend", "resend", "stopped", "nothing", "undone"]


@dataclass(frozen=True)
class ViewedFile:
    """A file of a batch: `facts` as the report has them, `name` as it was delivered, "" where that is not shown."""

    facts: FileFacts
    file_id: str
    name: str = ""


@dataclass(frozen=True)
class BatchView:
    """A batch with its files and what happened to it.

    Attributes:
        listed: the batch with its sums.
        files: in the order of their names.
        events: (event, moment), oldest first.
    """

    listed: ListedBatch
    files: tuple[ViewedFile, ...]
    events: tuple[tuple[str, datetime], ...]


def todo(batch: ListedBatch) -> Todo:
    """What the office has to do about a batch."""
    if batch.state == "undone":
        return "undone"
    if batch.state == "stopped":
        return "stopped"
    if batch.sums.rejected:
        return "resend"
    return "mend" if batch.waiting else "nothing"


def view(store: Store, batch_id: str, settings: Settings, *, has_names: bool) -> BatchView | None:
    """A batch; None where the store (of that province) has none of that id.

    Args:
        store: limited to whom it is shown to.
        batch_id: the batch.
        settings: of this machine.
        has_names: show the names that files were delivered under, as an event of the audit.
    """
    listed = batch_lists.one(store, batch_id)
    if listed is None:
        return None
    if has_names:
        audit.record(
            store, Event("batch.names_revealed", "batch", batch_id, province_code=listed.province_code, reason="portal")
        )
    note = json.loads(report_figures.note(store, batch_id, report_notes.NAME) or "{}")
    rows = list(files_of(store, batch_id, settings, reveal=has_names))
    facts = gathering.files(store, rows, note)
    files = (ViewedFile(fact, row["file_id"], row.get("path") or "") for fact, row in zip(facts, rows, strict=True))
    events = reports.batch_events(store, batch_id).to_pylist()
    return BatchView(listed, tuple(files), tuple((e["event"], e["recorded_at"]) for e in events))
