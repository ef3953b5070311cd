"""SpreadsheetML 2003: the XML that Excel and many programs of the web save under the name of XLS, as one stream.

Source: XML Spreadsheet Reference, Office 2003 (Microsoft).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from readers.cell_values import PERCENT, PLAIN, NumberFormat, Shows, day_text, number_format, number_text
from readers.grid import Sheet
from readers.merged_cells import Merge
from readers.open_document import file_blocks
from readers.reading import FileFinding, ReadLimits
from readers.safe_xml import local_names, parse_steps
from readers.sheet_rows import DAMAGED, LAST_COLUMN, LAST_ROW, NO_VALUE, SHOWS_ERROR, SheetAbout, SheetRow, sheets_of
from schemas.errors import FileRefused

_YES = ("1", "true")
_IGNORED = frozenset(("Comment", "PhoneticText", "Names", "NamedCell"))
_NAMED_FORMATS: Mapping[str, NumberFormat] = {
    "short date": NumberFormat((Shows.DAY, 0)), "medium date": NumberFormat((Shows.DAY, 0)),
    "long date": NumberFormat((Shows.DAY, 0)), "general date": NumberFormat((Shows.DAY, 0)), "percent": PERCENT,
    **dict.fromkeys(("general", "general number", "fixed", "standard", "scientific", "currency"), PLAIN),
}  # fmt: skip
_HIDDEN_SHEET = re.compile(rb"<(?:\w+:)?(Worksheet)[\s>]|<(?:\w+:)?Visible>\s*(Sheet\w*Hidden)")


def read_xml_spreadsheet(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The worksheets of a SpreadsheetML file, in its order; hidden ones too.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.too_many_columns.
    """
    yield from sheets_of(_rows(file_blocks(path), _hidden_sheets(file_blocks(path)), limits), limits)


def _hidden_sheets(blocks: Iterable[bytes]) -> set[int]:
    """Numbers of the hidden sheets: it is said below their rows, so a first pass over the bytes looks for it."""
    hidden: set[int] = set()
    sheet, tail = 0, b""
    for block in blocks:
        text = tail + block
        end = 0
        for found in _HIDDEN_SHEET.finditer(text):
            end = found.end()
            if found.group(1):
                sheet += 1
            else:
                hidden.add(sheet)
        tail = text[max(end, len(text) - 100) :]
    return hidden


def _rows(blocks: Iterable[bytes], hidden: set[int], limits: ReadLimits) -> Iterator[tuple[SheetAbout, SheetRow]]:
    reader = _Reader(hidden, limits)
    for _ in parse_steps(blocks, reader.start, reader.end, reader.text):
        yield from reader.take()
    yield from reader.take()
    if not reader.sheets:
        raise FileRefused("file.unsupported_kind", found="XML")


