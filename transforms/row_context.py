"""What a row has from the rows around it: ditto marks, household numbers, the list in which its number counts.

A row of a returned error file brings all that along: its cells are filled, its row id ends with the list. Rows may then
be left out above it, and the list may be one that only the whole original told.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.tables import RAW_COLUMNS
from transforms import ditto
from transforms.column import Finding, column_of, encode
from transforms.file_facts import FileFacts, file_facts
from transforms.household_lists import localities, scopes_of_rows
from transforms.household_order import TOLD, homes_of_rows

SCOPE = "household_scope"
SURELY_A_BOOK = 8
"""Digits from which on a number is that of a book, also where a spreadsheet made 12345.0 of it."""
_ROW_ID = r"(?s)^'?[0-9a-f]{32}-[a-z]*-[0-9a-f]{8}-(?P<scope>.+)$"  # readers/error_file.py
_STANDS_ALONE = r"^'?[0-9a-f]{32}-[a-z]*s"

_Flags = npt.NDArray[np.bool_]


def repeated_columns(facts: FileFacts) -> list[str]:
    """Raw columns of a file in which cells repeat the row above."""
    return sorted(set(facts.ditto_columns) | ({ditto.HOUSEHOLD_NUMBER} if facts.fill_down else set()))


def household_rows(source: pa.Table, values: pa.Array, marks: _Flags, heads: _Flags) -> tuple[_Flags, _Flags]:
    """`ditto.household_rows`, where a row of an error file takes nothing for a blank cell."""
    takes, anchors = ditto.household_rows(values, marks, heads)
    alone = ~marks & ditto.flags(pc.match_substring_regex(column_of(source, "corrects_raw"), _STANDS_ALONE))
    return takes & ~alone, anchors | alone


def without_repeats(source: pa.Table, facts: FileFacts) -> tuple[Mapping[str, pa.Array], list[Finding]]:
    """The raw columns with ditto marks and household numbers put in from the rows above."""
    raw = {c: column_of(source, c) for c in RAW_COLUMNS}
    columns = repeated_columns(facts)
    if not columns or not source.num_rows:
        return raw, []
    starts, first_id = ditto.sheet_starts(source), source.column("record_id")[0].as_py()
    findings: list[Finding] = []
    for column in columns:
        marks, takes, anchors = _repeats(source, column, facts)
        filled = ditto.fill_forward(raw[column], takes, anchors, starts, facts.above(column, first_id))
        raw[column] = filled.values
        findings += _repeat_findings(column, marks, filled)
    return raw, findings


def taken_from(source: pa.Table, column: str, facts: FileFacts) -> tuple[pa.Array, pa.Array]:
    """Of a whole file, for each row that repeats a cell above: the line of that cell (int32) and its text; else null.

    Args:
        source: record_id, sheet, page, line, relation_raw, corrects_raw and that column of SOURCE_RECORDS, in order.
        column: a raw column.
        facts: of the file.
    """
    nothing = pa.nulls(source.num_rows)
    if column not in repeated_columns(facts) or not source.num_rows:
        return nothing.cast(pa.int32()), nothing.cast(pa.string())
    _, takes, anchors = _repeats(source, column, facts)
    starts, is_own = ditto.sheet_starts(source), pa.array(~takes)
    lines = column_of(source, "line").cast(pa.string())
    found = (ditto.fill_forward(v, takes, anchors, starts, None).values for v in (lines, column_of(source, column)))
    line, text = (pc.if_else(is_own, pa.scalar(None, pa.string()), values) for values in found)
    return pc.if_else(pc.is_valid(text), line, pa.scalar(None, pa.string())).cast(pa.int32()), text


def repeats_of(source: pa.Table, column: str, facts: FileFacts) -> tuple[_Flags, _Flags]:
    """Of a column that repeats, in the rows of one file: which take the cell above, which pass theirs on."""
    _, takes, anchors = _repeats(source, column, facts)
    return takes, anchors


def _repeats(source: pa.Table, column: str, facts: FileFacts) -> tuple[_Flags, _Flags, _Flags]:
    """Of a column that repeats: which cells are marks, which rows take the cell above, which pass theirs on."""
    values = column_of(source, column)
    marks = ditto.is_ditto(values)
    if column == ditto.HOUSEHOLD_NUMBER and facts.fill_down:
        heads = ditto.is_head(column_of(source, "relation_raw"))
        takes, anchors = household_rows(source, values, marks, heads)
        here = _is_filled_down(source, facts)
        return marks, marks | (takes & here), anchors | (~marks & ~here)
    return marks, marks, ~marks


def _is_filled_down(source: pa.Table, facts: FileFacts) -> _Flags:
    """Rows of the sheets in which the household number stands on heads only."""
    if not facts.filled_sheets_not:
        return np.ones(source.num_rows, np.bool_)
    others = pa.array(sorted(facts.filled_sheets_not), pa.string())
    return ~ditto.flags(pc.is_in(column_of(source, "sheet"), others))


def with_columns(table: pa.Table, columns: Mapping[str, pa.Array]) -> pa.Table:
    """The table with these columns in the place of its own."""
    for name, values in columns.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), values)
    return table


def household_scopes(
    source: pa.Table, facts: FileFacts, numbers: pa.Array, residences: pa.DictionaryArray
) -> pa.Array | str:
    """Where the short household numbers of the rows of one file count, for all rows or row by row.

    Args:
        source: SOURCE_RECORDS, in order.
        facts: of the file.
        numbers: household numbers.
        residences: permanent residences as read.
    """
    rows = source.num_rows
    scopes: pa.Array | str = facts.household_scope
    if rows and (facts.is_mixed or facts.household_lists):
        mixed = localities(residences.dictionary).take(residences.indices) if facts.is_mixed else None
        first = facts.household_list_at.get(source.column("record_id")[0].as_py(), facts.household_scope)
        scopes = scopes_of_rows(source, facts.household_lists, first, mixed, numbers)
    told = _told_scopes(source)
    if told is None:
        return scopes
    told = pc.if_else(pc.starts_with(told, TOLD), pa.scalar(None, told.type), told)
    return pc.coalesce(told, pa.repeat(scopes, rows) if isinstance(scopes, str) else scopes)


def households_by_order(source: pa.Table, facts: FileFacts) -> pa.Array:
    """The household of each row without a number that the order of the rows tells, as a hash; else null.

    A row of an error file knows it by its row id; one that got a number since belongs to that.
    """
    first = source.column("record_id")[0].as_py() if source.num_rows else ""
    homes = homes_of_rows(source, facts.household_orders, facts.heads_again, facts.homes_above(first))
    told = _told_scopes(source)
    if told is not None:
        is_home = pc.starts_with(told, TOLD)
        homes = pc.coalesce(
            homes, pc.if_else(is_home, pc.utf8_slice_codeunits(told, len(TOLD)), pa.scalar(None, told.type))
        )
    return homes


def standing_alone(source: pa.Table, profile: pa.Table) -> pa.Table:
    """What each row of a part of one file has from others: record_id, SCOPE, and the columns that repeat, filled.

    SCOPE is null where the household number counts in the whole province anyway. Of a mark with nothing above it
    nothing is left: it would mean another row in another place.
    """
    facts = file_facts(profile, source.column("file_id")[0].as_py())
    raw, _ = without_repeats(source, facts)
    numbers = raw[ditto.HOUSEHOLD_NUMBER]
    scopes = household_scopes(source, facts, numbers, encode(raw["permanent_residence_raw"]))
    digits = pc.utf8_length(pc.replace_substring_regex(numbers, r"\D+", ""))
    scope = pc.if_else(pc.less(digits, SURELY_A_BOOK), scopes, pa.scalar(None, pa.string()))
    homes = pc.binary_join_element_wise(TOLD, households_by_order(source, facts), "")
    columns = {"record_id": column_of(source, "record_id"), SCOPE: pc.coalesce(scope, homes)}
    return pa.table(columns | {c: raw[c] for c in sorted({*repeated_columns(facts), ditto.HOUSEHOLD_NUMBER})})


def _told_scopes(source: pa.Table) -> pa.Array | None:
    """The lists that row ids tell; a line that was added among them stands in the list of the line above it."""
    row_ids = column_of(source, "corrects_raw")
    told = pc.struct_field(pc.extract_regex(row_ids, _ROW_ID), "scope")
    if told.null_count == len(told):
        return None
    takes = ditto.flags(pc.is_null(told))
    return ditto.fill_forward(told, takes, ~takes, ditto.sheet_starts(source), None).values


def _repeat_findings(column: str, marks: np.ndarray, filled: ditto.Filled) -> list[Finding]:
    field = ditto.field_of(column)
    found = [
        Finding("ditto.resolved", field, np.flatnonzero(filled.is_filled & marks)),
        Finding("ditto.unresolved", field, np.flatnonzero(filled.is_empty & marks)),
        Finding("household.number_filled", "household", np.flatnonzero(filled.is_filled & ~marks)),
    ]
    return [f for f in found if len(f.rows)]
