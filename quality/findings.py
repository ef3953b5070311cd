"""From fired rules to tables: CHECK_RESULTS, QUARANTINE, and the rows that remain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.contract import empty
from schemas.field import Field, FieldKind
from schemas.fields import ALL_FIELDS
from schemas.judged import REJECTED, Judged
from schemas.rules import quarantining, rule
from schemas.tables import CHECK_RESULTS, QUARANTINE

_FIELDS = {f.name: f for f in ALL_FIELDS}
_FEW_ROWS = 200
_DATE_PARTS = (("day", 2), ("month", 2), ("year", 4))


@dataclass(frozen=True)
class Fired:
    """A rule and the rows of the chunk on which it fired: int64, ascending, each once.

    Of rows for which a person overruled the rule, `is_overruled`: they are told, and not kept out by it.
    """

    rule_id: str
    rows: np.ndarray
    is_overruled: bool = False


def judged_rows(records: pa.Table, fired: Sequence[Fired], judged: Judged) -> list[Fired]:
    """The fired rules as persons decided about rows that say the same.

    Those that were overruled stand apart; a row that was rejected is kept out for that, whatever else fired.
    """
    rejected = pc.is_in(records.column("content_id"), value_set=pa.array(sorted(judged.rejected), pa.string()))
    found = [Fired(REJECTED, np.flatnonzero(rejected.to_numpy()))]
    for f in fired:
        found += _split(records, f, judged) if f.rule_id in quarantining() else [f]
    return [f for f in found if f.rows.size]


def _split(records: pa.Table, fired: Fired, judged: Judged) -> list[Fired]:
    said = records.column("content_id").take(pa.array(fired.rows)).to_pylist()
    is_overruled = np.array([fired.rule_id in judged.accepted.get(content_id, ()) for content_id in said], bool)
    return [replace(fired, rows=fired.rows[~is_overruled]), Fired(fired.rule_id, fired.rows[is_overruled], True)]


def check_results(records: pa.Table, fired: Sequence[Fired]) -> pa.Table:
    """CHECK_RESULTS of fired rules; field and severity as rules.csv has them. Raises KeyError for an unknown rule."""
    tables = [_results(records, f) for f in fired]
    return pa.concat_tables(tables) if tables else empty(CHECK_RESULTS)


def kept_out(count: int, fired: Sequence[Fired]) -> np.ndarray:
    """Which of so many rows a blocking rule keeps out."""
    found: np.ndarray = _kept_out(count, fired) >= 0
    return found


def without(records: pa.Table, fired: Sequence[Fired]) -> pa.Table:
    """The records that no blocking rule keeps out, columns unchanged."""
    kept_out = np.flatnonzero(_kept_out(records.num_rows, fired) >= 0)
    if len(kept_out) > _FEW_ROWS:
        keep = np.ones(records.num_rows, bool)
        keep[kept_out] = False
        return records.filter(pa.array(keep))
    # a few rows are cut out without copying the others
    starts, ends = (np.concatenate(p) for p in (([0], kept_out + 1), (kept_out, [records.num_rows])))
    pieces = [records.slice(a, b - a) for a, b in zip(starts.tolist(), ends.tolist(), strict=True) if b > a]
    return pa.concat_tables([records.slice(0, 0), *pieces])


def quarantine(records: pa.Table, profile: pa.Table, fired: Sequence[Fired]) -> pa.Table:
    """QUARANTINE rows, in the order of the records, each under its first blocking rule in order of rules.csv.

    RECORDS hold no place but the line: sheet and page are null, and the file is the profile's measure ``file``
    where it has one, else empty; whoever joins the source records gives them back.
    """
    first = _kept_out(records.num_rows, fired)
    parts = [_quarantined(records, f.rule_id, np.flatnonzero(first == i)) for i, f in enumerate(fired)]
    found = pa.concat_tables([empty(QUARANTINE), *parts])
    table = found.set_column(
        QUARANTINE.column_names.index("file"), QUARANTINE.schema.field("file"), _files(found.column("file_id"), profile)
    )
    rows = np.concatenate([np.flatnonzero(first == i) for i in range(len(fired))] or [np.empty(0, np.int64)])
    return table.take(pa.array(np.argsort(rows, kind="stable")))


def _results(records: pa.Table, fired: Fired) -> pa.Table:
    known = rule(fired.rule_id)
    severity = "notice" if fired.is_overruled else known.severity
    ids = records.column("record_id").take(pa.array(fired.rows))
    texts = [pa.repeat(pa.scalar(text), fired.rows.size) for text in (known.id, known.field, severity)]
    return pa.table([ids, *texts], schema=CHECK_RESULTS.schema)


def _kept_out(count: int, fired: Sequence[Fired]) -> np.ndarray:
    """For each row the index of its first blocking rule among `fired`, -1 = stays."""
    first = np.full(count, -1, np.int64)
    blocking = [i for i, f in enumerate(fired) if f.rule_id in quarantining() and not f.is_overruled]
    for i in sorted(blocking, key=lambda i: rule(fired[i].rule_id).order, reverse=True):
        first[fired[i].rows] = i
    return first


def _quarantined(records: pa.Table, rule_id: str, rows: np.ndarray) -> pa.Table:
    taken, known = records.take(pa.array(rows)), rule(rule_id)
    columns = {c: taken.column(c) for c in ("record_id", "file_id", "line", "content_id")}
    columns |= {"file": pa.repeat("", rows.size), "sheet": pa.nulls(rows.size, pa.string())}
    columns |= {"page": pa.nulls(rows.size, pa.int32()), "rule_id": pa.repeat(rule_id, rows.size)}
    columns |= {"field": pa.repeat(known.field, rows.size), "raw_value": _value_as_text(taken, known.field)}
    return pa.table([columns[n] for n in QUARANTINE.column_names], schema=QUARANTINE.schema)


def _files(file_ids: pa.ChunkedArray, profile: pa.Table) -> pa.ChunkedArray:
    named = profile.filter(pc.equal(profile.column("measure"), "file"))
    place = pc.index_in(file_ids, named.column("file_id").combine_chunks())
    return pc.fill_null(named.column("value").combine_chunks().take(place.combine_chunks()), "")


def _value_as_text(records: pa.Table, field_name: str) -> pa.Array | pa.ChunkedArray:
    """What the field says in a row: a date as dd/mm/yyyy with dots for unknown parts, a coded word as written."""
    field = _FIELDS.get(field_name)
    if field is None:
        return pa.nulls(records.num_rows, pa.string())
    if field.kind is FieldKind.PARTIAL_DATE:
        return _date_as_text(records, field)
    raw = [c.name for c in field.columns if c.name.endswith("_raw")]
    return records.column(raw[0] if raw else field.columns[0].name)


def _date_as_text(records: pa.Table, field: Field) -> pa.ChunkedArray:
    stem = field.columns[0].name.removesuffix("_year")
    parts = []
    for name, width in _DATE_PARTS:
        text = pc.cast(records.column(f"{stem}_{name}"), pa.string())
        parts.append(pc.fill_null(pc.utf8_lpad(text, width, "0"), "." * width))
    return pc.binary_join_element_wise(*parts, "/")
