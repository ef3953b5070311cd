"""Samples of the stored records: whole households, drawn by a hash with a seed, so that a draw can be repeated."""

from collections.abc import Iterator

import pyarrow as pa
import sqlalchemy as sa

from schemas import tables as contracts
from store.copying import copy_in, copy_out
from store.engine import Store
from store.roles import Role

_HOME = "coalesce(r.household_key, r.record_id)"
"""The household of a record; one without is a household of its own."""
_LIVE = "NOT EXISTS (SELECT FROM replaced_records o WHERE o.corrected_record_id = r.record_id)"
_COLUMNS = ", ".join(
    "CAST(NULL AS uuid) AS person_id" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names
)
_HASHES = 1 << 32


def record_count(store: Store) -> int:
    """Records of the store in whose place no others stand."""
    with store.reading(Role.MATCH) as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM records r WHERE {_LIVE}")).scalar_one())


def drawn_households(store: Store, share: float, seed: int, also: pa.Array) -> Iterator[pa.Table]:
    """Records of a share of the households, and of the households of some records whatever is drawn.

    Args:
        store: the store.
        share: of the households, 0 to 1.
        seed: another one draws others.
        also: ids of records.

    Returns:
        MATCH_RECORDS without person_id, live ones only.
    """
    drawn = f"('x' || substr(md5('{int(seed)}/' || {_HOME}::text), 1, 8))::bit(32)::bigint < {round(share * _HASHES)}"
    known = f"SELECT {_HOME} FROM records r JOIN wanted USING (record_id)"
    yield from _of_homes(store, also, f"({drawn} OR {_HOME} IN ({known}))")


def whole_households(store: Store, members: pa.Array) -> Iterator[pa.Table]:
    """All records of the households of those records: MATCH_RECORDS without person_id, live ones only."""
    yield from _of_homes(store, members, f"{_HOME} IN (SELECT {_HOME} FROM records r JOIN wanted USING (record_id))")


def _of_homes(store: Store, record_ids: pa.Array, condition: str) -> Iterator[pa.Table]:
    with store.reading(Role.MATCH) as connection:
        connection.execute(sa.text("CREATE TEMP TABLE wanted (record_id uuid) ON COMMIT DROP"))
        copy_in(connection, "wanted", [pa.table({"record_id": record_ids.unique()})])
        connection.execute(sa.text("ANALYZE wanted"))
        query = f"SELECT {_COLUMNS} FROM records r WHERE {_LIVE} AND {condition}"
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)
