"""XLSX workbooks, read as a stream of their own XML.

A library that holds a sheet as one block from the first to the last cell can be made to ask for half a terabyte by one
stray cell in the last corner of a 5 KB file; that is why none is used here.
"""

from collections.abc import Iterator
from pathlib import Path

from readers.grid import Grid, Sheet
from readers.package import Package
from readers.reading import FileFinding, ReadLimits
from readers.workbook import SheetPart, Workbook, open_workbook
from readers.worksheet import read_worksheet


def read_workbook(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The worksheets of an XLSX workbook, in its order; hidden ones too.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.expansion, file.password, file.macro, file.too_many_columns,
            file.too_many_rows.
    """
    package = Package(path, limits)
    workbook = open_workbook(package)
    links = [FileFinding("file.external_link")] if package.has_folder("xl/externallinks") else []
    for number, sheet in enumerate(workbook.sheets):
        notes = [] if number else links
        yield Sheet(sheet.name, _grids(package, sheet, workbook, limits, notes), is_hidden=sheet.is_hidden, notes=notes)


def _grids(
    package: Package, sheet: SheetPart, workbook: Workbook, limits: ReadLimits, notes: list[FileFinding]
) -> Iterator[Grid]:
    """The grids of a sheet; once all were taken, the notes tell of rows whose number no sheet has."""
    misplaced: dict[int, str] = {}
    yield from read_worksheet(package, sheet.part, workbook, limits, misplaced)
    notes += [FileFinding("sheet.no_such_row", sheet.name, line, detail=said) for line, said in misplaced.items()]
