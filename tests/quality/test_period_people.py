"""Nobody of a batch too small to be told of follows from the reports of batches, provinces and the nation together."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from quality.period_facts import Part, People, Tally
from quality.period_people import added_people, shown_people
from quality.report import FEWEST_SHOWN
from quality.report_facts import HouseholdCount, PersonCount

SIZES = st.lists(st.lists(st.integers(1, 25), max_size=5), min_size=1, max_size=4)


def people(persons: int) -> People:
    """A batch of so many persons, in one household."""
    count = PersonCount(1900 + persons, "1", False, persons)
    return People((count,), (HouseholdCount(persons, 1, 1),), {"living": persons, "dead": 0})


def part(code: int, sizes: Sequence[int]) -> Part:
    all_of = added_people(people(n) for n in sizes)
    few = added_people(people(n) for n in sizes if n < FEWEST_SHOWN)
    return Part(f"{code:02}", tally=Tally(people=all_of.people, households=all_of.households, states=all_of.states),
                few=few)  # fmt: skip


@given(SIZES, st.booleans())
def test_what_is_left_over_between_levels_is_nobody_or_ten(sizes: list[list[int]], is_final: bool) -> None:
    parts = [part(n, own) for n, own in enumerate(sizes)]
    batches = sum(n for own in sizes for n in own if n >= FEWEST_SHOWN)
    provinces = [shown_people([p], is_final=is_final) for p in parts]
    for own, found in zip(sizes, provinces, strict=True):
        hidden = found.people.persons - sum(n for n in own if n >= FEWEST_SHOWN)
        assert hidden == 0 or hidden >= FEWEST_SHOWN
        assert found.people.persons + found.left_out == sum(own), "nobody is forgotten"
        assert sum(h.members * h.households for h in found.people.households) == found.people.persons
        assert found.people.states.get("living", 0) == found.people.persons
    nation = shown_people(parts, is_final=is_final)
    left = nation.people.persons - sum(p.people.persons for p in provinces)
    assert left == 0 or left >= FEWEST_SHOWN
    assert nation.people.persons + nation.left_out == sum(map(sum, sizes))
    if not is_final:
        assert nation.people.persons == batches, "the next making would be the difference"


def test_one_small_batch_among_large_ones_is_left_out_and_two_that_make_ten_are_told() -> None:
    one = shown_people([part(1, [7, 20])], is_final=True)
    assert (one.people.persons, one.left_out) == (20, 7)
    assert [h.members for h in one.people.households] == [20]
    both = shown_people([part(1, [7, 4, 20])], is_final=True)
    assert (both.people.persons, both.left_out) == (31, 0)
    nation = shown_people([part(1, [7, 20]), part(4, [5])], is_final=True)
    assert (nation.people.persons, nation.left_out) == (32, 0)


def test_figures_counted_before_small_batches_were_told_apart_are_shown_whole() -> None:
    old = Part("01", tally=Tally(people=people(3).people))
    assert shown_people([old], is_final=True).people.persons == 3
