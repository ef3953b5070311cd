"""Thresholds of some made pairs, chosen with a truth and without one."""

from functools import cache

import numpy as np

from dedup.thresholds import Asked, Tally, choose
from schemas.thresholds import Limits, Thresholds


@cache
def made(basis: str = "truth", records: int = 20_000, pile: float = 0.02) -> Thresholds:
    """Two thousand pairs, one person the likelier the higher the weight, some of them held."""
    rng = np.random.default_rng(3)
    weight = rng.normal(4, 10, 2000)
    odds = 1 / (1 + np.exp2(-weight))
    tally = Tally()
    true = (rng.random(2000) < odds).astype(float) if basis == "truth" else odds
    tally.add(weight, rng.choice([0, 0, 0, 0, 1, 2, 3, 4], 2000), true)
    true_pairs = float(true.sum() + 50) if basis == "truth" else None
    return choose(tally, Asked(basis, records, 7, true_pairs, 6.0, -1.0, limits=Limits(0.999, pile)))


def nothing() -> Thresholds:
    """Thresholds of a table without pairs."""
    return choose(Tally(), Asked("truth", 0, 0, 0.0, 6.0, -1.0))
