"""Draws ruled and dotted lines: of a press, or of a ruler in a clerk's hand."""

from dataclasses import dataclass

import cv2
import numpy as np

from data_samples.pages.boxes import Points
from data_samples.pages.pen import Mask

Point = tuple[float, float]


@dataclass(frozen=True)
class RuleStyle:
    """How lines of a page are drawn.

    Attributes:
        thickness: pixels at 300 dpi. frame: of the outer lines. strength: of the ink, 0 to 1. dash, row_dash: pixels
        of a dash and of a gap, of lines between columns and between rows; (0, 0) for unbroken lines. broken: share of
        a line that is missing. tilt: most pixels by which one end of a line lies off. has_sides: outer upright lines
        are drawn. has_double_head: two lines under the headings.
    """

    thickness: int = 3
    frame: int = 4
    strength: float = 0.9
    dash: tuple[int, int] = (0, 0)
    row_dash: tuple[int, int] = (0, 0)
    broken: float = 0.0
    tilt: float = 0.0
    has_sides: bool = True
    has_double_head: bool = False


def draw_style(stream: np.random.Generator, broken: float) -> RuleStyle:
    """Any style."""
    u: list[float] = stream.random(9).tolist()
    thickness = int(2 + u[0] * u[0] * 5)
    dash = (int(14 + u[4] * 20), int(5 + u[4] * 8))
    dots = (3, int(6 + u[4] * 6))
    return RuleStyle(
        thickness, thickness + int(u[1] * 5), 0.5 + 0.5 * u[2], dash if u[3] < 0.04 else (0, 0),
        dots if u[3] > 0.88 else dash if u[3] < 0.08 else (0, 0), broken, 6 * u[5] if u[6] < 0.2 else 0.0, u[7] < 0.93,
        u[8] < 0.12,
    )  # fmt: skip


def rule(
    layer: Mask, ends: tuple[Point, Point], style: RuleStyle, stream: np.random.Generator, thickness: int = 0,
    dash: tuple[int, int] = (0, 0),
) -> None:  # fmt: skip
    """A line between two points, with its dashes and gaps."""
    begin, end = np.asarray(ends[0]), np.asarray(ends[1])
    length = float(np.hypot(*(end - begin)))
    thick, ink = max(1, thickness or style.thickness), int(255 * style.strength)
    for start, stop in _pieces(length, dash, style.broken, stream):
        a, b = (begin + (end - begin) * (t / length) for t in (start, stop))
        cv2.line(layer, _pixel(a), _pixel(b), ink, thick, cv2.LINE_8)


def dotted(layer: Mask, y: float, left: float, right: float, stream: np.random.Generator) -> None:
    """A line of dots to write on."""
    gap = int(8 + stream.random() * 8)
    size = 3 if stream.random() < 0.7 else 2
    for x in range(round(left), round(right) - size, gap):
        layer[round(y) : round(y) + size, x : x + size] = 190


def _pixel(point: Points) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _pieces(
    length: float, dash: tuple[int, int], broken: float, stream: np.random.Generator
) -> list[tuple[float, float]]:
    """What is drawn of a line: (start, stop) along it."""
    if length < 1:
        return []
    keep = np.ones(int(length) + 1, dtype=bool)
    if dash[0]:
        keep &= np.arange(len(keep)) % sum(dash) < dash[0]
    lost = broken * length
    while lost > 1:
        size = int(10 + stream.random() * min(length * 0.08, 160))
        start = int(stream.random() * length)
        keep[start : start + size] = False
        lost -= size
    changes = np.flatnonzero(np.diff(np.concatenate(([False], keep, [False])).astype(np.int8)))
    return [(float(a), float(b - 1)) for a, b in changes.reshape(-1, 2)]
