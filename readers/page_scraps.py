"""Rows of a page in which nothing stands but scraps: what a stamp, a stain or a crossing line left in empty cells.

A scrap is read as a letter or a sign. No person is told by one: a row is kept as soon as one of its cells holds two
letters, or the digits of a date or number, and as soon as more than a few cells hold anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from readers.cell_lists import DITTO
from readers.forms import Kind

_MOST_FILLED = 2
_DIGITS = {"date": 3, "number": 3}
_LETTERS = 2


@dataclass(frozen=True)
class RowText:
    """What was decided to stand in a cell of a row, from 0; `by_person`: somebody looked."""

    row: int
    kind: Kind
    text: str
    by_person: bool = False


def scrap_rows(cells: Iterable[RowText]) -> frozenset[int]:
    """The rows that hold something, but only scraps; a serial number printed beforehand does not count."""
    rows: dict[int, list[RowText]] = {}
    for cell in cells:
        if cell.text and cell.kind != "serial":
            rows.setdefault(cell.row, []).append(cell)
    return frozenset(row for row, filled in rows.items() if len(filled) <= _MOST_FILLED and not _says(filled))


def _says(filled: Iterable[RowText]) -> bool:
    """Does one of the cells of a row say anything of a person?"""
    return any(cell.by_person or (cell.text not in DITTO and _is_enough(cell)) for cell in filled)


def _is_enough(cell: RowText) -> bool:
    if cell.kind in _DIGITS:
        return sum(map(str.isdigit, cell.text)) >= _DIGITS[cell.kind]
    return sum(map(str.isalnum, cell.text)) >= _LETTERS
