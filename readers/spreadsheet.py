"""Workbooks: XLSX read as a stream of its own XML, the old binary XLS through calamine.

calamine holds a sheet as one block from the first to the last cell, so that one stray cell in the last corner of a
5 KB file asks for half a terabyte and ends the process; that is why XLSX is not read through it.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from readers.grid import Grid, Sheet, without_blanks
from readers.merged_cells import Lender, Merge
from readers.package import Package
from readers.reading import ReadLimits
from readers.workbook import open_workbook
from readers.worksheet import read_worksheet
from schemas.errors import FileRefused

_ROWS_AT_ONCE = 8_192
_Value = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The worksheets of an XLSX workbook, in its order; hidden ones too.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.expansion, file.password, file.macro, file.too_many_columns.
    """
    package = Package(path, limits)
    workbook = open_workbook(package)
    for sheet in workbook.sheets:
        grids = read_worksheet(package, sheet.part, workbook, limits)
        yield Sheet(sheet.name, grids, is_hidden=sheet.is_hidden)


def read_old_workbook(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The worksheets of a binary workbook (BIFF 5 and 8).

    Raises:
        FileRefused: file.damaged, file.password, file.too_many_columns.
    """
    try:
        workbook = calamine.load_workbook(path)
    except calamine.PasswordError as wrong:
        raise FileRefused("file.password") from wrong
    except (calamine.CalamineError, OSError, ValueError) as wrong:
        raise FileRefused("file.damaged", found="XLS") from wrong
    for number, about in enumerate(workbook.sheets_metadata):
        if about.typ == calamine.SheetTypeEnum.WorkSheet:
            is_hidden = about.visible != calamine.SheetVisibleEnum.Visible
            yield Sheet(about.name, _old_grids(workbook, number, limits), is_hidden=is_hidden)


def _old_grids(workbook: calamine.CalamineWorkbook, number: int, limits: ReadLimits) -> Iterator[Grid]:
    try:
        sheet = workbook.get_sheet_by_index(number)
    except calamine.PasswordError as wrong:
        raise FileRefused("file.password") from wrong
    except (calamine.CalamineError, OSError, ValueError) as wrong:
        raise FileRefused("file.damaged", found="XLS") from wrong
    if sheet.start is None:
        return
    first_line, first_column = sheet.start[0] + 1, sheet.start[1]
    if sheet.width > limits.columns:
        raise FileRefused("file.too_many_columns", found=sheet.width, limit=limits.columns)
    ranges = sheet.merged_cell_ranges or []
    lender = Lender([Merge(top + 1, bottom + 1, left, right) for (top, left), (bottom, right) in ranges])
    rows: list[list[str | None]] = []
    blanks = [None] * first_column
    for row in sheet.iter_rows():
        rows.append([*blanks, *map(_text, row)])
        if len(rows) == _ROWS_AT_ONCE:
            yield _grid(rows, first_line, lender)
            first_line, rows = first_line + len(rows), []
    if rows:
        yield _grid(rows, first_line, lender)


def _grid(rows: list[list[str | None]], first_line: int, lender: Lender) -> Grid:
    columns = tuple(without_blanks(pa.array(c, pa.string())) for c in zip(*rows, strict=True))
    lines = np.arange(first_line, first_line + len(rows), dtype=np.int32)
    cells = [(line, {at: text for at, text in enumerate(row) if text}) for line, row in enumerate(rows, first_line)]
    return Grid(lines, columns, None, merged=lender.lend(cells, len(columns)))


def _text(value: _Value) -> str | None:
    """Text of a cell as calamine gives it: days as 05/03/1960, whole numbers without ".0"."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime) and (value.hour or value.minute):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return str(value)
