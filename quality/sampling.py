"""Random samples of rows for an auditor: how many of each stratum, and what the ticks say of all rows.

A sample is shared out in proportion to the strata, so that every row has the same chance. The interval of the share of
wrong rows is the exact one of Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the
case of the binomial": it holds for any size, and for strata in proportion it is on the safe side.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_CONFIDENCE = 0.95
_HALVINGS = 60


@dataclass(frozen=True)
class Stratum:
    """A part of the rows: how many there are, how many were drawn, what was found of those.

    Attributes:
        name: what its rows share.
        rows: rows of the stratum.
        drawn: rows of the sample.
        right: of those the store says what the ledger says.
        wrong: of those it does not.
        unclear: those that could not be compared, or that nobody ticked.
    """

    name: str
    rows: int
    drawn: int
    right: int = 0
    wrong: int = 0
    unclear: int = 0


@dataclass(frozen=True)
class Estimate:
    """The share of wrong rows among all: 0 to 1, with the bounds of 95 %.

    The lower bound takes what is unclear for right, the upper one for wrong.
    """

    share: float | None
    low: float
    high: float


def shared_out(rows: Mapping[str, int], size: int) -> dict[str, int]:
    """How many rows of each stratum to draw: in proportion, whole, together `size` or all there are.

    What is left after rounding down goes to the largest remainders (Hamilton's method), of equal ones by name.
    """
    total = sum(rows.values())
    size = min(size, total)
    if not total:
        return dict.fromkeys(rows, 0)
    drawn = {name: size * count // total for name, count in rows.items()}
    by_remainder = sorted(rows, key=lambda name: (-(size * rows[name] % total), name))
    for name in by_remainder[: size - sum(drawn.values())]:
        drawn[name] += 1
    return drawn


def estimated(strata: Iterable[Stratum]) -> Estimate:
    """What the ticks of a sample say of all rows; `share` is None where nothing could be compared."""
    counted = [s for s in strata if s.drawn]
    drawn, wrong, unclear = (sum(getattr(s, what) for s in counted) for what in ("drawn", "wrong", "unclear"))
    seen = [s for s in counted if s.right + s.wrong]
    rows = sum(s.rows for s in seen)
    share = sum(s.rows * s.wrong / (s.right + s.wrong) for s in seen) / rows if rows else None
    return Estimate(share, bounds(wrong, drawn)[0], bounds(wrong + unclear, drawn)[1])


def bounds(wrong: int, drawn: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % interval of a share of which `wrong` of `drawn` were seen; 0 to 1 where none was."""
    if not drawn:
        return 0.0, 1.0
    tail = (1 - _CONFIDENCE) / 2
    # At the lower bound it is hardly likely to see as many as were seen, at the upper one as few.
    low = _root(lambda p: 1 - _at_most(wrong - 1, drawn, p) - tail) if wrong else 0.0
    high = _root(lambda p: tail - _at_most(wrong, drawn, p)) if wrong < drawn else 1.0
    return low, high


def _root(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _at_most(seen: int, drawn: int, share: float) -> float:
    """How likely at most so many of the drawn are wrong, at that share (0 < share < 1)."""
    if seen < 0:
        return 0.0
    yes, no = math.log(share), math.log1p(-share)
    whole = math.lgamma(drawn + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(drawn - k + 1) + k * yes + (drawn - k) * no)
        for k in range(seen + 1)
    )
