import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from quality.sampling import Stratum, bounds, estimated, shared_out

_COUNTS = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 10_000), min_size=1, max_size=8)


@given(_COUNTS, st.integers(1, 5_000))
def test_a_sample_is_shared_out_in_proportion_and_whole(rows: dict[str, int], size: int) -> None:
    drawn = shared_out(rows, size)
    total = sum(rows.values())
    assert sum(drawn.values()) == min(size, total)
    for name, count in rows.items():
        assert 0 <= drawn[name] <= count
        assert abs(drawn[name] - min(size, total) * count / max(total, 1)) < 1


@given(st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_are_those_of_the_beta_distribution(seen: tuple[int, int]) -> None:
    """Clopper and Pearson's interval is also a pair of quantiles of beta distributions."""
    wrong, drawn = seen
    low, high = bounds(wrong, drawn)
    assert low == pytest.approx(beta.ppf(0.025, wrong, drawn - wrong + 1) if wrong else 0.0, abs=1e-9)
    assert high == pytest.approx(beta.ppf(0.975, wrong + 1, drawn - wrong) if wrong < drawn else 1.0, abs=1e-9)
    assert low <= wrong / drawn <= high


def test_none_wrong_of_300_says_below_one_and_a_quarter_in_a_hundred() -> None:
    """The rule of three, two-sided: 1 - 0.025 ** (1 / 300)."""
    assert bounds(0, 300) == (0.0, pytest.approx(1 - 0.025 ** (1 / 300)))
    assert bounds(0, 0) == (0.0, 1.0)


def test_the_share_weighs_each_stratum_by_its_rows_and_bounds_doubt_what_is_unclear() -> None:
    strata = [Stratum("loaded", 900, 90, right=88, wrong=1, unclear=1), Stratum("merged", 100, 10, right=8, wrong=2)]
    found = estimated(strata)
    assert found.share == pytest.approx((900 * 1 / 89 + 100 * 2 / 10) / 1000)
    assert found.low == bounds(3, 100)[0]
    assert found.high == bounds(4, 100)[1]


def test_what_nobody_compared_says_nothing() -> None:
    found = estimated([Stratum("loaded", 900, 30, unclear=30), Stratum("known", 5, 0)])
    assert (found.share, found.low, found.high) == (None, 0.0, 1.0)
    assert estimated([]) == estimated([Stratum("loaded", 0, 0)])
    assert not math.isnan(found.high)
