"""The figures of a batch's report, counted once and kept beside the batch: whatever the store loses or learns later.

An erasure, an undone batch or a person found to be two would change what is counted again; a sealed report may not
change. What is kept has counts, codes, pointers to rows and keyed pseudonyms, never a value of a person.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from pipeline import report_notes, sheet_names
from pipeline.intake import VIET_NAM_TIME
from quality import gate_history, gate_trends
from quality.field_history import Compared, FieldHistory, FieldTally, together
from quality.gate_history import EarlierBatch, GateHistory
from schemas.changing_rules import CHANGING
from schemas.errors import UsageError
from schemas.field import EmptyReason
from schemas.fields import FIELDS
from schemas.tables import OUTCOMES
from store import audit_marks, cell_quality, earlier_gates, field_changes, report_figures, reports
from store.audit_marks import Mark
from store.batch import Sums
from store.cell_quality import CellCount
from store.engine import Store
from store.field_changes import FieldChanges
from store.report_figures import BatchFigures, ExamplePair, PairSide
from store.reports import StoredBatch

NAME, FIELDS_NAME = "figures", "fields"
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
        changes: the fields that rules and persons changed; None where it was counted before that was.
        history: the fields of earlier batches.
        cells: how the cells of its scans were read.
        gate_history: what the gate saw in the last batches of its province.
    """

    batch: StoredBatch
    files: tuple[Mapping[str, Any], ...]
    figures: BatchFigures
    as_of: Mark | None = None
    loaded_by: str = ""
    before: Mark | None = None
    after: Mark | None = None
    changes: FieldChanges | None = None
    history: FieldHistory = field(default_factory=FieldHistory)
    cells: tuple[CellCount, ...] = ()
    gate_history: GateHistory = field(default_factory=GateHistory)


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
    with ThreadPoolExecutor(1, "changes") as beside:  # two processes of the server count at a time
        changing = beside.submit(field_changes.field_changes, store, batch_id, CHANGING)
        counting = beside.submit(cell_quality.cell_quality, store, batch_id)
        found = sheet_names.in_figures(report_figures.figures(store, batch_id), shown)
        changes, cells = changing.result(), counting.result()
    taken = audit_marks.taken_in(store, batch_id)
    files = tuple(reports.batch_files(store, batch_id).to_pylist())
    made = Kept(batch, files, found, before=before, after=audit_marks.newest(store), changes=changes)
    gates = _gates(store, entry, batch.province_code)
    made = replace(made, history=_history(store, entry, batch.province_code), cells=cells, gate_history=gates)
    if taken is not None:
        by = store.acting.pseudonym("account", taken[1])[:_ACTOR_DIGITS]
        made = replace(made, as_of=taken[0], loaded_by=by)
    if entry and store.province is None:
        kept = json.dumps({"entry": entry, **asdict(made)}, ensure_ascii=False, sort_keys=True, default=_moment)
        report_figures.keep_note(store, batch_id, NAME, kept)
        if found.patterns:
            told = {"entry": entry, "fields": [list(vars(tally).values()) for tally in tallies(found, changes)]}
            report_figures.keep_note(store, batch_id, FIELDS_NAME, json.dumps(told))
    return made


def filled_rows(counted: report_figures.Rows, field_name: str, position: int) -> int:
    """Rows of (field, empty_reasons, rows) of that field, in its place of the pattern, that have a value."""
    return sum(
        int(rows) for name, pattern, rows in counted if name == field_name and pattern[position] == EmptyReason.FILLED
    )


def tallies(found: BatchFigures, changes: FieldChanges) -> tuple[FieldTally, ...]:
    """The 17 fields of a batch as later ones compare themselves with."""
    made = []
    for position, declared in enumerate(FIELDS):
        rows = sum(int(count) for _, count in found.patterns)
        filled = sum(int(count) for pattern, count in found.patterns if pattern[position] == EmptyReason.FILLED)
        in_review, changed, by_hand = (
            filled_rows(counted, declared.name, position)
            for counted in (found.reviews, changes.by_rule, changes.by_hand)
        )
        made.append(FieldTally(declared.name, rows, filled, filled - in_review, changed, by_hand))
    return tuple(made)


def _history(store: Store, entry: int, province_code: str) -> FieldHistory:
    """The fields of the batches before that event: of the province, and of the nation for whoever sees it."""
    notes = field_changes.earlier_notes(store, entry, FIELDS_NAME)
    counted = [(n.batch_id, n.province_code, [FieldTally(*t) for t in json.loads(n.content)["fields"]]) for n in notes]
    own = [(batch_id, fields) for batch_id, code, fields in counted if code == province_code]
    return FieldHistory(
        last=together(fields for _, fields in own[-1:]),
        last_batch=own[-1][0] if own else "",
        province=together(fields for _, fields in own),
        nation=together(fields for *_, fields in counted) if store.province is None else None,
    )


def _gates(store: Store, entry: int, province_code: str) -> GateHistory:
    """What the gate saw in the batches of the province before that event."""
    found = earlier_gates.earlier_gates(store, entry, province_code, report_notes.NAME, gate_history.MOST)
    return gate_trends.history(
        (b.batch_id, b.recorded_at.astimezone(VIET_NAM_TIME).isoformat(timespec="seconds"), b.state, b.results)
        for b in found
    )


def _read(told: Mapping[str, Any]) -> Kept:
    found = told["figures"]
    rows = {name: [tuple(row) for row in found[name]] for name in _ROWS}
    recount = {name: found["recount"][name] for name in ("read", *OUTCOMES)}
    examples = tuple(_example(pair) for pair in found["examples"])
    whole = {**found, **rows, "numbers": tuple(found["numbers"]), "recount": recount, "examples": examples}
    as_of, before, after = (told[name] and Mark(**told[name]) for name in ("as_of", "before", "after"))
    recorded = datetime.fromisoformat(told["batch"]["recorded_at"])
    batch = StoredBatch(**{**told["batch"], "recorded_at": recorded, "sums": Sums(**told["batch"]["sums"])})
    return Kept(
        batch, tuple(told["files"]), BatchFigures(**whole), as_of, told["loaded_by"], before, after,
        _changes(told.get("changes")), _kept_history(told.get("history") or {}),
        tuple(CellCount(**cells) for cells in told.get("cells", ())), _kept_gates(told.get("gate_history") or {}),
    )  # fmt: skip


def _changes(told: Mapping[str, Any] | None) -> FieldChanges | None:
    if told is None:
        return None
    return FieldChanges(*([tuple(row) for row in told[name]] for name in ("by_rule", "by_hand")))


def _kept_history(told: Mapping[str, Any]) -> FieldHistory:
    compared = {
        name: Compared(c["batches"], tuple(FieldTally(**t) for t in c["tallies"]))
        for name in ("last", "province", "nation") if (c := told.get(name))
    }  # fmt: skip
    return FieldHistory(last_batch=told.get("last_batch", ""), **compared)


def _kept_gates(told: Mapping[str, Any]) -> GateHistory:
    batches = (EarlierBatch(**{**b, "values": tuple(b["values"])}) for b in told.get("batches", ()))
    return GateHistory(tuple(told.get("ids", ())), tuple(batches))


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _example(told: Mapping[str, Any]) -> ExamplePair:
    sides = {name: PairSide(**told[name]) for name in ("left", "right")}
    return ExamplePair(**{**told, **sides, "levels": tuple(told["levels"])})
