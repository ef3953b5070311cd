"""Thresholds by cost: wrong merges, duplicates left and looks, over all pairs of thresholds.

Pairs are counted into steps of their weight by what may become of them at all: guards keep some out of the automatic
matches whatever the weight, two members of one family are never one person, a shared personal number waits in any
case. So the cost of every pair of thresholds comes from sums over the steps, whatever the number of pairs.
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from dedup.classify import Outcome, doubtful, relatives
from dedup.compare import Compared, NumberLevel
from dedup.intervals import wilson
from schemas.thresholds import Costs, Limits, ThresholdPoint, Thresholds

STEP = 0.25
"""Thresholds are multiples of this (log2 odds)."""
_LOW, _HIGH = -128.0, 128.0
_STEPS = int((_HIGH - _LOW) / STEP)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Steps = Ints | np.int64
Levels = npt.NDArray[np.int8]


class Fate(IntEnum):
    """What may become of a pair, whatever its weight."""

    FREE = 0
    """The weight decides."""
    HELD = 1
    """A match never, a review where the weight says so."""
    OUT = 2
    """Two persons, whatever the weight."""
    INSISTED = 3
    """Waits for a look at least."""
    BOTH = 4
    """Waits for a look, and nothing else."""


def fates(levels: Levels | None, weight: Floats, outcome: npt.NDArray[np.int8], match: float, review: float) -> Ints:
    """What may become of each pair.

    Args:
        levels: shape (pairs, comparisons) by LEVEL_NAMES; None for a table of other comparisons, where what was
            decided at the thresholds it was decided at has to tell it.
        weight: of each pair.
        outcome: `Outcome` of each pair.
        match: the threshold of matches under which the outcomes came about.
        review: the same of reviews.
    """
    # what is a match by weight and guards but waits was refused by a cluster in which records contradict each other
    held = (weight >= match) & (outcome == Outcome.REVIEW)
    out = (weight >= review) & (outcome == Outcome.NON_MATCH)
    insisted = (weight < review) & (outcome == Outcome.REVIEW)
    if levels is not None:
        compared = Compared(levels, np.zeros((len(levels), 0), np.int8))
        held |= doubtful(compared)
        out |= relatives(compared)
        insisted |= compared.level("number_level") == NumberLevel.PERSONAL_SAME
    fate = np.where(held, Fate.HELD, Fate.FREE)
    fate = np.where(insisted, np.where(held, Fate.BOTH, Fate.INSISTED), fate)
    return np.where(out & ~insisted, Fate.OUT, fate).astype(np.int64)


@dataclass
class Tally:
    """Pairs by fate and step of weight: how many, and how many of them are one person (or are expected to be)."""

    pairs: Floats = field(default_factory=lambda: np.zeros((len(Fate), _STEPS)))
    true: Floats = field(default_factory=lambda: np.zeros((len(Fate), _STEPS)))

    def add(self, weight: Floats, fate: Ints, true: Floats) -> None:
        """Count pairs; `true` is 1 or 0 by the truth, or a probability."""
        step = np.clip(np.floor((weight - _LOW) / STEP), 0, _STEPS - 1).astype(np.int64)
        place, size = fate * _STEPS + step, len(Fate) * _STEPS
        self.pairs += np.bincount(place, minlength=size).reshape(self.pairs.shape)
        self.true += np.bincount(place, weights=true, minlength=size).reshape(self.true.shape)


@dataclass(frozen=True)
class Asked:
    """What thresholds are wanted.

    Attributes:
        basis: `truth` or `probability`.
        records: records of the table.
        left_out: pairs that could not be counted.
        true_pairs: pairs of one person; None = as many as were counted.
        match, review: the present thresholds.
        costs, limits: what errors and looks cost, and what has to be kept.
    """

    basis: str
    records: int
    left_out: int
    true_pairs: float | None
    match: float
    review: float
    costs: Costs = field(default_factory=Costs)
    limits: Limits = field(default_factory=Limits)


def choose(tally: Tally, asked: Asked) -> Thresholds:
    """The cheapest thresholds within the limits; where no thresholds keep them, the nearest to them.

    Of thresholds that cost the same the strictest are taken: at no price they merge less.
    """
    true_pairs = float(tally.true.sum()) if asked.true_pairs is None else asked.true_pairs
    sums = _Sums.of(tally, true_pairs, asked)
    steps = sums.steps(asked)
    match, review = np.meshgrid(steps, steps, indexing="ij")
    ordered = review <= match
    cost = np.where(ordered, sums.cost(match, review), np.inf)
    precise = ordered & (sums.precision(match) >= asked.limits.precision)
    small = ordered & (sums.reviews(match, review) <= asked.limits.pile * asked.records)
    if (precise & small).any():
        allowed = precise & small
    elif precise.any():
        pile = np.where(precise, sums.reviews(match, review), np.inf)
        allowed = pile == pile.min()
    else:
        precision = np.where(ordered, sums.precision(match), -1.0)
        allowed = precision == precision.max()
    at = _strictest(np.where(allowed, cost, np.inf))
    chosen = steps[at[0]], steps[at[1]]
    free = _strictest(cost)
    present = sums.point(*(round((w - _LOW) / STEP) for w in (asked.match, asked.review)))
    return Thresholds(
        asked.basis, asked.records, int(tally.pairs.sum()), asked.left_out, true_pairs, asked.costs, asked.limits,
        sums.point(*chosen), replace(present, match_weight=asked.match, review_weight=asked.review),
        sums.point(steps[free[0]], steps[free[1]]),
        bool(precise[at]), bool(small[at]),
        tuple(sums.point(step, min(chosen[1], step)) for step in steps.tolist()),
        tuple(sums.point(chosen[0], step) for step in steps.tolist() if step <= chosen[0]),
    )  # fmt: skip


def _strictest(cost: Floats) -> tuple[int, int]:
    """Place of the least cost; the last in the order of the thresholds where several cost the same."""
    least = np.flatnonzero(cost <= cost.min() * (1 + 1e-12))
    row, column = np.unravel_index(int(least[-1]), cost.shape)
    return int(row), int(column)


@dataclass(frozen=True)
class _Sums:
    """Pairs from each step up, by fate, shape (fates, steps + 1); the same of the true ones."""

    pairs: Floats
    true: Floats
    true_pairs: float
    costs: Costs
    is_counted: bool

    @classmethod
    def of(cls, tally: Tally, true_pairs: float, asked: Asked) -> "_Sums":
        above = [np.zeros((len(Fate), _STEPS + 1)) for _ in range(2)]
        for sums, counts in zip(above, (tally.pairs, tally.true), strict=True):
            sums[:, :-1] = counts[:, ::-1].cumsum(axis=1)[:, ::-1]
        return cls(above[0], above[1], true_pairs, asked.costs, asked.basis == "truth")

    def steps(self, asked: Asked) -> Ints:
        """Steps at which something changes, from the lowest pair that counts to above the highest."""
        seen = np.flatnonzero(np.diff(self.pairs, axis=1).any(axis=0))
        low, high = (seen[0], seen[-1] + 1) if len(seen) else (_STEPS // 2, _STEPS // 2)
        present = [round((w - _LOW) / STEP) for w in (asked.match, asked.review)]
        return np.arange(min(low, *present), max(high, *present) + 1)

    def matches(self, match: Steps) -> Floats:
        return np.asarray(self.pairs[Fate.FREE, match] + self.pairs[Fate.INSISTED, match])

    def right(self, match: Steps) -> Floats:
        return np.asarray(self.true[Fate.FREE, match] + self.true[Fate.INSISTED, match])

    def wrong(self, match: Steps) -> Floats:
        return np.asarray(np.maximum(self.matches(match) - self.right(match), 0.0))

    def precision(self, match: Steps) -> Floats:
        return np.asarray(1 - self.wrong(match) / np.maximum(self.matches(match), 1))

    def reviews(self, match: Steps, review: Steps) -> Floats:
        weighed = self.pairs[Fate.FREE, review] + self.pairs[Fate.HELD, review]
        insisted = self.pairs[Fate.INSISTED, 0] + self.pairs[Fate.BOTH, 0]
        return np.asarray(weighed + insisted - self.matches(match))

    def missed(self, review: Steps) -> Floats:
        below = [self.true[fate, 0] - self.true[fate, review] for fate in (Fate.FREE, Fate.HELD)]
        return np.asarray(below[0] + below[1] + self.true[Fate.OUT, 0])

    def cost(self, match: Steps, review: Steps) -> Floats:
        errors = self.costs.merge * self.wrong(match) + self.costs.duplicate * self.missed(review)
        return np.asarray(errors + self.costs.review * self.reviews(match, review))

    def point(self, match: int, review: int) -> ThresholdPoint:
        """What those steps lead to."""
        m, r = np.int64(match), np.int64(review)
        matches, right, missed = round(float(self.matches(m))), float(self.right(m)), float(self.missed(r))
        low = wilson(round(right), matches)[0] if self.is_counted else None
        all_pairs = self.true_pairs or 1.0
        return ThresholdPoint(
            float(_LOW + STEP * match), float(_LOW + STEP * review), matches, float(self.wrong(m)),
            float(self.precision(m)), low, right / all_pairs if self.true_pairs else 1.0,
            (float(self.true.T[0].sum()) - missed) / all_pairs if self.true_pairs else 1.0,
            round(float(self.reviews(m, r))), missed, float(self.cost(m, r)),
        )  # fmt: skip
