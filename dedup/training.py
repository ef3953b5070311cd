"""Train a model without labels: shares of levels by expectation and maximisation on a sample of the records.

What two people share by chance is counted on random pairs, what relatives share on pairs of one household; only the
shares among matches are hidden. They come from the candidate pairs, by EM over three classes (Fellegi and Sunter
1969; Winkler 1988, "Using the EM algorithm for weight computation in the Fellegi-Sunter model").
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dedup.blocking import candidate_pairs
from dedup.compare import LEVEL_COUNTS, Compared, compare
from dedup.encode import Records
from dedup.model import CLASSES, Model, NameShares, fingerprint
from dedup.names import NONE
from schemas.tables import LEVEL_NAMES

Floats = npt.NDArray[np.float64]
Shares = Mapping[str, tuple[float, ...]]
_FIXED = "number_level"
"""Equal numbers among strangers are too rare to count; their shares are reasoned and stay."""


@dataclass(frozen=True)
class TrainOptions:
    """How to train: random pairs drawn, rounds of EM, seed, weight of the shares the start model has (in pairs)."""

    random_pairs: int = 2_000_000
    rounds: int = 25
    seed: int = 1
    prior_pairs: float = 50.0


def train_model(records: Records, start: Model, version: str, options: TrainOptions | None = None) -> Model:
    """A new model from a sample of records.

    Args:
        records: a sample; whole communes or districts, so that double records meet.
        start: the model to start from; its thresholds, priors and number shares stay.
        version: name of the new model.
        options: how to train.

    Returns:
        The model with its fingerprint, not yet written.
    """
    chosen = options or TrainOptions()
    chance = _random_shares(records, start, chosen)
    candidates = candidate_pairs(records)
    compared = compare(records, candidates.left, candidates.right)
    shares = _expectation_maximisation(compared, start, chosen)
    levels = {
        name: {
            "match": shares[name]["match"] if name != _FIXED else start.levels[name]["match"],
            "relative": start.levels[name]["relative"],
            "chance": chance[name] if name != _FIXED else start.levels[name]["chance"],
        }
        for name in LEVEL_NAMES
    }
    model = replace(start, version=version, levels=levels, names=name_shares(records))
    return replace(model, fingerprint=fingerprint(model))


def name_shares(records: Records, rarest: float = 1e-5) -> NameShares:
    """How frequent the surnames, given names and middle names of the records are; rarer ones are `unseen`."""
    names, rows = records.names, records.columns.names[:, 0]
    rows = rows[rows > 0]
    folded, last = names.folded[rows], names.sizes[rows].astype(np.int64) - 1
    place = np.arange(folded.shape[1])[None, :]
    inner = folded[(place > 0) & (place < last[:, None]) & (folded != NONE)]
    tables = [
        _table(codes, names.tokens.texts, len(rows), rarest)
        for codes in (folded[:, 0], folded[np.arange(len(rows)), last], inner)
    ]
    return NameShares(*tables, unseen=rarest)


def level_shares(compared: Compared, weights: Floats | None = None, prior: Shares | None = None) -> dict[str, Floats]:
    """Share of each level above 0, by comparison; `weights` counts pairs in part, `prior` adds pairs beforehand."""
    shares = {}
    for number, name in enumerate(LEVEL_NAMES):
        counts = np.bincount(compared.levels[:, number], weights, minlength=LEVEL_COUNTS[number])[1:]
        counts = counts + (np.asarray(prior[name]) if prior else 0.5)
        shares[name] = counts / counts.sum()
    return shares


def _random_shares(records: Records, start: Model, options: TrainOptions) -> dict[str, tuple[float, ...]]:
    random, size = np.random.default_rng(options.seed), len(records.columns)
    left, right = random.integers(0, size, (2, options.random_pairs if size > 1 else 0))
    keep = left != right
    prior = {n: tuple(options.prior_pairs * np.array(start.levels[n]["chance"])) for n in LEVEL_NAMES}
    shares = level_shares(compare(records, left[keep], right[keep]), None, prior)
    return {name: tuple(values.tolist()) for name, values in shares.items()}


def _expectation_maximisation(
    compared: Compared, start: Model, options: TrainOptions
) -> dict[str, dict[str, tuple[float, ...]]]:
    """Shares of levels by class among candidate pairs."""
    tables = {k: {n: np.array(start.levels[n][k]) for n in LEVEL_NAMES} for k in CLASSES}
    sizes = dict.fromkeys(CLASSES, 1 / 3)
    for _ in range(options.rounds):
        belongs = _belongs(compared, tables, sizes)
        for kind in CLASSES:
            prior = {n: tuple(options.prior_pairs * np.array(start.levels[n][kind])) for n in LEVEL_NAMES}
            tables[kind] = level_shares(compared, belongs[kind], prior)
            sizes[kind] = float(belongs[kind].mean()) if len(belongs[kind]) else 1 / 3
    return {n: {k: tuple(tables[k][n].tolist()) for k in CLASSES} for n in LEVEL_NAMES}


def _belongs(
    compared: Compared, tables: Mapping[str, Mapping[str, Floats]], sizes: Mapping[str, float]
) -> dict[str, Floats]:
    logs = {}
    for kind in CLASSES:
        total = np.full(len(compared.levels), np.log2(max(sizes[kind], 1e-12)))
        for number, name in enumerate(LEVEL_NAMES):
            total += np.concatenate(([0.0], np.log2(tables[kind][name])))[compared.levels[:, number]]
        logs[kind] = total
    whole = np.logaddexp2(np.logaddexp2(logs["match"], logs["relative"]), logs["chance"])
    return {kind: np.exp2(total - whole) for kind, total in logs.items()}


def _table(codes: npt.NDArray[np.int32], texts: tuple[str, ...], people: int, rarest: float) -> dict[str, float]:
    counts = np.bincount(codes, minlength=len(texts)) / max(people, 1)
    common = np.flatnonzero(counts >= rarest)
    return {texts[i]: float(counts[i]) for i in common[np.argsort(-counts[common], kind="stable")].tolist()}
