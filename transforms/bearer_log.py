"""The rows of a file that bear a personal number, kept until all of them are seen: few in memory, many on disk.

On disk they lie in a file without a name, which is gone with the process, on the shelf of their number, which is read
piece by piece: neither the rows of a file nor those of one number have to fit in memory.
"""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np

from transforms.number_conflicts import BEARER, Bearers, Conflicts, conflicts
from transforms.shelves import SHELVES, Shelves

KEPT_ROWS = 1 << 20
"""Rows held in memory (37 MiB) before they are put on shelves."""


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
            self._put_away(self._shelves)

    def conflicts(self) -> Conflicts:
        """Numbers of two people; after this nothing is added."""
        if self._shelves is None:
            rows = self._taken()
            return conflicts(lambda: [rows])
        self._put_away(self._shelves)
        found = [conflicts(partial(self._shelves.pieces, shelf, self._most)) for shelf in range(SHELVES)]
        return Conflicts(*(np.sort(np.concatenate(numbers)) for numbers in zip(*found, strict=True)))

    def _taken(self) -> Bearers:
        """The rows in memory, which are no longer held afterwards."""
        rows = np.concatenate([np.empty(0, BEARER), *self._kept])
        self._kept, self._rows = [], 0
        return rows

    def _put_away(self, shelves: Shelves) -> None:
        rows = self._taken()
        shelves.write(rows, rows["number"])

    def _opened(self) -> Shelves:
        if self._spill is not None:
            self._spill.mkdir(parents=True, exist_ok=True)
        return Shelves(self._open.enter_context(tempfile.TemporaryFile(dir=self._spill)), BEARER)
