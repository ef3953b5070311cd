"""Matching of a table that is not ours, by its declaration: code, block, train, compare, weigh, cluster."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.blocking_profile import BlockingProfile
from dedup.classify import OUTCOME_NAMES, Outcome
from dedup.cluster import Edges
from dedup.declared_blocks import DeclaredPairs, declared_pairs
from dedup.declared_clusters import Apart, declared_clusters
from dedup.declared_columns import CodedTable, Ints, read_coded
from dedup.declared_form import Declaration
from dedup.declared_levels import PAIRS_AT_ONCE, Comparer, Levels, comparers, levels_of
from dedup.declared_model import DeclaredModel
from dedup.declared_training import Sample, allowed, calibrated, known_of, labels_of, train_declared
from dedup.weights import probabilities

logger = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]
Told = Callable[[str, float], None]
_MOST_FREQUENCY = 12.0
"""Most that the frequency of a value moves a weight (log2), either way."""
_ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class DeclaredOptions:
    """The model to use, if it is not to be learnt; whether every scored pair is kept; who hears how far the work is."""

    model: DeclaredModel | None = None
    all_pairs: bool = False
    told: Told = lambda step, share: None


@dataclass(frozen=True)
class DeclaredResult:
    """What was found.

    Attributes:
        table: the coded records.
        model: the model used.
        left, right, rule, levels, weight, outcome: the pairs kept, sorted.
        labels: cluster of each record: its lowest row.
        blocking: what the rules found.
        names: of the comparisons and of the rules.
    """

    table: CodedTable
    model: DeclaredModel
    left: Ints
    right: Ints
    rule: npt.NDArray[np.int8]
    levels: Levels
    weight: Floats
    outcome: npt.NDArray[np.int8]
    labels: Ints
    blocking: BlockingProfile
    comparisons: tuple[str, ...]


def match_declared(
    files: Sequence[Path], declaration: Declaration, options: DeclaredOptions | None = None
) -> DeclaredResult:
    """Find out which records of a table are one person.

    Args:
        files: Parquet files of the table.
        declaration: its columns, comparisons and blocking rules.
        options: what else is wanted.

    Raises:
        UsageError: comparisons.*, where table and declaration do not fit.
    """
    chosen = options or DeclaredOptions()
    told = chosen.told
    told("read", 0.0)
    table = read_coded(files, declaration)
    told("block", 0.0)
    pairs = declared_pairs(table, declaration)
    compared = comparers(declaration, table)
    told("train", 0.0)
    model = chosen.model or learnt(table, declaration, compared, pairs)
    told("score", 0.0)
    kept, levels, weight = _scored(compared, model, pairs, chosen)
    told("cluster", 0.0)
    outcome = _outcomes(declaration, model, levels, weight)
    left, right = pairs.left[kept], pairs.right[kept]
    matched = np.flatnonzero(outcome == Outcome.MATCH)
    edges = Edges(left[matched], right[matched], weight[matched])
    labels, refused = declared_clusters(len(table), edges, Apart.of(table, declaration))
    outcome[matched[refused]] = Outcome.REVIEW
    logger.info("matched %d records, %d pairs, %d matches", len(table), len(pairs.left), len(matched) - refused.sum())
    names = tuple(c.comparison.name for c in compared)
    return DeclaredResult(
        table, model, left, right, pairs.rule[kept], levels, weight, outcome, labels, pairs.profile, names
    )


def learnt(
    table: CodedTable, declaration: Declaration, compared: Sequence[Comparer], pairs: DeclaredPairs
) -> DeclaredModel:
    """A model of the table, from a sample of its candidate pairs; calibrated where it has labels."""
    many, training = len(pairs.left), declaration.training
    rows = np.arange(many)
    if many > training.pairs:
        rows = np.sort(np.random.default_rng(training.seed).choice(many, training.pairs, replace=False))
    left, right = pairs.left[rows], pairs.right[rows]
    labels = labels_of(table, left, right)
    levels = levels_of(compared, left, right)
    sample = Sample(levels, known_of(declaration, levels, labels), many / max(len(rows), 1))
    model = train_declared(table, declaration, compared, sample)
    slope, shift = calibrated(weights(compared, model, levels, left, right), labels)
    return replace(model, slope=slope, shift=shift).marked()


def weights(compared: Sequence[Comparer], model: DeclaredModel, levels: Levels, left: Ints, right: Ints) -> Floats:
    """log2 of the posterior odds of pairs of rows with those levels."""
    total = np.full(len(left), np.log2(model.prior) - np.log2(max(1 - model.prior, 1e-12)))
    for number, comparer in enumerate(compared):
        shares = model.levels[comparer.comparison.name]
        total += shares.weights()[levels[:, number]]
        if comparer.comparison.frequency:
            total += _frequency(comparer, shares.chance, levels[:, number], left, right)
    return np.asarray(model.slope * total + model.shift)


def pair_tables(result: DeclaredResult) -> Iterator[pa.Table]:
    """Pairs as tables: ids, weight, probability, outcome, rule, and a level for each comparison."""
    rules = pa.array(["", *(r.rule for r in result.blocking.rules)])
    for start in range(0, max(len(result.left), 1), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        ids = [result.table.ids.take(pa.array(side[part])) for side in (result.left, result.right)]
        weight = result.weight[part]
        columns = {
            "left_record_id": ids[0], "right_record_id": ids[1], "match_weight": pa.array(weight),
            "match_probability": pa.array(probabilities(weight)),
            "outcome": pa.array(OUTCOME_NAMES).take(pa.array(result.outcome[part])),
            "rule": rules.take(pa.array(result.rule[part])),
        }  # fmt: skip
        for number, name in enumerate(result.comparisons):
            columns[f"{name}_level"] = pa.array(np.ascontiguousarray(result.levels[part, number]))
        yield pa.table(columns)


def cluster_tables(result: DeclaredResult) -> Iterator[pa.Table]:
    """Clusters as tables: record_id, cluster_id (the lowest record id of the cluster)."""
    for start in range(0, max(len(result.table), 1), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        heads = result.table.ids.take(pa.array(result.labels[part]))
        yield pa.table({"record_id": result.table.ids[part], "cluster_id": heads})


def _scored(
    compared: Sequence[Comparer], model: DeclaredModel, pairs: DeclaredPairs, options: DeclaredOptions
) -> tuple[Ints, Levels, Floats]:
    """Rows of the pairs that are kept, with their levels and weights, a slab at a time."""
    least = -np.inf if options.all_pairs else np.log2(model.review) - np.log2(max(1 - model.review, 1e-12)) - 1e-9
    found: list[tuple[Ints, Levels, Floats]] = []
    many = len(pairs.left)
    for start in range(0, max(many, 1), PAIRS_AT_ONCE):
        left, right = pairs.left[start : start + PAIRS_AT_ONCE], pairs.right[start : start + PAIRS_AT_ONCE]
        levels = levels_of(compared, left, right)
        weight = weights(compared, model, levels, left, right)
        rows = np.flatnonzero(weight >= least)
        found.append((rows + start, levels[rows], weight[rows]))
        options.told("score", min((start + PAIRS_AT_ONCE) / max(many, 1), 1.0))
    kept, levels, weight = (np.concatenate(part) for part in zip(*found, strict=True))
    return kept, levels, weight


def _outcomes(declaration: Declaration, model: DeclaredModel, levels: Levels, weight: Floats) -> npt.NDArray[np.int8]:
    probability = probabilities(weight)
    outcome = np.where(probability >= model.review, Outcome.REVIEW, Outcome.NON_MATCH).astype(np.int8)
    outcome[(probability >= model.match) & allowed(declaration, levels)] = Outcome.MATCH
    return outcome


def _frequency(comparer: Comparer, chance: tuple[float, ...], levels: Levels, left: Ints, right: Ints) -> Floats:
    """What the value itself changes where it is equal: a rare one is rarely shared by chance (Winkler 2000)."""
    result = np.zeros(len(levels))
    is_equal = [n for n, level in enumerate(comparer.comparison.levels) if level.test in ("exact", "folded")]
    counts = np.maximum(comparer.counts.astype(np.float64) - 1, 1)
    share = np.log2(counts / max(float(comparer.counts[1:].sum()), 1.0))
    for number in is_equal:
        level = comparer.level_count - 1 - number
        rows = np.flatnonzero(levels == level)
        value = np.maximum(share[comparer.codes[left[rows]]], share[comparer.codes[right[rows]]])
        result[rows] = np.clip(np.log2(chance[level - 1]) - value, -_MOST_FREQUENCY, _MOST_FREQUENCY)
    return result
