import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.intervals import Sums, bootstrap, harmonic, rate, wilson
from schemas.evaluation import Estimate

counts = st.integers(0, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0), (0, 0, 0.0, 1.0),
    ],
)  # fmt: skip
def test_known_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


@given(counts)
def test_an_interval_holds_its_share_and_mirrors(given: tuple[int, int]) -> None:
    part, whole = given
    low, high = wilson(part, whole)
    assert 0 <= low <= rate(part, whole).value <= high <= 1 or not whole
    assert wilson(whole - part, whole) == pytest.approx((1 - high, 1 - low))


def share(drawn: Sums) -> Sums:
    return np.divide(drawn[:, 0], drawn[:, 1], out=np.full(len(drawn), np.nan), where=drawn[:, 1] > 0)


def test_the_bootstrap_of_a_plain_share_is_near_its_wilson_interval() -> None:
    random = np.random.default_rng(1)
    sums = np.zeros((256, 2))
    for right in random.random(4000) < 0.9:
        sums[random.integers(256)] += (right, 1)
    found = bootstrap(sums, share, 4000)
    low, high = wilson(int(sums[:, 0].sum()), 4000)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.003), pytest.approx(high, abs=0.003))
    assert found == bootstrap(sums, share, 4000)


def test_without_an_error_the_limit_is_wilsons() -> None:
    sums = np.ones((256, 2))
    assert bootstrap(sums, share, 256) == Estimate(1.0, wilson(256, 256)[0], 1.0)
    sums[:, 0] = 0
    assert bootstrap(sums, share, 256) == Estimate(0.0, 0.0, wilson(0, 256)[1])


def test_nothing_seen_says_nothing() -> None:
    assert bootstrap(np.zeros((256, 2)), share, 0) == Estimate(1.0, 0.0, 1.0)


def test_f1_of_nothing_is_nothing() -> None:
    assert harmonic(0, 0) == 0
    assert math.isclose(harmonic(0.5, 1), 2 / 3)
