"""One worksheet -> grids, in a stream: memory stays bounded whatever the sheet says about its size.

References decide where a cell is; a cell without one follows the cell before. What a sheet declares as its dimension
is never used, so neither a lie nor one stray cell in the last corner costs anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from readers.cell_values import PLAIN, number_text
from readers.grid import Grid, Trouble, without_blanks
from readers.merged_cells import Lender, Merge
from readers.package import Package
from readers.reading import ReadLimits, column_letter
from readers.safe_xml import parse_steps
from readers.workbook import Workbook, unescaped
from schemas.errors import FileRefused

_ROWS_AT_ONCE = 8_192
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_MERGED = re.compile(rb'mergeCell\s[^>]*?ref\s*=\s*["\']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})["\']')
_MOST_MERGED = 200_000
_DAMAGED, _DOUBLED = "row.bad_characters", "row.too_many_cells"
_TRUE = {"1": "TRUE", "0": "FALSE"}


@dataclass
class _Row:
    """A row as it is read: line, texts by column, and what is wrong with it."""

    line: int
    cells: dict[int, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def read_worksheet(package: Package, part: str, workbook: Workbook, limits: ReadLimits) -> Iterator[Grid]:
    """The grids of a worksheet, in the order of the file.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.expansion, file.too_many_columns.
    """
    lender = Lender(_merges(package, part))
    reader = _SheetReader(workbook, limits)
    done: list[_Row] = []
    for _ in parse_steps(package.blocks(part), reader.start, reader.end, reader.text):
        done += reader.take()
        while len(done) >= _ROWS_AT_ONCE:
            yield _grid(done[:_ROWS_AT_ONCE], lender, limits)
            done = done[_ROWS_AT_ONCE:]
    done += reader.take()
    if done:
        yield _grid(done, lender, limits)


class _SheetReader:
    """Handlers of the XML parser: collects the rows of the sheet."""

    def __init__(self, workbook: Workbook, limits: ReadLimits) -> None:
        self._workbook, self._limits = workbook, limits
        self._rows: list[_Row] = []
        self._row: _Row | None = None
        self._seen = bytearray(_LAST_ROW + 2)
        self._line = 0
        self._column = -1
        self._type = "n"
        self._style = 0
        self._holds: str | None = None
        self._value: list[str] = []
        self._formula: list[str] = []
        self._inline: list[str] = []
        self._size = 0

    def take(self) -> list[_Row]:
        """Rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = _Row(self._line_of(attributes.get("r")))
            self._column = -1
        elif name in ("v", "f", "t"):
            self._holds = name
        elif name == "rPh":
            self._holds = None

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "c":
            self._end_cell()
        elif name == "row" and self._row is not None:
            if self._row.cells or self._row.troubles:
                self._rows.append(self._row)
            self._row = None
        elif name in ("v", "f", "t"):
            self._holds = None

    def text(self, data: str) -> None:
        """Characters."""
        if self._holds is None or self._size > self._limits.cell_chars + 1:
            return
        self._size += len(data)
        if self._holds == "v":
            self._value.append(data)
        elif self._holds == "t":
            self._inline.append(data)
        else:
            self._formula.append(data)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "")
        self._style = int(style) if style.isascii() and style.isdigit() and len(style) < 7 else 0
        self._value, self._formula, self._inline = [], [], []
        self._size = 0
        self._column = self._column_of(attributes.get("r"))

    def _line_of(self, said: str | None) -> int:
        """The line a row says it has; the next free one if it says none, an impossible one, or one already seen."""
        line = int(said) if said and said.isascii() and said.isdigit() and len(said) < 8 else self._line + 1
        if not 1 <= line <= _LAST_ROW:
            line = self._line + 1
        if line > _LAST_ROW or self._seen[line]:
            free = self._seen.find(b"\x00", min(self._line + 1, _LAST_ROW + 1))
            if not 1 <= free <= _LAST_ROW:
                raise FileRefused("file.damaged", found="rows")
            line = free
        self._seen[line] = 1
        self._line = line
        return line

    def _column_of(self, reference: str | None) -> int:
        found = _REFERENCE.match(reference) if reference else None
        if found is None:
            return self._column + 1
        column = column_of(found.group(1))
        return column if column < _LAST_COLUMN else self._column + 1

    def _end_cell(self) -> None:
        row = self._row
        if row is None:
            return
        text = self._cell_text(row)
        if text:
            if self._column in row.cells:
                row.troubles.append(_DOUBLED)
                text = f"{row.cells[self._column]} / {text}"
            row.cells[self._column] = text

    def _cell_text(self, row: _Row) -> str:
        kind = self._type
        if kind == "inlineStr":
            return unescaped("".join(self._inline))
        value = "".join(self._value)
        if kind == "s":
            return self._shared(value, row)
        if not value and self._formula:
            row.troubles.append(_DAMAGED)
            return "=" + "".join(self._formula)
        if kind == "b":
            return _TRUE.get(value, value)
        if kind in ("str", "e"):
            return unescaped(value)
        if kind == "d":
            return value
        formats = self._workbook.formats
        shown = formats[self._style] if self._style < len(formats) else PLAIN
        return number_text(value, shown, self._workbook.is_1904) if value else ""

    def _shared(self, value: str, row: _Row) -> str:
        texts = self._workbook.texts
        if value.isascii() and value.strip().isdigit() and len(value) < 12 and int(value) < len(texts):
            return texts[int(value)]
        if value:
            row.troubles.append(_DAMAGED)
        return "\ufffd" if value else ""


def column_of(letters: str) -> int:
    """0-based column of Excel's letters: A -> 0, XFD -> 16383."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _merges(package: Package, part: str) -> list[Merge]:
    """Merged ranges stand below the rows: a first pass over the bytes finds them, ordered by line."""
    found: list[Merge] = []
    tail = b""
    for block in package.blocks(part):
        text = tail + block
        if b"mergeCell" in text:
            end = 0
            for match in _MERGED.finditer(text):
                found.append(_merge(match.group(1).decode(), match.group(2).decode()))
                end = match.end()
            text = text[end:]
        tail = text[-200:]
        if len(found) > _MOST_MERGED:
            break
    return sorted((m for m in found if m.last_line >= m.first_line), key=lambda m: m.first_line)


def _merge(first: str, last: str) -> Merge:
    (left, top), (right, bottom) = (_REFERENCE.match(r).groups() for r in (first, last))  # type: ignore[union-attr]
    return Merge(int(top), int(bottom), column_of(left), column_of(right))


def _grid(rows: Sequence[_Row], lender: Lender, limits: ReadLimits) -> Grid:
    width = min(limits.columns, 1 + max((max(r.cells) for r in rows if r.cells), default=-1))
    if any(len(r.cells) > limits.columns for r in rows):
        raise FileRefused("file.too_many_columns", limit=limits.columns)
    columns: list[list[str | None]] = [[None] * len(rows) for _ in range(width)]
    surplus: dict[int, list[str]] = {}
    for at, row in enumerate(rows):
        for column, text in row.cells.items():
            if column < width:
                columns[column][at] = text
            else:
                surplus.setdefault(at, []).append(f"{column_letter(column)}: {text}")
    return Grid(
        np.fromiter((r.line for r in rows), np.int32, len(rows)),
        tuple(without_blanks(pa.array(c, pa.string())) for c in columns),
        None, surplus, lender.lend([(r.line, r.cells) for r in rows], width),
        tuple(Trouble(at, rule) for at, row in enumerate(rows) for rule in dict.fromkeys(row.troubles)),
    )  # fmt: skip
