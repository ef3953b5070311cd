"""The rows of a file that bear a personal number, kept until all of them are seen: few in memory, many on disk.

On disk they lie in a file without a name, which is gone with the process, and by shelves: all rows of a number on one
shelf, in the order of the file. A shelf is read piece by piece, so that neither the rows of a file nor those of one
number have to fit in memory.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np

from transforms.number_conflicts import BEARER, Bearers, conflicts

KEPT_ROWS = 1 << 20
"""Rows held in memory (36 MiB) before they are put on shelves."""

_SHELF_BITS = 8
SHELVES = 1 << _SHELF_BITS
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Shelves:
    """Rows in one open file: runs, each of them sorted by shelf."""

    def __init__(self, file: IO[bytes]) -> None:
        """Write into that file, which its opener closes."""
        self._file = file
        self._ends: list[np.ndarray] = []
        self._rows = 0

    def write(self, rows: Bearers) -> None:
        """Put rows on their shelves, behind those that lie there."""
        shelf = (rows["number"].astype(np.uint64) * _SPREAD) >> np.uint64(64 - _SHELF_BITS)
        self._file.seek(self._rows * BEARER.itemsize)
        self._file.write(rows.take(np.argsort(shelf, kind="stable")).tobytes())
        counts = np.bincount(shelf.astype(np.int64), minlength=SHELVES)
        self._ends.append(self._rows + np.append(0, np.cumsum(counts)))
        self._rows += len(rows)

    def pieces(self, shelf: int, least: int) -> Iterator[Bearers]:
        """The rows of a shelf in the order of the file; each piece but the last has at least that many."""
        waiting = np.empty(0, BEARER)
        for ends in self._ends:
            first, end = int(ends[shelf]), int(ends[shelf + 1])
            self._file.seek(first * BEARER.itemsize)
            run = np.frombuffer(self._file.read((end - first) * BEARER.itemsize), BEARER)
            waiting = np.concatenate([waiting, run])
            if len(waiting) >= least:
                yield waiting
                waiting = np.empty(0, BEARER)
        yield waiting


class BearerLog:
    """Rows with a personal number of one file; `add` them in order, then ask for the numbers of two people."""

    def __init__(self, spill: Path | None = None, kept: int = KEPT_ROWS) -> None:
        """Keep up to that many rows in memory, the others in the folder `spill` (the system's own if None)."""
        self._spill, self._most = spill, kept
        self._kept: list[Bearers] = []
        self._rows = 0
        self._shelves: Shelves | None = None
        self._open = ExitStack()

    def __enter__(self) -> "BearerLog":
        """The log itself; what it has on disk goes with the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the disk back."""
        self._open.close()

    def add(self, rows: Bearers) -> None:
        """Add the rows of the next part of the file."""
        self._kept.append(rows)
        self._rows += len(rows)
        if self._rows > self._most:
            if self._shelves is None:
                self._shelves = self._opened()
            self._shelves.write(self._taken())

    def conflicts(self) -> np.ndarray:
        """Numbers of two people, ascending; after this nothing is added."""
        if self._shelves is None:
            return conflicts([self._taken()])
        self._shelves.write(self._taken())
        found = [conflicts(self._shelves.pieces(shelf, self._most)) for shelf in range(SHELVES)]
        return np.sort(np.concatenate(found))

    def _taken(self) -> Bearers:
        """The rows in memory, which are no longer held afterwards."""
        rows = np.concatenate([np.empty(0, BEARER), *self._kept])
        self._kept, self._rows = [], 0
        return rows

    def _opened(self) -> Shelves:
        if self._spill is not None:
            self._spill.mkdir(parents=True, exist_ok=True)
        return Shelves(self._open.enter_context(tempfile.TemporaryFile(dir=self._spill)))
