"""The findings on the rows of a file by cause: rule, field, sheet and column, with the runs of rows they stand on."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from schemas import fields, rules
from transforms import number_columns

_KEY = "rule_id, field, sheet, raw, position"
_OF_GROUP = "f.rule_id, f.field, f.sheet, f.raw, f.position"
_VALUES = 3
_MANY = -1
"""Position of a value that no single column holds."""
Joined = Mapping[tuple[str | None, str], Mapping[int, str]]
"""By sheet and raw column that several columns feed: the key in other_raw of each, by its position."""


@dataclass(frozen=True)
class Group:
    """One rule on one field of one sheet, in one column.

    Attributes:
        rule_id: the rule.
        field: the field, empty for a rule on the whole row.
        sheet: the sheet, None for delimited files.
        raw: the raw column in which the value stood.
        position: the column that alone holds the value, where several could; -1 where several do, or none.
        rows: rows it was found on.
        first: line and text, as read, of the first rows.
        ranges: first and last line of the first runs of data rows; lines without data do not part a run of a sheet.
            In a file without sheets only neighbouring lines are joined, since a record may have several.
        more: how many runs follow.
        values: the most frequent texts of the field's column in those rows, with their rows; none that stands once,
            and none for a notice.
        filled: cells of the column in the sheet that hold anything.
        all_rows: rows of the sheet.
    """

    rule_id: str
    field: str
    sheet: str | None
    raw: str
    position: int
    rows: int
    first: tuple[tuple[int, str | None], ...]
    ranges: tuple[tuple[int, int], ...]
    more: int
    values: tuple[tuple[str, int], ...]
    filled: int
    all_rows: int


def groups(sql: duckdb.DuckDBPyConnection, most: int, joined: Joined) -> Iterator[Group]:
    """The groups of the views `findings` (CHECK_RESULTS) and `source` (SOURCE_RECORDS), `most` places and runs each."""
    _name_columns(sql)
    _name_cells(sql, joined)
    sql.execute(
        """
        CREATE OR REPLACE TEMP TABLE numbered AS
        SELECT f.rule_id, f.field, s.sheet, f.raw, coalesce(c.position, ?) AS position, s.line, s.n, s.record_id
        FROM named f
        JOIN (SELECT record_id, sheet, line, row_number() OVER (PARTITION BY sheet ORDER BY line) AS n FROM source) s
            USING (record_id)
        LEFT JOIN cells c ON c.record_id = f.record_id AND c.raw = f.raw""",
        [_MANY],
    )
    runs = _runs(sql, most)
    raws = sorted({raw for *_, raw, _ in runs if raw})
    to_mend = [key for key in runs if rules.rule(key[0]).severity != "notice"]
    first, filled, alone, values = (
        _first(sql, most, raws),
        _filled(sql, raws),
        _filled_alone(sql),
        _values(sql, to_mend),
    )
    for key, (rows, ranges, more) in runs.items():
        rule_id, field, sheet, raw, position = key
        cells = filled[sheet]
        texts = tuple((line, read.get(raw)) for line, read in first[key])
        common = tuple(values.get(key, ()))
        of_column = alone.get((sheet, raw, position), 0) if position != _MANY else cells.get(raw, 0)
        yield Group(
            rule_id, field, sheet, raw, position, rows, texts, tuple(ranges), more, common, of_column, cells["*"]
        )


def raw_column_of(rule_id: str, field: str, beside: Collection[str] = ()) -> str:
    """The column a clerk would look at: of field `household` the relation, or the number of the book.

    Args:
        rule_id: the rule.
        field: the field it speaks of.
        beside: other rules on the row; they tell in which column a number stood.
    """
    if rule_id.startswith("relation."):
        return "relation_raw"
    elsewhere = number_columns.column_of_number(rule_id, beside)
    if elsewhere is not None:
        return elsewhere  # the number still stands there
    return fields.by_name(field).raw_columns[0] if field else ""


def rules_that_move() -> tuple[str, ...]:
    """The rules that `raw_column_of` has to know of beside another one."""
    return tuple(number_columns.MOVED)


def _name_columns(sql: duckdb.DuckDBPyConnection) -> None:
    """The table `named`: each finding once, with the raw column in which its value stood."""
    seen = sql.sql("SELECT DISTINCT rule_id, field FROM findings").fetchall()
    sql.execute("CREATE OR REPLACE TEMP TABLE columns_of (rule_id TEXT, field TEXT, moved TEXT, raw TEXT)")
    rows = [(r, f, moved, raw_column_of(r, f, (moved,))) for r, f in seen for moved in ("", *rules_that_move())]
    if rows:
        sql.executemany("INSERT INTO columns_of VALUES (?, ?, ?, ?)", rows)
    sql.execute(f"""
        CREATE OR REPLACE TEMP TABLE named AS SELECT f.record_id, f.rule_id, f.field, c.raw
        FROM (SELECT DISTINCT record_id, rule_id, field FROM findings) f
        LEFT JOIN (SELECT DISTINCT record_id, rule_id AS moved FROM findings WHERE rule_id IN {rules_that_move()}) m
            ON m.record_id = f.record_id AND m.moved = f.field || '.moved'
        JOIN columns_of c ON c.rule_id = f.rule_id AND c.field = f.field AND c.moved = coalesce(m.moved, '')""")


def _name_cells(sql: duckdb.DuckDBPyConnection, joined: Joined) -> None:
    """The table `cells`: of values that one of several columns holds alone, the position of that column."""
    sql.execute("CREATE OR REPLACE TEMP TABLE parts (sheet TEXT, raw TEXT, position INTEGER, key TEXT)")
    rows = [(sheet or "", raw, at, key) for (sheet, raw), keys in joined.items() for at, key in keys.items()]
    if rows:
        sql.executemany("INSERT INTO parts VALUES (?, ?, ?, ?)", rows)
    source = "SELECT record_id, sheet, unnest(json_keys(other_raw)) AS key FROM source WHERE other_raw IS NOT NULL"
    sql.execute(f"""
        CREATE OR REPLACE TEMP TABLE cells AS
        SELECT s.record_id, any_value(s.sheet) AS sheet, p.raw, min(p.position) AS position
        FROM ({source if rows else source + " LIMIT 0"}) s
        JOIN parts p ON p.key = s.key AND p.sheet = coalesce(s.sheet, '') GROUP BY s.record_id, p.raw
        HAVING count(*) = 1""")


_Key = tuple[str, str, str | None, str, int]


def _runs(sql: duckdb.DuckDBPyConnection, most: int) -> dict[_Key, tuple[int, list[tuple[int, int]], int]]:
    """Rows, first runs and number of further runs of each group, in the order of sheets and lines."""
    found = sql.sql(f"""
        SELECT * FROM (
            SELECT {_KEY}, a, b, sum(rows) OVER same AS total, count(*) OVER same AS runs,
                   row_number() OVER (PARTITION BY {_KEY} ORDER BY a) AS place
            FROM (SELECT {_KEY}, min(line) AS a, max(line) AS b, count(*) AS rows FROM (
                SELECT *, CASE WHEN sheet IS NULL THEN line ELSE n END
                    - row_number() OVER (PARTITION BY {_KEY} ORDER BY n) AS island FROM numbered)
                GROUP BY {_KEY}, island)
            WINDOW same AS (PARTITION BY {_KEY}))
        WHERE place <= {most} ORDER BY sheet NULLS FIRST, {_KEY}, place""").fetchall()
    groups_: dict[_Key, tuple[int, list[tuple[int, int]], int]] = {}
    for *key, a, b, rows, runs, _ in found:
        group = groups_.setdefault(_key(key), (int(rows), [], max(0, int(runs) - most)))
        group[1].append((int(a), int(b)))
    return groups_


def _first(
    sql: duckdb.DuckDBPyConnection, most: int, raws: list[str]
) -> Mapping[_Key, list[tuple[int, Mapping[str, str | None]]]]:
    """Line and raw texts of the first rows of each group."""
    texts = ", ".join(f"s.{raw}" for raw in raws)
    found: dict[_Key, list[tuple[int, Mapping[str, str | None]]]] = {}
    for *key, line, values in sql.sql(f"""
            SELECT {_OF_GROUP}, f.line, [{texts}] FROM (
                SELECT *, row_number() OVER (PARTITION BY {_KEY} ORDER BY n) AS place FROM numbered
            ) f JOIN source s USING (record_id) WHERE place <= {most} ORDER BY place""").fetchall():
        found.setdefault(_key(key), []).append((int(line), dict(zip(raws, values, strict=True))))
    return found


def _values(sql: duckdb.DuckDBPyConnection, groups_: Iterable[_Key]) -> Mapping[_Key, list[tuple[str, int]]]:
    """The texts that stand in more than one row of a group, most frequent first."""
    found: dict[_Key, list[tuple[str, int]]] = {}
    for raw in sorted({key[3] for key in groups_} - {""}):
        pairs = {(r, f) for r, f, _, column, _ in groups_ if column == raw}
        named = ", ".join(f"('{rule_id}', '{field}')" for rule_id, field in sorted(pairs))
        for *key, text, rows in sql.sql(f"""
                SELECT {_OF_GROUP}, {raw}, count(*) AS rows FROM numbered f JOIN source USING (record_id)
                WHERE (rule_id, field) IN ({named}) AND f.raw = '{raw}' AND {raw} IS NOT NULL
                GROUP BY {_OF_GROUP}, {raw} HAVING count(*) > 1
                QUALIFY row_number() OVER (PARTITION BY {_OF_GROUP} ORDER BY rows DESC, {raw}) <= {_VALUES}
                ORDER BY rows DESC, {raw}""").fetchall():
            found.setdefault(_key(key), []).append((text, int(rows)))
    return found


def _key(values: Sequence[Any]) -> _Key:
    rule_id, field, sheet, raw, position = values
    return rule_id, field, sheet, raw, position


def _filled_alone(sql: duckdb.DuckDBPyConnection) -> Mapping[tuple[str | None, str, int], int]:
    """Rows of each sheet in which a column alone holds the value of a raw column that several feed."""
    counted = sql.sql("SELECT sheet, raw, position, count(*) FROM cells GROUP BY ALL").fetchall()
    return {(sheet, raw, int(position)): int(rows) for sheet, raw, position, rows in counted}


def _filled(sql: duckdb.DuckDBPyConnection, raws: list[str]) -> Mapping[str | None, Mapping[str, int]]:
    """Filled cells of each raw column of each sheet; `*` all rows."""
    counts = "".join(f", count({raw})" for raw in raws)
    rows = sql.sql(f"SELECT sheet, count(*){counts} FROM source GROUP BY sheet").fetchall()
    return {sheet: dict(zip(("*", *raws), map(int, values), strict=True)) for sheet, *values in rows}
