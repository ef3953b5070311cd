"""Rows that may be in the store already: staged by COPY, then inserted or, where a value differs, updated."""

from collections.abc import Iterable

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.field import TableSpec
from store.copying import copy_in, copy_through


def is_empty(connection: Connection, table: str) -> bool:
    """Has the table no row?"""
    return bool(connection.execute(sa.text(f"SELECT NOT EXISTS (SELECT FROM {table})")).scalar_one())


def stage(connection: Connection, spec: TableSpec, tables: Iterable[pa.Table]) -> int:
    """COPY rows into the temporary table staged_<name>, gone at the end of the transaction; returns the rows."""
    connection.execute(sa.text(f"CREATE TEMP TABLE staged_{spec.name} (LIKE {spec.name}) ON COMMIT DROP"))
    rows = copy_in(connection, f"staged_{spec.name}", tables)
    connection.execute(sa.text(f"ANALYZE staged_{spec.name}"))
    return rows


def upsert_staged(connection: Connection, spec: TableSpec, keep: tuple[str, ...] = ()) -> tuple[int, int]:
    """Move the staged rows in: (rows inserted, rows changed). Rows that say the same are not written.

    `keep` are columns whose stored value stands where the staged one is null.
    """
    names = ", ".join(f'"{c}"' for c in spec.column_names)
    values = [c for c in spec.column_names if c not in spec.key]
    new = {c: f'coalesce(excluded."{c}", stored."{c}")' if c in keep else f'excluded."{c}"' for c in values}
    found = connection.execute(
        sa.text(f"""
            WITH written AS (
                INSERT INTO {spec.name} AS stored ({names}) SELECT {names} FROM staged_{spec.name}
                ON CONFLICT ({", ".join(spec.key)}) DO UPDATE SET {", ".join(f'"{c}" = {new[c]}' for c in values)}
                WHERE ({", ".join(f'stored."{c}"' for c in values)}) IS DISTINCT FROM ({", ".join(new.values())})
                RETURNING stored.xmax = 0 AS is_new)
            SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written""")
    ).one()
    return int(found[0]), int(found[1])


def upsert(connection: Connection, spec: TableSpec, tables: Iterable[pa.Table]) -> None:
    """Put rows in, straight where the table is empty."""
    if is_empty(connection, spec.name):
        copy_through(connection, spec.name, tables)
    else:
        stage(connection, spec, tables)
        upsert_staged(connection, spec)
