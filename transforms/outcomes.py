"""From findings on rows of a chunk to its outcome: CHECK_RESULTS, QUARANTINE, and which rows are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import fields, lineage, rules
from schemas.judged import OF_NO_VALUE, REJECTED, Judged
from schemas.tables import CHECK_RESULTS, QUARANTINE, RAW_COLUMNS
from transforms.column import Finding, column_of, whole
from transforms.ditto import flags
from transforms.number_columns import MOVED, moved_rule
from transforms.text import clean_text

_Rows = npt.NDArray[np.int64]
_NEVER = np.iinfo(np.int64).max
_RAW_OF_RULE: Mapping[str, str] = {
    "household.no_number": "household_id_raw",
    "notes.says_dead": "notes_raw",
    "notes.says_gone": "notes_raw",
    "relation.missing": "relation_raw",
    "relation.unknown_code": "relation_raw",
    "relation.ambiguous": "relation_raw",
}
_NOT_CONTENT = frozenset({"serial_raw", "corrects_raw"})


@dataclass(frozen=True)
class Found:
    """Findings of a chunk, one a row and unique: row numbers, rule numbers, field numbers, and what these mean.

    `is_overruled` marks those that a person overruled: they are told, and keep nothing out.
    """

    rows: _Rows
    rule: _Rows
    field: _Rows
    is_overruled: npt.NDArray[np.bool_]
    rule_ids: tuple[str, ...]
    field_names: tuple[str, ...]


def collect(findings: Sequence[Finding]) -> Found:
    """All findings of a chunk, each (row, rule, field) once, by row and order of rules.csv."""
    known = rules.all_rules()
    rule_ids = tuple(known)
    names = tuple(sorted({f.field for f in findings}))
    rule_place, name_place = {r: i for i, r in enumerate(rule_ids)}, {n: i for i, n in enumerate(names)}
    lengths = [len(f.rows) for f in findings]
    rows = np.concatenate([f.rows for f in findings] or [np.empty(0, np.int64)]).astype(np.int64)
    rule = np.repeat(np.array([rule_place[f.rule_id] for f in findings], np.int64), lengths)
    name = np.repeat(np.array([name_place[f.field] for f in findings], np.int64), lengths)
    width = max(len(names), 1)
    unique = np.unique((rows * len(rule_ids) + rule) * width + name)
    rows, rule, name = unique // (width * len(rule_ids)), unique // width % len(rule_ids), unique % width
    return Found(rows, rule, name, np.zeros(len(rows), np.bool_), rule_ids, names)


def judged_rows(source: pa.Table, judged: Judged) -> list[Finding]:
    """The rows that say what a row says that a person rejected. Raw words are hashed only where there is any such."""
    if not judged.rejected:
        return []
    is_rejected = pc.is_in(_raw_content_ids(source), value_set=pa.array(sorted(judged.rejected), pa.string()))
    return [Finding(REJECTED, "", np.flatnonzero(flags(is_rejected)))]


def overruled(source: pa.Table, found: Found, judged: Judged) -> Found:
    """The findings, with those marked that a person overruled on rows that say what an accepted row says."""
    keeps_out = np.flatnonzero(_keeps_out(found)) if judged.accepted else np.empty(0, np.int64)
    if not len(keeps_out):
        return found
    rows, place = np.unique(found.rows[keeps_out], return_inverse=True)
    accepted = [judged.accepted.get(said) for said in _raw_content_ids(source.take(pa.array(rows))).to_pylist()]
    is_overruled = found.is_overruled.copy()
    for at, row in zip(keeps_out.tolist(), place.tolist(), strict=True):
        rule_ids = accepted[row]
        is_overruled[at] = rule_ids is not None and found.rule_ids[found.rule[at]] in OF_NO_VALUE | rule_ids
    return replace(found, is_overruled=is_overruled)


def _keeps_out(found: Found) -> npt.NDArray[np.bool_]:
    blocks = rules.quarantining()
    return np.array([r in blocks for r in found.rule_ids])[found.rule] & ~found.is_overruled


def read_findings_of(source: pa.Table, findings: pa.Table) -> list[Finding]:
    """The reader's findings on the rows of this chunk."""
    place = pc.index_in(column_of(findings, "record_id"), column_of(source, "record_id"))
    rows = pc.fill_null(place, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    if not (rows >= 0).any():
        return []
    labels = pc.binary_join_element_wise(findings.column("rule_id"), findings.column("field"), "\x1f")
    encoded = whole(labels).dictionary_encode()
    codes = np.where(rows >= 0, encoded.indices.to_numpy(zero_copy_only=False), -1)
    pairs = [label.split("\x1f") for label in encoded.dictionary.to_pylist()]
    return [Finding(rule, field, np.sort(rows[codes == i])) for i, (rule, field) in enumerate(pairs)]


def check_results(source: pa.Table, found: Found) -> pa.Table:
    """CHECK_RESULTS of all findings; one that was overruled is a notice."""
    known = rules.all_rules()
    severities = pa.array([known[r].severity for r in found.rule_ids], pa.string())
    return pa.table(
        [
            column_of(source, "record_id").take(pa.array(found.rows)),
            pa.array(found.rule_ids, pa.string()).take(pa.array(found.rule)),
            pa.array(found.field_names, pa.string()).take(pa.array(found.field)),
            pc.if_else(pa.array(found.is_overruled), "notice", severities.take(pa.array(found.rule))),
        ],
        schema=CHECK_RESULTS.schema,
    )


def quarantined(source: pa.Table, found: Found) -> tuple[_Rows, pa.Table]:
    """Rows that a blocking rule keeps out, and the QUARANTINE table: each under its first rule in order."""
    keeps_out = _keeps_out(found)
    rows, first = np.unique(found.rows[keeps_out], return_index=True)
    rule, name = found.rule[keeps_out][first], found.field[keeps_out][first]
    taken = source.take(pa.array(rows))
    columns = {c: taken.column(c) for c in ("record_id", "file_id", "file", "sheet", "page", "line")}
    columns["content_id"] = _raw_content_ids(taken)
    columns["rule_id"] = pa.array(found.rule_ids, pa.string()).take(pa.array(rule))
    columns["field"] = pa.array(found.field_names, pa.string()).take(pa.array(name))
    read = _raw_values(taken, rule * max(len(found.field_names), 1) + name, found)
    columns["raw_value"] = _moved_numbers(taken, read, (rows, rule), found)
    return rows, pa.table([columns[n] for n in QUARANTINE.column_names], schema=QUARANTINE.schema)


def _raw_content_ids(taken: pa.Table) -> pa.Array:
    texts = [clean_text(column_of(taken, c)) for c in RAW_COLUMNS if c not in _NOT_CONTENT]
    return lineage.content_ids(texts)


def _raw_values(taken: pa.Table, labels: _Rows, found: Found) -> pa.Array:
    """What was read in the field that the first rule speaks of; null for rules about the whole row."""
    values = pa.nulls(taken.num_rows, pa.string())
    width = max(len(found.field_names), 1)
    for label in np.unique(labels).tolist():
        column = _raw_column(found.rule_ids[label // width], found.field_names[label % width])
        if column is not None:
            values = pc.if_else(pa.array(labels == label), column_of(taken, column), values)
    return values


def _moved_numbers(taken: pa.Table, read: pa.Array, kept_out: tuple[_Rows, _Rows], found: Found) -> pa.Array:
    """What was read, with numbers that stood in the column of the other kind from there."""
    rows, rule = kept_out
    for moved, column in MOVED.items():
        if moved not in found.rule_ids:
            continue
        stood_there = np.isin(rows, found.rows[found.rule == found.rule_ids.index(moved)])
        is_of_it = np.array([moved_rule(r) == moved for r in found.rule_ids])[rule]
        read = pc.if_else(pa.array(stood_there & is_of_it), column_of(taken, column), read)
    return read


def _raw_column(rule_id: str, field_name: str) -> str | None:
    if rule_id in _RAW_OF_RULE:
        return _RAW_OF_RULE[rule_id]
    return fields.by_name(field_name).raw_columns[0] if field_name else None
