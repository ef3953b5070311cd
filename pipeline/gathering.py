"""Gather the facts of a batch's report from the store: its tables, and the note kept beside the batch."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pipeline import report_notes, sheet_names
from pipeline.intake import VIET_NAM_TIME
from pipeline.kept_figures import Kept, filled_rows
from quality import report_facts as facts
from quality.validate import ExpectationResult
from schemas import rules
from schemas.fields import FIELDS
from schemas.tables import LEVEL_NAMES, OUTCOMES
from store import report_figures
from store.engine import Store
from store.field_changes import FieldChanges
from store.report_figures import BatchFigures, ExamplePair, PairSide
from store.reports import StoredBatch

_SUMS = ("read", *OUTCOMES)


def gather(store: Store, kept: Kept) -> facts.ReportFacts:
    """The facts of a batch's report: its figures as they were kept, and the note beside it."""
    stored, listed = kept.batch, kept.files
    note = json.loads(report_figures.note(store, stored.batch_id, report_notes.NAME) or "{}")
    found, shown, twins = kept.figures, sheet_names.shown_by(store.acting), _twins(listed, stored.batch_id)
    return facts.ReportFacts(
        delivery=_delivery(stored, note, kept),
        balance=_balance(vars(stored.sums)),
        recount=_balance(found.recount),
        files=tuple(replace(_file(row, _messages(row, note, shown)), is_twin=row["file"] in twins) for row in listed),
        fields=tuple(_fields(found, kept.changes)),
        identifiers={"personal_number": found.numbers[0], "old_id_number": found.numbers[1]},
        duplicates=_duplicates(found, note),
        quarantine=tuple(_quarantine(found)),
        gate=_gate(note),
        people=tuple(facts.PersonCount(*row) for row in found.people),
        codes=tuple(facts.CodeCount(*row) for row in found.codes),
        households=tuple(facts.HouseholdCount(*row) for row in found.households),
        states=found.states,
        waiting=tuple(facts.WaitingRows(*row) for row in found.waiting),
        history=kept.history,
        cells=tuple(facts.CellCount(**vars(cells)) for cells in kept.cells),
        groups=tuple(facts.GroupRows(**group) for group in note.get("groups", ())),
        gate_history=kept.gate_history,
    )


def files(store: Store, listed: Iterable[Mapping[str, Any]], note: Mapping[str, Any]) -> list[facts.FileFacts]:
    """The files of a batch with their sums and messages, from rows of BATCH_FILES and the note beside the batch."""
    shown = sheet_names.shown_by(store.acting)
    return [_file(row, _messages(row, note, shown)) for row in listed]


def _delivery(stored: StoredBatch, note: Mapping[str, Any], kept: Kept) -> facts.Delivery:
    given = note.get("received_on")
    received = date.fromisoformat(given) if given else stored.recorded_at.astimezone(VIET_NAM_TIME).date()
    stop_rules = tuple(note.get("validation", {}).get("stop_rules", ())) if stored.state == "stopped" else ()
    return facts.Delivery(
        stored.batch_id, stored.province_code, stored.state, stored.code_version, stored.model_version, received,
        stored.recorded_at.astimezone(VIET_NAM_TIME), stored.province_code_63, stop_rules, kept.loaded_by,
        facts.AuditPlace(**vars(kept.as_of)) if kept.as_of else None,
    )  # fmt: skip


def _balance(row: Mapping[str, Any]) -> facts.Balance:
    return facts.Balance(*(int(row[name]) for name in _SUMS))


def _twins(listed: Iterable[Mapping[str, Any]], batch_id: str) -> frozenset[str]:
    """The files whose content another file of the same delivery has: known by this very batch, and not the first."""
    seen: set[str] = set()
    twins = set()
    for row in sorted(listed, key=lambda r: (r["outcome"] == "already_known", r["file"])):
        if row["file_id"] in seen and row["outcome"] == "already_known" and row["reason"] == batch_id:
            twins.add(row["file"])
        seen.add(row["file_id"])
    return frozenset(twins)


def _file(row: Mapping[str, Any], messages: Iterable[Mapping[str, Any]]) -> facts.FileFacts:
    told = tuple(_message(m) for m in messages)
    return facts.FileFacts(
        row["file"], row["kind"], row["encoding"], row["outcome"], row["reason"], _balance(row), told
    )  # fmt: skip


