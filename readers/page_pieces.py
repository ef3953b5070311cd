"""Finds the lines of writing of a page that has no table: straightens it by its writing, gathers pieces to lines."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from readers.page_bend import Flat, Floats
from readers.page_ink import Map
from readers.page_slopes import straightened
from readers.page_turns import letters_of, writing_lies_level

_LEAST_LETTER = 6
_GAP, _MARKS = 0.9, 0.4
"""Paper inside a piece of writing at most, along and across it, in heights of letters."""
_LOWEST, _HIGHEST, _NARROWEST = 0.6, 3.4, 0.8
_OFF_LINE = 0.8
_ROOM = 0.3
_MOST_PIECES = 500
_LONGEST, _WIDEST = 110, 180
"""Pixels of a run of ink, and of a piece of it, that letters of a word may make where they touch."""


@dataclass(frozen=True)
class Bounds:
    """A piece of writing on the flat page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Written:
    """A page turned so that its writing lies level, up or upside down.

    Attributes:
        flat: the page. quarters: of a circle clockwise it was turned. lines: of writing, top to bottom, each as pieces
        from the left. height: of a usual letter.
    """

    flat: Flat
    quarters: int
    lines: tuple[tuple[Bounds, ...], ...]
    height: float


def written_lines(dark: Map) -> Written | None:
    """The lines of writing of a page; None if there are hardly any, or more than a page of labels has."""
    letters = letters_of(dark)
    quarters = 0 if writing_lies_level(letters) else 1
    level, ink = (np.ascontiguousarray(np.rot90(one, -quarters)) for one in (dark, letters))
    flat = straightened(level, ink)
    ink = letters_of(flat.dark, _LONGEST, _WIDEST)
    height = _height(ink)
    pieces = _pieces(ink, height) if height else []
    if not 3 <= len(pieces) <= _MOST_PIECES:
        return None
    whole = Flat(flat.dark, _turned_back(flat.nodes, dark.shape, quarters))
    return Written(whole, quarters, _lines(pieces, height), height)


def upside_down(written: Written) -> Written:
    """The same page turned by half a circle."""
    height, width = (side - 1 for side in written.flat.dark.shape)
    lines = [
        tuple(Bounds(width - b.right, height - b.bottom, width - b.left, height - b.top) for b in line[::-1])
        for line in written.lines[::-1]
    ]
    return Written(written.flat.turned(2), written.quarters + 2, tuple(lines), written.height)


def _turned_back(nodes: Floats, shape: tuple[int, ...], quarters: int) -> Floats:
    """Nodes of a page that was turned by a quarter, as points of the page before."""
    return nodes if not quarters else np.dstack([nodes[:, :, 1], shape[0] - 1 - nodes[:, :, 0]])


def _height(ink: Map) -> float:
    """The usual height of a letter; 0 if there are hardly any."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    heights = heights[heights >= _LEAST_LETTER]
    return float(np.median(heights)) if len(heights) >= 10 else 0.0


def _pieces(ink: Map, height: float) -> list[Bounds]:
    """Letters joined to words and short texts."""
    across, down = (
        np.ones(size, np.uint8) for size in ((1, 1 + round(_GAP * height)), (1 + round(_MARKS * height), 1))
    )
    joined = cv2.morphologyEx(
        cv2.morphologyEx(_without_dots(ink, height), cv2.MORPH_CLOSE, down), cv2.MORPH_CLOSE, across
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    return [
        Bounds(float(x), float(y), float(x + w), float(y + h))
        for x, y, w, h, _ in stats[1:].tolist()
        if _LOWEST * height <= h <= _HIGHEST * height and w >= _NARROWEST * height
    ]


def _without_dots(ink: Map, height: float) -> Map:
    """Without what is far lower than a letter and far from one: lines of dots to write on."""
    low = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(2, round(0.25 * height)), 1), np.uint8))
    near = cv2.dilate(low, np.ones((2 * round(0.5 * height) + 1, 2 * round(0.3 * height) + 1), np.uint8))
    return np.asarray(cv2.bitwise_and(ink, near), dtype=np.uint8)


def _lines(pieces: Sequence[Bounds], height: float) -> tuple[tuple[Bounds, ...], ...]:
    """Pieces that follow each other at nearly one height are a line, though it may rise or fall by and by."""
    lines: list[list[Bounds]] = []
    for piece in sorted(pieces, key=lambda b: b.left):
        off = [
            abs(line[-1].middle - piece.middle) if line[-1].right <= piece.left + height else np.inf for line in lines
        ]
        if off and min(off) <= _OFF_LINE * height:
            lines[int(np.argmin(off))].append(piece)
        else:
            lines.append([piece])
    lines.sort(key=lambda line: float(np.mean([b.middle for b in line])))
    return tuple(tuple(line) for line in lines)


def with_room(piece: Bounds, height: float) -> Bounds:
    """A little more than the ink, so that no mark is cut."""
    room = _ROOM * height
    return Bounds(piece.left - room, piece.top - room, piece.right + room, piece.bottom + room)
