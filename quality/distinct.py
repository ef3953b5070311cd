"""How many values of a whole batch are doubled: exact, few of them in memory, many on disk."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from transforms.shelves import SHELVES, Shelves

Hashes = npt.NDArray[np.uint64]
KEPT_VALUES = 1 << 22
"""Hashes held in memory (32 MiB) before they are put on disk."""

_HASH = np.dtype(np.uint64)


class Doubled:
    """Counts the values that were there before, by their hashes of 64 bits."""

    def __init__(self, spill: Path | None = None, kept: int = KEPT_VALUES) -> None:
        """Keep up to that many hashes in memory, the others in the folder `spill` (the system's own if None)."""
        self.size = 0
        self._spill, self._most = spill, kept
        self._kept: list[Hashes] = []
        self._waiting = 0
        self._shelves: Shelves | None = None
        self._open = ExitStack()

    def __enter__(self) -> "Doubled":
        """The counter itself; what it has on disk goes with the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the disk back."""
        self._open.close()

    def add(self, hashes: Hashes) -> None:
        """Take the hashes of a chunk."""
        self.size += len(hashes)
        self._kept.append(hashes)
        self._waiting += len(hashes)
        if self._waiting > self._most:
            if self._shelves is None:
                self._shelves = self._opened()
            self._put_away(self._shelves)

    def count(self) -> int:
        """Values less distinct values; after this nothing is added."""
        if self._shelves is None:
            return self.size - np.unique(self._taken()).size
        self._put_away(self._shelves)
        return self.size - sum(_distinct(self._shelves, shelf) for shelf in range(SHELVES))

    def _taken(self) -> Hashes:
        hashes = np.concatenate([np.empty(0, np.uint64), *self._kept])
        self._kept, self._waiting = [], 0
        return hashes

    def _put_away(self, shelves: Shelves) -> None:
        hashes = self._taken()
        shelves.write(hashes, hashes)

    def _opened(self) -> Shelves:
        if self._spill is not None:
            self._spill.mkdir(parents=True, exist_ok=True)
        return Shelves(self._open.enter_context(tempfile.TemporaryFile(dir=self._spill)), _HASH)


def _distinct(shelves: Shelves, shelf: int) -> int:
    """Distinct values of a shelf: of what was read so far each is kept once."""
    seen = np.empty(0, np.uint64)
    for piece in shelves.pieces(shelf, KEPT_VALUES):
        seen = np.unique(np.concatenate([seen, piece]))
    return int(seen.size)
