"""Households of the store: counted from their members, whatever batch moved these; the law in SQL for old stores."""

from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import households, invariants, load, queries
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import digest, rows, run

pytestmark = pytest.mark.store

HOME = made.ids("household one", 11).to_pylist()[5]
"""Nobody of the second batch lives there."""


def home(store: Store) -> tuple[object, ...]:
    [row] = rows(
        store,
        "SELECT member_count, dead_count, missing_count, head_person_id IS NOT NULL, head_rule_id "
        f"FROM golden_households WHERE household_key = '{HOME}'",
    )
    return row


def count_again(store: Store) -> None:
    with store.writing() as connection:
        touched = f"CREATE TEMP TABLE {households.TOUCHED} ON COMMIT DROP AS SELECT '{HOME}'::uuid AS household_key"
        connection.execute(sa.text(touched))
        households.count_touched(connection)


def test_a_household_counts_its_members_and_names_its_only_head(loaded_store: Store) -> None:
    assert home(loaded_store) == (4, 0, 0, True, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("to_reason = 'death', to_date = '1999-04-05'", (3, 1, 0, False, "household.head_dead")),
        ("to_reason = 'missing'", (3, 0, 1, False, "household.head_missing")),
        ("to_reason = 'moved_out'", (3, 0, 0, False, "household.head_left")),
        ("is_head = false", (4, 0, 0, False, "household.no_head")),
    ],
)
def test_a_household_without_its_head_waits_for_someone(
    loaded_store: Store, change: str, expected: tuple[object, ...]
) -> None:
    run(loaded_store, f"UPDATE household_members SET {change} WHERE household_key = '{HOME}' AND is_head")
    count_again(loaded_store)
    assert home(loaded_store) == expected


def test_two_heads_are_an_issue_and_neither_is_chosen(loaded_store: Store) -> None:
    run(loaded_store, f"UPDATE household_members SET is_head = true WHERE household_key = '{HOME}'")
    count_again(loaded_store)
    assert home(loaded_store) == (4, 0, 0, False, "household.two_heads")
    assert invariants.store_check(loaded_store) == ()


def test_stays_that_say_the_same_keep_the_time_at_which_they_were_recorded(loaded_store: Store, tmp_path: Path) -> None:
    """A person gains a record; his household and its other members are what they were."""
    before = rows(loaded_store, f"SELECT * FROM household_members WHERE household_key = '{HOME}' ORDER BY 1, 2")
    batch = made.make(
        tmp_path, made.Recipe("three", rows=1, values={"household_key": HOME}), queries.version(loaded_store)
    )
    load.load_batch(loaded_store, batch)
    after = rows(loaded_store, f"SELECT * FROM household_members WHERE household_key = '{HOME}' ORDER BY 1, 2")
    assert set(before) < set(after)
    assert home(loaded_store) == (5, 0, 0, False, "household.two_heads")
    assert invariants.store_check(loaded_store) == ()


def test_the_migration_finds_for_old_stores_what_the_step_gives(loaded_store: Store) -> None:
    """Members and households are thrown away and made again from the records, as for a store of an older version."""
    migration = import_module("store.migrations.versions.0005_household_members")
    mine = "person_id, household_key, to_reason, from_date, to_date"
    open_ = f"SELECT {mine} FROM household_members WHERE to_reason IS NULL ORDER BY 1"
    before = rows(loaded_store, open_)
    run(
        loaded_store,
        "DELETE FROM household_members",
        "DELETE FROM golden_households",
        migration.BACKFILL,
        migration.COUNTED,
    )
    assert rows(loaded_store, open_) == before != []
    assert invariants.store_check(loaded_store) == ()
    again = digest(loaded_store)
    run(loaded_store, "DELETE FROM golden_households", migration.COUNTED)
    assert digest(loaded_store) == again
