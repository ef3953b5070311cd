"""What is known of a generated page."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from data_samples.pages.fonts import FontKind
from readers.pages import Picture, Quad

Points = NDArray[np.float64]


@dataclass(frozen=True)
class TrueBox:
    """A place and what stands there.

    Attributes:
        kind: "cell", "header", "heading" (the printed words over a column) or "label" (those before a field; the
        title, whose column is "title"). row: 0-based line of the table or
        person's block; None outside them; of a heading its level from the top. column: name of the form's column or
        field. text: what a careful reader writes down, "" where nothing stands. quad: the whole place, top left, top
        right, bottom right, bottom left as the text is held. ink: the same of the writing alone; None where nothing
        stands. handwriting: written with a pen. lines: the text as it was broken; () where nothing stands or a
        struck-out word stands beside it.
    """

    kind: Literal["cell", "header", "heading", "label"]
    row: int | None
    column: str
    text: str
    quad: Quad
    ink: Quad | None = None
    handwriting: bool = False
    lines: tuple[str, ...] = ()

    def moved(self, quad: Quad, ink: Quad | None) -> "TrueBox":
        """The same box elsewhere."""
        return replace(self, quad=quad, ink=ink)


@dataclass(frozen=True)
class MadePage:
    """A page as a camera or scanner gives it, and the truth about it.

    Attributes:
        picture: RGB. boxes: cells and header fields, quads in pixels of `picture`. headings: headings, labels
        and title as printed.
        columns: names of the table's columns from the left, or of the block's fields. turned: degrees that the page
        must be turned clockwise to stand upright.
    """

    picture: Picture
    seed: int
    form_id: str
    level: int
    font: str
    font_kind: FontKind
    dpi: int
    turned: int
    columns: tuple[str, ...]
    boxes: tuple[TrueBox, ...]
    headings: tuple[TrueBox, ...] = ()


def rectangle(left: float, top: float, right: float, bottom: float) -> Quad:
    """A quad that stands straight."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
