"""Draws ruled and dotted lines: of a press, a typewriter or a ruler in a clerk's hand."""

from dataclasses import dataclass

import numpy as np

from data_samples.pages.pen import Mask


@dataclass(frozen=True)
class RuleStyle:
    """How lines of a page are drawn.

    Attributes:
        thickness: pixels at 300 dpi. frame: of the outer lines. strength: of the ink, 0 to 1. dash: pixels of a dash
        and of a gap; (0, 0) for unbroken lines. broken: share of a line that is missing.
    """

    thickness: int = 3
    frame: int = 4
    strength: float = 0.9
    dash: tuple[int, int] = (0, 0)
    broken: float = 0.0


def draw_style(stream: np.random.Generator, broken: float) -> RuleStyle:
    """Any style."""
    u = stream.random(5)
    dash = (0, 0) if u[3] < 0.92 else (int(10 + u[4] * 20), int(4 + u[4] * 8))
    thickness = int(2 + u[0] * 4)
    return RuleStyle(thickness, thickness + int(u[1] * 4), 0.55 + 0.45 * u[2], dash, broken)


def across(layer: Mask, y: float, left: float, right: float, style: RuleStyle, stream: np.random.Generator,
           thickness: int | None = None) -> None:  # fmt: skip
    """A horizontal line."""
    thick = thickness or style.thickness
    top = round(y - thick / 2)
    _stroke(layer[max(top, 0) : top + thick, round(left) : round(right)], style, stream)


def down(layer: Mask, x: float, top: float, bottom: float, style: RuleStyle, stream: np.random.Generator,
         thickness: int | None = None) -> None:  # fmt: skip
    """A vertical line."""
    thick = thickness or style.thickness
    left = round(x - thick / 2)
    _stroke(layer[round(top) : round(bottom), max(left, 0) : left + thick].T, style, stream)


def dotted(layer: Mask, y: float, left: float, right: float, stream: np.random.Generator) -> None:
    """A line of dots to write on."""
    gap = int(8 + stream.random() * 8)
    size = 3 if stream.random() < 0.7 else 2
    for x in range(round(left), round(right) - size, gap):
        layer[round(y) : round(y) + size, x : x + size] = 190


def _stroke(piece: Mask, style: RuleStyle, stream: np.random.Generator) -> None:
    """Ink along the second axis of `piece`, with its dashes and gaps."""
    length = piece.shape[1]
    if not length or not piece.shape[0]:
        return
    keep = np.ones(length, dtype=bool)
    if style.dash[0]:
        keep &= np.arange(length) % sum(style.dash) < style.dash[0]
    lost = style.broken * length
    while lost > 0:
        size = int(10 + stream.random() * min(length * 0.08, 160))
        start = int(stream.random() * length)
        keep[start : start + size] = False
        lost -= size
    np.maximum(piece, (keep * (255 * style.strength)).astype(np.uint8)[None, :], out=piece)
