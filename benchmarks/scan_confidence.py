"""Learns how sure a text of a scan is: the weights of `readers.cell_confidence`, and the least that is accepted.

    python -m benchmarks.scan_confidence --pages 100 --seed 8801

Reads generated pages (`benchmarks.scan_told`), fits a logistic model of "exactly right" to what is known of each text,
and takes the least confidence above which the wanted share is right on pages that the model did not see.
Prints figures; writes readers/data/cell_confidence.json with --write.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.scan_told import Told, told_of
from data_samples.pages.fonts import FONT_KINDS
from readers.cell_confidence import features, is_for_a_person

_WANTED, _WANTED_OF_KIND, _WANTED_OF_HEADERS = 0.993, 0.991, 0.99
"""Of all texts; of each kind of font, so that none pays for another; of header fields, which many rows take."""
_FOLDS, _STEPS, _RIDGE = 5, 30, 2.0
_LEAST, _MOST = 0.5, 0.9995
_MODEL = Path(__file__).parents[1] / "readers" / "data" / "cell_confidence.json"
Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def main() -> None:
    """Make pages, read them, fit, choose, print."""
    given = _parser().parse_args()
    model = learned([told for page in range(given.pages) for told in told_of(given.seed, page)])
    if given.write:
        _MODEL.write_text(json.dumps(model) + "\n", encoding="utf-8")


def learned(told: Sequence[Told]) -> dict[str, object]:
    """The model as it is written; its figures on pages that each fold left out are printed."""
    x = np.array([features(t.evidence) for t in told])
    y = np.array([t.is_right for t in told], np.float64)
    unseen = _unseen(x, y, np.array([t.page for t in told]))
    seen_by_people = np.array([is_for_a_person(t.evidence) for t in told])
    said = np.array([t.is_said for t in told])
    header = np.array([t.evidence.is_header for t in told])
    usual = said & ~seen_by_people
    groups = [(usual, _WANTED)]
    groups += [(usual & np.array([t.font_kind == kind for t in told]), _WANTED_OF_KIND) for kind in FONT_KINDS[:3]]
    threshold = max(least_sure(unseen[group], y[group], wanted) for group, wanted in groups if group.any())
    heads = usual & header
    of_headers = max(threshold, least_sure(unseen[heads], y[heads], _WANTED_OF_HEADERS) if heads.any() else 0.0)
    taken = ~seen_by_people & (unseen >= np.where(header, of_headers, threshold))
    for what, group in _groups(told, said, header):
        own = taken & group
        print(f"{what}: {group.sum()}  accepted {own.sum() / max(1, group.sum()):.3f}  "
              f"right of them {y[own].mean() if own.any() else 0.0:.4f}")  # fmt: skip
    return {
        "threshold": round(threshold, 4), "header_threshold": round(of_headers, 4),
        "weights": [round(float(w), 4) for w in fitted(x, y)],
    }  # fmt: skip


def _unseen(x: Vector, y: Vector, pages: npt.NDArray[np.int64]) -> Vector:
    """How sure each text is to a model that did not see its page."""
    order = np.random.default_rng(1).permutation(int(pages.max()) + 1)
    fold = order[pages] % _FOLDS
    unseen = np.zeros(len(y))
    for number in np.unique(fold):
        unseen[fold == number] = _sure(x[fold == number], fitted(x[fold != number], y[fold != number]))
    return unseen


def _groups(told: Sequence[Told], said: Flags, header: Flags) -> Iterator[tuple[str, Flags]]:
    levels, kinds = np.array([t.level for t in told]), np.array([t.font_kind for t in told])
    yield from (("texts", said), ("empty places", ~said), ("header fields", said & header))
    yield from (("levels 1 to 4", said & (levels < 5)), ("level 5", said & (levels == 5)))
    yield from ((f"{kind}", said & (kinds == kind)) for kind in FONT_KINDS)
    yield from ((f"boxes {way}", said & np.array([t.way == way for t in told])) for way in ("found", "given"))


def fitted(x: Vector, y: Vector) -> Vector:
    """Weights of a logistic model, by Newton's steps with a small penalty on weights (ridge)."""
    scale = np.maximum(x.std(0), 1e-3)
    z = x / scale
    weights = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = _sure(z, weights)
        slope = z.T @ (p - y) + _RIDGE * weights
        bend = (z * (p * (1 - p))[:, None]).T @ z + _RIDGE * np.eye(len(weights))
        weights = weights - np.linalg.solve(bend, slope)
    return np.asarray(weights / scale)


def least_sure(sure: Vector, right: Vector, wanted: float) -> float:
    """The least confidence from which on at least the wanted share is right; the most where none is."""
    order = np.argsort(-sure)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= wanted)
    return float(np.clip(sure[order[good[-1]]], _LEAST, _MOST)) if len(good) else _MOST


def _sure(x: Vector, weights: Vector) -> Vector:
    return np.asarray(1 / (1 + np.exp(-np.clip(x @ weights, -30, 30))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--seed", type=int, default=8801)
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=False)
    return parser


if __name__ == "__main__":
    main()
