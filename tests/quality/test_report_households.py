"""Households of a batch in its report."""

from hypothesis import given
from hypothesis import strategies as st

from quality.report_facts import HouseholdCount
from quality.report_households import LARGEST_SIZE, household_section

COUNTS = st.lists(st.builds(HouseholdCount, st.integers(0, 30), st.integers(0, 3), st.integers(1, 50)), max_size=20)


@given(COUNTS)
def test_each_household_has_one_place(counts: list[HouseholdCount]) -> None:
    found = household_section(counts, {})
    assert found.households == found.with_head + found.without_head + found.several_heads + found.empty
    assert sum(size.households for size in found.sizes) == found.households - found.empty


def test_sizes_count_the_living_and_the_last_one_is_open() -> None:
    found = household_section(
        [HouseholdCount(1, 1, 2), HouseholdCount(10, 1, 3), HouseholdCount(40, 0, 1), HouseholdCount(0, 0, 5)],
        {"living": 72, "dead": 5},
    )
    assert [(s.members, s.households) for s in found.sizes if s.households] == [(1, 2), (LARGEST_SIZE, 4)]
    assert (found.with_head, found.without_head, found.empty) == (5, 1, 5)
    assert (found.living, found.dead, found.missing) == (72, 5, 0)


def test_a_batch_without_households() -> None:
    assert household_section([], {}).sizes == ()
