"""Sums do not depend on the order of what is added, and nothing is lost in them."""

from hypothesis import given
from hypothesis import strategies as st

from quality.period_sums import added_counts, together
from quality.report_facts import PersonCount

PEOPLE = st.lists(
    st.builds(
        PersonCount, st.sampled_from([None, 1950, 1951]), st.sampled_from([None, "1", "2"]), st.booleans(),
        st.integers(0, 9),
    ),
    max_size=20,
)  # fmt: skip
KEY = ("birth_year", "sex_code", "is_dead")


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_never_shows_and_nothing_is_lost(people: list[PersonCount], mixed: object) -> None:
    found = together(people, *KEY)
    shuffled = list(people)
    mixed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert together(shuffled, *KEY) == found
    assert sum(p.persons for p in found) == sum(p.persons for p in people)
    keys = [(p.birth_year, p.sex_code, p.is_dead) for p in found]
    assert len(keys) == len(set(keys))
    assert together(found, *KEY) == found
    assert [k for k in keys if k[0] is None] == keys[len([k for k in keys if k[0] is not None]) :], "unknown comes last"


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)), max_size=6))
def test_counts_by_name_are_added_and_sorted(counts: list[dict[str, int]]) -> None:
    found = added_counts(counts)
    assert list(found) == sorted(found)
    assert sum(found.values()) == sum(sum(c.values()) for c in counts)
