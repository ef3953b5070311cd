import numpy as np
import pytest

from quality.profiling import whipple_index


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
