"""Cells that a person corrected, put into the rows of a sheet once these are decoded, before anything is made of them.

What the parser noted about a cell that was corrected is settled; so is the length of a row all of whose cells a person
looked at. Each corrected row tells so, by a notice on the field of the column.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from readers.cell_text import UNCLEAR_RULE
from readers.error_file import NOT_CORRECTED
from readers.grid import Grid, Trouble
from readers.sheet_rows import NO_VALUE, SHOWS_ERROR
from schemas.cells import UNSURE
from schemas.decisions import Decision
from schemas.edits import SURPLUS, place_of

EDITED = "cell.edited"
"""Rule of a row with a cell that a person corrected before the ledger was sent."""

_SETTLED = frozenset((NO_VALUE, SHOWS_ERROR, UNSURE, UNCLEAR_RULE))
"""What was noted of one cell; a person who corrected it has settled it."""
_TOO_MANY = "row.too_many_cells"
_Cells = Mapping[int, str]
"""New texts of a row, by 0-based column."""


class EditedCells:
    """The corrections of one file."""

    def __init__(self, file_id: str, decisions: Iterable[Decision]) -> None:
        self._sheets: dict[str | None, dict[int, dict[int, str]]] = {}
        for decision in decisions:
            if decision.kind != "edit":
                continue
            place = place_of(decision.match)
            if place.file_id == file_id:
                lines = self._sheets.setdefault(place.sheet, {})
                lines.setdefault(place.line, {})[place.position] = decision.value

    def put_in(self, grid: Grid, sheet: str | None) -> Grid:
        """The grid with the corrected cells of the sheet; the grid itself where it has none."""
        lines = self._sheets.get(sheet)
        if not lines or not grid.rows:
            return grid
        wanted = np.isin(grid.lines, np.fromiter(lines, np.int64, len(lines)))
        found = {int(row): lines[int(grid.lines[row])] for row in np.flatnonzero(wanted)}
        return _edited(grid, found) if found else grid


def _edited(grid: Grid, found: Mapping[int, _Cells]) -> Grid:
    width = len(grid.columns)
    surplus = {**grid.surplus, **{row: _surplus(grid, row, cells) for row, cells in found.items()}}
    surplus = {row: texts for row, texts in surplus.items() if any(texts) or row not in found}
    told = [Trouble(row, EDITED, at) for row, cells in found.items() for at in cells]
    return replace(
        grid,
        columns=tuple(_column(column, at, found) for at, column in enumerate(grid.columns)),
        counts=None if grid.counts is None else _counts(grid.counts, width, found, surplus),
        surplus=surplus,
        troubles=(*(t for t in grid.troubles if not _is_settled(t, found.get(t.row), surplus)), *told),
    )


def _column(column: pa.Array, at: int, found: Mapping[int, _Cells]) -> pa.Array:
    texts = {row: cells[at] for row, cells in found.items() if at in cells}
    if not texts:
        return column
    cells = column.to_pylist()
    for row, text in texts.items():
        cells[row] = text.strip() or None
    return pa.array(cells, column.type)


def _surplus(grid: Grid, row: int, cells: _Cells) -> list[str]:
    """The cells beyond the last column."""
    texts = list(grid.surplus.get(row, ()))
    for at in sorted(at for at in cells if at >= SURPLUS):
        texts += [""] * (at - SURPLUS + 1 - len(texts))
        texts[at - SURPLUS] = cells[at].strip()
    return texts


def _counts(
    counts: np.ndarray, width: int, found: Mapping[int, _Cells], surplus: Mapping[int, Iterable[str]]
) -> np.ndarray:
    """Cells of each row: a row has those that were filled in, and no more than the heading once none is left beyond."""
    made = counts.copy()
    for row, cells in found.items():
        made[row] = max([int(made[row]), *(at + 1 for at in cells if at < width)])
        if row not in surplus and any(at >= SURPLUS for at in cells):
            made[row] = min(int(made[row]), width)
    return made


def _is_settled(trouble: Trouble, cells: _Cells | None, surplus: Mapping[int, Iterable[str]]) -> bool:
    if cells is None:
        return False
    if trouble.rule_id == _TOO_MANY:
        return trouble.row not in surplus
    if trouble.rule_id == NOT_CORRECTED:
        return True
    return trouble.rule_id in _SETTLED and trouble.column in cells
