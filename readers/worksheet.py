"""One worksheet -> grids, in a stream: memory stays bounded whatever the sheet says about its size.

References decide where a cell is; a cell without one follows the cell before. What a sheet declares as its dimension
is never used, so neither a lie nor one stray cell in the last corner costs anything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from readers.cell_values import PLAIN, day_text, number_text
from readers.grid import Grid
from readers.merged_cells import Lender, Merge
from readers.package import Package
from readers.reading import ReadLimits
from readers.safe_xml import DEEPEST, parse_steps
from readers.sheet_rows import DAMAGED, LAST_COLUMN, LAST_ROW, NO_VALUE, SHOWS_ERROR, SheetRow, grids_of
from readers.workbook import Workbook, unescaped
from schemas.errors import FileRefused

_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_SURVEYED = re.compile(
    rb'<(?:\w+:)?row\s(?:[^<>]*?\s)?r\s*=\s*["\'](\d{1,7})["\']'
    rb'|mergeCell\s[^<>]*?ref\s*=\s*["\']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})["\']'
)
_MOST_MERGED = 200_000
_MOST_TOLD, _LONGEST_NUMBER = 100, 12
_YES = ("1", "true", "on")
_TRUE = {"1": "TRUE", "0": "FALSE"}
_COLUMNS: dict[str, int] = {}


def read_worksheet(
    package: Package, part: str, workbook: Workbook, limits: ReadLimits, misplaced: dict[int, str]
) -> Iterator[Grid]:
    """The grids of a worksheet, in the order of the file.

    Args:
        package: the file.
        part: the worksheet in it.
        workbook: shared texts and formats.
        limits: what it may cost.
        misplaced: is given the numbers of rows that no sheet has, by the line where each row was put.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.expansion, file.too_many_columns, file.too_many_rows.
    """
    reader = _SheetReader(workbook, limits, misplaced)
    merges, is_in_order = _surveyed(package.blocks(part))
    rows = _rows(package, part, reader)
    if not is_in_order:
        rows = iter(sorted(rows, key=lambda row: row.line))
    return grids_of(rows, Lender(merges), limits, reader.hidden_columns)


def _rows(package: Package, part: str, reader: "_SheetReader") -> Iterator[SheetRow]:
    for _ in parse_steps(package.blocks(part), reader.start, reader.end, reader.text, counts_depth=True):
        yield from reader.take()
    yield from reader.take()


class _SheetReader:
    """Handlers of the XML parser: collects the rows of the sheet. Called millions of times, hence written flat."""

    def __init__(self, workbook: Workbook, limits: ReadLimits, misplaced: dict[int, str]) -> None:
        self._workbook, self._limits, self._misplaced = workbook, limits, misplaced
        self.hidden_columns: set[int] = set()
        self._rows: list[SheetRow] = []
        self._row: SheetRow | None = None
        self._seen = bytearray(LAST_ROW + 2)
        self._line = 0
        self._column = -1
        self._type = ""
        self._style = ""
        self._in_cell = self._holds_value = self._is_formula = False
        self._holds: list[str] | None = None
        self._value: list[str] = []
        self._formula: list[str] = []
        self._inline: list[str] = []
        self._phonetic = 0
        self._depth = 0

    def take(self) -> list[SheetRow]:
        """Rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "c":
            if self._in_cell:
                raise FileRefused("file.unsafe", found="cell in a cell")
            self._in_cell = True
            self._type, self._style = attributes.get("t", ""), attributes.get("s", "")
            self._value, self._formula, self._inline, self._holds = [], [], [], None
            self._holds_value = self._is_formula = False
            reference = attributes.get("r")
            letters = reference.rstrip("0123456789") if reference else ""
            column = _COLUMNS.get(letters)
            self._column = self._odd_column(letters) if column is None else column
        elif name == "v":
            self._holds, self._holds_value = self._value, True
        elif name == "row":
            if self._row is not None:
                raise FileRefused("file.unsafe", found="row in a row")
            self._row = SheetRow(self._line_of(attributes.get("r")))
            self._row.is_hidden = attributes.get("hidden", "0") in _YES
            self._column = -1
        elif name == "t":
            self._holds = None if self._phonetic else self._inline
        elif name == "f":
            self._holds, self._is_formula = self._formula, True
        else:
            if name == "col" and attributes.get("hidden", "0") in _YES:
                self._hide_columns(attributes)
            self._phonetic += name == "rPh"
            self._depth += 1
            if self._depth > DEEPEST:
                raise FileRefused("file.unsafe", found="depth")

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "v":
            self._holds = None
        elif name == "c":
            self._in_cell = False
            self._holds = None
            if self._row is not None:
                self._end_cell(self._row)
        elif name == "row":
            if self._row is not None and (self._row.cells or self._row.troubles):
                self._rows.append(self._row)
            self._row = None
        elif name in ("t", "f"):
            self._holds = None
        else:
            self._phonetic -= name == "rPh"
            self._depth -= 1

    def text(self, data: str) -> None:
        """Characters. A cell far beyond the limit is cut here already; its row is told so later."""
        held = self._holds
        if held is not None and (not held or sum(map(len, held)) <= self._limits.cell_chars):
            held.append(data)

    def _hide_columns(self, attributes: Mapping[str, str]) -> None:
        first, last = (attributes.get(name, "") for name in ("min", "max"))
        if first.isdecimal() and last.isdecimal() and len(first + last) < 12:
            self.hidden_columns.update(range(int(first) - 1, min(int(last), self._limits.columns)))

    def _odd_column(self, letters: str) -> int:
        """Column of letters seen for the first time; the next column where they are none."""
        letters = letters.strip("$").upper()
        column = column_of(letters) if letters.isascii() and letters.isalpha() and len(letters) <= 3 else LAST_COLUMN
        if column >= LAST_COLUMN:
            return self._column + 1
        _COLUMNS[letters] = column
        return column

    def _line_of(self, said: str | None) -> int:
        """The line a row says it has; the next free one if it says none, an impossible one, or one already seen."""
        line = int(said) if said and said.isascii() and said.isdigit() and len(said) < 8 else self._line + 1
        if not 1 <= line <= LAST_ROW:
            line = self._line + 1
        if line > LAST_ROW or self._seen[line]:
            free = self._seen.find(b"\x00", min(self._line + 1, LAST_ROW + 1))
            if not 1 <= free <= LAST_ROW:
                raise FileRefused("file.too_many_rows", limit=LAST_ROW)
            line = free
        if said is not None and _is_beyond(said) and len(self._misplaced) < _MOST_TOLD:
            self._misplaced[line] = said[:_LONGEST_NUMBER]
        self._seen[line] = 1
        self._line = line
        return line

    def _end_cell(self, row: SheetRow) -> None:
        value = self._value[0] if len(self._value) == 1 else "".join(self._value)
        if self._type == "s":
            text = self._shared(value, row)
        elif value or self._inline or self._is_formula:
            text = self._cell_text(value, row)
        else:
            return
        if text:
            row.put(self._column, text)

    def _cell_text(self, value: str, row: SheetRow) -> str:
        if self._type == "inlineStr":
            return unescaped("".join(self._inline))
        if self._type == "str" and self._holds_value:
            return unescaped(value)
        if not value and self._is_formula:
            row.troubles.append((self._column, NO_VALUE))
            return "=" + "".join(self._formula)
        if self._type == "e":
            row.troubles.append((self._column, SHOWS_ERROR))
            return unescaped(value)
        if self._type == "d":
            return day_text(value)
        if self._type == "b":
            return _TRUE.get(value.strip(), value)
        formats = self._workbook.formats
        style = int(self._style) if self._style.isdigit() and len(self._style) < 7 else 0
        return number_text(value.strip(), formats[style] if style < len(formats) else PLAIN, self._workbook.is_1904)

    def _shared(self, value: str, row: SheetRow) -> str:
        try:
            place = int(value) if len(value) < 12 else -1
        except ValueError:
            place = -1
        if 0 <= place < len(self._workbook.texts):
            return self._workbook.texts[place]
        if not value:
            return ""
        row.troubles.append((self._column, DAMAGED))
        return "\ufffd"


