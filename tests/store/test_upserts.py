"""Rows that may be there already: inserted, updated where they differ, left alone where they do not."""

import pyarrow as pa
import pytest
import sqlalchemy as sa

from schemas import tables as t
from store import upserts
from store.engine import Store
from tests.store import made_batches as made

pytestmark = pytest.mark.store

KEYS = made.ids("homes", 4)


def homes(numbers: list[int], counts: list[int], ids: list[str | None] | None = None) -> pa.Table:
    return made.table_of(
        t.GOLDEN_HOUSEHOLDS, len(numbers), household_key=KEYS.take(pa.array(numbers)), province_code="01",
        household_id=pa.array(ids or [None] * len(numbers), pa.string()), member_count=pa.array(counts, pa.int32()),
        head_rule_id="household.no_head",
    )  # fmt: skip


def put(store: Store, table: pa.Table, keep: tuple[str, ...] = ()) -> tuple[int, int]:
    with store.writing() as connection:
        assert upserts.stage(connection, t.GOLDEN_HOUSEHOLDS, [table]) == table.num_rows
        return upserts.upsert_staged(connection, t.GOLDEN_HOUSEHOLDS, keep)


def held(store: Store) -> dict[int, tuple[str | None, int]]:
    place = {key: number for number, key in enumerate(KEYS.to_pylist())}
    query = "SELECT encode(uuid_send(household_key), 'hex'), household_id, member_count, xmin FROM golden_households"
    with store.reading() as connection:
        return {place[key]: (name, count) for key, name, count, _ in connection.execute(sa.text(query))}


def test_new_changed_and_same_rows_are_told_apart(store: Store) -> None:
    assert put(store, homes([0, 1, 2], [1, 2, 3])) == (3, 0)
    assert put(store, homes([1, 2, 3], [2, 9, 4])) == (1, 1)
    assert held(store) == {0: (None, 1), 1: (None, 2), 2: (None, 9), 3: (None, 4)}
    assert put(store, homes([0, 1, 2, 3], [1, 2, 9, 4])) == (0, 0)


def test_a_null_does_not_wipe_what_is_kept(store: Store) -> None:
    put(store, homes([0, 1], [1, 1], ["A", None]))
    assert put(store, homes([0, 1], [1, 1], [None, "B"]), keep=("household_id",)) == (0, 1)
    assert held(store) == {0: ("A", 1), 1: ("B", 1)}


def test_without_keep_a_null_is_a_value(store: Store) -> None:
    put(store, homes([0], [1], ["A"]))
    assert put(store, homes([0], [1], [None])) == (0, 1)
    assert held(store) == {0: (None, 1)}


def test_an_empty_table_is_filled_straight_and_a_full_one_by_way_of_staging(store: Store) -> None:
    with store.writing() as connection:
        assert upserts.is_empty(connection, "golden_households")
        upserts.upsert(connection, t.GOLDEN_HOUSEHOLDS, [homes([0], [1])])
        assert not upserts.is_empty(connection, "golden_households")
        upserts.upsert(connection, t.GOLDEN_HOUSEHOLDS, [homes([0, 1], [5, 6])])
    assert held(store) == {0: (None, 5), 1: (None, 6)}


def test_nothing_staged_is_left_after_the_transaction(store: Store) -> None:
    put(store, homes([0], [1]))
    with store.reading() as connection:
        assert connection.execute(sa.text("SELECT to_regclass('staged_golden_households')")).scalar_one() is None
