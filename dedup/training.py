"""Train a model, with labels or without: shares of levels by expectation and maximisation on a sample of the records.

What two people share by chance is counted on random pairs. What records of one person and what relatives share is
hidden: it comes from the candidate pairs and from the pairs inside households, by EM over three classes (Fellegi and
Sunter 1969; Winkler 1988, "Using the EM algorithm for weight computation in the Fellegi-Sunter model"). Pairs that
people decided are known instead: one person is a match, and two are relatives or strangers, which EM goes on to tell.
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dedup.blocking import THREADS, candidate_pairs
from dedup.compare import LEVEL_COUNTS, Compared, compare
from dedup.encode import Columns, Records
from dedup.labels import NO_LABELS, Labels
from dedup.model import CLASSES, Model, NameShares, fingerprint
from dedup.names import NONE
from dedup.scoring import score
from dedup.weights import Weigher
from schemas.tables import LEVEL_NAMES

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Known = npt.NDArray[np.int8]
Tables = Mapping[str, Mapping[str, Floats]]
_EVEN: Mapping[str, float] = dict.fromkeys(CLASSES, 1 / 3)
_AT_ONCE = 1 << 17
"""Random pairs that are compared at a time."""
_ANY, _SAME, _DIFFERENT = 0, 1, 2
_CLASSES_OF: tuple[frozenset[str], ...] = (frozenset(CLASSES), frozenset({"match"}), frozenset({"relative", "chance"}))
"""The classes of a pair that nobody decided, of one person, of two."""
_REASONED = ("number_level", "household_level", "place_level")
"""Comparisons whose shares among relatives stay: pairs drawn inside households say nothing of relatives in two."""
_LEAST = {"match": 2e-3, "relative": 1e-4, "chance": 1e-7}
"""Least share of a level: no sample is large enough to call an error, or a coincidence, impossible."""


@dataclass(frozen=True)
class TrainOptions:
    """How to train: random pairs drawn, rounds of EM, seed, weight of the start model's shares (in pairs)."""

    random_pairs: int = 1_000_000
    rounds: int = 25
    seed: int = 1
    prior_pairs: float = 50.0


@dataclass(frozen=True)
class _Sample:
    """Compared pairs, and the classes that each may be of: any, or those that a label leaves; a row of _CLASSES_OF."""

    compared: Compared
    known: Known


def train_model(
    records: Records, start: Model, version: str, options: TrainOptions | None = None, labels: Labels = NO_LABELS
) -> Model:
    """A new model from a sample of records.

    Args:
        records: a sample; whole communes or districts, so that double records meet.
        start: the model to start from; its thresholds, priors, known names and reasoned shares stay.
        version: name of the new model.
        options: how to train.
        labels: pairs of these records that people decided.

    Returns:
        The model with its fingerprint, not yet written.
    """
    chosen = options or TrainOptions()
    chance = _random_shares(records, start, chosen)
    hidden = _expectation_maximisation(_sample(records, start, labels), start, chosen)
    levels = {name: _classes(name, start, hidden, chance) for name in LEVEL_NAMES}
    model = replace(start, version=version, levels=levels, training_data=_data_fingerprint(records, labels))
    return replace(model, fingerprint=fingerprint(model))


def _data_fingerprint(records: Records, labels: Labels) -> str:
    digest = hashlib.blake2b(np.ascontiguousarray(records.columns.ids).tobytes(), digest_size=16)
    for part in (labels.left, labels.right, labels.same):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def name_shares(records: Records, rarest: float = 1e-5) -> NameShares:
    """How frequent the surnames, given names and middle names of the records are; rarer ones are `unseen`."""
    names, rows = records.names, records.columns.names[:, 0]
    rows = rows[rows > 0]
    folded, last = names.folded[rows], names.sizes[rows].astype(np.int64) - 1
    place = np.arange(folded.shape[1])[None, :]
    inner = folded[(place > 0) & (place < last[:, None]) & (folded != NONE)]
    surnames, given, middle = (
        _table(codes, names.tokens.texts, len(rows), rarest)
        for codes in (folded[:, 0], folded[np.arange(len(rows)), last], inner)
    )
    return NameShares(surnames, given, middle, rarest)


