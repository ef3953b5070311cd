"""Lines of writing that were read letter by letter, and the places on the page of parts of their text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from readers import ocr
from readers.crops import cut
from readers.header_labels import Label, Labels
from readers.lattice import Lattice, spelt
from readers.page_ink import percentile
from readers.pages import Page, Picture, Quad

_LEAST_INK, _OF_INK = 24.0, 0.4
"""What is writing is darker than paper by so many greys, and by that share of what strong ink is: pages fade."""
_PAPER = 255
_ROOM = 0.12
"""Paper between two words, at least, as a share of the height of a piece."""


@dataclass(frozen=True)
class Piece:
    """A piece of a line as it was read: its picture, and for each letter its middle as a share of the width."""

    quad: Quad
    picture: Picture
    text: str
    middles: tuple[float, ...]

    def cut_before(self, letter: int) -> float:
        """Where to cut it before a letter, as a share of its width: where it is whitest between two middles."""
        before = [m for m, c in zip(self.middles[:letter], self.text, strict=False) if c != " "]
        behind = [m for m, c in zip(self.middles[letter:], self.text[letter:], strict=True) if c != " "]
        if not before or not behind:
            return 1.0 if before else 0.0
        height, width = self.picture.shape[:2]
        low, high = (int(share * width) for share in (before[-1], behind[0]))
        dark = 255.0 - self.picture.mean(axis=0)
        room = max(3, round(_ROOM * height)) | 1
        smooth = np.convolve(np.pad(dark, room // 2, mode="edge"), np.ones(room), "valid")
        at: int = low + int(np.argmin(smooth[low : high + 1]))
        return at / int(width)


def read_lines(page: Page, writing: Sequence[Sequence[Quad]], turned: int) -> Iterator[list[Piece]]:
    """Each line of writing as its pieces, with what our recogniser reads in them."""
    crops = [_tight(cut(page.picture, quad, turned)) for line in writing for quad in line]
    lattices = iter(ocr.own().read(crops) if crops else [])
    pictures = iter(crops)
    for line in writing:
        yield [_piece(quad, next(pictures), next(lattices)) for quad in line]


def _tight(crop: Picture) -> Picture:
    """The rows of a crop in which ink stands, with a little paper: our recogniser was taught such lines."""
    dark = _PAPER - crop.astype(np.float32)
    strong = max(_LEAST_INK, _OF_INK * (_PAPER - percentile(crop, 0.5)))
    rows = np.flatnonzero((dark > strong).any(axis=1))
    if not len(rows):
        return crop
    margin = max(2, (int(rows[-1]) - int(rows[0])) // 10)
    return np.ascontiguousarray(crop[max(0, int(rows[0]) - margin) : int(rows[-1]) + 1 + margin])


def _piece(quad: Quad, picture: Picture, lattice: Lattice) -> Piece:
    text, steps = spelt(lattice)
    width, count = picture.shape[1], max(len(lattice.log_probs), 1)
    shares = (ocr.own().place_of(picture, (step + 0.5) / count) / width for step in steps)
    return Piece(quad, picture, text, tuple(min(1.0, max(0.0, share)) for share in shares))


def labels_of(line: Sequence[Piece], labels: Labels) -> tuple[str, list[int], list[Label]]:
    """The text of a line, where its pieces start in it, and its labels."""
    text, starts = text_of(line)
    return text, starts, labels.find(text, starts)


def text_of(line: Sequence[Piece]) -> tuple[str, list[int]]:
    """The text of a line, and where its pieces start in it."""
    text, starts = "", []
    for piece in line:
        starts.append(len(text))
        text += piece.text + " "
    return text, starts


Place = tuple[int, float]
"""Number of a piece, and how far into it as a share of its width."""


def before(line: Sequence[Piece], starts: Sequence[int], letter: int) -> Place:
    """Where a letter of the line begins."""
    number = max(k for k, start in enumerate(starts) if start <= letter)
    if letter - starts[number] >= len(line[number].text) and number + 1 < len(line):
        return number + 1, 0.0
    return number, line[number].cut_before(letter - starts[number])


def behind(line: Sequence[Piece], starts: Sequence[int], end: int) -> Place:
    """Where the letters before one of the line end."""
    number = max(k for k, start in enumerate(starts) if start < end)
    return number, line[number].cut_before(end - starts[number])


def between(line: Sequence[Piece], start: Place, end: Place) -> Quad:
    """The part of a line from one place to another."""
    left, right = _along(line[start[0]].quad, start[1]), _along(line[end[0]].quad, end[1])
    return left[0], right[0], right[1], left[1]


def _along(quad: Quad, share: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The points at a share of the upper and of the lower edge."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (ax + (bx - ax) * share, ay + (by - ay) * share), (dx + (cx - dx) * share, dy + (cy - dy) * share)


def length(a: tuple[float, float], b: tuple[float, float]) -> float:
    """How far two points are from each other."""
    return float(np.hypot(b[0] - a[0], b[1] - a[1]))
