"""Cells of scanned pages in the store: which of them wait for a person, with crop and readings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from schemas.cells import CELLS, HARMLESS
from schemas.field import Column, TableSpec
from schemas.tables import RAW_COLUMNS
from store.engine import Store
from store.roles import Role

WAITING_CELLS = TableSpec(
    "waiting_cells",
    (
        *(c for c in CELLS.columns if c.name != "is_accepted"),
        Column("batch_id", pa.string(), nullable=False),
        Column("province_code", pa.string(), nullable=False),
        Column("file", pa.string(), nullable=False, description="alias of the file"),
    ),
    ("record_id", "raw_column"),
    "Cells of rows in quarantine that no recogniser is sure of, the least sure row first in each page.",
)
# A row that came back mended waits no longer.
_WAITING = """
    FROM cells c JOIN row_outcomes o ON o.record_id = c.record_id AND o.outcome = 'quarantined'
    JOIN batches b ON b.batch_id = o.batch_id
    WHERE c.crop IS NOT NULL AND split_part(c.raw_column, '/', 1) = ANY(:asked)
    AND NOT EXISTS (SELECT FROM corrections m WHERE m.corrected_record_id = c.record_id)"""
_ASKED = [name for name in RAW_COLUMNS if name not in (*HARMLESS, "other_raw")]
_IDS = ("record_id", "file_id", "batch_id")
_ID = re.compile(r"[0-9a-f]{32}")
_OF = {"batch_id": "o", "province_code": "b", "file": "o"}


def waiting(store: Store, batch_id: str | None = None, limit: int = 10_000) -> pa.Table:
    """WAITING_CELLS that the session sees, of one batch or of all; page by page, line by line.

    Cells of columns that keep nobody out are not asked for.

    Args:
        store: the store.
        batch_id: of that batch alone.
        limit: at most so many.
    """
    names = ", ".join(_shown(name) for name in WAITING_CELLS.column_names)
    of_batch = "" if batch_id is None else " AND o.batch_id = CAST(:batch AS uuid)"
    query = (
        f"SELECT {names} {_WAITING}{of_batch} ORDER BY b.recorded_at, c.file_id, c.page, c.line, c.raw_column LIMIT :n"
    )
    with store.reading(Role.REVIEW) as connection:
        given = {"n": limit, "asked": _ASKED} | ({} if batch_id is None else {"batch": batch_id})
        found = connection.execute(sa.text(query), given)
        return pa.Table.from_pylist([dict(row) for row in found.mappings()], schema=WAITING_CELLS.schema)


@dataclass(frozen=True)
class CellPlace:
    """Where a cell that waits is, without what stands in it."""

    record_id: str
    raw_column: str
    kind: str
    file_id: str
    page: int
    batch_id: str


def waiting_places(store: Store, limit: int) -> list[CellPlace]:
    """The places of the cells that `waiting` gives, in that order: neither pictures nor texts are read."""
    names = ", ".join(_shown(name) for name in ("record_id", "raw_column", "kind", "file_id", "page", "batch_id"))
    query = f"SELECT {names} {_WAITING} ORDER BY b.recorded_at, c.file_id, c.page, c.line, c.raw_column LIMIT :n"
    with store.reading(Role.REVIEW) as connection:
        return [CellPlace(*row) for row in connection.execute(sa.text(query), {"n": limit, "asked": _ASKED})]


def waiting_cell(store: Store, record_id: str, raw_column: str) -> Mapping[str, Any] | None:
    """The row of WAITING_CELLS of one cell; None if none waits there."""
    if not _ID.fullmatch(record_id):
        return None
    names = ", ".join(_shown(name) for name in WAITING_CELLS.column_names)
    query = f"SELECT {names} {_WAITING} AND c.record_id = CAST(:id AS uuid) AND c.raw_column = :raw"
    given = {"id": record_id, "raw": raw_column, "asked": _ASKED}
    with store.reading(Role.REVIEW) as connection:
        row = connection.execute(sa.text(query), given).mappings().one_or_none()
    return None if row is None else dict(row)


def waiting_columns(store: Store, record_id: str) -> list[str]:
    """The raw columns of the cells of a row that wait, in the order of a ledger."""
    query = f"SELECT c.raw_column {_WAITING} AND c.record_id = CAST(:id AS uuid)"
    with store.reading(Role.REVIEW) as connection:
        found = set(map(str, connection.execute(sa.text(query), {"id": record_id, "asked": _ASKED}).scalars()))
    return [name for name in RAW_COLUMNS if name in found] + sorted(found - set(RAW_COLUMNS))


def of_record(store: Store, record_id: str) -> pa.Table:
    """CELLS of a row, and of the row that it mends."""
    names = ", ".join(f"encode(uuid_send(c.{n}), 'hex') AS {n}" if n in _IDS else f"c.{n}" for n in CELLS.column_names)
    query = f"""
        SELECT {names} FROM cells c WHERE c.record_id = CAST(:id AS uuid) OR c.record_id IN (
            SELECT m.corrected_record_id FROM corrections m WHERE m.record_id = CAST(:id AS uuid))"""
    with store.reading(Role.REVIEW) as connection:
        found = connection.execute(sa.text(query), {"id": record_id})
        return pa.Table.from_pylist([dict(row) for row in found.mappings()], schema=CELLS.schema)


def _shown(name: str) -> str:
    column = f"{_OF.get(name, 'c')}.{name}"
    return f"encode(uuid_send({column}), 'hex') AS {name}" if name in _IDS else column
