"""What the SQL tables are made of: their naming, the type of each column, columns and checks that many have."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from schemas.field import Column, TableSpec

METADATA = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

ID_COLUMNS: frozenset[str] = frozenset({
    "record_id", "file_id", "content_id", "household_key", "head_record_id", "person_id", "main_record_id",
    "head_person_id", "batch_id", "known_record_id", "left_record_id", "right_record_id", "retired_person_id",
    "known_batch_id", "corrected_record_id", "from_person_id", "from_record_id", "to_record_id", "named_record_id",
})  # fmt: skip
_BYTE_ORDERED = frozenset({"sort_key", "search_key"})
_TYPES: Mapping[pa.DataType, sa.types.TypeEngine[Any]] = {
    pa.string(): sa.Text(), pa.int8(): sa.SmallInteger(), pa.int16(): sa.SmallInteger(), pa.int32(): sa.Integer(),
    pa.int64(): sa.BigInteger(), pa.bool_(): sa.Boolean(), pa.float32(): sa.REAL(),
    pa.float64(): sa.Double(), pa.date32(): sa.Date(),
    pa.timestamp("us", tz="UTC"): sa.DateTime(timezone=True),
}  # fmt: skip


def _column(column: Column, *, key: bool = False) -> "sa.Column[object]":
    kind: sa.types.TypeEngine[Any] = _TYPES[column.type]
    if column.name in ID_COLUMNS:
        kind = UUID(as_uuid=False)
    elif column.name in _BYTE_ORDERED:
        kind = sa.Text(collation="C")
    return sa.Column(column.name, kind, primary_key=key, nullable=column.nullable)


def table(spec: TableSpec, *extra: sa.schema.SchemaItem, key: tuple[str, ...] | None = None) -> sa.Table:
    """The table of a contract, with further indexes and checks; `key` where its primary key is not the contract's."""
    keys = spec.key if key is None else key
    return sa.Table(spec.name, METADATA, *(_column(c, key=c.name in keys) for c in spec.columns), *extra)


def id_column(name: str, *, key: bool = False, nullable: bool = False) -> "sa.Column[str]":
    """A column of ids."""
    return sa.Column(name, UUID(as_uuid=False), primary_key=key, nullable=nullable)


def moment(name: str = "recorded_at") -> "sa.Column[object]":
    """A moment that the server notes by its clock."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()"))


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """A check that a column holds one of those words."""
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(v) for v in values)})", name=column)


def number() -> "sa.Column[int]":
    """A key that counts up: the order in which rows were appended."""
    return sa.Column("number", sa.BigInteger(), sa.Identity(always=True), primary_key=True)
