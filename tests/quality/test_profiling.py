import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.profiling import final_digits, whipple_index


@pytest.mark.parametrize(
    ("by_year", "expected"),
    [(dict.fromkeys(range(1950, 1990), 10), 100.0), ({1950: 3, 1965: 4}, 500.0), ({1951: 3}, 0.0), ({}, None)],
)
def test_whipple(by_year: dict[int, int], expected: float | None) -> None:
    born = np.zeros(2025, np.int64)
    born[list(by_year)] = list(by_year.values())
    assert whipple_index(born, 1950, 1989) == expected


def test_whipple_says_nothing_of_a_few() -> None:
    assert whipple_index(np.ones(2025, np.int64), 1950, 1989, fewest=41) is None
    assert whipple_index(np.ones(2025, np.int64), 1950, 1989, fewest=40) == 100.0


@pytest.mark.parametrize("slope", [0, 1, -1])
def test_a_population_that_grows_or_dies_evenly_prefers_no_digit(slope: int) -> None:
    born = np.zeros(2027, np.int64)
    born[1937:2017] = 1000 + slope * 10 * np.arange(80)
    found = final_digits(born, 1937, 2016)
    assert found is not None
    assert found.myers_index < 0.01
    assert found.shares == (0.1,) * 10


def test_heaping_is_the_share_that_would_have_to_end_otherwise() -> None:
    born = np.zeros(2027, np.int64)
    born[1940:2017:10] = 9
    found = final_digits(born, 1937, 2016)
    assert found is not None
    assert (found.shares[0], found.myers_index) == (1.0, 90.0)
    mixed = final_digits(born + 1, 1937, 2016)  # a tenth part of each year, and nine more of those that end in 0
    assert mixed is not None
    assert mixed.myers_index == pytest.approx(90 * 9 / 19, abs=0.005)


def test_final_digits_say_nothing_of_a_few() -> None:
    assert final_digits(np.ones(2027, np.int64), 1937, 2016, fewest=80) is None
    assert final_digits(np.ones(2027, np.int64), 1937, 2016, fewest=79) is not None
    assert final_digits(np.zeros(2027, np.int64), 1937, 2016) is None
    assert final_digits(np.bincount([2016], minlength=2027), 1937, 2016) is None


@given(st.lists(st.integers(0, 10**6), min_size=80, max_size=80).filter(lambda births: any(births[:-1])))
def test_shares_are_a_whole_and_the_index_stays_in_its_bounds(births: list[int]) -> None:
    born = np.zeros(2027, np.int64)
    born[1937:2017] = births
    found = final_digits(born, 1937, 2016)
    assert found is not None
    assert sum(found.shares) == pytest.approx(1, abs=1e-3)
    assert 0 <= found.myers_index <= 90