def level_shares(compared: Compared, weights: Floats | None, prior: Mapping[str, Floats]) -> dict[str, Floats]:
    """Share of each level above 0, by comparison; `weights` counts pairs in part, `prior` adds pairs beforehand."""
    shares = {}
    for number, name in enumerate(LEVEL_NAMES):
        counts = _level_counts(compared.levels[:, number], weights, LEVEL_COUNTS[number]) + prior[name]
        shares[name] = counts / counts.sum()
    return shares


def _level_counts(levels: npt.NDArray[np.int8], weights: Floats | None, count: int) -> Floats:
    return np.bincount(levels, weights, minlength=count)[1:].astype(np.float64)


def _classes(
    name: str, start: Model, hidden: Tables, chance: Mapping[str, Floats]
) -> dict[str, tuple[float, ...]]:  # fmt: skip
    if name == "number_level":
        # Equal numbers among strangers are too rare to count.
        return dict(start.levels[name])
    trained = {"match": hidden["match"][name], "relative": hidden["relative"][name], "chance": chance[name]}
    if name in _REASONED:
        trained["relative"] = np.array(start.levels[name]["relative"])
    floored = {kind: np.maximum(values, _LEAST[kind]) for kind, values in trained.items()}
    return {kind: tuple((values / values.sum()).tolist()) for kind, values in floored.items()}


def _sample(records: Records, model: Model, labels: Labels) -> _Sample:
    """Candidate pairs, with their households seen, pairs inside households, and the decided pairs."""
    columns = records.columns
    weigher = Weigher.of(records, replace(model, review_weight=-np.inf))
    scored = score(weigher, candidate_pairs(records))
    home, decided = (_codes(columns, *pairs) for pairs in (_neighbours(columns), (labels.left, labels.right)))
    codes = _codes(columns, scored.left, scored.right)
    more = np.setdiff1d(np.concatenate((home, decided)), codes)
    beside = compare(records, *np.divmod(more, max(len(columns), 1)), model.names)
    levels = np.concatenate((scored.levels, beside.levels))
    compared = Compared(levels, np.concatenate((scored.relatives, beside.relatives)))
    return _Sample(compared, _known(np.concatenate((codes, more)), decided, labels.same))


def _codes(columns: Columns, one: Rows, other: Rows) -> Rows:
    return np.minimum(one, other) * len(columns) + np.maximum(one, other)


def _known(codes: Rows, decided: Rows, same: npt.NDArray[np.bool_]) -> Known:
    """What was decided of each pair; the decided ones are sorted."""
    known = np.full(len(codes), _ANY, np.int8)
    if len(decided):
        place = np.minimum(np.searchsorted(decided, codes), len(decided) - 1)
        known = np.where(decided[place] == codes, np.where(same[place], _SAME, _DIFFERENT), _ANY).astype(np.int8)
    return known


def _neighbours(columns: Columns) -> tuple[Rows, Rows]:
    """Each record with the next one or two of its household."""
    rows = np.flatnonzero(columns.household)
    rows = rows[np.argsort(columns.household[rows], kind="stable")]
    pairs = [(rows[:-step], rows[step:]) for step in (1, 2)]
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    same = columns.household[left] == columns.household[right]
    return left[same], right[same]


def _random_shares(records: Records, start: Model, options: TrainOptions) -> dict[str, Floats]:
    random, size = np.random.default_rng(options.seed), len(records.columns)
    left, right = random.integers(0, size, (2, options.random_pairs if size > 1 else 0))
    keep = left != right
    left, right = left[keep], right[keep]

    def counted(begin: int) -> dict[str, Floats]:
        part = slice(begin, begin + _AT_ONCE)
        levels = compare(records, left[part], right[part], start.names).levels
        return {n: _level_counts(levels[:, k], None, LEVEL_COUNTS[k]) for k, n in enumerate(LEVEL_NAMES)}

    totals = _prior(start, "chance", options)
    with ThreadPoolExecutor(THREADS) as pool:
        for counts in pool.map(counted, range(0, len(left), _AT_ONCE)):
            totals = {name: totals[name] + counts[name] for name in LEVEL_NAMES}
    return {name: counts / counts.sum() for name, counts in totals.items()}


