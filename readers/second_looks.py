"""Lines that are read unsurely are looked at again, a little differently: resampling alone turns a mark into another.

A text is then weighed by what all looks say of it (`readers.respelling.weighed`). Steps of looks are not averaged: they
say a letter a step earlier or later, and what is between two letters would be lost.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from readers.lattice import Lattice, best_path
from readers.ocr import OwnRecogniser
from readers.pages import Picture

_UNSURE = 0.6
"""A line with a letter less likely than this is looked at again (see decision 0051)."""
_RIM, _FAINTER = 0.08, 1.4
"""Share of the height that is cut off above and below in the second look; what faint ink is weakened by in the third:
a power of its darkness, so that grain goes before strokes do."""


def looks_at(engine: OwnRecogniser, lines: Sequence[Picture], first: Sequence[Lattice]) -> list[tuple[Lattice, ...]]:
    """Two more lattices of each line that was read unsurely; none of the others.

    Args:
        engine: our own recogniser.
        lines: grey crops, dark ink on light paper, one line of text each.
        first: what it said of each.
    """
    again = [i for i, lattice in enumerate(first) if best_path(lattice)[1] < _UNSURE]
    looks = engine.read([look for i in again for look in _looks(lines[i])]) if again else []
    found: list[tuple[Lattice, ...]] = [()] * len(lines)
    for place, i in enumerate(again):
        found[i] = tuple(looks[2 * place : 2 * place + 2])
    return found


def _looks(line: Picture) -> Iterator[Picture]:
    height, width = line.shape
    rim = round(_RIM * height)
    how = cv2.INTER_LINEAR if rim else cv2.INTER_NEAREST
    yield np.asarray(cv2.resize(line[rim : height - rim], (width, height), interpolation=how), np.uint8)
    yield np.asarray(255 * (1 - np.power(1 - line / 255.0, _FAINTER)), np.uint8)
