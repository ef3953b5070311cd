"""Scoring of candidate pairs, a slab at a time, in two passes: each pair by itself, then with its households."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from dedup.blocking import HOUSEHOLD_RULE, Candidates
from dedup.classify import Outcome, classify
from dedup.compare import Compared, compare
from dedup.links import Links, cross_members, raise_levels
from dedup.memory import FREE, Pace
from dedup.weights import Weigher
from schemas.tables import LEVEL_NAMES

Rows = npt.NDArray[np.int64]
_HOUSEHOLD = LEVEL_NAMES.index("household_level")
_LINK_GAIN = 16.0
"""Most that a linked household adds to a weight (log2): what lies further below review is dropped at once."""


@dataclass(frozen=True)
class Scored:
    """Compared pairs with what became of them: rows of both sides, rule, levels (as `Compared`), weight, Outcome."""

    left: Rows
    right: Rows
    rule: npt.NDArray[np.int8]
    levels: npt.NDArray[np.int8]
    relatives: npt.NDArray[np.int8]
    weight: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.int8]

    def take(self, rows: npt.NDArray[np.int64]) -> "Scored":
        """The pairs of those rows."""
        return Scored(*(getattr(self, f.name)[rows] for f in fields(self)))


def score(weigher: Weigher, candidates: Candidates, pace: Pace = FREE) -> Scored:
    """Score candidates in both passes, by so many threads and pairs at a time.

    Returns:
        Matches and reviews, sorted by left and right row, each pair once.
    """
    first = score_alone(weigher, candidates, weigher.model.review_weight - _LINK_GAIN, pace)
    linked = _with_households(weigher, first, pace)
    return linked.take(np.flatnonzero(linked.outcome != Outcome.NON_MATCH))


def score_alone(weigher: Weigher, candidates: Candidates, least: float, pace: Pace = FREE) -> Scored:
    """Score pairs by themselves; non-matches whose weight is below `least` are dropped."""
    with ThreadPoolExecutor(pace.threads) as pool:
        return joined(list(pool.map(lambda part: _slab(weigher, part, least), _slabs(candidates, pace.pairs_at_once))))


def _with_households(weigher: Weigher, first: Scored, pace: Pace) -> Scored:
    """The second pass: LINKED levels, and the pairs of other members of linked households."""
    columns = weigher.records.columns
    matched = first.outcome == Outcome.MATCH
    links = Links.of(columns, first.left[matched], first.right[matched])
    if len(links.households) == 0:
        return first
    left, right = cross_members(columns, first.left[matched], first.right[matched])
    known = np.isin(left * len(columns) + right, first.left * len(columns) + first.right)
    fresh = Candidates(left[~known], right[~known], np.full((~known).sum(), HOUSEHOLD_RULE, np.int8), 0, 0)
    every = joined([first, score_alone(weigher, fresh, -np.inf, pace)])
    is_match = every.outcome == Outcome.MATCH
    linked = links.linked(columns, every.left, every.right, is_match)
    levels = every.levels.copy()
    levels[:, _HOUSEHOLD] = raise_levels(levels[:, _HOUSEHOLD], linked)
    changed = np.flatnonzero(levels[:, _HOUSEHOLD] != every.levels[:, _HOUSEHOLD])
    compared = Compared(levels[changed], every.relatives[changed])
    weight, outcome = every.weight.copy(), every.outcome.copy()
    weight[changed] = weigher.weights(compared, every.left[changed], every.right[changed])
    outcome[changed] = classify(compared, weight[changed], weigher.model)
    order = np.lexsort((every.right, every.left))
    return replace(every, levels=levels, weight=weight, outcome=outcome).take(order)


def _slabs(candidates: Candidates, at_once: int) -> Iterator[Candidates]:
    for start in range(0, max(len(candidates.left), 1), at_once):
        part = slice(start, start + at_once)
        yield replace(candidates, left=candidates.left[part], right=candidates.right[part], rule=candidates.rule[part])


def _slab(weigher: Weigher, part: Candidates, least: float) -> Scored:
    compared = compare(weigher.records, part.left, part.right, weigher.model.names)
    weight = weigher.weights(compared, part.left, part.right)
    outcome = classify(compared, weight, weigher.model)
    scored = Scored(part.left, part.right, part.rule, compared.levels, compared.relatives, weight, outcome)
    return scored.take(np.flatnonzero((weight >= least) | (outcome != Outcome.NON_MATCH)))


def joined(pieces: list[Scored]) -> Scored:
    """The pairs of several pieces, one after the other."""
    return Scored(*(np.concatenate([getattr(p, f.name) for p in pieces]) for f in fields(Scored)))
