"""What is wrong with single rows as they are read: too few or too many cells, damaged characters, cells too long."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.grid import Grid

_Rows = npt.NDArray[np.int64]
_CONSONANTS = "bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX"
_DAMAGED = (
    r"\x{FFFD}|\x00"
    r"|[\x{80}-\x{84}\x{86}-\x{9F}]"  # C1 controls: bytes of an encoding that was not recognised
    r"|[\x{E000}-\x{F8FF}]"  # private use: no font but the sender's shows it
    r"|\p{Mn}{3,}"
    r"|\p{L}\?+\p{L}|(?:^|[\s,.])\?+\p{L}"  # Nguy?n, ?inh
    rf"|(?:^|[\s,.])[{_CONSONANTS}]+\?+(?:[\s,.]|$)"  # H?, Th?
)

_STARTS_OF_DAMAGE = (b"?", b"\x00", b"\xc2", b"\xcc", b"\xcd", b"\xee", b"\xef")
"""The question mark, NUL, and the first UTF-8 bytes of controls, combining marks, private use and U+FFFD."""


def row_findings(grid: Grid, width: int, too_long: npt.NDArray[np.bool_]) -> list[tuple[str, _Rows]]:
    """Rule ids with the rows that break them, each pair once.

    Args:
        grid: rows of data.
        width: columns up to the last one with a heading.
        too_long: rows with a cell that had to be cut.
    """
    found = {
        "row.too_few_cells": _too_few(grid, width),
        "row.too_many_cells": np.isin(np.arange(grid.rows), _surplus_rows(grid)),
        "row.bad_characters": _damaged(grid.columns, grid.rows),
        "row.cell_too_long": too_long,
    }
    for trouble in grid.troubles:
        found.setdefault(trouble.rule_id, np.zeros(grid.rows, np.bool_))[trouble.row] = True
    return [(rule_id, np.flatnonzero(rows)) for rule_id, rows in found.items() if rows.any()]


def _too_few(grid: Grid, width: int) -> npt.NDArray[np.bool_]:
    if grid.counts is None:
        return np.zeros(grid.rows, np.bool_)
    return np.asarray(grid.counts < width)


def _surplus_rows(grid: Grid) -> list[int]:
    """Delimited rows with text beyond the last column; a workbook's stray cells shift nothing."""
    if grid.counts is None:
        return []
    return [row for row, texts in grid.surplus.items() if any(texts)]


def _damaged(columns: Iterable[pa.Array], rows: int) -> npt.NDArray[np.bool_]:
    found = np.zeros(rows, np.bool_)
    for column in columns:
        if column.null_count < len(column) and _may_be_damaged(column):
            hits = pc.match_substring_regex(column, _DAMAGED)
            found |= pc.fill_null(hits, False).to_numpy(zero_copy_only=False)
    return found


def _may_be_damaged(column: pa.Array) -> bool:
    """Does the column hold any byte that starts a damaged character? Far cheaper than the pattern, and mostly no."""
    data = column.buffers()[2]
    if data is None:
        return False
    held = memoryview(data)[_first_byte(column) :].tobytes()
    return any(byte in held for byte in _STARTS_OF_DAMAGE)


def _first_byte(column: pa.Array) -> int:
    return int(np.frombuffer(column.buffers()[1], np.int32, 1, 4 * column.offset)[0])
