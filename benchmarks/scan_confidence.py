"""Learns how sure a text of a scan is: the weights of `readers.cell_confidence`, and the least that is accepted.

    python -m benchmarks.scan_confidence --pages 60 --seed 7501

Reads generated pages, two of three in fonts that the recogniser has never seen ("tune"), in the boxes of the truth,
fits a logistic model of "exactly right" to what is known of each text, and takes the least confidence above which
wanted shares are right on pages that the model did not see.
Prints figures; writes readers/data/cell_confidence.json with --write.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data_samples.pages.fonts import FontKind, FontSet
from data_samples.pages.render import make_page
from readers.cell_confidence import Evidence, features
from readers.cell_decoder import decided
from readers.crops import cut
from readers.forms import known_form, load_forms
from readers.page_grid import Unfit, find_grid
from readers.pages import Box, Page

_KINDS: tuple[FontKind, ...] = ("printed", "typewriter", "handwriting", "printed", "pen")
_FONTS: tuple[FontSet, ...] = ("tune", "tune", "dev")
_LEVELS, _ANY_QUALITY, _POOR = 5, 0.5, 0.45
_WANTED, _WANTED_POOR = 0.993, 0.997
_FOLDS, _STEPS, _RIDGE = 4, 30, 2.0
_LEAST, _MOST = 0.5, 0.9995
_MODEL = Path(__file__).parents[1] / "readers" / "data" / "cell_confidence.json"
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """A box: its page, what was known of its text, whether that is exactly right, whether there is anything."""

    page: int
    evidence: Evidence
    is_right: bool
    is_said: bool = True


def main() -> None:
    """Make pages, read them, fit, choose, print."""
    given = _parser().parse_args()
    model = learned([told for page in range(given.pages) for told in _told(given.seed * 1_000_000 + page, page)])
    if given.write:
        _MODEL.write_text(json.dumps(model) + "\n", encoding="utf-8")


def learned(told: Sequence[Told]) -> dict[str, object]:
    """The model as it is written; its figures on pages that each fold left out are printed."""
    x = np.array([features(t.evidence) for t in told])
    y = np.array([t.is_right for t in told], np.float64)
    fold = np.array([t.page % _FOLDS for t in told])
    unseen = np.zeros(len(told))
    for number in range(_FOLDS):
        unseen[fold == number] = _sure(x[fold == number], fitted(x[fold != number], y[fold != number]))
    poor = np.array([t.evidence.quality < _POOR for t in told])
    empty = np.array([t.evidence.is_empty for t in told])
    pen = np.array([t.evidence.is_handwriting for t in told])
    said = np.array([t.is_said for t in told])
    typed, hard = said & ~pen & ~poor, said & ~pen & poor & ~empty
    threshold = least_sure(unseen[typed], y[typed], _WANTED)
    poor_threshold = max(threshold, least_sure(unseen[hard], y[hard], _WANTED_POOR))
    taken = ~pen & np.where(poor, (unseen >= poor_threshold) & ~empty, unseen >= threshold)
    for what, group in (("texts", said), ("empty places", ~said)):
        own = taken[group]
        print(f"{what} {len(own)}  accepted {own.mean():.3f}  right of them {y[group][own].mean():.4f}")
    weights = [round(float(w), 4) for w in fitted(x, y)]
    return {
        "threshold": round(threshold, 4), "weights": weights, "poor_threshold": round(poor_threshold, 4),
        "poor_quality": _POOR,
    }  # fmt: skip


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


def _told(seed: int, number: int) -> Iterator[Told]:
    forms = load_forms()
    form = forms[(number + number // _LEVELS) % len(forms)].form_id
    fonts = _FONTS[number % len(_FONTS)]
    made = make_page(seed, form, 1 + number % _LEVELS, _KINDS[(number + number // _LEVELS) % len(_KINDS)], fonts)
    grid = find_grid(Page(1, made.picture), forms)
    true = [box for box in made.boxes if box.kind in ("cell", "header")]
    boxes = [Box(box.kind, box.row, box.column, box.quad) for box in true]
    crops = [cut(made.picture, box.quad, made.turned) for box in boxes]
    quality = _ANY_QUALITY if isinstance(grid, Unfit) else grid.quality
    for box, (verdict, evidence) in zip(true, decided(known_form(form), boxes, crops, quality), strict=True):
        is_right = " ".join(box.text.split()) == verdict.text
        yield Told(number, evidence, is_right, bool(box.text or verdict.text))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7501)
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=False)
    return parser


if __name__ == "__main__":
    main()