def _messages(row: Mapping[str, Any], note: Mapping[str, Any], shown: sheet_names.Shown) -> list[Mapping[str, Any]]:
    told = note.get("messages", {}).get(row["file_id"], [])
    return [sheet_names.in_message(row["file"], message, shown) for message in told]


def _message(message: Mapping[str, Any]) -> facts.RuleCount:
    places = tuple(facts.RowPlace("", p["sheet"], p["line"]) for p in message["places"])
    if message.get("ranges"):
        sheet = message["places"][0]["sheet"]
        places = tuple(facts.RowPlace("", sheet, first, last) for first, last in message["ranges"])
    return facts.RuleCount(
        message["code"], message["severity"], message["count"], places, message.get("letter", ""),
        message.get("heading", ""), message.get("is_column", False),
    )  # fmt: skip


def _fields(found: BatchFigures, changes: FieldChanges | None = None) -> Iterable[facts.FieldFacts]:
    for position, field in enumerate(FIELDS):
        by_reason: dict[str, int] = {}
        for pattern, rows in found.patterns:
            by_reason[pattern[position]] = by_reason.get(pattern[position], 0) + int(rows)
        made = facts.FieldFacts(field.name, by_reason, filled_rows(found.reviews, field.name, position))
        if changes is not None:
            changed, by_hand = (filled_rows(c, field.name, position) for c in (changes.by_rule, changes.by_hand))
            made = replace(made, changed=changed, by_hand=by_hand)
        yield made


def _duplicates(found: BatchFigures, note: Mapping[str, Any]) -> facts.DuplicateFacts:
    pairs: dict[tuple[str, bool], int] = {}
    weights: dict[tuple[int, str], int] = {}
    for outcome, with_store, weight, count in found.pairs:
        pairs[outcome, with_store] = pairs.get((outcome, with_store), 0) + int(count)
        weights[int(weight), outcome] = weights.get((int(weight), outcome), 0) + int(count)
    model, counts = note.get("model", {}), note.get("match_counts", {})
    return facts.DuplicateFacts(
        merged_within=found.merged_within, merged_with_store=found.merged_with_store, pairs=pairs,
        weights=tuple(facts.WeightCount(*key, count) for key, count in sorted(weights.items())),
        match_weight=model.get("match"), review_weight=model.get("review"),
        candidate_pairs=counts.get("pairs"), large_block_records=counts.get("large_block_records"),
        examples=tuple(_example(pair) for pair in found.examples),
        same_number=_row_pairs(found.same_number), other_nationality=_row_pairs(found.other_nationality),
    )  # fmt: skip


def _row_pairs(rows: Sequence[Sequence[Any]]) -> facts.RowPairs:
    places = tuple((facts.RowPlace(*row[1:4]), facts.RowPlace(*row[4:7])) for row in rows)
    return facts.RowPairs(int(rows[0][0]) if rows else 0, places)


def _example(pair: ExamplePair) -> facts.ShownPair:
    levels = dict(zip(LEVEL_NAMES, pair.levels, strict=True))
    weight = round(pair.match_weight, 2)
    return facts.ShownPair(pair.outcome, pair.with_store, weight, levels, _side(pair.left), _side(pair.right))


def _side(side: PairSide) -> facts.ShownRecord:
    return facts.ShownRecord(facts.RowPlace(side.file, side.sheet, side.line), side.record_id)


def _quarantine(found: BatchFigures) -> Iterable[facts.RuleCount]:
    by_rule: dict[str, tuple[int, list[facts.RowPlace]]] = {}
    for rule_id, rows, file, sheet, line in found.quarantine:
        by_rule.setdefault(rule_id, (int(rows), []))[1].append(facts.RowPlace(file, sheet, line))
    for rule_id, (rows, places) in by_rule.items():
        known = rules.all_rules().get(rule_id)
        yield facts.RuleCount(rule_id, known.severity if known else "block", rows, tuple(places))


def _gate(note: Mapping[str, Any]) -> facts.GateFacts | None:
    kept = note.get("validation")
    if kept is None:
        return None
    results = tuple(ExpectationResult(**r) for r in kept["results"])
    limits = {name: (low, high) for name, (low, high) in note.get("limits", {}).items()}
    released = tuple(facts.GateRelease(**r) for r in note.get("released", ()))
    return facts.GateFacts(kept["engine"], kept["persons"], results, limits, released)
