"""Shares of levels of declared comparisons, learnt without labels, or with some.

Who is one person is hidden: expectation and maximisation (Winkler 1988). The share of each level among records of one
person is counted on the candidate pairs of all rules, that among strangers on random pairs, each by how probably it is
the one or the other; equal values of strangers on how often each value occurs. A pair whose records have labels is not
hidden. Pairs with equal levels count as one pattern with its number, so a round costs as much as there are patterns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dedup.declared_columns import CodedTable, Ints
from dedup.declared_form import Declaration, Training
from dedup.declared_levels import Comparer, Levels, levels_of
from dedup.declared_model import DeclaredModel, LevelShares

Floats = npt.NDArray[np.float64]
_FIRST_GUESS = 0.85
"""Share of the highest level among records of one person, before anything is known."""
_LEAST_MATCH, _LEAST_CHANCE = 1e-4, 1e-9
_STEADY = 1e-7
_UNSEEN = 0.1
"""Random pairs counted beforehand at each level, so that no level is impossible."""
_FEW_LABELS = 50
"""Labelled pairs of either kind below which probabilities are not calibrated on them."""


@dataclass(frozen=True)
class Sample:
    """Candidate pairs to learn from.

    Attributes:
        levels: of each comparison.
        labels: 1 one person, 0 two, -1 unknown, as `known_of` gives them.
        each: how many candidates one of them stands for.
    """

    levels: Levels
    labels: npt.NDArray[np.int8]
    each: float


@dataclass(frozen=True)
class _Patterns:
    """Distinct rows of levels and labels, the pairs of each, and which pattern each pair has."""

    levels: Levels
    labels: npt.NDArray[np.int8]
    counts: Floats


def train_declared(
    table: CodedTable, declaration: Declaration, compared: Sequence[Comparer], sample: Sample
) -> DeclaredModel:
    """Learn a model.

    Args:
        table: the coded records.
        declaration: thresholds and how to train.
        compared: the comparers of the table.
        sample: candidate pairs.
    """
    everything = _Everything.of(table, declaration, compared)
    match, chance, prior = _learnt(_patterns(sample), everything, compared, declaration.training)
    shares = {
        c.comparison.name: LevelShares(tuple(m.tolist()), tuple(u.tolist()))
        for c, m, u in zip(compared, match, chance, strict=True)
    }
    return DeclaredModel.of(declaration, shares, prior)


def pair_count(table: CodedTable, declaration: Declaration) -> float:
    """How many pairs could be formed at all."""
    size = float(len(table))
    if not declaration.across:
        return size * (size - 1) / 2
    by_source = np.bincount(table.source)
    return float((size**2 - np.square(by_source, dtype=np.float64).sum()) / 2)


def labels_of(table: CodedTable, left: Ints, right: Ints) -> npt.NDArray[np.int8]:
    """What the labels of the records say of each pair: 1 one person, 0 two, -1 nothing."""
    one, other = table.labels[left], table.labels[right]
    return np.where((one < 0) | (other < 0), -1, one == other).astype(np.int8)


@dataclass(frozen=True)
class _Everything:
    """All pairs that could be formed: their number, random ones of them, and the share of equal values where known.

    `equal` has a share for each comparison whose highest level asks for equal values, and nothing for the others.
    """

    pairs: float
    random: _Patterns
    equal: tuple[float | None, ...]

    @classmethod
    def of(cls, table: CodedTable, declaration: Declaration, compared: Sequence[Comparer]) -> "_Everything":
        size, training = len(table), declaration.training
        left, right = np.random.default_rng(training.seed).integers(0, max(size, 1), (2, training.random_pairs))
        fits = table.source[left] != table.source[right] if declaration.across else left != right
        left, right = (left[fits], right[fits]) if size > 1 else (left[:0], right[:0])
        levels = levels_of(compared, left, right, keep=False)
        pairs = pair_count(table, declaration)
        equal = tuple(_equal_share(c, levels[:, n], table, declaration, pairs) for n, c in enumerate(compared))
        known = known_of(declaration, levels, labels_of(table, left, right))
        return cls(pairs, _patterns(Sample(levels, known, 1.0)), equal)


def allowed(declaration: Declaration, levels: Levels) -> npt.NDArray[np.bool_]:
    """Pairs that may be a match by themselves: what must agree does, or is missing, which contradicts nothing."""
    least = np.array([c.least for c in declaration.comparisons], np.int8)
    return np.asarray(((levels == 0) | (levels >= least)).all(axis=1))


def known_of(declaration: Declaration, levels: Levels, labels: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """What training knows of pairs: their labels, and that what must agree and does not is no match."""
    return np.where((labels < 0) & ~allowed(declaration, levels), 0, labels).astype(np.int8)


def _equal_share(
    comparer: Comparer, levels: Levels, table: CodedTable, declaration: Declaration, pairs: float
) -> float | None:
    """Share of equal values among all pairs that have values: what is rare on random pairs is known better so."""
    top = comparer.comparison.levels[0]
    if top.test != "exact" or top.of or not pairs:
        return None
    whole = comparer.whole()
    equal = _pairs_of_one_value(comparer.counts, whole)
    if declaration.across:
        for source in np.unique(table.source):
            inside = np.bincount(comparer.codes[table.source == source], minlength=len(whole))
            equal -= _pairs_of_one_value(inside, whole)
    with_values = pairs * max(float((levels > 0).mean()) if len(levels) else 1.0, 1e-6)
    return min(max(equal / with_values, _LEAST_CHANCE), 0.999)


def _pairs_of_one_value(counts: Ints, whole: npt.NDArray[np.bool_]) -> float:
    many = counts[whole].astype(np.float64)
    return float((many * (many - 1)).sum() / 2)


def _patterns(sample: Sample) -> _Patterns:
    keys = np.zeros(len(sample.labels), np.int64)
    for column in (*sample.levels.T, sample.labels + 1):
        # numbered again at each column, so that no product outgrows 64 bits
        keys = pd.factorize(keys * np.int64(int(column.max(initial=0)) + 1) + column)[0].astype(np.int64)
    _, first, counts = np.unique(keys, return_index=True, return_counts=True)
    return _Patterns(sample.levels[first], sample.labels[first], counts.astype(np.float64) * sample.each)


def _learnt(
    found: _Patterns, everything: _Everything, compared: Sequence[Comparer], training: Training
) -> tuple[list[Floats], list[Floats], float]:
    """Shares of levels above 0 among records of one person and among strangers, and of the matches among all pairs."""
    pairs, random = max(everything.pairs, 1.0), everything.random
    match = [_guess(c.level_count - 1) for c in compared]
    chance = [_strangers(c, n, random, random.counts, everything.equal[n]) for n, c in enumerate(compared)]
    matches = max(min(found.counts.sum() * 0.5, 0.5 * pairs), 1.0)
    for _ in range(training.rounds):
        belongs = _counted(found, match, chance, matches / pairs)
        strange = random.counts - _counted(random, match, chance, matches / pairs)
        before, matches = matches, max(float(belongs.sum()), 1e-3)
        for number, comparer in enumerate(compared):
            counts = np.bincount(found.levels[:, number], belongs, minlength=comparer.level_count)[1:]
            match[number] = _with_slips(comparer, _floored(counts + _guess(len(counts)), _LEAST_MATCH))
            equal = everything.equal[number]
            if equal is not None:
                # without the records of one person, which are equal for another reason
                equal = max(equal - float(counts[-1]) / pairs, equal * 1e-3)
            chance[number] = _strangers(comparer, number, random, strange, equal)
        if abs(matches - before) < _STEADY * matches:
            break
    return match, chance, matches / pairs


def _counted(patterns: _Patterns, match: Sequence[Floats], chance: Sequence[Floats], prior: float) -> Floats:
    """How many of the pairs of each pattern are one person; labelled ones are known."""
    belongs = belonging(patterns.levels, match, chance, prior)
    return np.asarray(np.where(patterns.labels >= 0, patterns.labels, belongs) * patterns.counts)


def _strangers(comparer: Comparer, number: int, random: _Patterns, counts: Floats, equal: float | None) -> Floats:
    """Shares of levels among strangers, from random pairs that count in part."""
    found = np.bincount(random.levels[:, number], counts, minlength=comparer.level_count)[1:] + _UNSEEN
    shares = found / found.sum()
    if equal is not None:
        shares *= (1 - equal) / max(1 - float(shares[-1]), _LEAST_CHANCE)
        shares[-1] = equal
    return _floored(shares, _LEAST_CHANCE)


def _with_slips(comparer: Comparer, shares: Floats) -> Floats:
    """Shares among records of one person; levels below what must agree keep the first guess: no pair taught them."""
    fails = max(comparer.comparison.least - 1, 0)
    if not fails:
        return shares
    guess = _guess(len(shares))[:fails]
    return np.append(guess, shares[fails:] / shares[fails:].sum() * (1 - guess.sum()))


def _guess(levels: int) -> Floats:
    """First guess of the shares among records of one person, also counted as one pair beforehand."""
    if levels == 1:
        return np.ones(1)
    rest = np.arange(1, levels, dtype=np.float64)
    return np.append(rest / rest.sum() * (1 - _FIRST_GUESS), _FIRST_GUESS)


def _floored(counts: Floats, least: float) -> Floats:
    shares = np.maximum(counts / max(float(counts.sum()), 1e-12), least)
    return np.asarray(shares / shares.sum())


def belonging(levels: Levels, match: Sequence[Floats], chance: Sequence[Floats], prior: float) -> Floats:
    """Probability that a pair of those levels is one person."""
    odds = np.full(len(levels), np.log2(prior) - np.log2(max(1 - prior, 1e-12)))
    for number, (m, u) in enumerate(zip(match, chance, strict=True)):
        odds += np.append(0.0, np.log2(m) - np.log2(u))[levels[:, number]]
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(odds, -500, 500))))


def calibrated(weights: Floats, labels: npt.NDArray[np.int8]) -> tuple[float, float]:
    """Slope and shift that make labelled pairs' weights into odds (Platt 1999); 1 and 0 where labels are few."""
    rows = np.flatnonzero(labels >= 0)
    right = labels[rows].astype(np.float64)
    if min(right.sum(), len(right) - right.sum()) < _FEW_LABELS:
        return 1.0, 0.0
    # Platt's targets: no pair is told to be certain
    target = np.where(right == 1, (right.sum() + 1) / (right.sum() + 2), 1 / (len(right) - right.sum() + 2))
    design = np.stack((np.clip(weights[rows], -60, 60), np.ones(len(rows))))
    line = np.array([1.0, 0.0])
    for _ in range(100):
        found = 1 / (1 + np.exp2(-(line @ design)))
        slope = design @ ((found - target) * np.log(2))
        curve = (design * (found * (1 - found) * np.log(2) ** 2)) @ design.T + np.eye(2) * 1e-6
        step = np.linalg.solve(curve, slope)
        # Newton's step leads astray where all pairs look certain: it is halved until it helps
        while _loss(line - step, design, target) > _loss(line, design, target) and np.abs(step).max() > 1e-9:
            step = step / 2
        line = line - step
        if np.abs(step).max() < 1e-9:
            break
    return (float(line[0]), float(line[1])) if line[0] > 0 else (1.0, 0.0)


def _loss(line: Floats, design: Floats, target: Floats) -> float:
    odds = (line @ design) * np.log(2)
    return float((np.logaddexp(0, odds) - target * odds).sum())