class _Reader:
    """Handlers of the XML parser: collects rows, each with what is known of its sheet."""

    def __init__(self, hidden: set[int], limits: ReadLimits) -> None:
        self.sheets = 0
        self._hidden, self._limits = hidden, limits
        self._rows: list[tuple[SheetAbout, SheetRow]] = []
        self._formats: dict[str, NumberFormat] = {}
        self._style = ""
        self._names: set[str] = set()
        self._notes: list[FileFinding] = []
        self._about: SheetAbout | None = None
        self._row: SheetRow | None = None
        self._row_style = ""
        self._line = self._column = self._column_about = 0
        self._column_styles: dict[int, str] = {}
        self._cell: dict[str, str] | None = None
        self._type = ""
        self._value: list[str] | None = None
        self._ignoring = 0
        self._in_data = 0
        self._is_1904 = False
        self._begins: Mapping[str, Callable[[dict[str, str]], None]] = {
            "Data": self._start_data, "Cell": self._start_cell, "Row": self._start_row, "Worksheet": self._start_sheet,
            "Column": self._start_column, "Style": self._start_style, "NumberFormat": self._start_format,
            "Date1904": self._from_1904, "SupBook": self._link,
        }  # fmt: skip

    def take(self) -> list[tuple[SheetAbout, SheetRow]]:
        """Rows that are complete."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._ignoring or name in _IGNORED:
            self._ignoring += 1
        elif self._in_data:
            self._in_data += 1
        else:
            begin = self._begins.get(name)
            if begin is not None:
                begin(local_names(attributes))

    def end(self, name: str) -> None:
        """An element ends."""
        if self._ignoring:
            self._ignoring -= 1
        elif self._in_data:
            self._in_data -= 1
        elif name == "Cell":
            self._end_cell()
        elif name == "Row" and self._row is not None:
            if self._about is not None and self._row.cells:
                self._rows.append((self._about, self._row))
            self._row = None
        elif name == "Worksheet":
            self._about = None

    def text(self, data: str) -> None:
        """Characters; a cell far beyond the limit is cut here already, its row is told so later."""
        held = self._value
        if not self._in_data or held is None or self._ignoring:
            return
        if not held or sum(map(len, held)) <= self._limits.cell_chars:
            held.append(data)

    def _start_data(self, attributes: Mapping[str, str]) -> None:
        self._type, self._value, self._in_data = attributes.get("Type", "String"), [], 1

    def _start_style(self, attributes: Mapping[str, str]) -> None:
        self._style = attributes.get("ID", "")

    def _start_format(self, attributes: Mapping[str, str]) -> None:
        self._formats[self._style] = _format(attributes.get("Format", "General"))

    def _from_1904(self, _: Mapping[str, str]) -> None:
        self._is_1904 = True

    def _link(self, _: Mapping[str, str]) -> None:
        self._notes.append(FileFinding("file.external_link"))

    def _start_sheet(self, attributes: Mapping[str, str]) -> None:
        self.sheets += 1
        name = attributes.get("Name", "")
        if not name or name in self._names:
            name = f"{name} #{self.sheets}"
        self._names.add(name)
        self._about = SheetAbout(self.sheets, name, self.sheets in self._hidden, notes=self._notes)
        self._line = self._column_about = 0
        self._column_styles = {}

    def _start_column(self, attributes: Mapping[str, str]) -> None:
        first = _index(attributes.get("Index"), self._column_about)
        last = min(first + _count(attributes.get("Span")), self._limits.columns)
        self._column_about = last
        if attributes.get("Hidden") in _YES and self._about is not None:
            self._about.hidden_columns.update(range(first - 1, last))
        if attributes.get("StyleID"):
            self._column_styles |= dict.fromkeys(range(first - 1, last), attributes["StyleID"])

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        if self._line >= LAST_ROW:
            raise FileRefused("file.too_many_rows", limit=LAST_ROW)
        line = _index(attributes.get("Index"), self._line)
        # A row must stand below the one before; what says otherwise goes to the next line and is no longer trusted.
        doubtful = line <= self._line or line > LAST_ROW
        self._line = self._line + 1 if doubtful else line
        self._row = SheetRow(self._line)
        if doubtful:
            self._row.troubles.append((-1, DAMAGED))
        self._row.is_hidden = attributes.get("Hidden") in _YES
        self._row_style = attributes.get("StyleID", "")
        self._line += _count(attributes.get("Span"))
        self._column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._value = attributes, None
        self._column = min(_index(attributes.get("Index"), self._column), LAST_COLUMN)

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None or self._row is None:
            return
        at = self._column - 1
        across, down = _count(cell.get("MergeAcross")), _count(cell.get("MergeDown"))
        self._column += min(across, LAST_COLUMN)
        if across or down:
            self._row.merges.append(Merge(self._row.line, self._row.line + down, at, at + across))
        text = self._text("".join(self._value or ()), cell, at)
        if text:
            self._row.put(at, text)

    def _text(self, value: str, cell: Mapping[str, str], at: int) -> str:
        if self._value is None and cell.get("Formula"):
            self._tell(at, NO_VALUE)
            return cell["Formula"]
        if self._type == "Error" and value:
            self._tell(at, SHOWS_ERROR)
            return value
        if self._value is None or not value:
            return ""
        style = cell.get("StyleID") or self._row_style or self._column_styles.get(at, "")
        shown = self._formats.get(style, PLAIN)
        if self._type == "Number":
            return number_text(value.strip(), shown, self._is_1904)
        if self._type == "DateTime":
            return _to_precision(day_text(value), shown.shows)
        if self._type == "Boolean":
            return "TRUE" if value.strip() == "1" else "FALSE"
        return value

    def _tell(self, at: int, rule: str) -> None:
        if self._row is not None:
            self._row.troubles.append((at, rule))


def _format(code: str) -> NumberFormat:
    return _NAMED_FORMATS.get(code.lower()) or number_format(0, code)


def _to_precision(day: str, shows: Shows) -> str:
    """05/03/1960 as its format shows it."""
    return {Shows.YEAR: day[6:10], Shows.MONTH: day[3:10]}.get(shows, day)


def _index(said: str | None, before: int) -> int:
    """A place counted from 1; the next one where none is said or it is no number."""
    number = _count(said)
    return number if number > 0 else before + 1


def _count(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 9 else 0
