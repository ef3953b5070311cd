"""A line that was read unsurely is looked at again, in the same width; one that was read surely is not."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from readers.lattice import Lattice, Letters
from readers.ocr import OwnRecogniser
from readers.pages import Picture
from readers.second_looks import looks_at

_LETTERS = Letters(["a", "b"])


class _Engine:
    """Keeps the pictures that it is given."""

    def __init__(self) -> None:
        self.seen: list[Picture] = []

    def read(self, lines: Sequence[Picture]) -> list[Lattice]:
        self.seen += lines
        return [_lattice(0.5) for _ in lines]


def _lattice(sure: float) -> Lattice:
    probabilities = np.full((4, 3), (1 - sure) / 2, np.float32)
    probabilities[:, 1] = sure
    return Lattice(np.log(probabilities), _LETTERS)


def _line(height: int = 40, width: int = 90) -> Picture:
    line = np.full((height, width), 255, np.uint8)
    line[height // 4 : -height // 4, 10:80:7] = 60
    return line


def test_only_unsure_lines_are_looked_at_again() -> None:
    engine = _Engine()
    found = looks_at(cast(OwnRecogniser, engine), [_line(), _line(), _line()], [_lattice(p) for p in (0.9, 0.45, 0.9)])
    assert [len(looks) for looks in found] == [0, 2, 0]
    assert len(engine.seen) == 2


def test_looks_differ_but_keep_the_size_of_the_line() -> None:
    engine = _Engine()
    line = _line()
    looks_at(cast(OwnRecogniser, engine), [line], [_lattice(0.4)])
    closer, fainter = engine.seen
    assert closer.shape == fainter.shape == line.shape
    assert closer.dtype == fainter.dtype == np.uint8
    assert (closer != line).any()
    assert (fainter >= line - 1).all()
    assert (fainter > line).any()


def test_the_lowest_line_and_no_line_may_come() -> None:
    engine = _Engine()
    assert looks_at(cast(OwnRecogniser, engine), [], []) == []
    assert [len(looks) for looks in looks_at(cast(OwnRecogniser, engine), [_line(3, 8)], [_lattice(0.4)])] == [2]
