"""Rows of a grid -> SOURCE_RECORDS and the CHECK_RESULTS of single rows.

Each column of the sheet goes under its raw column, parts of a value joined; the rest is JSON in ``other_raw``.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers import second_columns
from readers.edited_cells import EDITED
from readers.grid import Grid, Trouble, take_rows
from readers.heading_roles import ALSO, Role
from readers.heading_words import ASIDE
from readers.inferred_columns import AGE, DAY_MONTH, MARK, OF_HEADS
from readers.noted_relations import with_noted_relations
from readers.place_columns import unit_in
from readers.reading import column_letter
from readers.row_checks import row_findings
from readers.sheet_rows import MERGED, NO_VALUE, SHOWS_ERROR
from readers.value_parts import (
    ages,
    heads_marked,
    joined_birth,
    joined_day_and_year,
    joined_name,
    joined_place,
    joined_texts,
    sex_by_column,
    sex_by_mark,
    sex_in_words,
)
from schemas import lineage
from schemas.cells import HARMLESS, UNSURE
from schemas.rules import rule
from schemas.tables import CHECK_RESULTS, RAW_COLUMNS, SOURCE_RECORDS
from transforms.ditto import DITTO_COLUMNS, field_of

_NAME, _BIRTH, _SEX = "full_name_raw", "birth_date_raw", "sex_raw"
_HEAD, _RELATION = "head_name_raw", "relation_raw"
_OF_CELLS = frozenset((NO_VALUE, SHOWS_ERROR, UNSURE))
_TEXT = pa.string()


@dataclass(frozen=True)
class Place:
    """Where the rows of a sheet come from (`page` of a scan, from 1), and how long a cell may be."""

    file_id: str
    file: str
    sheet: str | None
    cell_chars: int
    page: int | None = None


@dataclass(frozen=True)
class SourceRows:
    """SOURCE_RECORDS rows and their CHECK_RESULTS."""

    records: pa.Table
    findings: pa.Table


def source_rows(grid: Grid, keep: npt.NDArray[np.bool_], roles: Sequence[Role], place: Place) -> SourceRows:
    """The kept rows of a grid as source records; rows out = rows kept."""
    columns = _Columns(grid, keep, roles, place.cell_chars)
    rows = columns.rows
    lines = grid.lines[keep]
    ids = lineage.record_ids(place.file_id, place.sheet or "", lines.tolist())
    raw = {c: columns.raw(c) for c in RAW_COLUMNS if c != ASIDE}
    raw[_RELATION] = with_noted_relations(raw[_RELATION], raw[_NAME])
    raw[ASIDE] = columns.others()
    arrays = [
        ids, pa.repeat(pa.scalar(place.file_id), rows), pa.repeat(pa.scalar(place.file), rows),
        pa.nulls(rows, _TEXT) if place.sheet is None else pa.repeat(pa.scalar(place.sheet), rows),
        pa.repeat(pa.scalar(place.page, pa.int32()), rows), pa.array(lines, pa.int32()), *(raw[c] for c in RAW_COLUMNS),
    ]  # fmt: skip
    found = check_results(ids, row_findings(columns.grid, columns.width, columns.too_long))
    told = [check_results(ids, [(EDITED, rows)], field) for field, rows in columns.edited.items()]
    told += [
        check_results(ids, [(second_columns.RULE, rows)], field_of(raw)) for raw, rows in columns.differing.items()
    ]
    told.append(check_results(ids, [("sex.unmarked", columns.unmarked)], "sex"))
    return SourceRows(pa.table(arrays, schema=SOURCE_RECORDS.schema), pa.concat_tables([found, *told]))


def _without_asides(grid: Grid, roles: Sequence[Role]) -> Grid:
    """A formula without a value or an unsure reading harms nobody where no field of a person is made of it."""
    aside = {r.position for r in roles if r.heading and r.raw_column in (None, *HARMLESS)}
    kept = tuple(t for t in grid.troubles if t.rule_id not in _OF_CELLS or t.column not in aside)
    return grid if len(kept) == len(grid.troubles) else replace(grid, troubles=kept)


def _edited_fields(grid: Grid, roles: Sequence[Role]) -> dict[str, npt.NDArray[np.int64]]:
    """The rows with a cell that a person corrected, by the field that its column feeds."""
    fields = {r.position: field_of(r.raw_column or "") for r in roles}
    rows: dict[str, set[int]] = {}
    for trouble in grid.troubles:
        if trouble.rule_id == EDITED:
            rows.setdefault(fields.get(trouble.column, ""), set()).add(trouble.row)
    return {field: np.array(sorted(found), np.int64) for field, found in sorted(rows.items())}


def check_results(ids: pa.Array, found: Sequence[tuple[str, npt.NDArray[np.int64]]], field: str = "") -> pa.Table:
    """CHECK_RESULTS of (rule, rows): rows are places in `ids`."""
    rules = [rule_id for rule_id, rows in found for _ in range(len(rows))]
    rows = np.concatenate([rows for _, rows in found]) if found else np.empty(0, np.int64)
    count = len(rules)
    return pa.table(
        [ids.take(pa.array(rows)), pa.array(rules, _TEXT), pa.repeat(pa.scalar(field), count),
         pa.array([rule(r).severity for r in rules], _TEXT)],
        schema=CHECK_RESULTS.schema,
    )  # fmt: skip


class _Columns:
    """The kept rows of a grid, by role."""

    def __init__(self, grid: Grid, keep: npt.NDArray[np.bool_], roles: Sequence[Role], cell_chars: int) -> None:
        self.grid = _without_asides(take_rows(grid, keep), roles)
        self.edited = _edited_fields(self.grid, roles)
        self.grid = replace(self.grid, troubles=tuple(t for t in self.grid.troubles if t.rule_id != EDITED))
        self.rows = self.grid.rows
        self.width = 1 + max((r.position for r in roles if r.heading), default=-1)
        self.too_long = np.zeros(self.rows, np.bool_)
        self.differing: dict[str, npt.NDArray[np.int64]] = {}
        self.unmarked = np.empty(0, np.int64)
        self._roles = tuple(roles)
        self._columns = [self._cut(c, cell_chars) for c in self.grid.columns]
        self._lend_merged()

    def raw(self, raw_column: str) -> pa.Array:
        """Text of a raw column, its parts joined."""
        own = [r for r in self._roles if r.raw_column == raw_column and r.meaning is not None]
        if not own and raw_column in (_HEAD, _RELATION):
            return self._of_heads(raw_column)
        if not own and not (raw_column == _SEX and self._parts(_BIRTH, "male")):
            return pa.nulls(self.rows, _TEXT)
        parts = {r.meaning.part for r in own if r.meaning}
        if raw_column == _SEX and parts <= {"male", "female"}:
            if len(parts) == 1:
                return self._by_one_mark(*parts)
            source = _SEX if parts else _BIRTH
            men, women = self._parts(source, "male"), self._parts(source, "female")
            return sex_by_column(*(joined_texts(self._columns_at(both), "/") for both in (men, women)))
        value = self._whole(raw_column, parts)
        for also in self._columns_at(self._parts(raw_column, ALSO)):
            rows = np.flatnonzero(second_columns.differ(value, also, raw_column))
            if len(rows):
                self.differing[raw_column] = np.union1d(self.differing.get(raw_column, rows), rows)
            value = pc.coalesce(value, also)
        return value

    def _by_one_mark(self, part: str) -> pa.Array:
        """The sex where one column marks women, or men, and leaves the others blank."""
        marked, blank = ("Nữ", "Nam") if part == "female" else ("Nam", "Nữ")  # of men only where a person said so
        values, self.unmarked = sex_by_mark(self._first(_SEX, part), marked, blank)
        return values

    def _of_heads(self, raw_column: str) -> pa.Array:
        """Head and relation in a list of heads alone."""
        names = self._first(_NAME, OF_HEADS)
        return names if raw_column == _HEAD else heads_marked(names)

    def _birth(self, parts: set[str]) -> pa.Array | None:
        """The birth of its parts; None where one column has it whole."""
        if "month" in parts:
            return joined_birth(*(self._first(_BIRTH, part) for part in ("day", "month", "year")))
        if DAY_MONTH in parts:
            return joined_day_and_year(self._first(_BIRTH, DAY_MONTH), self._first(_BIRTH, "year"))
        if "male" in parts:
            both = [joined_texts(self._columns_at(self._parts(_BIRTH, part)), "/") for part in ("male", "female")]
            return pc.coalesce(self._first(_BIRTH, ""), joined_texts(both, " / "))
        return ages(self._first(_BIRTH, AGE)) if AGE in parts else None

    def _whole(self, raw_column: str, parts: set[str]) -> pa.Array:
        birth = self._birth(parts) if raw_column == _BIRTH else None
        if birth is not None:
            return birth
        if raw_column == _NAME and parts & {"family", "given"}:
            return joined_name([self._first(_NAME, part) for part in ("family", "middle", "given")])
        if raw_column == _NAME and OF_HEADS in parts:
            return self._first(_NAME, OF_HEADS)
        if raw_column == _RELATION and MARK in parts:
            return heads_marked(self._first(_RELATION, MARK))
        if raw_column == _SEX and "" in parts:
            column = self._parts(_SEX, "")[0]
            return sex_in_words(self._column(column.position), column.heading)
        wholes = [r for r in self._roles if r.raw_column == raw_column and r.meaning and r.meaning.part == ""]
        if len(wholes) > 1:
            units = [unit_in(r.heading) or (r.levels or (r.heading,))[-1] for r in wholes]
            return joined_place([self._column(r.position) for r in wholes], units)
        return self._first(raw_column, "")

    def others(self) -> pa.Array:
        """JSON objects {heading: text} of the columns that no raw column has whole, and of cells beyond the last."""
        aside = kept_aside(self._roles)
        known = {r.position for r in self._roles}
        beyond = [Role(at, "", None) for at in range(len(self._columns)) if at not in known]
        members = [
            _json_members(key, self._column(r.position)) for key, r in zip(_keys([*aside, *beyond]), [*aside, *beyond],
                                                                          strict=True)
        ]  # fmt: skip
        members = [m for m in members if m.null_count < self.rows]
        if self.grid.surplus:
            members.append(self._surplus())
        if not members:
            return pa.nulls(self.rows, _TEXT)
        body = joined_texts(members, ", ")
        return pc.if_else(pc.is_valid(body), pc.binary_join_element_wise("{", body, "}", ""), pa.scalar(None, _TEXT))

    def _surplus(self) -> pa.Array:
        texts: list[str | None] = [None] * self.rows
        for row, cells in self.grid.surplus.items():
            held = {f"(+{at})": text for at, text in enumerate(cells, 1) if text}
            texts[row] = json.dumps(held, ensure_ascii=False)[1:-1] or None
        return pa.array(texts, _TEXT)

    def _parts(self, raw_column: str, part: str) -> list[Role]:
        return [r for r in self._roles if r.meaning is not None and r.meaning.role == (raw_column, part)]

    def _first(self, raw_column: str, part: str) -> pa.Array:
        return next(iter(self._columns_at(self._parts(raw_column, part))), pa.nulls(self.rows, _TEXT))

    def _columns_at(self, roles: Sequence[Role]) -> list[pa.Array]:
        return [self._column(r.position) for r in roles]

    def _column(self, position: int) -> pa.Array:
        return self._columns[position] if position < len(self._columns) else pa.nulls(self.rows, _TEXT)

    def _cut(self, column: pa.Array, cell_chars: int) -> pa.Array:
        if column.null_count == len(column) or (pc.max(pc.binary_length(column)).as_py() or 0) <= cell_chars:
            return column
        longer = pc.fill_null(pc.greater(pc.utf8_length(column), cell_chars), False)
        self.too_long |= longer.to_numpy(zero_copy_only=False)
        return pc.utf8_slice_codeunits(column, 0, cell_chars)

    def _lend_merged(self) -> None:
        """Give cells under a merged cell its text, where a repeat can only mean "as above"."""
        lending = {r.position for r in self._roles if r.raw_column in DITTO_COLUMNS}
        lent: dict[int, dict[int, str]] = {}
        for row, texts in self.grid.merged.items():
            for position, text in texts:
                if position in lending:
                    lent.setdefault(position, {})[row] = text
        told: dict[int, None] = {}
        for position, by_row in lent.items():
            cells = self._column(position).to_pylist()
            for row, text in by_row.items():
                if not cells[row]:
                    cells[row], told[row] = text, None
            if position < len(self._columns):
                self._columns[position] = pa.array(cells, _TEXT)
        troubles = (*self.grid.troubles, *(Trouble(row, MERGED) for row in told))
        self.grid = replace(self.grid, troubles=troubles)


def kept_aside(roles: Sequence[Role]) -> list[Role]:
    """The columns whose text no raw column has as it stands: of no field, or one of several that make a value."""
    feeding = Counter(r.raw_column for r in roles if r.raw_column)
    whole = {
        r.position for r in roles if r.raw_column and r.meaning and not r.meaning.part and feeding[r.raw_column] == 1
    }  # fmt: skip
    return [r for r in roles if r.position not in whole and not r.is_ours]


def kept_keys(roles: Sequence[Role]) -> dict[int, str]:
    """Key in ``other_raw`` of each column kept aside, by position."""
    aside = kept_aside(roles)
    return {role.position: key for role, key in zip(aside, _keys(aside), strict=True)}


def _keys(roles: Sequence[Role]) -> list[str]:
    """A key for each column: its heading; the column's letter where it has none or shares it."""
    keys: list[str] = []
    for role in roles:
        letter = column_letter(role.position)
        key = role.heading or letter
        keys.append(f"{key} ({letter})" if key in keys else key)
    return keys


def _json_members(key: str, column: pa.Array) -> pa.Array:
    """``"key": "text"`` for each cell, null for blanks."""
    escaped = pc.replace_substring(pc.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    for plain_text, code in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = pc.replace_substring(escaped, plain_text, code)
    if pc.any(pc.match_substring_regex(escaped, r"[\x00-\x1f]")).as_py():
        texts = column.to_pylist()
        escaped = pa.array([None if t is None else json.dumps(t, ensure_ascii=False)[1:-1] for t in texts], _TEXT)
    return pc.binary_join_element_wise(json.dumps(key, ensure_ascii=False) + ': "', escaped, '"', "")
