"""The text layer of a PDF: what it has in each box of a page, and whether the picture shows that.

A layer may be a clerk's own words, the guesses of another recogniser, letters of an old font, or a lie that nobody
sees. So it never speaks for itself: it is held against what our recogniser reads in the picture, over the whole page,
as it stands or in an old encoding (`readers.text_layer` does the rest).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readers.encoding import decode, judge_unicode, words_of
from readers.heading_guesses import differences
from readers.pages import PageWord, Quad

_AGREES = 0.95
"""Share of the letters of a layer, over boxes of a page, that the picture has to show."""
_FEWEST_BOXES, _FEWEST_LETTERS = 6, 40
_LONGEST = 400
"""Letters of one box; a longer text is no value of a ledger."""
_NEXT_LINE = 0.5
"""How far below another a word of the next line stands, in heights of a word."""
_UNICODE = "utf-8"
_Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """A layer that the picture shows: the encoding of its letters, and which share of them is shown, 0 to 1."""

    encoding: str
    agreement: float

    def text(self, told: str) -> str:
        """What it says, in Unicode."""
        return told if self.encoding == _UNICODE else decode(told, self.encoding)


def texts_in(words: Sequence[PageWord], quads: Sequence[Quad]) -> list[str]:
    """What a layer has in each box: the letters whose middle lies in it, line by line; "" where it has none."""
    if not words:
        return [""] * len(quads)
    points = np.asarray([point for word in words for point in word.middles])
    owners = np.repeat(np.arange(len(words)), [len(word.middles) for word in words])
    letters = "".join(word.text for word in words)
    return [_text_in(words, points, owners, letters, quad) for quad in quads]


def _text_in(words: Sequence[PageWord], points: _Points, owners: npt.NDArray[np.intp], letters: str, quad: Quad) -> str:
    inside = np.flatnonzero(_inside(points, quad))
    if not 0 < len(inside) <= _LONGEST:
        return ""
    across, down = _axes(quad)
    parts = []
    for owner in np.unique(owners[inside]).tolist():
        own = inside[owners[inside] == owner]
        text = "".join(letters[at] for at in own.tolist())
        height = float(np.ptp(np.asarray(words[owner].quad) @ down))
        parts.append(_Part(float((points[own] @ down).mean()), float(points[own[0]] @ across), height, text))
    return unicodedata.normalize("NFC", " ".join(part.text for part in _in_lines(parts)))


class _Part(NamedTuple):
    """The part of a word that lies in a box: how far down and along it begins, how high it is, its letters."""

    down: float
    along: float
    height: float
    text: str


def _in_lines(parts: Sequence[_Part]) -> list[_Part]:
    """Parts as they are read: line by line, each from its start."""
    lines: list[list[_Part]] = []
    for part in sorted(parts):
        if lines and part.down - lines[-1][0].down <= _NEXT_LINE * max(part.height, 1.0):
            lines[-1].append(part)
        else:
            lines.append([part])
    return [part for line in lines for part in sorted(line, key=lambda part: part.along)]


def _inside(points: _Points, quad: Quad) -> npt.NDArray[np.bool_]:
    """Which points a convex quad holds, whichever way round its corners go."""
    corners = np.asarray(quad)
    sides = np.roll(corners, -1, axis=0) - corners
    off = points[:, None, :] - corners
    turned = sides[:, 0] * off[:, :, 1] - sides[:, 1] * off[:, :, 0]
    return np.asarray((turned >= 0).all(axis=1) | (turned <= 0).all(axis=1))


def _axes(quad: Quad) -> tuple[_Points, _Points]:
    """Unit vectors along and down the text of a quad."""
    a, b, _, d = np.asarray(quad)
    across, down = (side / max(float(np.hypot(*side)), 1e-9) for side in (b - a, d - a))
    return across, down


def trusted(told: Sequence[str], seen: Sequence[str]) -> Layer | None:
    """The layer, if the picture shows what it says; None if it does not, or says too little to be held against it.

    Args:
        told: what the layer has in each box (`texts_in`).
        seen: what our recogniser reads in the picture of each.
    """
    encodings = dict.fromkeys((_UNICODE, judge_unicode(words_of(told)).encoding or _UNICODE))
    ways = [Layer(name, 0.0) for name in encodings]
    layers = [Layer(way.encoding, agreement([way.text(t) for t in told], seen)) for way in ways]
    best = max(layers, key=lambda layer: layer.agreement)
    return best if best.agreement >= _AGREES else None


def says_enough(told: Sequence[str]) -> bool:
    """Has it letters enough to be held against the picture?"""
    texts = list(filter(None, map(bare, told)))
    return len(texts) >= _FEWEST_BOXES and sum(map(len, texts)) >= _FEWEST_LETTERS


def agreement(told: Sequence[str], seen: Sequence[str]) -> float:
    """Share of the letters of the layer that the picture shows, case and blanks aside; 0 where it says too little.

    What it says where the picture shows nothing counts against it; where it says nothing, nothing is counted.
    """
    if not says_enough(told):
        return 0.0
    pairs = [(bare(t), bare(s)) for t, s in zip(told, seen, strict=True) if bare(t)]
    wrong = sum(min(len(t), differences(t, s, len(t))) if s else len(t) for t, s in pairs)
    return 1 - wrong / sum(len(t) for t, _ in pairs)


def bare(text: str) -> str:
    """A text as both are compared: small, without blanks."""
    return "".join(text.casefold().split())
