"""Heaping of years of birth: how a population shows that its ages were guessed."""

import numpy as np

_ROUND = 5


def whipple_index(born: np.ndarray, first: int, last: int, *, fewest: int = 1) -> float | None:
    """Heaping on years of birth that end in 0 or 5: 100 = none, 500 = all years do.

    Whipple's index (United Nations, Manual II, 1955) on years of birth, since ledgers hold years, not ages.

    Args:
        born: births by year, index = year.
        first: first year of the window.
        last: last year of the window, inclusive; a window of whole tens is fair to each final digit.
        fewest: least births in the window; below it the index says nothing and None is returned.
    """
    years = np.arange(max(first, 0), min(last + 1, born.size))
    total = int(born[years].sum())
    if total < max(fewest, 1):
        return None
    return round(float(born[years[years % _ROUND == 0]].sum()) * _ROUND * 100 / total, 2)
