"""Tables of an HTML page, as programs of the web write them under the name of XLS, and as Excel saves a web page.

Each table is a sheet. A table inside a cell is a sheet of its own if the table around it only arranges the page (one or
two columns); inside a ledger its text belongs to the cell. Rows and cells that are never closed end where the next
begins. The letters are found out as in any text file; what the page says of its encoding is believed last.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import chain
from pathlib import Path

from readers.cell_values import PLAIN, number_text
from readers.grid import Sheet
from readers.html_tokens import Token, attributes_of, tokens
from readers.merged_cells import Merge
from readers.reading import ReadLimits
from readers.sheet_rows import LAST_ROW, SheetAbout, SheetRow, sheets_of
from readers.text_file import TextKind, decoded_blocks, text_kind
from schemas.errors import FileRefused

_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)
_BREAKS = frozenset(("br", "/p", "/div", "/li", "hr"))
_END_ROWS = frozenset(("/tr", "/tbody", "/thead", "/tfoot", "tbody", "thead", "tfoot"))
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TELLING = re.compile(r"span|:num", re.IGNORECASE)
"""What the attributes of a cell must hold to be looked at: most cells have only a style."""
_CUT_NUMBER = re.compile(r"^(?:#+|-?\d(?:[.,]\d+)?E[+-]?\d+)$")
_FEW_COLUMNS = 2
_BLOCK = 1 << 18
_DEEPEST = 50
_MOST_ROWS_SPANNED = 65_534


def read_html(path: Path, forced: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The tables of an HTML page.

    Raises:
        FileRefused: file.unsupported_kind (no table), file.too_many_columns, file.line_too_long, file.unsafe.
    """
    kind = text_kind(path, forced)
    codec = None if kind.codec == "latin-1" else kind.codec
    yield from html_sheets(tokens(_texts(path, kind)), limits, _legacy(kind), codec)


def html_sheets(
    found: Iterator[Token], limits: ReadLimits, legacy: str | None, codec: str | None = None
) -> Iterator[Sheet]:
    """The tables of a stream of tokens."""
    reader = _PageReader(limits, legacy, codec)
    rows = reader.rows(found)
    first = next(rows, None)
    if first is None:
        raise FileRefused("file.unsupported_kind", found="HTML")
    yield from sheets_of(chain([first], rows), limits)


def _texts(path: Path, kind: TextKind) -> Iterator[str]:
    """The page in pieces. Whole pages may be one line, which a reader of lines would have to hold."""
    if kind.codec != "utf-8" or kind.alien is not None:
        yield from decoded_blocks(path, kind)
        return
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as source:
        source.seek(kind.skip)
        while block := source.read(_BLOCK):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _legacy(kind: TextKind) -> str | None:
    return kind.legacy if kind.codec == "latin-1" else None


@dataclass
class _Table:
    """A table being read: its sheet, the row and cell at hand, cells that reach down, by column: rows left."""

    about: SheetAbout
    line: int = 0
    widest: int = 0
    row: SheetRow | None = None
    column: int = 0
    cell: dict[str, str] | None = None
    texts: list[str] = field(default_factory=list)
    size: int = 0
    down: dict[int, int] = field(default_factory=dict)


