"""Reads the head and the foot of a page: each value stands behind its label, wherever on the page that is.

Every line beside the table is read by our recogniser; labels are looked for in it letter by letter
(`readers.header_labels`), and the picture is cut where the last letter of a label ends. The value goes as far as the
next label, or the last writing of the line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from readers.crops import cut, with_paper_beside
from readers.forms import KIND_OF, Form, HeaderField
from readers.header_labels import Label, Labels
from readers.heading_words import means_only
from readers.labelled_lines import Piece, before, behind, between, labels_of, length, read_lines
from readers.pages import Box, Page, PageGrid, Picture, Quad

Vector = npt.NDArray[np.float64]

_LEAST_WIDTH = 6.0
_PAPER = 255
_FULL = 0.7
"""Share of the table's width that an address takes before it goes on in the next line."""
_FAR = 4.0
"""Heights of a line between two pieces of writing that do not belong together, a label and its value apart."""
_ROOM = 0.1
"""Share of the height of a piece that is cut out above it: capitals bear a mark over a mark."""
_NO_VALUE = " .:;,-_"


@dataclass(frozen=True)
class HeaderValue:
    """A header field of a page: its box with label and value, the picture of the value alone, what it is called."""

    box: Box
    crop: Picture
    field: HeaderField


def header_values(page: Page, grid: PageGrid, forms: Sequence[Form]) -> list[HeaderValue]:
    """The header fields that are labelled on the page, each once, top to bottom.

    Args:
        page: with its picture.
        grid: of the page; its `writing` is read.
        forms: whose labels may stand there.
    """
    labels = Labels(forms)
    found: dict[str, HeaderValue] = {}
    lines = list(read_lines(page, grid.writing, grid.turned))
    for line, after in zip(lines, [*lines[1:], []], strict=False):
        for field, text, quad, inner in _fields(line, labels):
            if field in found or length(*inner[:2]) < _LEAST_WIDTH:
                continue
            parts = [inner]
            if KIND_OF.get(field) == "place" and _goes_on(inner, after, grid, labels):
                parts.append(between(after, (0, 0.0), (len(after) - 1, 1.0)))
            crop = with_paper_beside(
                _below_each_other([cut(page.picture, _with_room(part), grid.turned) for part in parts])
            )
            box = Box("header", None, field, _around([quad, *parts[1:]]))
            found[field] = HeaderValue(box, crop, _named(field, text, forms))
    return list(found.values())


def _goes_on(quad: Quad, after: Sequence[Piece], grid: PageGrid, labels: Labels) -> bool:
    """An address for which its line had no room goes on in the next one, if nothing there has a label."""
    if not after or not grid.boxes or any(labels_of(after, labels)[2]):
        return False
    along, down = _axes(quad)
    table = np.asarray([box.quad for box in grid.boxes]).reshape(-1, 2) @ along
    reach = (np.asarray(quad[1]) @ along - table.min()) / max(float(np.ptp(table)), 1.0)
    step = (np.asarray(after[0].quad[0]) - quad[3]) @ down
    return bool(reach > _FULL and abs(step) < length(quad[0], quad[3]) and not _is_title(after))


def _is_title(line: Sequence[Piece]) -> bool:
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


def _with_room(quad: Quad) -> Quad:
    """The quad with a little more above it."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    upper = (ax + _ROOM * (ax - dx), ay + _ROOM * (ay - dy)), (bx + _ROOM * (bx - cx), by + _ROOM * (by - cy))
    return (*upper, (cx, cy), (dx, dy))


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


def _fields(line: Sequence[Piece], labels: Labels) -> Iterator[tuple[str, str, Quad, Quad]]:
    """Each labelled field of a line: its name, the label as read, the quad of label and value, and of the value."""
    text, starts, found = labels_of(line, labels)
    begun = [start for start, far in zip(starts, _is_far(line), strict=True) if far]
    for label, after in zip(found, [*(after.start for after in found[1:]), len(text)][: len(found)], strict=True):
        end = min((s for s in begun if s < after and text[label.end : s].strip(_NO_VALUE)), default=after)
        if label.field is None or not _may_be_value(label, text[label.end : end]):
            continue
        yield label.field, text[label.start : label.end].strip(), *_quads(line, starts, label, end)


def _is_far(line: Sequence[Piece]) -> list[bool]:
    """For each piece: it stands so far from the one before that it is no part of the same value."""
    far = [False]
    for left, right in pairwise(line):
        height = max(length(left.quad[0], left.quad[3]), 1.0)
        far.append(length(left.quad[1], right.quad[0]) > _FAR * height)
    return far[: len(line)]


def _may_be_value(label: Label, text: str) -> bool:
    """Something stands there; behind what may be part of a title, for a number a digit."""
    is_number = KIND_OF.get(label.field or "") == "number"
    return bool(text.strip(_NO_VALUE)) and (label.is_apart or not is_number or any(c.isdigit() for c in text))


def _quads(line: Sequence[Piece], starts: Sequence[int], label: Label, end: int) -> tuple[Quad, Quad]:
    last = behind(line, starts, end)
    return between(line, before(line, starts, label.start), last), between(line, before(line, starts, label.end), last)
