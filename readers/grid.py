"""A run of rows of one sheet as columns of text: what every parser gives, whatever the kind of its file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.reading import FileFinding

_BLANKS = " \t\r\n"
Lines = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Trouble:
    """A rule that a row breaks already as it is parsed: index of the row in its grid, rule id, column (-1: no one)."""

    row: int
    rule_id: str
    column: int = -1


@dataclass(frozen=True)
class Grid:
    """Rows of a sheet.

    Attributes:
        lines: line of each row as the clerk counts it, from 1.
        columns: text of each column, one string array a column; null = blank.
        counts: cells each row was written with; None where rows have no length of their own (workbooks).
        surplus: of rows with more cells than there are columns, the texts beyond, by row index.
        merged: texts that a merged cell lends to the cells it covers, by row index: (column, text).
        troubles: what is wrong with single rows.
        hidden_columns: columns that the workbook hides.
    """

    lines: Lines
    columns: tuple[pa.Array, ...]
    counts: Lines | None = None
    surplus: Mapping[int, Sequence[str]] = field(default_factory=dict)
    merged: Mapping[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    hidden_columns: frozenset[int] = frozenset()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.lines)


@dataclass(frozen=True)
class Sheet:
    """A sheet to be read once, grid by grid.

    Attributes:
        name: name of the worksheet; None for delimited files.
        grids: its rows, in order.
        legacy: encoding of 8-bit text that is still to be decoded; None if the text is Unicode.
        codec: Unicode encoding of the bytes, for the record; None where there is none.
        is_hidden: the sheet is hidden in the workbook.
        notes: what its parser has to tell; complete once all grids were taken.
        page: page of a scan, from 1.
    """

    name: str | None
    grids: Iterator[Grid]
    legacy: str | None = None
    codec: str | None = None
    is_hidden: bool = False
    notes: list[FileFinding] = field(default_factory=list)
    page: int | None = None


def texts_of(grid: Grid, rows: int, *, with_merged: bool = False) -> list[list[str | None]]:
    """The first rows as lists of cells, for the search of the heading."""
    count = min(rows, grid.rows)
    columns = [c.slice(0, count).to_pylist() for c in grid.columns]
    cells = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(count)]
    if with_merged:
        for row, lent in grid.merged.items():
            for column, text in lent if row < count else ():
                cells[row][column] = cells[row][column] or text
    return cells


def filled_mask(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Which cells hold more than blanks."""
    if column.null_count in (0, len(column)):
        return np.full(len(column), column.null_count == 0)
    return np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False), dtype=np.bool_)


def without_blanks(column: pa.Array, *, is_bytes: bool = False) -> pa.Array:
    """Text with the blanks around it cut; what is blank throughout is null.

    Of bytes read as latin-1 only ASCII blanks are cut: NBSP, NEL and some controls are letters of old encodings.
    """
    trimmed = pc.utf8_trim(column, _BLANKS) if is_bytes else pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.not_equal(trimmed, ""), trimmed, pa.scalar(None, pa.string()))


def filled_counts(grid: Grid) -> Lines:
    """How many cells of each row hold anything."""
    counts = np.zeros(grid.rows, np.int32)
    for column in grid.columns:
        if column.null_count < len(column):
            counts += filled_mask(column)
    for row, texts in grid.surplus.items():
        counts[row] += sum(1 for t in texts if t)
    return counts


def take_rows(grid: Grid, keep: npt.NDArray[np.bool_]) -> Grid:
    """The rows of a grid where `keep` is true."""
    if keep.all():
        return grid
    mask = pa.array(keep)
    new = np.cumsum(keep) - 1
    return Grid(
        grid.lines[keep],
        tuple(c.filter(mask) for c in grid.columns),
        None if grid.counts is None else grid.counts[keep],
        {int(new[row]): texts for row, texts in grid.surplus.items() if keep[row]},
        {int(new[row]): texts for row, texts in grid.merged.items() if keep[row]},
        tuple(Trouble(int(new[t.row]), t.rule_id, t.column) for t in grid.troubles if keep[t.row]),
        grid.hidden_columns,
    )


def merged(one: Grid, other: Grid) -> Grid:
    """Two grids of the same columns as one, in the order of their lines."""
    order = np.argsort(np.concatenate([one.lines, other.lines]), kind="stable")
    new = np.empty(len(order), np.int64)
    new[order] = np.arange(len(order))
    places = pa.array(order)
    parts = ((one, 0), (other, one.rows))
    return Grid(
        np.concatenate([one.lines, other.lines])[order],
        tuple(pa.concat_arrays(pair).take(places) for pair in zip(one.columns, other.columns, strict=True)),
        None if one.counts is None or other.counts is None else np.concatenate([one.counts, other.counts])[order],
        {int(new[row + start]): texts for grid, start in parts for row, texts in grid.surplus.items()},
        {int(new[row + start]): texts for grid, start in parts for row, texts in grid.merged.items()},
        tuple(Trouble(int(new[t.row + start]), t.rule_id) for grid, start in parts for t in grid.troubles),
    )
