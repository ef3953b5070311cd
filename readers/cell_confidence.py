"""How likely a decided text is exactly what stands in the cell; who needs no person to look at it."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_FULL_RIVALRY = 8.0
_PEN = 0.75
"""Of 12 generated pages in a wavering hand the highest page_letter was 0.70; of 48 printed or typed pages of levels 1
to 4 the lowest was 0.80 (decision 0038)."""
_KINDS = ("name", "date", "number", "code", "place", "serial", "relation", "text")


@dataclass(frozen=True)
class Evidence:
    """What is known of a decided text.

    Attributes:
        kind: of its column. is_empty: nothing stands there. least_letter, slow_letter: least probability of a letter,
        of the fast and the slow recogniser (1 where it did not read). fast_agrees, slow_agrees: it is their own best
        text. slow_read: the slow one was asked. margin: to the next text, in natural logarithms. is_well_formed,
        is_listed: it is what the column holds. rarest_word: natural logarithm of how usual its rarest word is. repeats:
        how often the column says the same on this page. letters, lines: of the text. height: of its writing in pixels.
        ink: share of the cell that is ink. quality: of the page. rivalry: how much more usual one of its words is with
        other marks, a difference of natural logarithms. is_bare: several letters and no mark among them. is_mark: a
        ditto mark. units: how many units of the lists an address names one in the other. style: what speaks against how
        it begins, beside the others of its column, 0 or less. page_letter: the median of least_letter on the page.
    """

    kind: str
    is_empty: bool
    least_letter: float
    slow_letter: float
    fast_agrees: bool
    slow_read: bool
    slow_agrees: bool
    margin: float
    is_well_formed: bool
    is_listed: bool
    rarest_word: float
    repeats: int
    letters: int
    lines: int
    height: float
    ink: float
    quality: float
    rivalry: float = -12.0
    is_bare: bool = False
    is_mark: bool = False
    units: int = 0
    style: float = 0.0
    page_letter: float = 1.0

    @property
    def is_handwriting(self) -> bool:
        """Does it look written with a pen? The letters of such pages are unlikely throughout."""
        return self.page_letter < _PEN


def features(e: Evidence) -> list[float]:
    """The numbers that the model weighs; `benchmarks.scan_confidence` learns their weights."""
    letter, slow = _logit(e.least_letter), _logit(e.slow_letter) if e.slow_read else 0.0
    return [
        1.0, letter, slow, float(e.fast_agrees), float(e.slow_read), float(e.slow_agrees),
        float(e.fast_agrees and e.slow_agrees), min(e.margin, 12.0) if e.slow_read else 12.0,
        math.sqrt(min(e.margin, 12.0)) if e.slow_read else 3.5, float(e.is_well_formed), float(e.is_listed),
        max(e.rarest_word, -14.0), math.log1p(e.repeats), math.log1p(e.letters), float(e.lines > 1), float(e.lines > 2),
        min(e.height, 60.0) / 30, e.quality, e.quality * letter, float(e.is_empty), float(e.is_empty) * e.ink * 100,
        _FULL_RIVALRY + min(max(e.rivalry, -_FULL_RIVALRY), 2.0), float(e.is_bare), float(e.is_mark),
        float(e.units > 0), float(e.units > 1), e.style, float(e.is_well_formed) * float(e.kind in ("date", "number")),
        float(e.slow_read and e.is_listed), _logit(e.page_letter),
        min(e.margin, 6.0) * float(e.kind in ("name", "place")) * e.slow_read,
        *(float(e.kind == k) for k in _KINDS),
    ]  # fmt: skip


def confidence(e: Evidence) -> float:
    """Calibrated probability that the text is exactly right."""
    weights = _model()["weights"]
    told = features(e)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(w * f for w, f in zip(weights, told, strict=True))))))


def is_accepted(sure: float, e: Evidence) -> bool:
    """Does nobody need to look? Pen writing is always looked at, and cells of poor pages that seem to be empty."""
    if e.is_handwriting:
        return False
    if e.quality < _model()["poor_quality"]:
        return sure >= _model()["poor_threshold"] and not e.is_empty
    return bool(sure >= _model()["threshold"])


@cache
def _model() -> Any:
    return json.loads(files("readers").joinpath("data", "cell_confidence.json").read_text(encoding="utf-8"))


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))
