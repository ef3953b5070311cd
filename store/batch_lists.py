"""The batches of an office as pages list them: newest first, a page at a time, with the rows that still wait.

A page costs two queries over the batches (thousands in the nation) and one over the rows of its files that wait.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.batch import SUM_COLUMNS, Sums
from store.engine import Store
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")
_COLUMNS = ("batch_id", "province_code", "state", "stop_rule", "recorded_at")


@dataclass(frozen=True)
class ListedBatch:
    """A batch with its sums; `waiting` rows are kept out and were mended by no later delivery."""

    batch_id: str
    province_code: str
    state: str
    stop_rule: str | None
    recorded_at: datetime
    sums: Sums
    waiting: int


def recent(store: Store, limit: int, before: datetime | None = None) -> list[ListedBatch]:
    """The newest batches that this store shows, or those before a moment."""
    where = "" if before is None else "WHERE recorded_at < :before"
    return _listed(store, f"{where} ORDER BY recorded_at DESC, batch_id LIMIT :limit", limit=limit, before=before)


def one(store: Store, batch_id: str) -> ListedBatch | None:
    """The batch of that id; None where this store shows none."""
    if not _ID.fullmatch(batch_id):
        return None
    return next(iter(_listed(store, "WHERE batch_id = CAST(:id AS uuid)", id=batch_id)), None)


def _listed(store: Store, which: str, **given: Any) -> list[ListedBatch]:
    names = ", ".join(f"{column}" for column in (*_COLUMNS[1:], *SUM_COLUMNS))
    query = f"""
        WITH shown AS (
            SELECT batch_id, encode(uuid_send(batch_id), 'hex') AS id, {names} FROM batches {which}),
        kept_out AS (
            SELECT f.batch_id, count(*) AS rows FROM shown s JOIN batch_files f ON f.batch_id = s.batch_id
            JOIN row_outcomes o ON o.file_id = f.file_id AND o.batch_id = s.batch_id AND o.outcome = 'quarantined'
            WHERE s.quarantined > 0 AND f.outcome <> 'already_known' AND NOT EXISTS (
                SELECT FROM corrections c WHERE c.corrected_record_id = o.record_id)
            GROUP BY f.batch_id)
        SELECT s.id, {", ".join(f"s.{c}" for c in (*_COLUMNS[1:], *SUM_COLUMNS))}, coalesce(k.rows, 0)
        FROM shown s LEFT JOIN kept_out k ON k.batch_id = s.batch_id ORDER BY s.recorded_at DESC, s.id"""
    with store.reading(Role.REPORT) as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(query), given)]
    end = len(_COLUMNS)
    return [
        ListedBatch(**dict(zip(_COLUMNS, row, strict=False)), sums=Sums(*row[end:-1]), waiting=int(row[-1]))
        for row in rows
    ]
