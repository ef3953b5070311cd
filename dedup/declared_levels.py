"""Levels of declared comparisons: 0 = cannot be compared, 1 = agrees in nothing declared, higher = agrees more.

A level is worked out once for each distinct pair of values, lower number first, so that both orders of a pair have one
level; all pairs of records look it up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from dedup.declared_columns import Coded, CodedTable, Codes, Ints, composite
from dedup.declared_form import SWAPPED, Comparison, Declaration, Level
from transforms.similarity import pairwise_distance, pairwise_similarity

Levels = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Measure = Callable[[Coded, Ints, Ints, float], Floats | Mask]
PAIRS_AT_ONCE = 1 << 20
_DISTANCES = ("levenshtein", "damerau", "difference", "days")
"""Tests that a small measure passes; a large one passes the others."""


@dataclass
class Comparer:
    """One comparison over some records.

    Attributes:
        comparison: as declared.
        columns: its columns.
        codes: number of each record's value, or combination of values; 0 = all missing.
        values: the values of each combination.
        counts: records with each of them.
    """

    comparison: Comparison
    columns: tuple[Coded, ...]
    codes: Codes
    values: Ints
    counts: Ints
    _keys: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    _levels: Levels = field(default_factory=lambda: np.zeros(0, np.int8))

    @classmethod
    def of(cls, comparison: Comparison, table: CodedTable) -> "Comparer":
        """A comparer of those records."""
        columns = tuple(table.columns[name] for name in comparison.columns)
        codes, values = composite(columns)
        return cls(comparison, columns, codes, values, np.bincount(codes, minlength=len(values)))

    def whole(self) -> Mask:
        """Which of the values, or combinations, are there in full."""
        parts = [c.whole()[self.values[:, n]] for n, c in enumerate(self.columns)]
        return np.asarray(np.logical_and.reduce(parts), np.bool_)

    @property
    def level_count(self) -> int:
        """Number of levels, with 0 and 1."""
        return len(self.comparison.levels) + 2

    def levels(self, left: Ints, right: Ints, *, keep: bool = True) -> Levels:
        """Level of each pair of rows; `keep`: the same values will be asked for again."""
        one, other = self.codes[left].astype(np.int64), self.codes[right].astype(np.int64)
        keys = np.minimum(one, other) * np.int64(len(self.values)) + np.maximum(one, other)
        places, distinct = pd.factorize(keys)
        distinct = np.asarray(distinct, np.int64)
        order = np.argsort(distinct)
        levels = np.empty(len(distinct), np.int8)
        levels[order] = self._look_up(distinct[order]) if keep else self._judge(distinct[order])
        return levels[places]

    def _look_up(self, keys: Ints) -> Levels:
        """Level of each distinct pair of values, in order; new ones are worked out and kept."""
        place = np.minimum(np.searchsorted(self._keys, keys), max(len(self._keys) - 1, 0))
        fresh = keys[self._keys[place] != keys] if len(self._keys) else keys
        if len(fresh):
            known, levels = np.append(self._keys, fresh), np.append(self._levels, self._judge(fresh))
            order = np.argsort(known, kind="stable")
            self._keys, self._levels = known[order], levels[order]
        return self._levels[np.searchsorted(self._keys, keys)]

    def _judge(self, keys: Ints) -> Levels:
        low, high = np.divmod(keys, np.int64(max(len(self.values), 1)))
        one, other = self.values[low], self.values[high]
        levels: Levels = np.asarray(((one > 0) & (other > 0)).any(axis=1), np.int8)
        measured = _Measured(self, one, other)
        open_ = np.flatnonzero(levels)
        for number, level in enumerate(self.comparison.levels):
            passed = open_[measured.passes(level, open_)]
            levels[passed] = self.level_count - 1 - number
            open_ = open_[levels[open_] == 1]
        return levels


class _Measured:
    """Pairs of values, each measured once by each measure however many levels ask for it."""

    def __init__(self, comparer: Comparer, one: Ints, other: Ints) -> None:
        self._comparer, self._one, self._other = comparer, one, other
        self._known: dict[tuple[str, int], npt.NDArray[np.float64]] = {}

    def passes(self, level: Level, open_: Ints) -> Mask:
        """Which of the pairs of those places pass a level; later calls ask for some of the same places only."""
        columns = self._comparer.columns
        if level.test == SWAPPED and len(columns) == 2:
            return _swapped(columns, self._one[open_], self._other[open_], level.bound)
        passed = np.ones(len(open_), np.bool_)
        for number, name in enumerate(self._comparer.comparison.columns):
            if not level.of or name in level.of:
                values = self._measure(level.test, number, open_)[open_]
                passed &= values <= level.bound if level.test in _DISTANCES else values >= (level.bound or 1.0)
        return passed

    def _measure(self, test: str, number: int, open_: Ints) -> npt.NDArray[np.float64]:
        key = (test, number)
        if key not in self._known:
            column = self._comparer.columns[number]
            one, other = self._one[open_, number], self._other[open_, number]
            there = (one > 0) & (other > 0)
            most = max(level.bound for level in self._comparer.comparison.levels if level.test == test)
            # a value that is missing is near nothing
            values = np.full(len(self._one), np.nan)
            values[open_[there]] = MEASURES[test](column, one[there], other[there], most)
            self._known[key] = values
        return self._known[key]


def comparers(declaration: Declaration, table: CodedTable) -> list[Comparer]:
    """A comparer of each declared comparison."""
    return [Comparer.of(c, table) for c in declaration.comparisons]


def levels_of(compared: Sequence[Comparer], left: Ints, right: Ints, *, keep: bool = True) -> Levels:
    """Levels of pairs of rows, shape (pairs, comparisons), a slab at a time; `keep` as in `Comparer.levels`."""
    levels = np.zeros((len(left), len(compared)), np.int8)
    for start in range(0, len(left), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        for number, comparer in enumerate(compared):
            levels[part, number] = comparer.levels(left[part], right[part], keep=keep)
    return levels


def _exact(column: Coded, one: Ints, other: Ints, most: float) -> Mask:
    return np.asarray((one == other) & column.whole()[one])


def _folded(column: Coded, one: Ints, other: Ints, most: float) -> Mask:
    return np.asarray(column.hashes[one] == column.hashes[other])


def _sides(column: Coded, one: Ints, other: Ints) -> tuple[list[str], list[str]]:
    texts = column.folded
    return [texts[i] for i in one.tolist()], [texts[i] for i in other.tolist()]


def _jaro_winkler(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    # a similarity in 32 bits is told apart from its bound at six digits
    return np.asarray(np.round(pairwise_similarity(*_sides(column, one, other)).astype(np.float64), 6), np.float64)


def _levenshtein(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    return pairwise_distance(*_sides(column, one, other), int(most)).astype(np.float64)


def _damerau(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    return pairwise_distance(*_sides(column, one, other), int(most), swaps=True).astype(np.float64)


def _first(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    """How many of the first letters are the same, up to `most`."""
    sides = [np.array(side, dtype=f"<U{int(most)}") for side in _sides(column, one, other)]
    letters = [side.view("<U1").reshape(len(side), int(most)) for side in sides]
    same = (letters[0] == letters[1]) & (letters[0] != "")
    return np.asarray(np.logical_and.accumulate(same, axis=1).sum(axis=1), np.float64)


def _overlap(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    """Members in common among all members of both (Jaccard 1901)."""
    common = column.bags.common(one, other)
    every = column.bags.sizes(one) + column.bags.sizes(other) - common
    return np.asarray(common / np.maximum(every, 1))


def _common(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    return column.bags.common(one, other).astype(np.float64)


def _difference(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    return np.asarray(np.abs(column.numbers[one] - column.numbers[other]))


def _ratio(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    """Share that the smaller number is of the larger one; 0 where the signs differ."""
    a, b = column.numbers[one], column.numbers[other]
    low, high = np.minimum(np.abs(a), np.abs(b)), np.maximum(np.abs(a), np.abs(b))
    share = np.where(high > 0, low / np.where(high > 0, high, 1.0), 1.0)
    return np.asarray(np.where(np.sign(a) == np.sign(b), share, 0.0))


def _swapped_day(column: Coded, one: Ints, other: Ints, most: float) -> Mask:
    a, b = column.dates[one], column.dates[other]
    swapped = (a[:, 1] == b[:, 2]) & (a[:, 2] == b[:, 1]) & (a[:, 1] > 0) & (a[:, 2] > 0)
    return np.asarray((a[:, 0] == b[:, 0]) & swapped)


def _one_digit(column: Coded, one: Ints, other: Ints, most: float) -> Mask:
    """One digit of a whole date is another one, or two neighbours changed places."""
    slips = pairwise_distance(*_sides(column, one, other), 1, swaps=True) <= 1
    whole = column.whole()
    return np.asarray(slips & whole[one] & whole[other])


def _days(column: Coded, one: Ints, other: Ints, most: float) -> Floats:
    days = [_day_numbers(column.dates[side]) for side in (one, other)]
    return np.asarray(np.abs(days[0] - days[1]))


def _day_numbers(dates: Codes) -> Floats:
    """Days since 1970; not a number where the calendar has no such day."""
    year, month, day = dates.astype(np.int64).T
    months = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first, following = ((months + n).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for n in (0, 1))
    real = (month >= 1) & (month <= 12) & (day >= 1) & (first + day <= following)
    return np.where(real, first + day - 1.0, np.nan)


def _same_parts(*parts: int) -> Measure:
    def measure(column: Coded, one: Ints, other: Ints, most: float) -> Mask:
        a, b = column.dates[one][:, parts], column.dates[other][:, parts]
        return np.asarray(((a == b) & (a > 0)).all(axis=1))

    return measure


def _swapped(columns: Sequence[Coded], one: Ints, other: Ints, bound: float) -> Mask:
    """The value of each column stands in the other one."""
    passed = np.zeros(len(one), np.bool_)
    rows = np.flatnonzero((one > 0).all(axis=1) & (other > 0).all(axis=1))
    one, other = one[rows], other[rows]
    crossed = ((columns[0], columns[1], one[:, 0], other[:, 1]), (columns[1], columns[0], one[:, 1], other[:, 0]))
    # Two names that are one and the same are not swapped: nothing is to be seen of it.
    same = columns[0].hashes[one[:, 0]] != columns[1].hashes[one[:, 1]]
    for first, second, a, b in crossed:
        if bound >= 1:
            same &= first.hashes[a] == second.hashes[b]
        else:
            texts = [first.folded[i] for i in a.tolist()], [second.folded[i] for i in b.tolist()]
            same &= np.round(pairwise_similarity(*texts).astype(np.float64), 6) >= bound
    passed[rows] = same
    return passed


MEASURES: Mapping[str, Measure] = {
    "exact": _exact, "folded": _folded, "jaro_winkler": _jaro_winkler, "levenshtein": _levenshtein,
    "damerau": _damerau, "tokens": _overlap, "first": _first, "difference": _difference, "ratio": _ratio,
    "swapped": _swapped_day, "one_digit": _one_digit, "days": _days, "year": _same_parts(0),
    "month": _same_parts(0, 1), "day_month": _same_parts(1, 2), "common": _common, "overlap": _overlap,
}  # fmt: skip
"""What each test measures; which kinds of columns have it stands in dedup/declared_form.py."""
