"""No small group of people can be read or worked out, and nobody is lost."""

from hypothesis import given
from hypothesis import strategies as st

from quality.groups import DIMENSIONS, FEWEST, MEASURES, OTHERS, without_few
from quality.report_facts import GroupRows


@st.composite
def groups(draw: st.DrawFn) -> tuple[GroupRows, ...]:
    found = []
    for dimension in DIMENSIONS:
        for code in draw(st.lists(st.sampled_from(["01", "02", "03", None]), unique=True)):
            rows = draw(st.integers(1, 40))
            found.append(GroupRows(dimension, code, None, rows, *(draw(st.integers(0, rows)) for _ in MEASURES)))
    return tuple(found)


@given(groups())
def test_no_small_group_is_told_and_sums_stay(given_groups: tuple[GroupRows, ...]) -> None:
    told = without_few(given_groups)
    assert all(g.rows >= FEWEST for g in told)
    for dimension in DIMENSIONS:
        before, after = ([g for g in x if g.dimension == dimension] for x in (given_groups, told))
        whole = sum(g.rows for g in before)
        assert sum(g.rows for g in after) == (whole if whole >= FEWEST else 0)
        for measure in MEASURES:
            if after:
                assert sum(getattr(g, measure) for g in after) == sum(getattr(g, measure) for g in before)


def test_a_small_group_takes_the_smallest_large_one_with_it() -> None:
    made = (
        GroupRows("sex", "1", None, 50, 1, 1, 1),
        GroupRows("sex", "2", None, 30, 2, 2, 2),
        GroupRows("sex", None, None, 3, 3, 0, 0),
    )
    told = without_few(made)
    assert [(g.code, g.rows, g.kept_out) for g in told] == [("1", 50, 1), (OTHERS, 33, 5)]
