"""Scoring of candidate pairs, a slab at a time, in two passes: each pair by itself, then with its households."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from dedup.blocking import HOUSEHOLD_RULE, Candidates
from dedup.classify import Outcome, classify
from dedup.compare import Compared, compare
from dedup.encode import Columns
from dedup.links import Links, cross_members, raise_levels
from dedup.weights import Weigher
from schemas.tables import LEVEL_NAMES

Rows = npt.NDArray[np.int64]
_HOUSEHOLD = LEVEL_NAMES.index("household_level")
LINK_GAIN = 16.0
"""Most that a linked household adds to a weight (log2): what lies further below review is dropped at once."""
ALONE, LINKED = 1, 2
"""Bits of the basis of a pair: it is a match by itself and links households; it is one when all is counted."""


@dataclass(frozen=True)
class Scored:
    """Compared pairs with what became of them.

    Attributes:
        left, right: rows of both sides.
        rule: number of the blocking rule.
        levels, relatives: as `Compared` has them.
        weight: log2 odds.
        outcome: Outcome.
        basis: ALONE and LINKED, added up.
        kept: the store has just this of the pair already.
    """

    left: Rows
    right: Rows
    rule: npt.NDArray[np.int8]
    levels: npt.NDArray[np.int8]
    relatives: npt.NDArray[np.int8]
    weight: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.int8]
    basis: npt.NDArray[np.int8]
    kept: npt.NDArray[np.bool_]

    def take(self, rows: npt.NDArray[np.int64]) -> "Scored":
        """The pairs of those rows."""
        return Scored(*(getattr(self, f.name)[rows] for f in fields(self)))


def score(weigher: Weigher, candidates: Candidates, settled: Scored | None = None) -> Scored:
    """Score candidates in both passes.

    Args:
        weigher: weighs pairs of the records.
        candidates: pairs with an own record on at least one side.
        settled: pairs of stored records that an earlier batch scored, if any.

    Returns:
        As `score_linked`.
    """
    return score_linked(weigher, score_first(weigher, candidates), settled)


def score_first(weigher: Weigher, candidates: Candidates) -> Scored:
    """The first pass: each pair by itself; what no household could bring up to review is dropped."""
    return score_alone(weigher, candidates, weigher.model.review_weight - LINK_GAIN)


def score_linked(weigher: Weigher, first: Scored, settled: Scored | None = None) -> Scored:
    """The second pass: each pair with its households.

    Args:
        weigher: weighs pairs of the records.
        first: what the first pass gave.
        settled: pairs of stored records that an earlier batch scored, if any.

    Returns:
        Matches and reviews, sorted by left and right row, each pair once. Of the settled pairs those between
        households that this batch links are scored again, as if all of them had come together.
    """
    first = replace(first, basis=(first.outcome == Outcome.MATCH).astype(np.int8) * ALONE)
    settled = settled or first.take(np.zeros(0, np.int64))
    every = _with_households(weigher, first, settled)
    is_match = (every.outcome == Outcome.MATCH) & ~every.kept
    every.basis[is_match] |= LINKED
    every = every.take(np.flatnonzero((every.outcome != Outcome.NON_MATCH) | (every.basis > 0)))
    return every.take(np.lexsort((every.right, every.left)))


def score_alone(weigher: Weigher, candidates: Candidates, least: float) -> Scored:
    """Score pairs by themselves; non-matches whose weight is below `least` are dropped."""
    pace = weigher.pace
    found = pace.elsewhere.weighed(weigher, candidates, least) if pace.elsewhere is not None else None
    if found is not None:
        return found
    slabs = slabs_of(candidates, pace.pairs_at_once)
    with ThreadPoolExecutor(pace.threads) as pool:
        return joined(list(pool.map(lambda part: score_slab(weigher, part, least), slabs)))


def _with_households(weigher: Weigher, first: Scored, settled: Scored) -> Scored:
    """LINKED levels, and the pairs of other members of linked households."""
    columns, links_of = weigher.records.columns, joined([first, settled])
    links_of = links_of.take(np.flatnonzero(links_of.basis & ALONE))
    links = Links.of(columns, links_of.left, links_of.right)
    if len(links.households) == 0:
        return joined([first, settled])
    members = Candidates(*cross_members(columns, links_of.left, links_of.right), np.zeros(0, np.int8), 0, 0)
    fresh, settled = _again(weigher, _without(weigher, members, first), settled)
    scored = joined([first, fresh])
    rows = np.flatnonzero(np.isin(_codes(scored, columns), _codes(members, columns)))
    linked = np.zeros(len(scored.left), np.bool_)
    linked[rows] = links.linked(columns, scored.left[rows], scored.right[rows], (scored.basis[rows] & ALONE) > 0)
    return joined([_raised(weigher, scored, linked), settled])


def _without(weigher: Weigher, members: Candidates, first: Scored) -> Candidates:
    """The pairs of members of linked households that no blocking rule found."""
    columns = weigher.records.columns
    fresh = np.flatnonzero(~np.isin(_codes(members, columns), _codes(first, columns)))
    rule = np.full(len(fresh), HOUSEHOLD_RULE, np.int8)
    return Candidates(members.left[fresh], members.right[fresh], rule, 0, 0)


def _again(weigher: Weigher, fresh: Candidates, settled: Scored) -> tuple[Scored, Scored]:
    """The fresh pairs scored by themselves, those of stored records with what is settled of them; the other settled."""
    columns = weigher.records.columns
    scored = score_alone(weigher, fresh, -np.inf)
    codes, settled_codes = _codes(scored, columns), _codes(settled, columns)
    place = np.minimum(np.searchsorted(settled_codes, codes), max(len(settled_codes) - 1, 0))
    there = np.flatnonzero(settled_codes[place] == codes) if len(settled_codes) else np.zeros(0, np.int64)
    scored.rule[there] = settled.rule[place[there]]
    scored.basis[there] = settled.basis[place[there]] & ALONE
    return scored, settled.take(np.flatnonzero(~np.isin(settled_codes, codes)))


def _raised(weigher: Weigher, scored: Scored, linked: npt.NDArray[np.bool_]) -> Scored:
    """Levels, weights and outcomes where the households are linked."""
    levels = scored.levels.copy()
    levels[:, _HOUSEHOLD] = raise_levels(levels[:, _HOUSEHOLD], linked)
    changed = np.flatnonzero(levels[:, _HOUSEHOLD] != scored.levels[:, _HOUSEHOLD])
    compared = Compared(levels[changed], scored.relatives[changed])
    weight, outcome = scored.weight.copy(), scored.outcome.copy()
    weight[changed] = weigher.weights(compared, scored.left[changed], scored.right[changed])
    outcome[changed] = classify(compared, weight[changed], weigher.model)
    return replace(scored, levels=levels, weight=weight, outcome=outcome)


def _codes(pairs: Candidates | Scored, columns: Columns) -> Rows:
    return pairs.left * np.int64(max(len(columns), 1)) + pairs.right


def slabs_of(candidates: Candidates, at_once: int) -> Iterator[Candidates]:
    """The pairs, so many at a time; one slab without pairs where there are none."""
    for start in range(0, max(len(candidates.left), 1), at_once):
        part = slice(start, start + at_once)
        yield replace(candidates, left=candidates.left[part], right=candidates.right[part], rule=candidates.rule[part])


def score_slab(weigher: Weigher, part: Candidates, least: float) -> Scored:
    """Pairs scored by themselves, in their order; non-matches whose weight is below `least` are dropped."""
    compared = compare(weigher.records, part.left, part.right, weigher.model.names)
    weight = weigher.weights(compared, part.left, part.right)
    outcome = classify(compared, weight, weigher.model)
    basis, kept = np.zeros(len(weight), np.int8), np.zeros(len(weight), np.bool_)
    scored = Scored(part.left, part.right, part.rule, compared.levels, compared.relatives, weight, outcome, basis, kept)
    return scored.take(np.flatnonzero((weight >= least) | (outcome != Outcome.NON_MATCH)))


def joined(pieces: list[Scored]) -> Scored:
    """The pairs of several pieces, one after the other."""
    return Scored(*(np.concatenate([getattr(p, f.name) for p in pieces]) for f in fields(Scored)))
