"""`sohoa compare`: two runs over the same ledgers, by other rules or another model: who changes side, by group.

Each side is a folder that `sohoa check` or `sohoa match` wrote. Rows are the same where they stand in the same place
(record_id). Counted by DuckDB, out of core; only counts leave it, and groups of few rows stand together.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb

from pipeline.artefacts import write_texts
from pipeline.evaluation import scan, scratch
from pipeline.settings import Settings
from quality.comparison_page import render_comparison
from schemas.comparison import ABSENT, ACCEPTED, FEWEST, OTHERS, Comparison, FieldChange, GroupChange, Matching, Move
from schemas.errors import UsageError
from schemas.fields import FIELDS

_SIDES = ("before", "after")
_ROWS = ("records", "quarantine")
_KEYS = {
    "sex": ("sex_code", "NULL"),
    "ethnic_group": ("ethnic_group_code", "ethnic_group_list"),
    "birth_decade": ("(birth_year // 10 * 10)::VARCHAR", "NULL"),
    "province": ("province_code", "NULL"),
}


def compare(before: Path, after: Path, records: Path | None, settings: Settings) -> Comparison:
    """Compare two runs.

    Args:
        before: folder of the first run.
        after: folder of the second.
        records: records.parquet for the groups, where the folders have none of their own.
        settings: where to spill.

    Raises:
        UsageError: comparison.nothing (the folders have no kind of file in common), comparison.other_rows (no row in
            common), or a file cannot be read.
    """
    with scratch(settings) as sql:
        has_rows = all(_has(folder, "records") for folder in (before, after))
        has_clusters = all(_has(folder, "clusters") for folder in (before, after))
        if not has_rows and not has_clusters:
            raise UsageError("comparison.nothing", path=str(after))
        for side, folder in zip(_SIDES, (before, after), strict=True):
            _view(sql, side, folder, has_rows=has_rows, has_clusters=has_clusters)
        _sides(sql, has_rows=has_rows, has_clusters=has_clusters)
        if not _one(sql, "SELECT count(*) FROM sides WHERE in_both"):
            raise UsageError("comparison.other_rows", path=str(after))
        grouped = has_rows or records is not None
        if grouped:
            _keyed(sql, records, has_rows=has_rows)
        rows, same = sql.sql("SELECT count(*), count(*) FILTER (WHERE was = is_now) FROM sides").fetchall()[0]
        return Comparison(
            int(rows), int(same), tuple(_moves(sql)), tuple(_fields(sql)) if has_rows else (),
            _matching(sql) if has_clusters else None,
            tuple(_groups(sql, has_clusters=has_clusters)) if grouped else (),
        )  # fmt: skip


def write(made: Comparison, out: Path) -> dict[str, Path]:
    """Write comparison.json and comparison.html into a folder; each complete or not at all.

    Raises:
        UsageError: path.cannot_write.
    """
    contents = {
        "comparison.json": json.dumps(asdict(made), ensure_ascii=False, indent=2) + "\n",
        "comparison.html": render_comparison(made),
    }
    return write_texts(contents, out)


def _has(folder: Path, name: str) -> bool:
    return (folder / f"{name}.parquet").is_file()


def _view(sql: duckdb.DuckDBPyConnection, side: str, folder: Path, *, has_rows: bool, has_clusters: bool) -> None:
    if has_rows:
        sql.execute(f"CREATE VIEW {side}_records AS SELECT * FROM {scan(folder / 'records.parquet')}")
        kept_out = "SELECT NULL::VARCHAR AS record_id, NULL::VARCHAR AS rule_id WHERE false"
        if _has(folder, "quarantine"):
            kept_out = (
                f"SELECT record_id, min(rule_id) AS rule_id FROM {scan(folder / 'quarantine.parquet')} GROUP BY 1"
            )
        sql.execute(f"CREATE VIEW {side}_out AS {kept_out}")
    if has_clusters:
        clusters = scan(folder / "clusters.parquet")
        columns = {c for c, *_ in sql.sql(f"DESCRIBE SELECT * FROM {clusters}").fetchall()}
        key = "cluster_id" if "cluster_id" in columns else "person_id"
        sql.execute(f"CREATE VIEW {side}_clusters AS SELECT record_id, {key} AS cluster FROM {clusters}")


def _sides(sql: duckdb.DuckDBPyConnection, *, has_rows: bool, has_clusters: bool) -> None:
    """Table sides: each row with what it was and what it is, and whether others are with it than before."""
    for side in _SIDES:
        given = f"SELECT record_id, '{ACCEPTED}' AS side FROM {side}_clusters"
        if has_rows:
            given = f"""SELECT record_id, '{ACCEPTED}' AS side FROM {side}_records
                        UNION ALL SELECT record_id, rule_id FROM {side}_out"""
        sql.execute(f"CREATE VIEW {side}_sides AS {given}")
    moved = "SELECT NULL::VARCHAR AS record_id WHERE false"
    if has_clusters:
        _joint(sql)
        moved = "SELECT record_id FROM joint WHERE NOT (together = of_before AND together = of_after)"
    sql.execute(f"""
        CREATE TABLE sides AS
        SELECT coalesce(b.record_id, a.record_id) AS record_id, coalesce(b.side, '{ABSENT}') AS was,
               coalesce(a.side, '{ABSENT}') AS is_now, b.side IS NOT NULL AND a.side IS NOT NULL AS in_both,
               m.record_id IS NOT NULL AS is_moved
        FROM before_sides b FULL JOIN after_sides a USING (record_id)
        LEFT JOIN ({moved}) m ON m.record_id = coalesce(b.record_id, a.record_id)""")


def _joint(sql: duckdb.DuckDBPyConnection) -> None:
    """Table joint: rows that both matched, with the sizes of their clusters and of what both have together."""
    sql.execute("""
        CREATE TABLE joint AS
        SELECT record_id, b.cluster AS was, a.cluster AS is_now, count(*) OVER (PARTITION BY b.cluster) AS of_before,
               count(*) OVER (PARTITION BY a.cluster) AS of_after,
               count(*) OVER (PARTITION BY b.cluster, a.cluster) AS together
        FROM before_clusters b JOIN after_clusters a USING (record_id)""")


def _moves(sql: duckdb.DuckDBPyConnection) -> list[Move]:
    query = """SELECT was, is_now, count(*) FROM sides WHERE was <> is_now
               GROUP BY ALL ORDER BY count(*) DESC, was, is_now"""
    return [Move(str(was), str(now), int(rows)) for was, now, rows in sql.sql(query).fetchall()]


def _fields(sql: duckdb.DuckDBPyConnection) -> list[FieldChange]:
    """Fields whose values differ in rows that both accepted; columns that one run did not have yet are left out."""
    shared = set.intersection(*(_columns(sql, f"{side}_records") for side in _SIDES))
    found = []
    for field in FIELDS:
        columns = [c.name for c in field.columns if c.name in shared]
        if not columns:
            continue
        differ = " OR ".join(f'b."{c}" IS DISTINCT FROM a."{c}"' for c in columns)
        empty = {side: " AND ".join(f'{side}."{c}" IS NULL' for c in columns) for side in ("b", "a")}
        rows, filled, emptied = sql.sql(f"""
            SELECT count(*), count(*) FILTER (WHERE {empty["b"]}), count(*) FILTER (WHERE {empty["a"]})
            FROM before_records b JOIN after_records a USING (record_id) WHERE {differ}""").fetchall()[0]
        found.append(FieldChange(field.name, int(rows), int(filled), int(emptied)))
    return found


def _matching(sql: duckdb.DuckDBPyConnection) -> Matching:
    def pairs(keys: Sequence[str]) -> int:
        sizes = f"SELECT count(*) AS n FROM joint GROUP BY {', '.join(keys)}"
        return _one(sql, f"SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM ({sizes})")

    both = pairs(("was", "is_now"))
    changed = _one(sql, "SELECT count(*) FROM sides WHERE is_moved")
    return Matching(
        _one(sql, "SELECT count(*) FROM joint"), both, pairs(("was",)) - both, pairs(("is_now",)) - both, changed
    )


def _keyed(sql: duckdb.DuckDBPyConnection, records: Path | None, *, has_rows: bool) -> None:
    """Table keyed: each row with the keys of its groups, by the later run where that has them."""
    if records is not None:
        records = records / "records.parquet" if records.is_dir() else records
        sql.execute(f"CREATE VIEW given AS SELECT * FROM {scan(records)}")
    sources = ("given",) if records is not None else ("after_records", "before_records") if has_rows else ()
    names = ", ".join(f"{code} AS {name}, {of} AS {name}_list" for name, (code, of) in _KEYS.items())
    parts = " UNION ALL ".join(f"SELECT record_id, {n} AS rank, {names} FROM {s}" for n, s in enumerate(sources))
    sql.execute(f"""
        CREATE TABLE keyed AS SELECT s.*, k.* EXCLUDE (record_id, rank) FROM sides s LEFT JOIN (
            SELECT * FROM ({parts}) QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY rank) = 1) k
        USING (record_id)""")


def _groups(sql: duckdb.DuckDBPyConnection, *, has_clusters: bool) -> list[GroupChange]:
    found = []
    for name in _KEYS:
        query = f"""
            SELECT {name}, {name}_list, count(*),
                   count(*) FILTER (WHERE was = '{ACCEPTED}' AND is_now <> '{ACCEPTED}'),
                   count(*) FILTER (WHERE was <> '{ACCEPTED}' AND is_now = '{ACCEPTED}'),
                   count(*) FILTER (WHERE is_moved)
            FROM keyed GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2"""
        groups = [
            GroupChange(name, code, of, int(rows), int(out), int(into), int(moved) if has_clusters else None)
            for code, of, rows, out, into, moved in sql.sql(query).fetchall()
        ]
        found += _without_few(groups)
    return found


def _without_few(groups: Sequence[GroupChange]) -> list[GroupChange]:
    """Groups of few rows together, with the smallest of the others where they would still be few."""
    by_size = sorted(groups, key=lambda g: g.rows)
    few = [g for g in by_size if g.rows < FEWEST]
    while few and sum(g.rows for g in few) < FEWEST and len(few) < len(by_size):
        few.append(by_size[len(few)])
    if not few:
        return list(groups)
    moved = None if few[0].matched_otherwise is None else sum(g.matched_otherwise or 0 for g in few)
    rows, kept_out, let_in = (sum(getattr(g, name) for g in few) for name in ("rows", "kept_out", "let_in"))
    together = GroupChange(few[0].dimension, OTHERS, None, rows, kept_out, let_in, moved)
    return [*(g for g in groups if g not in few), together]


def _columns(sql: duckdb.DuckDBPyConnection, view: str) -> set[str]:
    return {str(row[0]) for row in sql.sql(f"DESCRIBE {view}").fetchall()}


def _one(sql: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(sql.sql(query).fetchall()[0][0])
