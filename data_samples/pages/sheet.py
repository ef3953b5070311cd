"""A sheet of paper at 300 dpi: what is ruled, printed and written on it, and what the truth about it is."""

from dataclasses import dataclass, field

import numpy as np

from data_samples.pages.boxes import TrueBox, rectangle
from data_samples.pages.fonts import Typeface
from data_samples.pages.pen import Hand, Mask, write
from readers.pages import Quad

SHEET_DPI = 300
A4 = (2480, 3508)
"""Width and height in pixels of an upright sheet."""


@dataclass
class Sheet:
    """Three layers of ink (0 = paper, 255 = ink) that grow while a form is laid out, and the boxes laid so far."""

    rules: Mask
    printed: Mask
    written: Mask
    stream: np.random.Generator
    boxes: list[TrueBox] = field(default_factory=list)
    headings: list[TrueBox] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.rules.shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.rules.shape[0])


def new_sheet(landscape: bool, stream: np.random.Generator) -> Sheet:
    """An empty A4 sheet."""
    width, height = A4[::-1] if landscape else A4
    layers = [np.zeros((height, width), dtype=np.uint8) for _ in range(3)]
    return Sheet(layers[0], layers[1], layers[2], stream)


def wrap(text: str, typeface: Typeface, size: float, width: float) -> list[str] | None:
    """The text in lines no wider than `width`, broken at blanks; None if a word is wider."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and typeface.width(longer, size) <= width:
            lines[-1] = longer
        elif typeface.width(word, size) <= width:
            lines.append(word)
        else:
            return None
    return lines


@dataclass(frozen=True)
class Fitted:
    """Lines of a text at the size at which they fit their place."""

    lines: tuple[str, ...]
    size: float


def fit(text: str, typeface: Typeface, size: float, place: tuple[float, float], most_lines: int = 3) -> Fitted | None:
    """As large as `size` if possible, at least 0.62 of it, in a place of (width, height); None if it does not fit.

    A line is rather made smaller than broken, as clerks do; a long text is broken.
    """
    width, height = place
    smaller: tuple[tuple[float, int], ...] = ((1.0, 1), (0.88, 1), (0.92, 2), (0.8, 2), (0.78, 3), (0.66, 3), (0.62, 4))
    for scale, most in smaller:
        tried = size * scale
        if most > most_lines or most * tried * 1.08 > height + tried * 0.25:
            continue
        lines = wrap(text, typeface, tried, width)
        if lines is not None and len(lines) <= most:
            return Fitted(tuple(lines), tried)
    return None


def write_lines(
    layer: Mask, fitted: Fitted, at: tuple[float, float], width: float, hand: Hand, stream: np.random.Generator,
    align: float = 0.0,
) -> Quad:  # fmt: skip
    """Write lines about height `at[1]`, from `at[0]` on (align 0: left, 0.5: centred); quad of the ink."""
    step = fitted.size * 1.08
    first = at[1] - step * (len(fitted.lines) - 1) / 2 + fitted.size * 0.33
    quads = []
    for number, line in enumerate(fitted.lines):
        free = width - hand.typeface.width(line, fitted.size)
        quads.append(
            write(layer, line, (at[0] + max(free, 0) * align, first + number * step), fitted.size, hand, stream)
        )
    xs, ys = [x for q in quads for x, _ in q], [y for q in quads for _, y in q]
    return rectangle(min(xs), min(ys), max(xs), max(ys))
