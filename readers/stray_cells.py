"""Single cells far below a list: a slip of the hand in the last corner of a sheet is no person, and is told."""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from readers.grid import Grid, filled_counts
from readers.heading_roles import Role
from readers.reading import column_letter

MOST_TOLD = 1_000
"""Stray cells of a sheet that are told: a column of numbers typed ahead has one in each of a million rows."""

_FAR = 100
"""Lines below the last row of several cells from which on a cell alone belongs to no list."""
_WORDS = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]")


class StrayCells:
    """Finds the stray cells of one sheet, grid by grid. A name alone in its column is a row all the same."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self.found: list[tuple[int, str]] = []
        self._names = frozenset(r.position for r in roles if r.raw_column == "full_name_raw")
        self._last = -1

    def rows(self, grid: Grid) -> npt.NDArray[np.bool_]:
        """For each row of a grid: is it one stray cell? The first ones go to `found`: line, letter of the column."""
        filled, lines = filled_counts(grid), grid.lines.astype(np.int64)
        before = np.maximum.accumulate(np.concatenate(([self._last], np.where(filled > 1, lines, -1))))
        # A workbook gives only rows that hold something: one without any text holds blanks.
        few = (filled == 1) if grid.counts is not None else (filled <= 1)
        stray = few & (before[:-1] >= 0) & (lines - before[:-1] >= _FAR)
        self._last = int(before[-1])
        for row in np.flatnonzero(stray).tolist():
            position, text = _only_cell(grid, row)
            if position in self._names and _WORDS.search(text):
                stray[row] = False
            elif len(self.found) < MOST_TOLD:
                letter = column_letter(position) if position >= 0 else text.partition(":")[0]
                self.found.append((int(lines[row]), letter))
        return np.asarray(stray)


def _only_cell(grid: Grid, row: int) -> tuple[int, str]:
    """Column and text of the only cell of a row; -1 where it stands beyond the last column, text with its letter."""
    for at, column in enumerate(grid.columns):
        if column[row].is_valid:
            return at, column[row].as_py()
    return -1, next(iter(grid.surplus.get(row, ())), "")
