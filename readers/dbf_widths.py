"""Texts of a DBF table that were probably cut by the width of their field.

Lengths of a column of names or addresses thin out towards the longest; where the width cuts them, the cut ones pile up
at it. Only texts of several words count: a code of fixed width is as long as its field because it should be.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from readers.dbf_header import DbfField

Records = npt.NDArray[np.uint8]
_BLANK, _FIRST_LETTER = 0x20, 0x41
_NARROWEST, _WIDEST_CODE = 8, 15
_LENGTHS = 4
"""Lengths that are looked at: the width itself and the three below it."""
_FEWEST, _TIMES = 3, 2
_MOST_HELD, _MOST_READ = 1_000, 8_192
"""Different texts of a length that are enough, and texts of a block that are looked at for them."""


@dataclass
class _Column:
    """Texts of several words by how many letters they are shorter than the field: rows, and hashes of some of them."""

    rows: list[int] = field(default_factory=lambda: [0] * _LENGTHS)
    texts: list[set[int]] = field(default_factory=lambda: [set() for _ in range(_LENGTHS)])
    filled: int = 0

    def add(self, cells: Records) -> None:
        """Count the cells of a block."""
        is_sign = cells[:, -_LENGTHS:] > _BLANK
        self.filled += int((is_sign[:, -1] | (cells[:, 0] > _BLANK)).sum())
        is_longer = np.zeros(len(cells), np.bool_)
        for short in range(_LENGTHS):
            ends_here = is_sign[:, -1 - short] & ~is_longer
            is_longer |= ends_here
            self._count(short, np.ascontiguousarray(cells[ends_here, : cells.shape[1] - short]))

    def _count(self, short: int, texts: Records) -> None:
        texts = texts[_are_words(texts)]
        self.rows[short] += len(texts)
        if len(texts) and len(self.texts[short]) < _MOST_HELD:
            distinct = set(texts.view(f"S{texts.shape[1]}").ravel()[:_MOST_READ].tolist())
            self.texts[short].update(map(hash, distinct))

    def is_cut(self, width: int) -> bool:
        """Do the texts pile up at the width?"""
        distinct = [len(texts) for texts in self.texts]
        if distinct[0] < _FEWEST or (self.rows[0] == self.filled and width <= _WIDEST_CODE):
            return False
        return _pile_up(self.rows) and (distinct[0] >= _MOST_HELD or _pile_up(distinct))


def _pile_up(counts: Sequence[int]) -> bool:
    """Are there many more at the width than just below it, where a tail that thins out would have more?"""
    return counts[0] >= _TIMES * counts[1] and counts[0] > max(counts[1:])


class Widths:
    """The text fields of a table while its records go by."""

    def __init__(self, fields: Iterable[DbfField]) -> None:
        self._columns = {f: _Column() for f in fields if f.kind == "C" and f.width >= _NARROWEST}

    def add(self, records: Records) -> None:
        """Look at the records of a block, without the deleted ones."""
        for each, column in self._columns.items():
            if len(records):
                column.add(records[:, each.offset : each.offset + each.width])

    def cut(self) -> Iterator[tuple[DbfField, int]]:
        """The fields whose texts were probably cut, with their rows."""
        yield from ((each, column.rows[0]) for each, column in self._columns.items() if column.is_cut(each.width))


def _are_words(cells: Records) -> npt.NDArray[np.bool_]:
    """Does each text hold a letter, and a blank behind a sign?"""
    has_letter = (cells >= _FIRST_LETTER).any(axis=1)
    apart = ((cells[:, 1:] == _BLANK) & (cells[:, :-1] > _BLANK)).any(axis=1)
    return np.asarray(has_letter & apart)
