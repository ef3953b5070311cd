"""Scoring of candidate pairs, a slab at a time, in two passes: each pair by itself, then with its households."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from dedup.blocking import HOUSEHOLD_RULE, Candidates
from dedup.classify import Outcome, classify
from dedup.compare import Compared, compare
from dedup.encode import Records
from dedup.links import Links, cross_members, raise_levels
from dedup.model import Model
from dedup.weights import match_weights
from schemas.tables import LEVEL_NAMES

PAIRS_AT_ONCE = 1 << 17
Rows = npt.NDArray[np.int64]
_HOUSEHOLD = LEVEL_NAMES.index("household_level")
_LINK_GAIN = 16.0
"""Most that a linked household adds to a weight (log2): what lies further below review is dropped at once."""


@dataclass(frozen=True)
class Scored:
    """Compared pairs with what became of them: rows of both sides, rule, levels, weight, Outcome."""

    left: Rows
    right: Rows
    rule: npt.NDArray[np.int8]
    levels: npt.NDArray[np.int8]
    weight: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.int8]

    def take(self, rows: npt.NDArray[np.int64]) -> "Scored":
        """The pairs of those rows."""
        return Scored(*(getattr(self, f.name)[rows] for f in fields(self)))


def score(records: Records, candidates: Candidates, model: Model) -> Scored:
    """Score candidates in both passes.

    Returns:
        Matches and reviews, sorted by left and right row, each pair once.
    """
    first = score_alone(records, candidates, model, model.review_weight - _LINK_GAIN)
    linked = _with_households(records, first, model)
    return linked.take(np.flatnonzero(linked.outcome != Outcome.NON_MATCH))


def score_alone(records: Records, candidates: Candidates, model: Model, least: float) -> Scored:
    """Score pairs by themselves; those whose weight is below `least` are dropped."""
    return _joined([_slab(records, part, model, least) for part in _slabs(candidates)])


def _with_households(records: Records, first: Scored, model: Model) -> Scored:
    """The second pass: LINKED levels, and the pairs of other members of linked households."""
    columns = records.columns
    matched = first.outcome == Outcome.MATCH
    links = Links.of(columns, first.left[matched], first.right[matched])
    if len(links.households) == 0:
        return first
    left, right = cross_members(columns, first.left[matched], first.right[matched])
    known = np.isin(left * len(columns) + right, first.left * len(columns) + first.right)
    fresh = Candidates(left[~known], right[~known], np.full((~known).sum(), HOUSEHOLD_RULE, np.int8), 0, 0)
    every = _joined([first, score_alone(records, fresh, model, -np.inf)])
    is_match = every.outcome == Outcome.MATCH
    linked = links.linked(columns, every.left, every.right, is_match)
    levels = every.levels.copy()
    levels[:, _HOUSEHOLD] = raise_levels(levels[:, _HOUSEHOLD], linked)
    changed = np.flatnonzero(levels[:, _HOUSEHOLD] != every.levels[:, _HOUSEHOLD])
    compared = Compared(levels[changed])
    weight, outcome = every.weight.copy(), every.outcome.copy()
    weight[changed] = match_weights(records, compared, every.left[changed], every.right[changed], model)
    outcome[changed] = classify(compared, weight[changed], model)
    order = np.lexsort((every.right, every.left))
    return replace(every, levels=levels, weight=weight, outcome=outcome).take(order)


def _slabs(candidates: Candidates) -> Iterator[Candidates]:
    for start in range(0, max(len(candidates.left), 1), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        yield replace(candidates, left=candidates.left[part], right=candidates.right[part], rule=candidates.rule[part])


def _slab(records: Records, part: Candidates, model: Model, least: float) -> Scored:
    compared = compare(records, part.left, part.right, model.names)
    weight = match_weights(records, compared, part.left, part.right, model)
    outcome = classify(compared, weight, model)
    scored = Scored(part.left, part.right, part.rule, compared.levels, weight, outcome)
    return scored.take(np.flatnonzero(weight >= least))


def _joined(pieces: list[Scored]) -> Scored:
    return Scored(*(np.concatenate([getattr(p, f.name) for p in pieces]) for f in fields(Scored)))