def _is_beyond(said: str) -> bool:
    """Is it the number of a row below the last one that a sheet has?"""
    return said.isascii() and said.isdigit() and (len(said) > _LONGEST_NUMBER or int(said) > LAST_ROW)


def column_of(letters: str) -> int:
    """0-based column of Excel's letters: A -> 0, XFD -> 16383."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _surveyed(blocks: Iterable[bytes]) -> tuple[list[Merge], bool]:
    """A first pass over the bytes: merged ranges, which stand below the rows, and whether the rows go down."""
    found: list[Merge] = []
    tail, last, is_in_order = b"", 0, True
    for block in blocks:
        text = tail + block
        end = 0
        for match in _SURVEYED.finditer(text):
            line, first, second = match.groups()
            end = match.end()
            if line is not None:
                is_in_order = is_in_order and int(line) >= last
                last = int(line)
            elif len(found) <= _MOST_MERGED:
                found.append(_merge(first.decode(), second.decode()))
        tail = text[max(end, len(text) - 200) :]
    merges = sorted((m for m in found if m.last_line >= m.first_line), key=lambda m: m.first_line)
    return merges, is_in_order


def _merge(first: str, last: str) -> Merge:
    (left, top), (right, bottom) = (_REFERENCE.match(r).groups() for r in (first, last))  # type: ignore[union-attr]
    return Merge(int(top), int(bottom), column_of(left), column_of(right))
