"""Blocking keys of stored records; they are made again where other rules, or another population, made them.

A key is a hash: the keys of a batch fall all over the index of a nation, and each would have the server write a page of
it. So they go into a small table first, and many batches' keys move to the large one together, in the order of its
index. Whoever looks a key up asks both.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.errors import StoreMoved
from store.copying import copy_out, count_rows, read_parts
from store.engine import Store
from store.indexes import built_after, copy_many
from store.upserts import is_empty

RECENT = "recent_block_keys"
KEY_TABLES = ("block_keys", RECENT)
EVERY_KEY = f"(SELECT record_id, key FROM block_keys UNION ALL SELECT record_id, key FROM {RECENT}) k"
"""Both tables as one, for a FROM clause."""

_LOCK = 0x736F_686F_0002
"""That of the loads: none of them runs meanwhile."""
_MOST_RECENT_BYTES, _MOST_RECENT_SHARE = 1 << 30, 16
"""So much of recent keys (20 million, of a million records), or one part in so many of all, is not moved yet."""
_ROW_BYTES = 56
_SORT_MEMORY = "256MB"


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
        connection.execute(sa.text(f"TRUNCATE {', '.join(KEY_TABLES)}, block_key_scheme"))
        connection.execute(sa.text("INSERT INTO block_key_scheme (scheme) VALUES (:scheme)"), {"scheme": scheme})
        stored = connection.execute(sa.text("SELECT count(*) FROM memberships")).scalar_one()
        if not stored:
            return 0
        return copy_many(connection, contracts.BLOCK_KEYS.name, (keys_of(chunk) for chunk in records), stored)


def add_recent(connection: Connection, folders: Sequence[Path]) -> int:
    """Write the keys of a batch; returns how many."""
    chunks = (chunk.sort_by("key") for chunk in read_parts(folders, contracts.BLOCK_KEYS.column_names))
    return copy_many(connection, RECENT, chunks, count_rows(folders))


def settle_recent(store: Store, most_bytes: int = _MOST_RECENT_BYTES) -> int:
    """Move the recent keys to the others if there are many by now; returns how many were moved.

    They are deleted and not truncated: a snapshot that was taken before would find them in neither table.
    """
    with store.reading() as connection:
        if not _too_many(connection, most_bytes):
            return 0
    with store.writing() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        moving = _too_many(connection, most_bytes)
        if not moving:
            return 0
        connection.execute(sa.text(f"SET LOCAL work_mem = '{_SORT_MEMORY}'"))
        with built_after(connection, "block_keys", moving):
            connection.execute(sa.text(f"INSERT INTO block_keys SELECT * FROM {RECENT} ORDER BY key"))
        return connection.execute(sa.text(f"DELETE FROM {RECENT}")).rowcount


def _too_many(connection: Connection, most_bytes: int) -> int:
    """How many recent keys there are if that is too many, else 0.

    By the room they take; counted only if that is much, as it may be the room of keys that went.
    """
    sizes = ", ".join(f"pg_relation_size('{table}')" for table in KEY_TABLES)
    settled, recent = connection.execute(sa.text(f"SELECT {sizes}")).one()
    most = max(most_bytes, int(settled) // _MOST_RECENT_SHARE)
    if int(recent) <= most:
        return 0
    count = int(connection.execute(sa.text(f"SELECT count(*) FROM {RECENT}")).scalar_one())
    return count if count * _ROW_BYTES > most else 0


def check_scheme(connection: Connection, scheme: str | None) -> None:
    """Raise StoreMoved where the keys of the store follow another scheme by now."""
    now = connection.execute(sa.text("SELECT scheme FROM block_key_scheme")).scalar_one_or_none()
    if scheme is not None and now is not None and now != scheme:
        raise StoreMoved("store.other_keys")


def _are_of(connection: Connection, scheme: str) -> bool:
    made = connection.execute(sa.text("SELECT scheme FROM block_key_scheme")).scalar_one_or_none()
    if made != scheme:
        return False
    return any(not is_empty(connection, table) for table in KEY_TABLES) or is_empty(connection, "memberships")


def _records(store: Store) -> Generator[pa.Table]:
    names = ", ".join(f"m.{c}" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names)
    with store.reading() as connection:
        query = f"SELECT {names} FROM records r JOIN memberships m USING (record_id)"
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)
