"""Shares with Wilson's interval of 95 %.

Wilson 1927, "Probable inference, the law of succession, and statistical inference". All rows are counted, so a share is
exact; the interval says how far another delivery of the same kind might lie from it by chance alone.
"""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054  # 97.5 % of the normal distribution lie below it
_DIGITS = 6


@dataclass(frozen=True)
class Share:
    """A share with its bounds; `share` is None where there is nothing to be a share of, the bounds are 0 and 1 then."""

    part: int
    whole: int
    share: float | None
    low: float
    high: float


def share(part: int, whole: int) -> Share:
    """What part a number is of a whole. Raises ValueError where it is no part of it."""
    if not 0 <= part <= whole:
        raise ValueError("no part of the whole")
    if not whole:
        return Share(part, whole, None, 0.0, 1.0)
    value, square = part / whole, _Z * _Z / whole
    middle = (value + square / 2) / (1 + square)
    half = _Z / (1 + square) * sqrt(value * (1 - value) / whole + square / whole / 4)
    low = 0.0 if part == 0 else max(0.0, middle - half)
    high = 1.0 if part == whole else min(1.0, middle + half)
    return Share(part, whole, round(value, _DIGITS), round(low, _DIGITS), round(high, _DIGITS))