def _prior(start: Model, kind: str, options: TrainOptions) -> dict[str, Floats]:
    return {n: options.prior_pairs * np.array(start.levels[n][kind]) for n in LEVEL_NAMES}


def _expectation_maximisation(sample: _Sample, start: Model, options: TrainOptions) -> Tables:
    """Shares of levels by class among the sample.

    Where people decided pairs there are two ways in: the start model, and what these pairs say alone, which a bad start
    cannot lead astray. The way in whose end makes the sample likelier is taken; few or odd labels do no harm so.
    """
    patterns, counts = _patterns(sample)
    prior = {kind: _prior(start, kind, options) for kind in CLASSES}
    ways: list[Tables] = [{kind: {n: np.array(start.levels[n][kind]) for n in LEVEL_NAMES} for kind in CLASSES}]
    decided = patterns.known != _ANY
    if decided.any():
        ways.append(_shares(patterns, counts * decided, _belongs(patterns, ways[0], _EVEN)[0], prior))
    ends = [_rounds(patterns, counts, way, prior, options.rounds) for way in ways]
    return max(ends, key=lambda end: end[0])[1]


def _rounds(patterns: _Sample, counts: Floats, tables: Tables, prior: Tables, rounds: int) -> tuple[float, Tables]:
    """Where one way ends: log2 likelihood of the sample, pairs of the prior counted in, and the shares."""
    sizes: Mapping[str, float] = _EVEN
    for _ in range(rounds):
        belongs, _ = _belongs(patterns, tables, sizes)
        tables = _shares(patterns, counts, belongs, prior)
        sizes = {k: float((belongs[k] * counts).sum() / counts.sum()) if counts.sum() else _EVEN[k] for k in CLASSES}
    likely = float((_belongs(patterns, tables, sizes)[1] * counts).sum())
    likely += sum(float((prior[k][n] * np.log2(tables[k][n])).sum()) for k in CLASSES for n in LEVEL_NAMES)
    return likely, tables


def _shares(patterns: _Sample, counts: Floats, belongs: Mapping[str, Floats], prior: Tables) -> Tables:
    return {kind: level_shares(patterns.compared, belongs[kind] * counts, prior[kind]) for kind in CLASSES}


def _patterns(sample: _Sample) -> tuple[_Sample, Floats]:
    """The distinct rows of levels and how many pairs have each: pairs of one pattern have one share in each class."""
    codes = sample.known.astype(np.int64)
    for number, count in enumerate(LEVEL_COUNTS):
        codes = codes * count + sample.compared.levels[:, number]
    _, first, counts = np.unique(codes, return_index=True, return_counts=True)
    return _Sample(sample.compared.take(first), sample.known[first]), counts.astype(np.float64)


def _belongs(sample: _Sample, tables: Tables, sizes: Mapping[str, float]) -> tuple[dict[str, Floats], Floats]:
    """Posterior shares of the classes, pair by pair, 0 where a label rules one out; log2 likelihood of each pair."""
    logs = {}
    for kind in CLASSES:
        total = np.full(len(sample.known), np.log2(max(sizes[kind], 1e-12)))
        for number, name in enumerate(LEVEL_NAMES):
            total += np.concatenate(([0.0], np.log2(tables[kind][name])))[sample.compared.levels[:, number]]
        logs[kind] = np.where([kind in classes for classes in _CLASSES_OF], 0.0, -np.inf)[sample.known] + total
    whole = np.logaddexp2(np.logaddexp2(logs["match"], logs["relative"]), logs["chance"])
    return {kind: np.exp2(total - whole) for kind, total in logs.items()}, whole


def _table(codes: npt.NDArray[np.int32], texts: tuple[str, ...], people: int, rarest: float) -> dict[str, float]:
    counts = np.bincount(codes, minlength=len(texts)) / max(people, 1)
    common = np.flatnonzero(counts >= rarest)
    return {texts[i]: float(counts[i]) for i in common[np.argsort(-counts[common], kind="stable")].tolist()}
