"""The records that a batch brought, in the order of its files and lines: what an office delivered, standardised."""

import re
from collections.abc import Iterator

import pyarrow as pa

from schemas.tables import RECORDS
from store.copying import copy_out
from store.engine import Store
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")


def records(store: Store, batch_id: str) -> Iterator[pa.Table]:
    """RECORDS of the rows of a batch that are in the store as its own, and that no later row has taken the place of."""
    if not _ID.fullmatch(batch_id):
        return
    names = ", ".join(f"r.{c}" for c in RECORDS.column_names)
    query = f"""
        SELECT {names} FROM row_outcomes o JOIN records r USING (record_id)
        WHERE o.batch_id = '{batch_id}' AND o.outcome IN ('loaded', 'merged') AND NOT EXISTS (
            SELECT FROM replaced_records p WHERE p.corrected_record_id = o.record_id)
        ORDER BY r.file_id, r.line"""
    with store.reading(Role.REVIEW) as connection:
        yield from copy_out(connection, query, RECORDS)
