"""Reads the head and the foot of a page: each value stands behind its label, wherever on the page that is.

Every line beside the table is read by the fast recogniser; labels are looked for in it letter by letter
(`readers.header_labels`), and the picture is cut where the last letter of a label ends. The value goes as far as the
next label, or the last writing of the line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from readers import ocr
from readers.crops import cut
from readers.forms import KIND_OF, Form, HeaderField
from readers.header_labels import Label, Labels
from readers.heading_words import means_only
from readers.lattice import Lattice, spelt
from readers.pages import Box, Page, PageGrid, Picture, Quad

Vector = npt.NDArray[np.float64]

_LEAST_WIDTH = 6.0
_PAPER = 255
_FULL = 0.7
"""Share of the table's width that an address takes before it goes on in the next line."""
_ROOM = 0.12
"""Paper between two words, at least, as a share of the height of a piece."""
_FAR = 4.0
"""Heights of a line between two pieces of writing that do not belong together, a label and its value apart."""
_NO_VALUE = " .:;,-_"


@dataclass(frozen=True)
class HeaderValue:
    """A header field of a page: its box with label and value, the picture of the value alone, what it is called."""

    box: Box
    crop: Picture
    field: HeaderField


@dataclass(frozen=True)
class _Piece:
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


def header_values(page: Page, grid: PageGrid, forms: Sequence[Form]) -> list[HeaderValue]:
    """The header fields that are labelled on the page, each once, top to bottom.

    Args:
        page: with its picture.
        grid: of the page; its `writing` is read.
        forms: whose labels may stand there.
    """
    labels = Labels(forms)
    found: dict[str, HeaderValue] = {}
    lines = list(_read(page, grid))
    for line, after in zip(lines, [*lines[1:], []], strict=False):
        for field, text, quad, inner in _fields(line, labels):
            if field in found or _length(*inner[:2]) < _LEAST_WIDTH:
                continue
            parts = [inner]
            if KIND_OF.get(field) == "place" and _goes_on(inner, after, grid, labels):
                parts.append(_between(after, (0, 0.0), (len(after) - 1, 1.0)))
            crop = _below_each_other([cut(page.picture, part, grid.turned) for part in parts])
            box = Box("header", None, field, _around([quad, *parts[1:]]))
            found[field] = HeaderValue(box, crop, _named(field, text, forms))
    return list(found.values())


def _goes_on(quad: Quad, after: Sequence[_Piece], grid: PageGrid, labels: Labels) -> bool:
    """An address for which its line had no room goes on in the next one, if nothing there has a label."""
    if not after or not grid.boxes or any(_labels_of(after, labels)[2]):
        return False
    along, down = _axes(quad)
    table = np.asarray([box.quad for box in grid.boxes]).reshape(-1, 2) @ along
    reach = (np.asarray(quad[1]) @ along - table.min()) / max(float(np.ptp(table)), 1.0)
    step = (np.asarray(after[0].quad[0]) - quad[3]) @ down
    return bool(reach > _FULL and abs(step) < _length(quad[0], quad[3]) and not _is_title(after))


def _is_title(line: Sequence[_Piece]) -> bool:
    return " ".join(piece.text for piece in line).isupper()


def _axes(quad: Quad) -> tuple[Vector, Vector]:
    """Unit vectors along and down."""
    along, down = np.asarray(quad[1]) - quad[0], np.asarray(quad[3]) - quad[0]
    return along / max(float(np.hypot(*along)), 1e-9), down / max(float(np.hypot(*down)), 1e-9)


def _around(quads: Sequence[Quad]) -> Quad:
    """The rectangle around quads, turned as the first one is."""
    if len(quads) == 1:
        return quads[0]
    axes = np.asarray(_axes(quads[0]))
    places = np.linalg.solve(axes @ axes.T, axes @ np.asarray(quads).reshape(-1, 2).T)
    (left, top), (right, bottom) = places.min(axis=1), places.max(axis=1)
    corners = np.asarray([(left, top), (right, top), (right, bottom), (left, bottom)]) @ axes
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d


def _below_each_other(pictures: Sequence[Picture]) -> Picture:
    width = max(picture.shape[1] for picture in pictures)
    padded = [np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=_PAPER) for p in pictures]
    return np.ascontiguousarray(np.vstack(padded))


