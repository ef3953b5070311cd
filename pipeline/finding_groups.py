"""The findings on the rows of a file by cause: rule, field and sheet, with the runs of rows they stand on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import duckdb

from schemas import fields, rules

_KEY = "rule_id, field, sheet"
_VALUES = 3


@dataclass(frozen=True)
class Group:
    """One rule on one field of one sheet.

    Attributes:
        rule_id: the rule.
        field: the field, empty for a rule on the whole row.
        sheet: the sheet, None for delimited files.
        rows: rows it was found on.
        first: line and text, as read, of the first rows.
        ranges: first and last line of the first runs of data rows; lines without data do not part a run of a sheet.
            In a file without sheets only neighbouring lines are joined, since a record may have several.
        more: how many runs follow.
        values: the most frequent texts of the field's column in those rows, with their rows; none that stands once,
            and none for a notice.
        filled: cells of the field's column in the sheet that hold anything.
        all_rows: rows of the sheet.
    """

    rule_id: str
    field: str
    sheet: str | None
    rows: int
    first: tuple[tuple[int, str | None], ...]
    ranges: tuple[tuple[int, int], ...]
    more: int
    values: tuple[tuple[str, int], ...]
    filled: int
    all_rows: int


def groups(sql: duckdb.DuckDBPyConnection, most: int) -> Iterator[Group]:
    """The groups of the views `findings` (CHECK_RESULTS) and `source` (SOURCE_RECORDS), `most` places and runs each."""
    sql.execute("""
        CREATE OR REPLACE TEMP TABLE numbered AS SELECT f.rule_id, f.field, s.sheet, s.line, s.n, s.record_id
        FROM (SELECT DISTINCT record_id, rule_id, field FROM findings) f JOIN (
            SELECT record_id, sheet, line, row_number() OVER (PARTITION BY sheet ORDER BY line) AS n FROM source
        ) s USING (record_id)""")
    runs = _runs(sql, most)
    raws = sorted({raw for rule_id, field, _ in runs if (raw := raw_column_of(rule_id, field))})
    to_mend = [key for key in runs if rules.rule(key[0]).severity != "notice"]
    first, filled, values = _first(sql, most, raws), _filled(sql, raws), _values(sql, to_mend)
    for key, (rows, ranges, more) in runs.items():
        rule_id, field, sheet = key
        raw, cells = raw_column_of(rule_id, field), filled[sheet]
        texts = tuple((line, read.get(raw)) for line, read in first[key])
        common = tuple(values.get(key, ()))
        yield Group(rule_id, field, sheet, rows, texts, tuple(ranges), more, common, cells.get(raw, 0), cells["*"])


def raw_column_of(rule_id: str, field: str) -> str:
    """The column a clerk would look at: of field `household` the relation, or the number of the book."""
    if rule_id.startswith("relation."):
        return "relation_raw"
    if rule_id == "personal_number.moved":
        return "old_id_number_raw"  # the number still stands there
    return fields.by_name(field).raw_columns[0] if field else ""


_Key = tuple[str, str, str | None]


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
    for rule_id, field, sheet, a, b, rows, runs, _ in found:
        group = groups_.setdefault((rule_id, field, sheet), (int(rows), [], max(0, int(runs) - most)))
        group[1].append((int(a), int(b)))
    return groups_


def _first(
    sql: duckdb.DuckDBPyConnection, most: int, raws: list[str]
) -> Mapping[_Key, list[tuple[int, Mapping[str, str | None]]]]:
    """Line and raw texts of the first rows of each group."""
    texts = "".join(f", s.{raw}" for raw in raws)
    found: dict[_Key, list[tuple[int, Mapping[str, str | None]]]] = {}
    for rule_id, field, sheet, line, *values in sql.sql(f"""
            SELECT f.rule_id, f.field, f.sheet, f.line{texts} FROM (
                SELECT *, row_number() OVER (PARTITION BY {_KEY} ORDER BY n) AS place FROM numbered
            ) f JOIN source s USING (record_id) WHERE place <= {most} ORDER BY place""").fetchall():
        found.setdefault((rule_id, field, sheet), []).append((int(line), dict(zip(raws, values, strict=True))))
    return found


def _values(sql: duckdb.DuckDBPyConnection, groups_: Iterable[_Key]) -> Mapping[_Key, list[tuple[str, int]]]:
    """The texts that stand in more than one row of a group, most frequent first."""
    found: dict[_Key, list[tuple[str, int]]] = {}
    for raw in sorted({raw_column_of(rule_id, field) for rule_id, field, _ in groups_} - {""}):
        pairs = {(r, f) for r, f, _ in groups_ if raw_column_of(r, f) == raw}
        named = ", ".join(f"('{rule_id}', '{field}')" for rule_id, field in sorted(pairs))
        for rule_id, field, sheet, text, rows in sql.sql(f"""
                SELECT rule_id, field, f.sheet, {raw}, count(*) AS rows FROM numbered f JOIN source USING (record_id)
                WHERE (rule_id, field) IN ({named}) AND {raw} IS NOT NULL
                GROUP BY rule_id, field, f.sheet, {raw} HAVING count(*) > 1
                QUALIFY row_number() OVER (PARTITION BY rule_id, field, f.sheet ORDER BY rows DESC, {raw}) <= {_VALUES}
                ORDER BY rows DESC, {raw}""").fetchall():
            found.setdefault((rule_id, field, sheet), []).append((text, int(rows)))
    return found


def _filled(sql: duckdb.DuckDBPyConnection, raws: list[str]) -> Mapping[str | None, Mapping[str, int]]:
    """Filled cells of each raw column of each sheet; `*` all rows."""
    counts = "".join(f", count({raw})" for raw in raws)
    rows = sql.sql(f"SELECT sheet, count(*){counts} FROM source GROUP BY sheet").fetchall()
    return {sheet: dict(zip(("*", *raws), map(int, values), strict=True)) for sheet, *values in rows}
