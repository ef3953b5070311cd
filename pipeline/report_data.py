"""The data files of a report: a workbook with a sheet a table, and a CSV a table; the same bytes for the same report.

Texts stay texts: in the workbook as cells of that type, in CSV behind an apostrophe where a spreadsheet would run or
change them, as in error files. Without the first apostrophe of a cell a text is what it was.
"""

import csv
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO, StringIO

import xlsxwriter

from quality.report_tables import COLUMNS, DICTIONARY, Cell, DataTable
from readers import error_file

BOOK = ".data.xlsx"
_SAME_DAY = datetime(2000, 1, 1)
_WIDTH, _WIDEST = 16, 60


def names(stem: str, tables: Iterable[str] = COLUMNS) -> tuple[str, ...]:
    """The names of all data files that a report of that name and with those tables may have."""
    return stem + BOOK, *(f"{stem}.{table}.csv" for table in (*tables, DICTIONARY))


def files(stem: str, tables: Iterable[DataTable]) -> dict[str, bytes]:
    """The data files by their names."""
    found = tuple(tables)
    return {stem + BOOK: book(found)} | {f"{stem}.{table.name}.csv": as_csv(table) for table in found}


def book(tables: Iterable[DataTable]) -> bytes:
    """A workbook: frozen headings, filters, numbers as numbers, all else as text."""
    target = BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made.set_properties({"created": _SAME_DAY})
    bold, plain = made.add_format({"bold": True, "num_format": "@"}), made.add_format({"num_format": "@"})
    for table in tables:
        sheet = made.add_worksheet(table.name)
        for at, (column, kind) in enumerate(zip(table.columns, table.kinds, strict=True)):
            longest = max((len(str(row[at])) for row in table.rows), default=0)
            sheet.set_column(at, at, min(_WIDEST, max(_WIDTH, longest)), plain if kind == "text" else None)
            sheet.write_string(0, at, column, bold)
            for line, row in enumerate(table.rows, 1):
                _write(sheet, line, at, row[at], plain)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    made.close()
    return target.getvalue()


def as_csv(table: DataTable) -> bytes:
    """A table as CSV for a Vietnamese Excel: UTF-8 with BOM, semicolons, decimal commas, CRLF."""
    target = StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_in_csv(cell) for cell in row] for row in table.rows)
    return target.getvalue().encode("utf-8-sig")


def _write(sheet: xlsxwriter.worksheet.Worksheet, line: int, at: int, cell: Cell, plain: object) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(line, at, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(line, at, cell)
    elif cell:
        sheet.write_string(line, at, cell, plain)


def _in_csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return error_file.escaped(cell)
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)