class _PageReader:
    """Walks through the tokens; tables inside tables stand on a stack."""

    def __init__(self, limits: ReadLimits, legacy: str | None, codec: str | None) -> None:
        self._limits, self._legacy, self._codec = limits, legacy, codec
        self._tables: list[_Table] = []
        self._count = 0
        self._inside = 0
        self._done: list[tuple[SheetAbout, SheetRow]] = []

    def rows(self, found: Iterator[Token]) -> Iterator[tuple[SheetAbout, SheetRow]]:
        """The rows of all tables, each where it ends."""
        for name, written in found:
            if not name:
                self._text(written)
            else:
                self._tag(name, written)
                if self._done:
                    yield from self._done
                    self._done = []
        while self._tables:
            self._end_table()
        yield from self._done

    def _text(self, written: str) -> None:
        table = self._tables[-1] if self._tables else None
        if table is None or table.cell is None or table.size > self._limits.cell_chars:
            return
        if "&" in written:
            written = unescape(written)
        table.texts.append(_BLANKS.sub(" ", written))
        table.size += len(written)

    def _tag(self, name: str, written: str) -> None:
        if name == "table":
            self._start_table(written)
        elif not self._tables:
            return
        elif self._inside:
            self._tag_inside(name)
        elif name in ("td", "th"):
            self._start_cell(written)
        elif name in ("/td", "/th"):
            self._end_cell(self._tables[-1])
        elif name in _BREAKS:
            self._break()
        else:
            self._tag_of_rows(name, written)

    def _tag_of_rows(self, name: str, written: str) -> None:
        if name == "tr":
            self._start_row(written)
        elif name in _END_ROWS:
            self._end_row(self._tables[-1])
        elif name == "/table":
            self._end_table()
        elif name == "col":
            self._column(attributes_of(written))

    def _tag_inside(self, name: str) -> None:
        """A table whose text belongs to the cell around it."""
        self._inside -= name == "/table"
        if name in ("td", "th", "tr", *_BREAKS):
            self._break(" ")

    def _break(self, sign: str = "\n") -> None:
        if self._tables[-1].cell is not None:
            self._tables[-1].texts.append(sign)

    def _start_table(self, written: str) -> None:
        if self._tables:
            around = self._tables[-1]
            if self._inside or (around.cell is not None and max(around.widest, around.column + 1) > _FEW_COLUMNS):
                self._inside += 1
                return
        if len(self._tables) >= _DEEPEST:
            raise FileRefused("file.unsafe", found="depth")
        self._count += 1
        is_hidden = bool(_HIDDEN.search(written))
        about = SheetAbout(self._count, f"Bảng {self._count}", is_hidden, legacy=self._legacy, codec=self._codec)
        self._tables.append(_Table(about))

    def _end_table(self) -> None:
        self._inside = 0
        self._end_row(self._tables[-1])
        self._tables.pop()

    def _column(self, attributes: Mapping[str, str]) -> None:
        table = self._tables[-1]
        times = _span(attributes.get("span"), self._limits.columns)
        if _HIDDEN.search(attributes.get("style", "")):
            table.about.hidden_columns.update(range(table.column, table.column + times))
        table.column = min(table.column + times, self._limits.columns)

    def _start_row(self, written: str) -> None:
        table = self._tables[-1]
        self._end_row(table)
        table.line += 1
        if table.line > LAST_ROW * 16:
            raise FileRefused("file.too_many_rows", limit=LAST_ROW * 16)
        table.row, table.column = SheetRow(table.line), 0
        table.row.is_hidden = bool(written and _HIDDEN.search(written))

    def _end_row(self, table: _Table) -> None:
        self._end_cell(table)
        row, table.row = table.row, None
        if row is None:
            return
        table.widest = max(table.widest, table.column)
        table.down = {column: left - 1 for column, left in table.down.items() if left > 1}
        if row.cells:
            self._done.append((table.about, row))

    def _start_cell(self, written: str) -> None:
        table = self._tables[-1]
        if table.row is None:
            self._start_row("")
        self._end_cell(table)
        while table.down.get(table.column):
            table.column += 1
        table.cell = dict(attributes_of(written)) if _TELLING.search(written) else {}
        table.texts, table.size = [], 0

    def _end_cell(self, table: _Table) -> None:
        cell, table.cell = table.cell, None
        if cell is None or table.row is None:
            return
        at, columns, rows = table.column, 1, 1
        if cell:
            columns = _span(cell.get("colspan"), self._limits.columns)
            rows = _span(cell.get("rowspan"), _MOST_ROWS_SPANNED) if cell.get("rowspan") != "0" else _MOST_ROWS_SPANNED
        table.column += columns
        if table.column > 4 * self._limits.columns:
            raise FileRefused("file.too_many_columns", limit=self._limits.columns)
        if columns > 1 or rows > 1:
            table.row.merges.append(Merge(table.line, table.line + rows - 1, at, at + columns - 1))
        if rows > 1:
            # one more than the rows below: the end of this row takes one off
            table.down |= dict.fromkeys(range(at, at + columns), rows)
        text = _shown(table.texts, cell)
        if text and not text.isspace():
            table.row.put(at, text)


def _shown(texts: list[str], cell: Mapping[str, str]) -> str:
    """The text of a cell; a number that Excel cut for show (1.06E+10, ####) as it is, where the page says it."""
    text = texts[0].strip(" ") if len(texts) == 1 else re.sub(" *\n *", "\n", "".join(texts)).strip(" \n")
    number = cell.get("x:num")
    return number_text(number, PLAIN, False) if number and _CUT_NUMBER.match(text) else text


def _span(said: str | None, most: int) -> int:
    return min(max(1, int(said)), most) if said and said.isascii() and said.isdigit() and len(said) < 8 else 1
