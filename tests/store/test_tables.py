"""The SQL tables say what the contracts say."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from schemas import tables as t
from schemas.field import TableSpec
from store import tables

STORED = (
    t.RECORDS, t.QUARANTINE, t.CHECK_RESULTS, t.BLOCK_KEYS, t.SCORED_PAIRS, t.GOLDEN_PERSONS, t.VALUE_SOURCES,
    t.GOLDEN_HOUSEHOLDS, t.ROW_OUTCOMES, t.CORRECTIONS, t.REPLACED_RECORDS, t.BATCH_FILES, t.BATCHES,
)  # fmt: skip

IDS = ("record_id", "person_id", "batch_id", "file_id", "content_id", "household_key")


@pytest.mark.parametrize("spec", STORED, ids=lambda s: s.name)
def test_columns_order_and_nulls_are_those_of_the_contract(spec: TableSpec) -> None:
    table = tables.METADATA.tables[spec.name]
    assert tuple(table.columns.keys()) == spec.column_names
    assert [c.nullable for c in table.columns] == [c.nullable for c in spec.columns]


@pytest.mark.parametrize("spec", STORED, ids=lambda s: s.name)
def test_every_id_is_a_uuid_and_nothing_else_is(spec: TableSpec) -> None:
    for column in tables.METADATA.tables[spec.name].columns:
        looks_like_one = column.name.endswith(
            ("record_id", "person_id", "batch_id", "file_id", "content_id", "household_key")
        )
        assert isinstance(column.type, UUID) == looks_like_one, column.name


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("records", "birth_year", sa.SmallInteger), ("records", "entry_date", sa.Date),
        ("records", "native_place_confidence", (sa.REAL, sa.Double)), ("block_keys", "key", sa.BigInteger),
        ("golden_persons", "record_count", sa.Integer), ("batches", "recorded_at", sa.DateTime),
        ("scored_pairs", "match_weight", sa.Double), ("records", "full_name", sa.Text),
    ],
)  # fmt: skip
def test_types(table: str, column: str, kind: type) -> None:
    assert isinstance(tables.METADATA.tables[table].columns[column].type, kind)


def test_sort_keys_are_compared_byte_by_byte() -> None:
    assert {tables.GOLDEN_PERSONS.columns[c].type.collation for c in ("sort_key", "search_key")} == {"C"}
