"""Random draws that only use uniform numbers, so that a seed means the same rows on every machine."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def block_stream(seed: int, province: int, block: int) -> np.random.Generator:
    """The random stream of one block of one province."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, province, block])))


@dataclass(frozen=True)
class WeightedTables:
    """Many weighted tables laid end to end, so that one search draws from all of them at once.

    Attributes:
        bounds: number of the table + cumulative share, ascending.
        codes: what is drawn, beside each bound.
        last: for each table, the position of its last entry.
    """

    bounds: Floats
    codes: Ints
    last: Ints

    def choose(self, table: Ints, u: Floats) -> Ints:
        """Draw one code from table ``table[i]`` with the uniform number ``u[i]``."""
        found = np.searchsorted(self.bounds, table + u, side="right")
        return self.codes[np.minimum(found, self.last[table])]


def weighted_tables(tables: Sequence[tuple[Sequence[int], Sequence[float]]]) -> WeightedTables:
    """Lay (codes, weights) tables end to end."""
    bounds, codes, last, length = [], [], [], 0
    for number, (values, weights) in enumerate(tables):
        shares = np.cumsum(np.asarray(weights, dtype=np.float64))
        bounds.append(number + shares / shares[-1])
        codes.append(np.asarray(values, dtype=np.int64))
        length += len(values)
        last.append(length - 1)
    return WeightedTables(np.concatenate(bounds), np.concatenate(codes), np.asarray(last, dtype=np.int64))


def by_rank(count: int, flatness: float = 8.0) -> list[float]:
    """Weights that fall with rank, as name frequencies do."""
    return [1.0 / (rank + flatness) for rank in range(count)]


def running_rank(groups: Ints) -> Ints:
    """For each element, how many equal ones stand before it."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))
    out = np.empty(len(groups), dtype=np.int64)
    out[order] = rank
    return out
