"""Whether a word at the start of a line is struck out: what is read well is not, whatever seems to go through it.

Letters of a worn or blurred page touch each other, and look like a stroke through a word (`readers.struck_words`); a
clear stroke is none of these. One that is not clear spoils what the recogniser sees: of 38 lines of generated pages and
of pages drawn by a browser the 22 that bore no stroke were read with a mean of 0.89 a letter and more in the part
before it, the 16 that did with 0.80 at most.
"""

from collections.abc import Sequence

import numpy as np

from readers.cell_lines import CellLines
from readers.lattice import Lattice, letters_between
from readers.ocr import OwnRecogniser
from readers.pages import Picture

_READ_WELL = 0.85


def with_words_that_are_read(shapes: Sequence[CellLines], engine: OwnRecogniser) -> list[CellLines]:
    """The lines of cells, those whole whose first word only seemed struck out.

    Args:
        shapes: of all cells of a page.
        engine: our own recogniser, which is given the lines in question alone.
    """
    asked = [(cell, number, whole) for cell, shape in enumerate(shapes) for number, whole in shape.uncut]
    if not asked:
        return list(shapes)
    said = engine.read([whole for _, _, whole in asked])
    told: dict[int, dict[int, Picture]] = {}
    for (cell, number, whole), lattice in zip(asked, said, strict=True):
        if _is_read_well(lattice, 1 - shapes[cell].lines[number].shape[1] / whole.shape[1]):
            told.setdefault(cell, {})[number] = whole
    return [shape.with_lines(told[cell]) if cell in told else shape for cell, shape in enumerate(shapes)]


def _is_read_well(lattice: Lattice, share: float) -> bool:
    """Are the letters of the first so much of a line likely?"""
    letters = letters_between(lattice, 0, round(share * len(lattice.log_probs)))
    return len(letters) > 0 and float(np.mean(letters)) >= _READ_WELL
