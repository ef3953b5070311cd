"""Stored records that might be people of a batch: those that share a blocking key with it.

They are looked up one by one, or a table is read from front to back, whatever costs less. Records lie where they came,
hashes of them anywhere: each lookup is a page of its own, and a disk gives a page that lies anywhere ten to fourteen
times more slowly than one that comes after the page before (docs/scale.md). From one page in twelve wanted on the whole
table is read, partition by partition, so that it is the provinces near a batch that are read and never the nation.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import copy_in, copy_out
from store.engine import Store
from store.keys import EVERY_KEY, KEY_TABLES
from store.partitions import partition_of
from store.queries import MATCHED, NOTHING_REPLACED, by_index, of_members, pages_of, say_nothing
from store.roles import Role
from store.upserts import is_empty

PAGES_A_LOOKUP = 12
"""How many pages are read one after the other in the time that one takes that lies anywhere."""
_WORK_MEMORY = "128MB"
_KEYS_AT_ONCE = 4_000_000
_LARGEST_BLOCK = 2_000
"""Most stored records of one key that are fetched. Matching splits a block of more than a few dozen and leaves out what
stays large, so a key that thousands share costs much and decides nothing; rarer keys find the same people."""
_READ = ", ".join(f"r.{c}" for c in contracts.MATCH_RECORDS.column_names if c != "person_id")


def match_candidates(
    store: Store, keys: Iterable[pa.Table], replaced: pa.Array = NOTHING_REPLACED
) -> Iterator[pa.Table]:
    """Stored records that share a blocking key with the batch, each once.

    Args:
        store: the store.
        keys: BLOCK_KEYS of the batch's own records. Keys that thousands of stored records share are passed over.
        replaced: ids of stored records whose place rows of the batch take.

    Returns:
        MATCH_RECORDS with person_id, without replaced records, also those of earlier batches: they say nothing.
    """
    with store.reading(Role.MATCH) as connection:
        if all(is_empty(connection, table) for table in KEY_TABLES):
            return
        say_nothing(connection, replaced)
        _run(connection, f"SET LOCAL work_mem = '{_WORK_MEMORY}'")
        _take_hits(connection, keys)
        _take_members(connection)
        yield from _records(connection)


def _take_hits(connection: Connection, keys: Iterable[pa.Table]) -> None:
    """The table `hit` of the ids of records that have one of these keys; many keys are looked up at a time, sorted.

    In the order of the index a key costs a microsecond or two, whatever the size of the store.
    """
    _run(connection, "CREATE TEMP TABLE wanted (key bigint) ON COMMIT DROP")
    _run(connection, "CREATE TEMP TABLE found (record_id uuid) ON COMMIT DROP")
    for some in _slabs(keys):
        _run(connection, "TRUNCATE wanted")
        copy_in(connection, "wanted", [pa.table({"key": some})])
        _run(
            connection,
            f"""INSERT INTO found SELECT DISTINCT record_id FROM (
                    SELECT b.record_id, count(*) OVER (PARTITION BY key) AS records
                    FROM wanted {by_index(EVERY_KEY, "key", "wanted", "b", "record_id")}) f
                WHERE records <= {_LARGEST_BLOCK}""",
        )
    _run(
        connection,
        """CREATE TEMP TABLE hit ON COMMIT DROP AS SELECT DISTINCT record_id FROM found
           WHERE record_id NOT IN (SELECT record_id FROM silent) ORDER BY 1""",
    )
    _run(connection, "ANALYZE hit")


def _take_members(connection: Connection) -> None:
    """The table `near`: the hits with their persons and provinces, in the order of the indexes of the records."""
    found = f"hit {by_index('memberships', 'record_id', 'hit', 'm')}"
    if _is_dense(_count(connection, "hit"), pages_of(connection, "memberships")):
        found = f"memberships m WHERE {_among('m', 'hit')}"
    _run(
        connection,
        f"""CREATE TEMP TABLE near ON COMMIT DROP AS
            SELECT m.record_id, m.person_id, m.province_code FROM {found} ORDER BY m.province_code, m.record_id""",
    )
    _run(connection, "ANALYZE near")


def _records(connection: Connection) -> Iterator[pa.Table]:
    """What matching reads of the records of `near`, from partitions that are read whole and from all others."""
    counted = connection.execute(sa.text("SELECT province_code, count(*) FROM near GROUP BY 1 ORDER BY 1")).all()
    dense = [
        province for province, records in counted
        if _is_dense(records, pages_of(connection, partition_of("records", province)))
    ]  # fmt: skip
    if len(dense) < len(counted):
        others = ", ".join(_literal(province) for province in dense) or "''"
        query = f"SELECT m.person_id, {_READ} FROM near m {of_members(MATCHED)} WHERE m.province_code NOT IN ({others})"
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)
    for province in dense:
        own = f"province_code = {_literal(province)} AND {_among('records', 'near')}"
        query = f"SELECT m.person_id, {_READ} FROM (SELECT {MATCHED} FROM records WHERE {own} OFFSET 0) r"
        query += " JOIN near m USING (record_id)"
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)


def _among(table: str, ids: str) -> str:
    """The condition that a record is among those of another table, asked of every row while the table is read.

    As a plain IN it would be a join, for which the server may look rows up, or keep the whole large table in memory:
    it takes the condition of the row security, which all rows meet, for one that hardly any does.
    """
    return f"({table}.record_id IN (SELECT i.record_id FROM {ids} i)) IS TRUE"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _is_dense(lookups: int, pages: int) -> bool:
    return lookups * PAGES_A_LOOKUP > pages


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def _slabs(keys: Iterable[pa.Table]) -> Iterator[pa.Array]:
    """Distinct keys, ascending, some millions at a time."""
    waiting: list[pa.ChunkedArray] = []
    for table in keys:
        waiting.append(table["key"])
        if sum(map(len, waiting)) >= _KEYS_AT_ONCE:
            yield _ascending(waiting)
            waiting = []
    if waiting:
        yield _ascending(waiting)


def _ascending(keys: list[pa.ChunkedArray]) -> pa.Array:
    return pa.array(np.unique(np.concatenate([k.to_numpy() for k in keys])))


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
