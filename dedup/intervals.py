"""Intervals of 95 %: Wilson's for shares, a bootstrap over persons for figures that are no plain share.

Wilson 1927, "Probable inference, the law of succession, and statistical inference". The bootstrap draws buckets of
persons instead of persons, so that its cost does not grow with the records: the records of one person err together.
"""

from collections.abc import Callable
from functools import cache
from math import sqrt

import numpy as np
import numpy.typing as npt

from schemas.evaluation import Estimate, Rate

BUCKETS = 256
"""Persons fall into this many buckets by the digest of their id."""

DIGITS = 12
"""Means are rounded to this many: the last bits depend on the order in which threads add up."""

_Z = 1.959963984540054  # 97.5 % of the normal distribution lie below it
_DRAWS, _SEED = 1000, 20260701
Sums = npt.NDArray[np.float64]


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Lower and upper limit of a share; 0 to 1 where nothing was seen."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z / whole
    middle = (share + square / 2) / (1 + square)
    half = _Z / (1 + square) * sqrt(share * (1 - share) / whole + square / whole / 4)
    low = 0.0 if part == 0 else max(0.0, middle - half)
    return low, 1.0 if part == whole else min(1.0, middle + half)


def rate(part: int, whole: int) -> Rate:
    """A share with its interval; 1 where there is nothing to be a share of."""
    return Rate(part, whole, part / whole if whole else 1.0, *wilson(part, whole))


def harmonic(precision: float, recall: float) -> float:
    """F1 of precision and recall."""
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0


def bootstrap(sums: Sums, figure: Callable[[Sums], Sums], seen: int) -> Estimate:
    """A figure of the column sums, with the interval over buckets drawn anew.

    Args:
        sums: a row a bucket, a column a sum.
        figure: sums (draws by columns) -> the figure of each draw, NaN where it has none.
        seen: how many persons (or pairs) were seen. Without an error among them (or without anything right) each draw
            gives the same; the limit is then Wilson's for so many.
    """
    value = round(float(figure(sums.sum(axis=0, keepdims=True))[0]), DIGITS)
    if np.isnan(value):
        return Estimate(1.0, 0.0, 1.0)
    drawn = figure(_weights(len(sums)) @ sums)
    drawn = drawn[~np.isnan(drawn)]
    low, high = (round(float(x), DIGITS) for x in np.quantile(drawn, (0.025, 0.975))) if len(drawn) else (0.0, 1.0)
    if value in (0.0, 1.0):
        least, most = wilson(round(value * seen), seen)
        low, high = min(low, least), max(high, most)
    return Estimate(value, min(low, value), max(high, value))


@cache
def _weights(buckets: int) -> Sums:
    """How often each bucket is drawn in each draw; always the same, so that a report has the same bytes."""
    random = np.random.Generator(np.random.PCG64(_SEED))
    return random.multinomial(buckets, np.full(buckets, 1 / buckets), _DRAWS).astype(np.float64)
