"""Codes of pairs from many rules, brought together: each pair once, with its first rule; in memory or through files.

A code is (left * records + right) * RULE_CODES + rule, so that sorting puts the rules of a pair behind each other.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
RULE_CODES = 64
"""Room for the numbers of rules in the code of a pair."""
_PARTS = 64


def distinct(runs: Sequence[Codes]) -> tuple[Codes, Mask]:
    """The code of each pair's first rule, sorted, and whether no other rule found it; the runs are held at once."""
    every = np.sort(np.concatenate(runs), kind="stable")  # the codes of each run are sorted
    pairs = every // RULE_CODES
    is_first = np.ones(len(every), np.bool_)
    is_first[1:] = pairs[1:] != pairs[:-1]
    starts = np.flatnonzero(is_first)
    return every[starts], np.diff(np.append(starts, len(every))) == 1


class Spilled:
    """Codes in files, each of a range of left rows: at most one part is in memory, and the pairs that come out."""

    def __init__(self, folder: Path, records: int) -> None:
        """Begin in a folder that is made on demand.

        Args:
            folder: for the files; they hold numbers of rows alone and are removed as they are read.
            records: how many rows there are.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._files = [folder / f"pairs-{number:02d}.bin" for number in range(_PARTS)]
        # Of the pairs of many rows few have a late left one: so each part gets about as many of them.
        share = 1.0 - np.sqrt(1.0 - np.arange(1, _PARTS) / _PARTS)
        self._ends = (share * records).astype(np.int64) * records * RULE_CODES
        self._lock = threading.Lock()

    def add(self, codes: Codes) -> None:
        """Put the codes of one rule away; may be called by several threads."""
        codes = np.sort(codes)
        pieces = np.split(codes, np.searchsorted(codes, self._ends))
        with self._lock:
            for file, piece in zip(self._files, pieces, strict=True):
                with file.open("ab") as out:
                    piece.tofile(out)

    def distinct(self) -> tuple[Codes, Mask]:
        """What `distinct` gives of all codes that were put away; the files are gone afterwards."""
        found = []
        for file in self._files:
            if file.exists():
                found.append(distinct([np.fromfile(file, np.int64)]))
                file.unlink()
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.bool_))
        codes, alone = zip(*found, strict=True) if found else ([nothing[0]], [nothing[1]])
        return np.concatenate(codes), np.concatenate(alone)
