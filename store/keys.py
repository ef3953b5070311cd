"""Blocking keys of stored records, made again where an older version of the rules made them.

A migration that follows a change of the rules empties the table of keys; the records themselves are not touched.
"""

from collections.abc import Callable, Generator
from contextlib import closing

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import copy_in, copy_out
from store.engine import Store
from store.upserts import is_empty

_LOCK = 0x736F_686F_0002


def ensure_block_keys(store: Store, keys_of: Callable[[pa.Table], pa.Table]) -> int:
    """Fill the table of keys if it is empty and there are records, under a lock, all or nothing.

    Args:
        store: the store.
        keys_of: gives BLOCK_KEYS of a chunk of MATCH_RECORDS.

    Returns:
        The keys that were written; 0 where none were missing.
    """
    with store.reading() as connection:
        if not _are_missing(connection):
            return 0
    # Closed at once where a chunk fails: a COPY that is given up later, by the collector of memory, may hold it up.
    with store.writing() as connection, closing(_records(store)) as records:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if not _are_missing(connection):
            return 0
        return copy_in(connection, contracts.BLOCK_KEYS.name, (keys_of(chunk) for chunk in records))


def _are_missing(connection: Connection) -> bool:
    return is_empty(connection, "block_keys") and not is_empty(connection, "records")


def _records(store: Store) -> Generator[pa.Table]:
    names = ", ".join(f"m.{c}" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names)
    with store.reading() as connection:
        query = f"SELECT {names} FROM records r JOIN memberships m USING (record_id)"
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)
