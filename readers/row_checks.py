"""What is wrong with single rows as they are read: too few or too many cells, damaged characters, cells too long."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.grid import Grid, filled_mask

_Rows = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]
_RUN, _LEAST_WHOLE, _MOSTLY_BLANK = 12, 3, 0.5
_CONSONANTS = "bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX"
_DAMAGED = (
    r"\x{FFFD}|\x00"
    r"|[\x{80}-\x{84}\x{86}-\x{9F}]"  # C1 controls: bytes of an encoding that was not recognised
    r"|[\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFF}]"  # private use: no font but the sender's shows it
    r"|\p{Mn}{3,}"
    r"|\p{L}\?+\p{L}|(?:^|[\s,.])\?+\p{L}"  # Nguy?n, ?inh
    rf"|(?:^|[\s,.])[{_CONSONANTS}]+\?+(?:[\s,.]|$)"  # H?, Th?
)

_STARTS_OF_DAMAGE = (b"?", b"\x00", b"\xc2", b"\xcc", b"\xcd", b"\xee", b"\xef", b"\xf3", b"\xf4")
"""The question mark, NUL, and the first UTF-8 bytes of controls, combining marks, private use and U+FFFD."""


def row_findings(grid: Grid, width: int, too_long: npt.NDArray[np.bool_]) -> list[tuple[str, _Rows]]:
    """Rule ids with the rows that break them, each pair once.

    Args:
        grid: rows of data.
        width: columns up to the last one with a heading.
        too_long: rows with a cell that had to be cut.
    """
    few, many = ragged(grid, width)
    found = {
        "row.too_few_cells": few,
        "row.too_many_cells": many,
        "row.bad_characters": _damaged(grid.columns, grid.rows),
        "row.cell_too_long": too_long,
    }
    for trouble in grid.troubles:
        found.setdefault(trouble.rule_id, np.zeros(grid.rows, np.bool_))[trouble.row] = True
    return [(rule_id, np.flatnonzero(rows)) for rule_id, rows in found.items() if rows.any()]


def ragged(grid: Grid, width: int) -> tuple[_Flags, _Flags]:
    """Delimited rows written with too few and with too many cells.

    A program that leaves out blank cells at the end of lines (Excel does, sixteen lines at a time) or writes some too
    many does so for runs of lines, all alike; a single line of another length has lost or won a cell somewhere. A
    workbook's rows have no length of their own: its stray cells shift nothing.
    """
    none = np.zeros(grid.rows, np.bool_)
    if grid.counts is None:
        return none, none.copy()
    counts = np.asarray(grid.counts)
    with_text = none.copy()
    with_text[[row for row, texts in grid.surplus.items() if any(texts)]] = True
    in_runs = _in_runs(counts)
    few = counts < width
    if (few & in_runs).any():
        few &= ~(in_runs & _lacks_blanks(grid, counts, width))
    return few, with_text | ((counts > max(width, len(grid.columns))) & ~in_runs)


def _lacks_blanks(grid: Grid, counts: npt.NDArray[np.int32], width: int) -> _Flags:
    """Which short lines lack only columns that are mostly blank in the whole lines? Without those nothing says so."""
    whole = counts >= width
    lacks = np.zeros(grid.rows, np.bool_)
    if whole.sum() >= _LEAST_WHOLE:
        filled = [float(filled_mask(c)[whole].mean()) for c in grid.columns[:width]]
        for count in np.unique(counts[~whole]).tolist():
            lacks[counts == count] = max(filled[count:], default=1.0) <= _MOSTLY_BLANK
    return lacks


def _in_runs(counts: npt.NDArray[np.int32]) -> _Flags:
    """Which lines stand in a run of at least _RUN lines of one length, or in a sheet that has no other?"""
    if not len(counts):
        return np.zeros(0, np.bool_)
    starts = np.flatnonzero(np.concatenate(([True], counts[1:] != counts[:-1])))
    lengths = np.diff(np.append(starts, len(counts)))
    return np.repeat((lengths >= _RUN) | ((lengths == len(counts)) & (lengths > 1)), lengths)


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
