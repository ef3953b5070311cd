"""Rows as a parser meets them, sparse, one after the other -> grids of columns: the same for every kind of workbook."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import pyarrow as pa

from readers.grid import Grid, Sheet, Trouble, without_blanks
from readers.merged_cells import Lender, Merge
from readers.reading import FileFinding, ReadLimits, column_letter
from schemas.errors import FileRefused

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Excel's own limits: rows and columns beyond them exist in no spreadsheet program of the field."""
NO_VALUE, SHOWS_ERROR = "row.formula_no_value", "row.formula_error"
DAMAGED, DOUBLED, HIDDEN = "row.bad_characters", "row.too_many_cells", "row.hidden"
MERGED = "row.merged_cell"
_ROWS_AT_ONCE = 8_192


@dataclass(slots=True)
class SheetRow:
    """A row as it is read: line, texts by column, rules it breaks by column (-1: the whole row), merges that begin."""

    line: int
    cells: dict[int, str] = field(default_factory=dict)
    troubles: list[tuple[int, str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    is_hidden: bool = False

    def put(self, column: int, text: str) -> None:
        """Put a text into a cell; two texts of one cell are both kept, and the row says so."""
        if column in self.cells:
            self.troubles.append((column, DOUBLED))
            text = f"{self.cells[column]} / {text}"
        self.cells[column] = text


@dataclass(frozen=True)
class SheetAbout:
    """What is known of a sheet when its first row comes.

    `number` tells sheets apart; `hidden_columns` may still grow while the sheet is read.
    """

    number: int
    name: str
    is_hidden: bool = False
    hidden_columns: set[int] = field(default_factory=set, compare=False)
    legacy: str | None = None
    codec: str | None = None
    notes: list[FileFinding] = field(default_factory=list, compare=False)


def sheets_of(rows: Iterable[tuple[SheetAbout, SheetRow]], limits: ReadLimits) -> Iterator[Sheet]:
    """Sheets of a file that holds them one after the other in one stream. A sheet without a row does not appear."""
    for about, of_one in groupby(rows, key=lambda pair: pair[0]):
        grids = grids_of((row for _, row in of_one), Lender([]), limits, about.hidden_columns)
        yield Sheet(about.name, grids, about.legacy, about.codec, about.is_hidden, about.notes)


def grids_of(rows: Iterable[SheetRow], lender: Lender, limits: ReadLimits, hidden_columns: set[int]) -> Iterator[Grid]:
    """Rows of one sheet as grids of at most 8 192 rows.

    Raises:
        FileRefused: file.too_many_columns.
    """
    done: list[SheetRow] = []
    for row in rows:
        done.append(row)
        if len(done) == _ROWS_AT_ONCE:
            yield _grid(done, lender, limits, hidden_columns)
            done = []
    if done:
        yield _grid(done, lender, limits, hidden_columns)


def _grid(rows: Sequence[SheetRow], lender: Lender, limits: ReadLimits, hidden_columns: set[int]) -> Grid:
    width = min(limits.columns, 1 + max((max(r.cells) for r in rows if r.cells), default=-1))
    if any(len(r.cells) > limits.columns for r in rows):
        raise FileRefused("file.too_many_columns", limit=limits.columns)
    columns: list[list[str | None]] = [[None] * len(rows) for _ in range(width)]
    surplus: dict[int, list[str]] = {}
    for at, row in enumerate(rows):
        for merge in row.merges:
            lender.add(merge)
        for column, text in row.cells.items():
            if column < width:
                columns[column][at] = text
            else:
                surplus.setdefault(at, []).append(f"{column_letter(column)}: {text}")
    return Grid(
        np.fromiter((r.line for r in rows), np.int32, len(rows)),
        tuple(without_blanks(pa.array(c, pa.string())) for c in columns),
        None, surplus, lender.lend([(r.line, r.cells) for r in rows], width), _troubles(rows),
        frozenset(c for c in hidden_columns if c < width),
    )  # fmt: skip


def _troubles(rows: Sequence[SheetRow]) -> tuple[Trouble, ...]:
    found = [Trouble(at, rule, column) for at, row in enumerate(rows) for column, rule in dict.fromkeys(row.troubles)]
    return (*found, *(Trouble(at, HIDDEN) for at, row in enumerate(rows) if row.is_hidden))
