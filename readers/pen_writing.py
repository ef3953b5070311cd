"""Tells writing with a pen from print: a press and a typewriter make each text alike, a hand makes each another.

Texts that a page repeats (a sex, an ethnic group, a relation) are compared whole: even a script font sets them alike.
Digits are compared too; lines of digits alone are all of one height, so their strips are of one scale.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

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
_LEAST_LETTERS, _MOST_ALIKE, _LEAST_REPEATS = 2, 6, 5
"""Letters of a text that is compared; lines of one text; pairs of lines by which a page is told."""
_WIDTH, _SHIFT, _SOFT, _UPPER = 0.1, (3, 4), 1.0, 70
"""Share of its width by which a line may be longer than another; columns of pixels it is shifted, down and along; how
much noise is smoothed; which percentile of the pairs counts: a line with a stain or a stroke is like no other."""
_LEAST_IN_ROW, _LEAST_GAPS = 5, 40
"""Letters of a line, and distances between letters of a page, by which typing is told."""
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


def sameness_of_texts(lines: Iterable[tuple[Picture, str]]) -> float | None:
    """How alike the lines of a page are that say the same, 0 to 1; None where few do.

    Args:
        lines: each a whole text, with what our recogniser reads in it.
    """
    same: dict[str, list[Picture]] = {}
    for line, text in lines:
        if sum(map(str.isalnum, text)) >= _LEAST_LETTERS:
            same.setdefault(text, []).append(line)
    likeness = [like for pictures in same.values() for like in _repeats(pictures)]
    return float(np.percentile(likeness, _UPPER)) if len(likeness) >= _LEAST_REPEATS else None


def _repeats(lines: Sequence[Picture]) -> Iterator[float]:
    """How alike each two lines of one text are, at their best shift; 0 where one is far longer."""
    if len(lines) < 2:
        return
    some = lines[:: max(1, len(lines) // _MOST_ALIKE)][:_MOST_ALIKE]
    strips = [cv2.GaussianBlur(strip_of(line).astype(np.float32), (0, 0), _SOFT) for line in some]
    down, along = _SHIFT
    for one, other in combinations(strips, 2):
        wide = one.shape[1]
        if abs(wide - other.shape[1]) > _WIDTH * max(wide, other.shape[1]):
            yield 0.0
            continue
        paper = cv2.resize(other, (wide, HEIGHT))
        paper = cv2.copyMakeBorder(paper, down, down, along, along, cv2.BORDER_CONSTANT, value=(0.0,))
        yield float(cv2.matchTemplate(paper, one, cv2.TM_CCOEFF_NORMED).max())


def unevenness(lattices: Iterable[Lattice]) -> float | None:
    """How unevenly letters follow each other, as a share of their usual distance; None where few are seen.

    A typewriter sets every letter as far from the next (0.2 and less), though each a little higher or lower.
    """
    gaps = [gap for lattice in lattices for gap in _gaps(*spelt(lattice))]
    return float(np.mean(gaps)) if len(gaps) >= _LEAST_GAPS else None


def _gaps(text: str, steps: Sequence[int]) -> Iterator[float]:
    if len(text) < _LEAST_IN_ROW or not any(map(str.isalpha, text)):
        return
    far = np.diff(steps)
    usual = float(np.median(far))
    yield from (np.abs(far - usual) / usual).tolist()


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
