"""The digest says what the store says of people: no more, no less."""

from pathlib import Path

import pytest

from store import load
from store.digest import store_digest
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import run

pytestmark = pytest.mark.store
ID = "md5(person_id::text)::uuid"


@pytest.fixture
def people(store: Store, tmp_path: Path) -> Store:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    return store


def test_an_empty_store_has_one(store: Store) -> None:
    assert {rows for rows, _ in store_digest(store).parts.values()} == {0}


def test_ids_of_persons_and_times_say_nothing(people: Store) -> None:
    before = store_digest(people)
    tables = ("memberships", "golden_persons", "value_sources", "household_members")
    moved = [f"UPDATE {table} SET person_id = {ID} WHERE person_id IS NOT NULL" for table in tables]
    head = "UPDATE golden_households SET head_person_id = md5(head_person_id::text)::uuid"
    run(people, *moved, head, "UPDATE household_members SET recorded_at = recorded_at + interval '1 day'")
    assert store_digest(people) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE golden_persons SET birth_year = 1901 WHERE birth_year = 1930",
        "UPDATE golden_persons SET personal_number = '001090012345' WHERE birth_year = 1930",
        "UPDATE household_members SET from_reason = 'birth' WHERE stay = 1",
        "UPDATE golden_households SET member_count = member_count + 1",
        "UPDATE memberships SET person_id = (SELECT min(person_id::text)::uuid FROM memberships)",
    ],
)
def test_everything_else_does(people: Store, change: str) -> None:
    before = store_digest(people)
    run(people, change)
    assert store_digest(people).whole != before.whole


def test_a_number_that_was_issued_here_is_no_part_of_it(people: Store) -> None:
    before = store_digest(people)
    run(
        people,
        "UPDATE golden_persons SET personal_number = '001090012345' WHERE birth_year = 1930",
        """INSERT INTO issued_numbers (personal_number, person_id, is_test)
           SELECT personal_number, person_id, true FROM golden_persons WHERE personal_number IS NOT NULL""",
    )
    assert store_digest(people) == before
