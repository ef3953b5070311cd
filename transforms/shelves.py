"""Rows on disk by shelves: what does not fit in memory, and is looked at key by key.

The rows lie in one open file, as runs each of which is sorted by shelf. All rows of a key are on one shelf, in the
order in which they were written, and a shelf is read piece by piece.
"""

from collections.abc import Iterator
from typing import IO, Any

import numpy as np
import numpy.typing as npt

_SHELF_BITS = 8
SHELVES = 1 << _SHELF_BITS
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_Rows = npt.NDArray[Any]


class Shelves:
    """Rows of one kind in one open file."""

    def __init__(self, file: IO[bytes], kind: np.dtype[Any]) -> None:
        """Write into that file, which its opener closes."""
        self._file, self._kind = file, kind
        self._ends: list[np.ndarray] = []
        self._rows = 0

    def write(self, rows: _Rows, keys: _Rows) -> None:
        """Put rows on the shelves of their keys (whole numbers), behind those that lie there."""
        shelf = (keys.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _SHELF_BITS)
        self._file.seek(self._rows * self._kind.itemsize)
        self._file.write(rows.take(np.argsort(shelf, kind="stable")).tobytes())
        counts = np.bincount(shelf.astype(np.int64), minlength=SHELVES)
        self._ends.append(self._rows + np.append(0, np.cumsum(counts)))
        self._rows += len(rows)

    def pieces(self, shelf: int, least: int) -> Iterator[_Rows]:
        """The rows of a shelf in the order in which they came; each piece but the last has at least that many."""
        waiting = np.empty(0, self._kind)
        for ends in self._ends:
            first, end = int(ends[shelf]), int(ends[shelf + 1])
            self._file.seek(first * self._kind.itemsize)
            run = np.frombuffer(self._file.read((end - first) * self._kind.itemsize), self._kind)
            waiting = np.concatenate([waiting, run])
            if len(waiting) >= least:
                yield waiting
                waiting = np.empty(0, self._kind)
        yield waiting
