"""Feed a step of shape *block*: all rows of one key in one chunk, whatever part they were written to.

Ledgers keep a household together, so nearly all rows stay in their part; rows whose key lies in several parts are
taken to the first of them. Where that would be many, the table is split anew by the hash of its key.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.artefacts import count_rows, parts, read_part
from schemas.tables import PART_ROWS

_MOST_STRADDLING = 2 * PART_ROWS


def whole_blocks(folder: Path, key: str, sql: duckdb.DuckDBPyConnection, work: Path) -> Iterator[pa.Table]:
    """Chunks of the folder table such that no value of `key` lies in two of them; null keys stay where they are."""
    paths = parts(folder)
    if len(paths) <= 1:
        yield from map(read_part, paths)
        return
    straddling_rows = _find_straddling(paths, key, sql)
    if not straddling_rows:
        yield from map(read_part, paths)
    elif straddling_rows > _MOST_STRADDLING:
        yield from _split_by_hash(paths, count_rows(folder), key, sql, work)
    else:
        yield from _carried(paths, key, sql.sql("SELECT key, first FROM straddling").to_arrow_table())


def _find_straddling(paths: list[Path], key: str, sql: duckdb.DuckDBPyConnection) -> int:
    """Make the table `straddling` of the keys that lie in several parts; returns their rows.

    The table stays with DuckDB, which may put it on disk: in a file in no order it holds nearly all keys.
    """
    sql.execute(
        f"""CREATE OR REPLACE TEMP TABLE straddling AS
            SELECT {key} AS key, min(filename) AS first, count(*) AS rows
            FROM read_parquet(?, filename = true) WHERE {key} IS NOT NULL
            GROUP BY ALL HAVING min(filename) <> max(filename)""",
        [[str(p) for p in paths]],
    )
    return int(sql.sql("SELECT coalesce(sum(rows), 0) FROM straddling").fetchall()[0][0])


def _carried(paths: list[Path], key: str, straddling: pa.Table) -> Iterator[pa.Table]:
    moved = pa.concat_tables(_with_keys(read_part(p), key, straddling["key"]) for p in paths)
    for path in paths:
        table = read_part(path)
        stays = table.filter(pc.invert(pc.is_in(table[key], straddling["key"].combine_chunks())))
        here = straddling.filter(pc.equal(straddling["first"], str(path)))["key"]
        joined = _with_keys(moved, key, here)
        yield pa.concat_tables([stays, joined]) if joined.num_rows else stays


def _with_keys(table: pa.Table, key: str, keys: pa.ChunkedArray) -> pa.Table:
    return table.filter(pc.is_in(table[key], keys.combine_chunks()))


def _split_by_hash(
    paths: list[Path], rows: int, key: str, sql: duckdb.DuckDBPyConnection, work: Path
) -> Iterator[pa.Table]:
    buckets = -(-rows // PART_ROWS)
    sql.execute(
        f"""COPY (SELECT *, hash(coalesce({key}, record_id)) % {buckets} AS bucket FROM read_parquet(?))
            TO '{work}' (FORMAT parquet, PARTITION_BY (bucket), OVERWRITE_OR_IGNORE)""",
        [[str(p) for p in paths]],
    )
    for bucket in sorted(work.glob("bucket=*")):
        tables = [read_part(p) for p in sorted(bucket.glob("*.parquet"))]
        yield pa.concat_tables(tables)
