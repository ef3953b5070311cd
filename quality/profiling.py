"""Heaping of years of birth: how a population shows that its ages were guessed."""

from dataclasses import dataclass

import numpy as np

_ROUND = 5
_DIGITS = 10


@dataclass(frozen=True)
class FinalDigits:
    """Years of birth by their final digit, blended so that a growing or dying population prefers none by itself.

    Attributes:
        shares: of the digits 0 to 9, each 0 to 1, together 1.
        myers_index: what share of the people, in per cent, would need another final digit for all to be alike: 0 = no
            heaping, 90 = all years end alike.
    """

    shares: tuple[float, ...]
    myers_index: float


def final_digits(born: np.ndarray, first: int, last: int, *, fewest: int = 1) -> FinalDigits | None:
    """Preference for final digits by Myers' blended method (Myers 1940, United Nations Manual II, 1955).

    The method begins to count at each of the first ten years in turn, goes on for ten years less than the window, and
    adds up; so a year counts once for each count that reaches it, and the last one not at all. On years of birth, since
    ledgers hold years, not ages.

    Args:
        born: births by year, index = year.
        first: first year of the window.
        last: last year of the window, inclusive; the window is of whole tens, at least twenty years.
        fewest: least births in the window; below it the digits say nothing and None is returned.
    """
    years = np.arange(first, last + 1)
    counted = np.where((years >= 0) & (years < born.size), born[np.clip(years, 0, born.size - 1)], 0)
    if counted[:-1].sum() < max(fewest, 1):
        return None
    place = np.arange(years.size)
    begun = np.minimum(np.minimum(place + 1, years.size - 1 - place), _DIGITS)
    blended = np.bincount(years % _DIGITS, weights=counted * begun, minlength=_DIGITS)
    shares = blended / blended.sum()
    return FinalDigits(
        tuple(round(float(s), 4) for s in shares), round(float(np.abs(shares - 1 / _DIGITS).sum()) * 50, 2)
    )


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
