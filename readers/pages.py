"""What passes between the parts that read a scan: frozen declarations, no behaviour.

file -> `Page`s -> `PageGrid` (a form laid on the page: `Box`es) -> crops -> `CellReading`s -> `CellVerdict`s. Quads are
four corners (x, y) in pixels of the page's picture before any turning of ours: top left, top right, bottom right,
bottom left as a reader holds the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""H x W x 3 (RGB) or H x W (grey)."""
Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Page:
    """One page of a scanned file.

    Attributes:
        number: 1-based in its file. picture: RGB, after EXIF turning for JPEG. dpi: as told by the file or worked out
        of the page's size; None where unknown. text: words of the text layer of a PDF, empty for a scan.
    """

    number: int
    picture: Picture
    dpi: float | None = None
    text: tuple["PageWord", ...] = ()


@dataclass(frozen=True)
class PageWord:
    """A word of a PDF's own text layer: its quad and the middle of each of its letters, in pixels of the picture."""

    text: str
    quad: Quad
    middles: tuple[tuple[float, float], ...]


ACROSS = ""
"""In place of a column: a cell over all of them, a line of its own between rows."""


@dataclass(frozen=True)
class Box:
    """A place on a page that holds one value.

    Attributes:
        kind: "cell" (of the table), "header" (label and value of a field outside it) or "heading" (printed words over a
        column). row: 0-based line of the table, None for the others. column: name of the form's column or header
        field; of a form with free order the number of the column from the left, "1" for the first; ACROSS of a row
        that is one cell, as wide as the table. quad: where it lies.
    """

    kind: Literal["cell", "header", "heading"]
    row: int | None
    column: str
    quad: Quad


@dataclass(frozen=True)
class PageGrid:
    """A form found on a page.

    Attributes:
        form_id: which form. turned: degrees (0, 90, 180, 270) that the page must be turned clockwise to stand upright.
        boxes: header boxes, then cells row by row. quality: 0 (hardly legible) to 1 (clean), from sharpness, contrast,
        noise and how well the lines were found; the calibration of confidences goes by it. measures: its parts.
        headings: the printed heading of each column, from the left; also of a form that fits, so that it can be proved.
        writing: what stands above and below the table, line by line, each line as pieces from the left.
    """

    form_id: str
    turned: int
    boxes: tuple[Box, ...]
    quality: float
    measures: Mapping[str, float] = field(default_factory=dict)
    headings: tuple[Box, ...] = ()
    writing: tuple[tuple[Quad, ...], ...] = ()


@dataclass(frozen=True)
class CellReading:
    """What one recogniser read in one crop.

    Attributes:
        engine: its name. text: best text. alternatives: other texts with their log-probabilities, best first, the best
        one among them. confidence: 0 to 1, the engine's own.
    """

    engine: str
    text: str
    alternatives: tuple[tuple[str, float], ...]
    confidence: float


@dataclass(frozen=True)
class CellVerdict:
    """The text decided for one box.

    Attributes:
        text: decided text, "" for an empty cell. confidence: calibrated probability that it is exactly what stands
        there. accepted: no person needs to look. handwriting: it looks written with a pen, so a person decides.
        rule: the column rule that chose among the alternatives, None where the recogniser's own best text stands.
        readings: each engine's reading, for whoever asks.
    """

    text: str
    confidence: float
    accepted: bool
    handwriting: bool
    rule: str | None
    readings: tuple[CellReading, ...] = ()
