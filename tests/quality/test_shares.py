"""Wilson's interval, against figures of the literature and as a law."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.intervals import wilson
from quality.shares import share


@given(st.integers(0, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_it_is_the_interval_of_the_evaluation_and_holds_the_share(counts: tuple[int, int]) -> None:
    found = share(*counts)
    assert (found.low, found.high) == pytest.approx(wilson(*counts), abs=1e-6)
    assert found.share is None or found.low <= found.share <= found.high


def test_known_figures() -> None:
    found = share(5, 10)
    assert (found.share, found.low, found.high) == (0.5, pytest.approx(0.236593), pytest.approx(0.763407))
    assert (share(0, 0).share, share(0, 9).low, share(9, 9).high) == (None, 0, 1)
    with pytest.raises(ValueError, match="no part"):
        share(3, 2)
