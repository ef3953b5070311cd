"""Blocking keys of stored records, made again where other rules, or another population, made them.

The records themselves are not touched.
"""

from collections.abc import Callable, Generator
from contextlib import closing

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.errors import StoreMoved
from store.copying import copy_out
from store.engine import Store
from store.indexes import copy_many
from store.upserts import is_empty

_LOCK = 0x736F_686F_0002


def ensure_block_keys(store: Store, keys_of: Callable[[pa.Table], pa.Table], scheme: str) -> int:
    """Make the keys of all records unless those that are there follow the scheme; under a lock, all or nothing.

    Args:
        store: the store.
        keys_of: gives BLOCK_KEYS of a chunk of MATCH_RECORDS.
        scheme: what it makes them by.

    Returns:
        The keys that were written; 0 where none were missing.
    """
    with store.reading() as connection:
        if _are_of(connection, scheme):
            return 0
    # Closed at once where a chunk fails: a COPY that is given up later, by the collector of memory, may hold it up.
    with store.writing() as connection, closing(_records(store)) as records:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _are_of(connection, scheme):
            return 0
        connection.execute(sa.text("TRUNCATE block_keys, block_key_scheme"))
        connection.execute(sa.text("INSERT INTO block_key_scheme (scheme) VALUES (:scheme)"), {"scheme": scheme})
        stored = connection.execute(sa.text("SELECT count(*) FROM memberships")).scalar_one()
        if not stored:
            return 0
        return copy_many(connection, contracts.BLOCK_KEYS.name, (keys_of(chunk) for chunk in records), stored)


def check_scheme(connection: Connection, scheme: str | None) -> None:
    """Raise StoreMoved where the keys of the store follow another scheme by now."""
    now = connection.execute(sa.text("SELECT scheme FROM block_key_scheme")).scalar_one_or_none()
    if scheme is not None and now is not None and now != scheme:
        raise StoreMoved("store.other_keys")


def _are_of(connection: Connection, scheme: str) -> bool:
    made = connection.execute(sa.text("SELECT scheme FROM block_key_scheme")).scalar_one_or_none()
    if made != scheme:
        return False
    return not is_empty(connection, "block_keys") or is_empty(connection, "memberships")


def _records(store: Store) -> Generator[pa.Table]:
    names = ", ".join(f"m.{c}" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names)
    with store.reading() as connection:
        query = f"SELECT {names} FROM records r JOIN memberships m USING (record_id)"
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)
