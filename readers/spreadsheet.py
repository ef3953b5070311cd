"""XLSX workbooks, read as a stream of their own XML.

A library that holds a sheet as one block from the first to the last cell can be made to ask for half a terabyte by one
stray cell in the last corner of a 5 KB file; that is why none is used here.
"""

from collections.abc import Iterator
from pathlib import Path

from readers.grid import Sheet
from readers.package import Package
from readers.reading import FileFinding, ReadLimits
from readers.workbook import open_workbook
from readers.worksheet import read_worksheet


def read_workbook(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The worksheets of an XLSX workbook, in its order; hidden ones too.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.expansion, file.password, file.macro, file.too_many_columns.
    """
    package = Package(path, limits)
    workbook = open_workbook(package)
    notes = [FileFinding("file.external_link")] if package.has_folder("xl/externallinks") else []
    for number, sheet in enumerate(workbook.sheets):
        grids = read_worksheet(package, sheet.part, workbook, limits)
        yield Sheet(sheet.name, grids, is_hidden=sheet.is_hidden, notes=notes if not number else [])
