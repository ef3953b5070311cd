"""The rows of an error file: which ones, with every cell as it stood in its column, and what was found on them.

`source_records` has the text of most columns as it was read; the columns that no field takes whole stand in its
``other_raw`` under the keys that the reading of the file names (`readers.reading.ColumnReading.kept_as`).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import duckdb
import pyarrow as pa

from pipeline import number_owners
from pipeline.artefacts import read_chunks, read_small
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from pipeline.finding_groups import rules_that_move
from pipeline.sql import view
from readers import error_file
from readers.reading import column_letter
from schemas import rules
from schemas import tables as t
from transforms.file_facts import file_facts
from transforms.household_lists import LIST, LIST_AT, MIXED
from transforms.number_habits import NOT_HERE
from transforms.row_context import SCOPE, SURELY_A_BOOK, repeated_columns, standing_alone

Chosen = Literal["blocked", "flagged", "all"]
_ROWS_AT_ONCE = 2_048
_HARMLESS = frozenset((
    "file", "rows", "filled", "distinct", "in_words", "default_day", "ditto", "fill_down", "household_scope", MIXED,
))  # fmt: skip
_HARMLESS_KINDS = ("number_conflict", "number_owned", "carry:", LIST, LIST_AT, NOT_HERE)
"""Measures of a profile that a part of the file is read alike without, or that its cells and row ids carry."""
_SURPLUS = re.compile(r"\(\+(\d+)\)")
_LETTER = re.compile(r"(?:.* \()?([A-Z]{1,3})\)?")
_BY_READER = ("row.", "cell.")


@dataclass(frozen=True)
class SheetColumn:
    """A column of the original: its heading's lines, the raw column that it feeds, where its text lies.

    `raw` is the raw column with its very text, `key` its key in other_raw; neither for a column without text.
    """

    levels: tuple[str, ...]
    feeds: str | None
    raw: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class SheetLayout:
    """The columns of a sheet in their order, and how many columns of cells beyond the last one follow."""

    sheet: str | None
    columns: tuple[SheetColumn, ...]
    surplus: int
    is_delimited: bool

    @property
    def depth(self) -> int:
        """Lines of the heading."""
        return max((len(c.levels) for c in self.columns), default=1) or 1

    def positions(self, raw_column: str) -> list[int]:
        """The columns that feed a raw column."""
        return [at for at, c in enumerate(self.columns) if raw_column and c.feeds == raw_column]


@dataclass(frozen=True)
class ErrorRow:
    """A row: its line, its cells in the order of the layout, (rule id, field) of each finding, its id on its return.

    `owner` is the sheet and line of the row that its personal number fits better, `moved` the rules that say in which
    column a number stood.
    """

    line: int
    cells: tuple[str | None, ...]
    found: tuple[tuple[str, str], ...]
    row_id: str
    owner: number_owners.Place | None = None
    moved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selection:
    """The rows chosen of a file: how many, how many of them with findings, whether they are only a part of it."""

    rows: int
    marked: int
    is_part: bool


def choose(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection, chosen: Chosen) -> Selection:
    """Choose rows: `blocked` rows kept out, `flagged` those and rows to be looked at, or `all`.

    Members of the household of a chosen row come along. A file whose rows cannot be read alike without the others
    (month-first dates ...) is chosen whole. What a row has from others stands in its cells and its row id.
    """
    folders = [run.table(s, file.file_id, "check_results") for s in ("standardise_records", "check_records")]
    view(sql, "findings", folders, t.CHECK_RESULTS)
    view(sql, "source", [run.table("read_file", file.file_id, "source_records")], t.SOURCE_RECORDS)
    sql.execute("""
        CREATE OR REPLACE TEMP TABLE marked AS
        SELECT record_id, list(DISTINCT rule_id || '|' || field) AS found, bool_or(severity = 'block') AS is_blocked
        FROM findings WHERE severity <> 'notice' GROUP BY record_id""")
    condition = "WHERE is_blocked" if chosen == "blocked" else ""
    sql.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT record_id FROM marked {condition}")
    profile = read_small(run.of("profile_batch", file.file_id) / "profile", t.PROFILE)
    _view_lines(run, file, sql, profile)
    is_part = chosen != "all" and not _needs_whole(profile)
    sql.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {_PART if is_part else 'SELECT record_id FROM source'}")
    counted = sql.sql("SELECT (SELECT count(*) FROM chosen), (SELECT count(*) FROM wanted)").fetchall()[0]
    return Selection(int(counted[0]), int(counted[1]), is_part)


_PART = f"""
    SELECT record_id FROM lines s WHERE record_id IN (SELECT record_id FROM wanted) OR EXISTS (
        SELECT 1 FROM (
            SELECT DISTINCT m.sheet, m.household_id_raw, m.{SCOPE} FROM lines m SEMI JOIN wanted USING (record_id)) h
        WHERE h.household_id_raw = s.household_id_raw AND h.sheet IS NOT DISTINCT FROM s.sheet
        AND h.{SCOPE} IS NOT DISTINCT FROM s.{SCOPE})"""
_SHORT_NUMBERS = f"""
    SELECT count(*) > 0 FROM source
    WHERE length(regexp_replace(household_id_raw, '\\D', '', 'g')) < {SURELY_A_BOOK}"""


def _view_lines(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection, profile: pa.Table) -> None:
    """Make the view `lines`: `source` with what each row has from others in its own cells, and SCOPE."""
    (has_short,) = sql.sql(_SHORT_NUMBERS).fetchall()[0]
    if not (has_short or repeated_columns(file_facts(profile, file.file_id))):
        sql.execute(f"CREATE OR REPLACE VIEW lines AS SELECT *, NULL::VARCHAR AS {SCOPE} FROM source")
        return
    filled = (p for p in read_chunks(run.table("read_file", file.file_id, "source_records")) if p.num_rows)
    columns: list[str] = []
    for number, part in enumerate(filled):
        told = standing_alone(part, profile)
        columns = [c for c in told.column_names if c not in ("record_id", SCOPE)]
        sql.register("told_of_part", told)
        made = "INSERT INTO told" if number else "CREATE OR REPLACE TEMP TABLE told AS"
        sql.execute(f"{made} SELECT * FROM told_of_part")
    replaced = ", ".join(f"o.{c} AS {c}" for c in columns)
    sql.execute(f"""
        CREATE OR REPLACE VIEW lines AS
        SELECT s.* REPLACE ({replaced}), o.{SCOPE} FROM source s JOIN told o USING (record_id)""")


def layouts(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection) -> list[SheetLayout]:
    """The layout of each sheet that has a chosen row, in the order of the file, with columns for carried values."""
    return [_with_carried(layout, sql) for layout in plain_layouts(run, file, sql)]


def plain_layouts(run: Run, file: PlannedFile, sql: duckdb.DuckDBPyConnection) -> list[SheetLayout]:
    """The same, with the columns of the original alone; `sql` has `source` and `chosen` (record_id)."""
    reading = run.steps.finished("read_file", file.file_id).facts["reading"]
    is_delimited = reading["kind"] == "delimited"
    by_sheet: dict[str | None, list[Mapping[str, Any]]] = {}
    for column in reading["columns"]:
        by_sheet.setdefault(column["sheet"], []).append(column)
    keys: dict[str | None, set[str]] = {}
    for sheet, key in sql.sql("""
            SELECT DISTINCT sheet, unnest(json_keys(other_raw)) FROM source SEMI JOIN chosen USING (record_id)
            WHERE other_raw IS NOT NULL""").fetchall():  # fmt: skip
        keys.setdefault(sheet, set()).add(key)
    named = sql.sql("SELECT DISTINCT sheet FROM source SEMI JOIN chosen USING (record_id)").fetchall()
    filled = {sheet for (sheet,) in named}
    order = [*by_sheet, *sorted((s for s in filled if s not in by_sheet), key=str)]
    return [_layout(s, by_sheet.get(s, ()), keys.get(s, set()), is_delimited) for s in order if s in filled]


def rows(sql: duckdb.DuckDBPyConnection, layout: SheetLayout, flags: str) -> Iterator[ErrorRow]:
    """The chosen rows of a sheet, in order."""
    raws = [c.raw for c in layout.columns if c.raw]
    selected = ", ".join(f"s.{raw}" for raw in dict.fromkeys([*raws, "other_raw", SCOPE]))
    owners = number_owners.owners(sql)
    cursor = sql.execute(
        f"""SELECT s.line, s.record_id, m.found, v.moved, {selected} FROM lines s SEMI JOIN chosen USING (record_id)
            LEFT JOIN marked m USING (record_id) LEFT JOIN (
                SELECT record_id, list(DISTINCT rule_id) AS moved FROM findings
                WHERE rule_id IN {rules_that_move()} GROUP BY record_id) v USING (record_id)
            WHERE s.sheet IS NOT DISTINCT FROM ? ORDER BY s.line""",
        [layout.sheet],
    )
    names = list(dict.fromkeys([*raws, "other_raw", SCOPE]))
    while batch := cursor.fetchmany(_ROWS_AT_ONCE):
        for line, record_id, found, moved, *texts in batch:
            row = _row(layout, flags, line, record_id, (found or (), dict(zip(names, texts, strict=True))))
            yield replace(row, owner=owners.get((layout.sheet, line)), moved=tuple(moved or ()))


def flags_of(run: Run, file: PlannedFile, selection: Selection) -> str:
    """What the row ids say of the whole file."""
    if not selection.is_part:
        return error_file.ALONE
    profile = read_small(run.of("profile_batch", file.file_id) / "profile", t.PROFILE)
    words = error_file.WORDS if "in_words" in profile["measure"].to_pylist() else ""
    return error_file.ALONE + error_file.PART + words


def _row(
    layout: SheetLayout, flags: str, line: int, record_id: str, read: tuple[Sequence[str], Mapping[str, str | None]]
) -> ErrorRow:
    found, texts = read
    aside = json.loads(texts["other_raw"] or "{}")
    cells = [texts[c.raw] if c.raw else aside.get(c.key) if c.key else None for c in layout.columns]
    cells += [aside.get(f"(+{number})") for number in range(1, layout.surplus + 1)]
    pairs = sorted((tuple(pair.split("|", 1)) for pair in found), key=lambda p: (rules.rule(p[0]).order, p[1]))
    by_reader = any(r.startswith(_BY_READER) and rules.rule(r).severity == "block" for r, _ in pairs)
    flags += error_file.BY_READER if by_reader else ""
    token = error_file.row_id(record_id, flags, enumerate(cells), texts[SCOPE])
    return ErrorRow(line, tuple(cells), tuple((p[0], p[1]) for p in pairs), token)


def _layout(sheet: str | None, columns: Sequence[Mapping[str, Any]], keys: set[str], is_delimited: bool) -> SheetLayout:
    at = {c["position"]: _column(c) for c in columns}
    left = keys - {c.key for c in at.values()}
    surplus = max((int(m[1]) for key in left if (m := _SURPLUS.fullmatch(key))), default=0)
    for key in sorted(left):
        letters = _LETTER.fullmatch(key)
        if letters and not _SURPLUS.fullmatch(key):
            at.setdefault(_position(letters[1]), SheetColumn((), None, key=key))
    width = 1 + max(at, default=-1)
    return SheetLayout(sheet, tuple(at.get(p, SheetColumn((), None)) for p in range(width)), surplus, is_delimited)


def _with_carried(layout: SheetLayout, sql: duckdb.DuckDBPyConnection) -> SheetLayout:
    """The layout with a column for each value that its rows have from lines above them and from no column."""
    fed = {column.feeds for column in layout.columns}
    missing = [raw for raw in error_file.CARRIED if raw not in fed]
    if not missing:
        return layout
    counts = sql.execute(
        f"""SELECT {", ".join(f"count(s.{raw})" for raw in missing)} FROM lines s SEMI JOIN chosen USING (record_id)
            WHERE s.sheet IS NOT DISTINCT FROM ?""",
        [layout.sheet],
    ).fetchall()[0]
    told = [raw for raw, count in zip(missing, counts, strict=True) if count]
    carried = (SheetColumn((error_file.CARRIED[raw],), raw, raw=raw) for raw in told)
    return replace(layout, columns=(*layout.columns, *carried))


def _column(column: Mapping[str, Any]) -> SheetColumn:
    levels = tuple(column["levels"]) or (column["heading"],)
    raw, key = column["raw_column"], column["kept_as"]
    return SheetColumn(levels, raw, raw=None if key is not None else raw, key=key)


def _position(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def letter_of(layout: SheetLayout, position: int) -> tuple[str, str]:
    """Letter and heading of a column, for people."""
    return column_letter(position), " ".join(layout.columns[position].levels)


def _needs_whole(profile: pa.Table) -> bool:
    """Does the profile tell anything of the rows that a part of them would not tell again?"""
    told = zip(profile["measure"].to_pylist(), profile["value"].to_pylist(), strict=True)
    return any(not (m in _HARMLESS or m.startswith(_HARMLESS_KINDS) or (m == "date_order" and v == "dmy"))
               for m, v in told)  # fmt: skip
