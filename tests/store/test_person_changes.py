"""Changes of persons as planned; what they do to a store is in tests/pipeline/test_person_changes.py."""

import pytest

from schemas.errors import StoreMoved, UsageError
from store import queries
from store.batch import BatchTables
from store.engine import Store
from store.person_changes import PersonChange, change_persons, plan_join, plan_part
from tests.store import made_batches as made

pytestmark = pytest.mark.store

ONE = made.ids("person one", 40).to_pylist()
R_ONE, R_TWO = made.ids("record one", 40).to_pylist(), made.ids("record two", 10).to_pylist()


def test_the_part_with_the_lowest_record_stays_whichever_was_named(read_store: Store) -> None:
    low, high = sorted([R_ONE[0], R_TWO[0]])
    plans = [plan_part(read_store, ONE[0], [record]) for record in (low, high)]
    assert plans[0] == plans[1]
    assert (plans[0].from_person_id, plans[0].moved, plans[0].others) == (ONE[0], (high,), (low,))
    assert plans[0].members == {low: ONE[0], high: plans[0].person_id}
    assert plans[0].seen_version == queries.version(read_store)


def test_a_retired_person_takes_its_id_back(read_store: Store) -> None:
    """Rows 2 and 3 of the first batch became one by the second; 3 was a person of its own."""
    plan = plan_part(read_store, ONE[3], [R_ONE[3]])
    assert (plan.from_person_id, plan.person_id, plan.moved) == (ONE[2], ONE[3], (R_ONE[3],))


def test_persons_are_joined_under_the_id_of_the_lowest_record(read_store: Store) -> None:
    plan = plan_join(read_store, ONE[20], ONE[21])
    assert plan == plan_join(read_store, ONE[21], ONE[20])
    assert plan.person_id == (ONE[20] if R_ONE[20] < R_ONE[21] else ONE[21])
    assert set(plan.members.values()) == {plan.person_id}
    with pytest.raises(UsageError, match=r"person\.one_already"):
        plan_join(read_store, ONE[2], ONE[3])


def test_a_plan_of_another_version_is_not_written(read_store: Store) -> None:
    change = PersonChange("joined", ONE[20], ONE[21], (R_ONE[20],), (R_ONE[21],), (), -1)
    with pytest.raises(StoreMoved):
        change_persons(read_store, change, BatchTables(), "Lan", "vì")
    with pytest.raises(UsageError, match=r"person\.unsigned"):
        change_persons(read_store, change, BatchTables(), "", "vì")
