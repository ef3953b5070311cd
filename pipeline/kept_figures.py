"""The figures of a batch's report, counted once and kept beside the batch: whatever the store loses or learns later.

An erasure, an undone batch or a person found to be two would change what is counted again; a sealed report may not
change. What is kept has counts, codes, pointers to rows and keyed pseudonyms, never a value of a person.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from pipeline import sheet_names
from schemas.errors import UsageError
from schemas.tables import OUTCOMES
from store import audit_marks, report_figures, reports
from store.audit_marks import Mark
from store.batch import Sums
from store.engine import Store
from store.report_figures import BatchFigures, ExamplePair, PairSide
from store.reports import StoredBatch

NAME = "figures"
_ROWS = (
    "patterns", "reviews", "pairs", "same_number", "other_nationality", "quarantine", "people", "codes", "households",
    "waiting",
)  # fmt: skip
_ACTOR_DIGITS = 12


@dataclass(frozen=True)
class Kept:
    """A batch with its figures.

    Attributes:
        batch: the batch as the store had it.
        files: its BATCH_FILES.
        figures: the figures.
        as_of: the event by which the batch was loaded or stopped; None where the audit does not tell.
        loaded_by: keyed pseudonym of the account that did it, "" where the audit does not tell.
        before: the newest event before they were counted.
        after: the newest one afterwards.
    """

    batch: StoredBatch
    files: tuple[Mapping[str, Any], ...]
    figures: BatchFigures
    as_of: Mark | None = None
    loaded_by: str = ""
    before: Mark | None = None
    after: Mark | None = None


def of_batch(store: Store, batch_id: str) -> Kept:
    """The figures as they were kept; else counted now, and kept unless the store is limited to a province.

    Raises:
        UsageError: batch.unknown.
    """
    entry = report_figures.entry(store, batch_id)
    content = report_figures.note(store, batch_id, NAME)
    told = json.loads(content) if content else {}
    if entry and told.get("entry") == entry:
        return _read(told)
    batch = reports.batch(store, batch_id)
    if batch is None:
        raise UsageError("batch.unknown", batch=batch_id)
    shown = sheet_names.shown_by(store.acting)
    before = audit_marks.newest(store)
    found = sheet_names.in_figures(report_figures.figures(store, batch_id), shown)
    taken = audit_marks.taken_in(store, batch_id)
    files = tuple(reports.batch_files(store, batch_id).to_pylist())
    made = Kept(batch, files, found, before=before, after=audit_marks.newest(store))
    if taken is not None:
        by = store.acting.pseudonym("account", taken[1])[:_ACTOR_DIGITS]
        made = replace(made, as_of=taken[0], loaded_by=by)
    if entry and store.province is None:
        kept = json.dumps({"entry": entry, **asdict(made)}, ensure_ascii=False, sort_keys=True, default=_moment)
        report_figures.keep_note(store, batch_id, NAME, kept)
    return made


def _read(told: Mapping[str, Any]) -> Kept:
    found = told["figures"]
    rows = {name: [tuple(row) for row in found[name]] for name in _ROWS}
    recount = {name: found["recount"][name] for name in ("read", *OUTCOMES)}
    examples = tuple(_example(pair) for pair in found["examples"])
    whole = {**found, **rows, "numbers": tuple(found["numbers"]), "recount": recount, "examples": examples}
    marks = {name: told[name] and Mark(**told[name]) for name in ("as_of", "before", "after")}
    recorded = datetime.fromisoformat(told["batch"]["recorded_at"])
    batch = StoredBatch(**{**told["batch"], "recorded_at": recorded, "sums": Sums(**told["batch"]["sums"])})
    return Kept(batch, tuple(told["files"]), BatchFigures(**whole), loaded_by=told["loaded_by"], **marks)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _example(told: Mapping[str, Any]) -> ExamplePair:
    sides = {name: PairSide(**told[name]) for name in ("left", "right")}
    return ExamplePair(**{**told, **sides, "levels": tuple(told["levels"])})
