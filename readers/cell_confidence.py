"""How likely a decided text is exactly what stands in the cell; who needs no person to look at it."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_FULL_RIVALRY = 8.0
_ONE_SHAPE, _TYPED, _SEEN_IN_TYPING = 0.96, 0.22, 0.5
_PRINTED, _ALIKE, _OF_TWO_GREYS = 0.85, 0.92, 0.93
"""See decision 0042: where texts of the page repeat, and where none do; a scan of black and white roughens letters, and
who knows print alone still reads them (0066)."""
_POOR = 0.45
"""Quality of a page below which writing may be too faint to be seen at all."""
_KINDS = ("name", "date", "number", "code", "place", "serial", "relation", "text")


@dataclass(frozen=True)
class Evidence:
    """What is known of a decided text.

    Attributes:
        kind: of its column. is_empty: nothing stands there. least_letter, second_letter: least probability of a letter,
        of the first and the second recogniser (1 where it did not read). first_agrees, second_agrees: it is their own
        best text. second_read: the second was asked. margin: to the next text, in natural logarithms. is_well_formed,
        is_listed: it is what the column holds. rarest_word: natural logarithm of how usual its rarest word is. repeats:
        how often the column says the same on this page. letters, lines: of the text. height: of its writing in pixels.
        ink: share of the cell that is ink. quality: of the page. rivalry: how much more usual one of its words is with
        other marks, a difference of natural logarithms. is_bare: several letters and no mark among them. is_mark: a
        ditto mark. units: how many units of the lists an address names one in the other. style: what speaks against how
        it begins, beside the others of its column, 0 or less. page_letter: the median of
        what the second recogniser says of its least likely letter, over cells of the page. sameness: how alike the
        same digits of the page are (`readers.pen_writing`), 0 where few can be compared; text_sameness: the same of
        whole texts; unevenness: of the distances between letters, 1 where few are seen. least_of_text: least
        probability to the first recogniser of a letter of this text, where it stands. is_header: of a field outside
        the table. is_missed: it seems empty, but letters were seen in it or the column is filled nearly everywhere.
    """

    kind: str
    is_empty: bool
    least_letter: float
    second_letter: float
    first_agrees: bool
    second_read: bool
    second_agrees: bool
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
    sameness: float = 0.0
    text_sameness: float = 0.0
    unevenness: float = 1.0
    least_of_text: float = 1.0
    is_header: bool = False
    is_missed: bool = False

    @property
    def is_handwriting(self) -> bool:
        """Does it look written with a pen? The same digits and texts are not alike, letters follow each other unevenly.

        Where the page says nothing twice, letters must be unlikely to who knows print alone.
        """
        if self.sameness >= _ALIKE or (self.unevenness < _TYPED and self.page_letter > _SEEN_IN_TYPING):
            return False
        if self.page_letter >= _PRINTED and self.text_sameness >= _OF_TWO_GREYS:
            return False
        return self.text_sameness < _ONE_SHAPE if self.text_sameness else self.page_letter < _PRINTED


def features(e: Evidence) -> list[float]:
    """The numbers that the model weighs; `benchmarks.scan_confidence` learns their weights."""
    letter, second = _logit(e.least_letter), _logit(e.second_letter) if e.second_read else 0.0
    return [
        1.0, letter, second, float(e.first_agrees), float(e.second_read), float(e.second_agrees),
        float(e.first_agrees and e.second_agrees), min(e.margin, 12.0) if e.second_read else 12.0,
        math.sqrt(min(e.margin, 12.0)) if e.second_read else 3.5, float(e.is_well_formed), float(e.is_listed),
        max(e.rarest_word, -14.0), math.log1p(e.repeats), math.log1p(e.letters), float(e.lines > 1), float(e.lines > 2),
        min(e.height, 60.0) / 30, e.quality, e.quality * letter, float(e.is_empty), float(e.is_empty) * e.ink * 100,
        _FULL_RIVALRY + min(max(e.rivalry, -_FULL_RIVALRY), 2.0), float(e.is_bare), float(e.is_mark),
        float(e.units > 0), float(e.units > 1), e.style, float(e.is_well_formed) * float(e.kind in ("date", "number")),
        float(e.second_read and e.is_listed), _logit(e.page_letter),
        min(e.margin, 6.0) * float(e.kind in ("name", "place")) * e.second_read,
        0.0 if e.is_empty else _logit(e.least_of_text), float(e.is_header),
        *(float(e.kind == k) for k in _KINDS),
    ]  # fmt: skip


def confidence(e: Evidence) -> float:
    """Calibrated probability that the text is exactly right."""
    weights = _model()["weights"]
    told = features(e)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(w * f for w, f in zip(weights, told, strict=True))))))


def is_accepted(sure: float, e: Evidence) -> bool:
    """Does nobody need to look?"""
    return not is_for_a_person(e) and sure >= _model()["header_threshold" if e.is_header else "threshold"]


def is_for_a_person(e: Evidence) -> bool:
    """However sure a text is: pen writing is always looked at, and what seems empty and may well not be."""
    return e.is_handwriting or (e.is_empty and (e.is_missed or e.quality < _POOR))


@cache
def _model() -> Any:
    return json.loads(files("readers").joinpath("data", "cell_confidence.json").read_text(encoding="utf-8"))


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))