def _named(name: str, label: str, forms: Sequence[Form]) -> HeaderField:
    """The field as a form would declare it, its plainest wording first; if forms know none, with the label as read."""
    known = [f for form in forms for f in form.header if f.name == name]
    listed = dict.fromkeys(word for f in known for word in f.labels)
    wordings = sorted(listed, key=lambda word: not means_only(word.rstrip(": "), name))
    kind = known[0].kind if known else KIND_OF.get(name, "text")
    return HeaderField(name, kind, tuple(wordings) or (label,), "above", 0, 0.0, 1.0)


def _read(page: Page, grid: PageGrid) -> Iterator[list[_Piece]]:
    """Each line as its pieces, with what the fast recogniser reads in them."""
    crops = [cut(page.picture, quad, grid.turned) for line in grid.writing for quad in line]
    lattices = iter(ocr.fast().read(crops) if crops else [])
    pictures = iter(crops)
    for line in grid.writing:
        yield [_piece(quad, next(pictures), next(lattices)) for quad in line]


def _piece(quad: Quad, picture: Picture, lattice: Lattice) -> _Piece:
    text, steps = spelt(lattice)
    width, count = picture.shape[1], max(len(lattice.log_probs), 1)
    shares = (ocr.fast().place_of(picture, (step + 0.5) / count) / width for step in steps)
    return _Piece(quad, picture, text, tuple(min(1.0, max(0.0, share)) for share in shares))


def _labels_of(line: Sequence[_Piece], labels: Labels) -> tuple[str, list[int], list[Label]]:
    """The text of a line, where its pieces start in it, and its labels."""
    text, starts = "", []
    for piece in line:
        starts.append(len(text))
        text += piece.text + " "
    return text, starts, labels.find(text, starts)


def _fields(line: Sequence[_Piece], labels: Labels) -> Iterator[tuple[str, str, Quad, Quad]]:
    """Each labelled field of a line: its name, the label as read, the quad of label and value, and of the value."""
    text, starts, found = _labels_of(line, labels)
    begun = [start for start, far in zip(starts, _is_far(line), strict=True) if far]
    for label, after in zip(found, [*(after.start for after in found[1:]), len(text)][: len(found)], strict=True):
        end = min((s for s in begun if s < after and text[label.end : s].strip(_NO_VALUE)), default=after)
        if label.field is None or not _may_be_value(label, text[label.end : end]):
            continue
        yield label.field, text[label.start : label.end].strip(), *_quads(line, starts, label, end)


def _is_far(line: Sequence[_Piece]) -> list[bool]:
    """For each piece: it stands so far from the one before that it is no part of the same value."""
    far = [False]
    for before, piece in pairwise(line):
        height = max(_length(before.quad[0], before.quad[3]), 1.0)
        far.append(_length(before.quad[1], piece.quad[0]) > _FAR * height)
    return far[: len(line)]


def _may_be_value(label: Label, text: str) -> bool:
    """Something stands there; behind what may be part of a title, for a number a digit."""
    is_number = KIND_OF.get(label.field or "") == "number"
    return bool(text.strip(_NO_VALUE)) and (label.is_apart or not is_number or any(c.isdigit() for c in text))


def _quads(line: Sequence[_Piece], starts: Sequence[int], label: Label, end: int) -> tuple[Quad, Quad]:
    last = _behind(line, starts, end)
    return _between(line, _before(line, starts, label.start), last), _between(
        line, _before(line, starts, label.end), last
    )


_Place = tuple[int, float]
"""Number of a piece, and how far into it as a share of its width."""


def _before(line: Sequence[_Piece], starts: Sequence[int], letter: int) -> _Place:
    """Where a letter of the line begins."""
    number = max(k for k, start in enumerate(starts) if start <= letter)
    if letter - starts[number] >= len(line[number].text) and number + 1 < len(line):
        return number + 1, 0.0
    return number, line[number].cut_before(letter - starts[number])


def _behind(line: Sequence[_Piece], starts: Sequence[int], end: int) -> _Place:
    """Where the letters before one of the line end."""
    number = max(k for k, start in enumerate(starts) if start < end)
    return number, line[number].cut_before(end - starts[number])


def _between(line: Sequence[_Piece], start: _Place, end: _Place) -> Quad:
    left, right = _along(line[start[0]].quad, start[1]), _along(line[end[0]].quad, end[1])
    return left[0], right[0], right[1], left[1]


def _along(quad: Quad, share: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The points at a share of the upper and of the lower edge."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (ax + (bx - ax) * share, ay + (by - ay) * share), (dx + (cx - dx) * share, dy + (cy - dy) * share)


def _length(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(np.hypot(b[0] - a[0], b[1] - a[1]))
