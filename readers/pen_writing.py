"""Tells writing with a pen from print: a press and a typewriter make each digit alike, a hand makes each another.

Digits are compared because lines of digits alone are all of one height, so their strips are of one scale.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from readers.lattice import Lattice, spelt
from readers.line_strips import HEIGHT, place_of_step, strip_of
from readers.pages import Picture

_DIGITS = frozenset("023456789")
_HALF, _ROOM = 11, 3
"""Columns on each side of the middle of a digit; how far two may be shifted against each other."""
_MOST, _LEAST_PAIRS = 12, 12
_Patch = npt.NDArray[np.float32]


def sameness(lines: Iterable[tuple[Picture, Lattice]]) -> float | None:
    """How alike the same digits of a page are, 0 to 1: the median over pairs; None where few can be compared.

    Args:
        lines: of digits and signs alone, with what our recogniser sees in them.
    """
    patches: dict[str, list[tuple[int, _Patch]]] = {}
    for number, (line, lattice) in enumerate(lines):
        for digit, patch in _digits(line, lattice):
            patches.setdefault(digit, []).append((number, patch))
    likeness = [like for same in patches.values() for like in _pairs(same)]
    return float(np.median(likeness)) if len(likeness) >= _LEAST_PAIRS else None


def _digits(line: Picture, lattice: Lattice) -> Iterable[tuple[str, _Patch]]:
    text, steps = spelt(lattice)
    strip = strip_of(line)
    for letter, step in zip(text, steps, strict=True):
        at = place_of_step(step + 0.5)
        if letter in _DIGITS and _HALF + _ROOM <= at < strip.shape[1] - _HALF - _ROOM:
            yield letter, strip[:, at - _HALF - _ROOM : at + _HALF + _ROOM + 1].astype(np.float32)


def _pairs(same: Sequence[tuple[int, _Patch]]) -> Iterable[float]:
    """How alike each two of different lines are, at their best shift."""
    some = same[:: max(1, len(same) // _MOST)][:_MOST]
    for place, (number, one) in enumerate(some):
        inner = one[_ROOM : HEIGHT - _ROOM, _ROOM:-_ROOM]
        if inner.std() < 1:
            continue
        for other_number, other in some[place + 1 :]:
            if other_number != number:
                yield float(cv2.matchTemplate(other, inner, cv2.TM_CCOEFF_NORMED).max())
