"""Batches together: sums of counts; what was not counted once is not counted together."""

from hypothesis import given
from hypothesis import strategies as st

from quality.field_history import FieldHistory, FieldTally, together

TALLIES = st.builds(FieldTally, st.sampled_from(["sex", "death"]), *[st.integers(0, 99)] * 5)


def test_what_was_not_counted_is_not_summed_up() -> None:
    found = together([[FieldTally("sex", 10, 9, 8, 3, 1)], [FieldTally("sex", 10, 10, 10, None, 2)]])
    assert found is not None
    assert (found.batches, found.of("sex")) == (2, FieldTally("sex", 20, 19, 18, None, 3))
    assert found.of("death") is None
    assert together([]) is None


@given(st.lists(st.lists(TALLIES, max_size=4), min_size=1, max_size=5))
def test_the_order_of_batches_does_not_matter_and_nothing_is_lost(batches: list[list[FieldTally]]) -> None:
    one, other = together(batches), together(reversed(batches))
    assert one is not None
    assert other is not None
    assert set(one.tallies) == set(other.tallies)
    assert sum(t.rows for t in one.tallies) == sum(t.rows for tallies in batches for t in tallies)


def test_shares_are_of_rows_or_of_values() -> None:
    tally = FieldTally("sex", 10, 5, 4, 1, None)
    told = {measure: tally.share_of(measure) for measure in ("filled", "valid", "changed", "by_hand")}
    assert [(s.part, s.whole) if s else None for s in told.values()] == [(5, 10), (4, 10), (1, 5), None]
    assert list(FieldHistory(together([[tally]])).columns) == ["last"]
