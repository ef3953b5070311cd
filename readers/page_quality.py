"""How legible a page is, from 0 (hardly) to 1 (clean)."""

from collections.abc import Mapping

import cv2
import numpy as np

from readers.page_ink import Ink
from readers.page_rules import Rules

_FULL_CONTRAST, _FULL_NOISE, _FULL_EDGE = 110.0, 30.0, 0.6


def measures_of(ink: Ink, rules: Rules, cost: float) -> Mapping[str, float]:
    """contrast, cleanness, sharpness, lines (how whole they are) and fit, each from 0 to 1."""
    whole = [float(f.covers[f.is_strong].mean()) for f in (rules.level, rules.upright)]
    return {**writing_measures(ink), "lines": _part(min(whole)), "fit": 1 - _part(min(cost, 0.1) * 10)}


def writing_measures(ink: Ink) -> Mapping[str, float]:
    """Those of a page without a table."""
    edge = cv2.absdiff(ink.dark, cv2.GaussianBlur(ink.dark, (0, 0), 1.5))
    strong = max(1.0, ink.contrast - ink.noise)
    grain = _grain(ink)
    return {
        "contrast": _part(strong / _FULL_CONTRAST), "cleanness": 1 - _part(grain / _FULL_NOISE),
        "sharpness": _part(float(np.percentile(edge, 99)) / strong / _FULL_EDGE),
        "resolution": _part(1.0 / max(ink.scale, 0.4) / 2),
    }  # fmt: skip


def quality_of(measures: Mapping[str, float]) -> float:
    """One figure of all: the weaker ones weigh most."""
    parts = [measures[name] for name in ("contrast", "cleanness", "sharpness", "lines") if name in measures]
    return float(np.exp(np.mean(np.log(np.clip(parts, 0.02, 1.0)))))


def _grain(ink: Ink) -> float:
    """Spread of the bare paper."""
    piece = ink.dark[::2, ::2]
    bare = piece[piece < max(8.0, ink.contrast * 0.3)]
    return float(bare.std()) * 2 if bare.size else 0.0


def _part(value: float) -> float:
    return float(min(1.0, max(0.0, value)))
