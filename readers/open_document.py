"""OpenDocument spreadsheets (ODS, and its flat form FODS), as one stream of XML that holds all sheets.

Equal neighbours are written once with a count: blank ones cost nothing here, and filled ones are counted against the
limit of what a file may unpack to, so that a few bytes cannot become a billion cells. A cell says its value beside what
it shows; the value is taken, with the zeros and the precision of a day that are shown.
Source: OASIS OpenDocument 1.3 part 3, 9.1-9.4 and 19.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from readers.cell_values import PERCENT, PLAIN, as_shown, day_text, number_text
from readers.grid import Sheet
from readers.merged_cells import Merge
from readers.package import Package
from readers.reading import FileFinding, ReadLimits
from readers.safe_xml import local_names, parse_steps, parse_xml
from readers.sheet_rows import LAST_ROW, NO_VALUE, SHOWS_ERROR, SheetAbout, SheetRow, sheets_of
from schemas.errors import FileRefused

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_BLOCK = 1 << 18
_CELLS = frozenset(("table-cell", "covered-table-cell"))
_IGNORED = frozenset(
    ("annotation", "shapes", "frame", "custom-shape", "control", "rect", "line", "g", "caption", "ruby-text", "note",
     "tracked-changes", "table-source", "forms", "event-listeners")
)  # fmt: skip
"""Elements whose text is no text of a cell: comments, drawings, phonetic readings, the record of changes."""
_ERROR = re.compile(r"^(?:#(?:N/A|[A-Z0/]+[!?])|Err:\d+)$")
_LAST_LINE = 1 << 30
_CELL_COST = 16
"""Bytes that a repeated cell counts beside its text."""


def read_open_document(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The sheets of an ODS package, in its order; hidden ones too.

    Raises:
        FileRefused: file.damaged, file.unsafe, file.expansion, file.password, file.too_many_columns.
    """
    package = Package(path, limits)
    _refuse_sealed(package)
    yield from sheets_of(_rows(package.blocks(_CONTENT), limits), limits)


def read_flat_open_document(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The sheets of a flat FODS file. Raises FileRefused as `read_open_document` does."""
    yield from sheets_of(_rows(file_blocks(path), limits), limits)


def file_blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, block by block."""
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block


def _refuse_sealed(package: Package) -> None:
    def start(name: str, _: Mapping[str, str]) -> None:
        if name == "encryption-data":
            raise FileRefused("file.password")

    if package.has("encrypted-package"):
        raise FileRefused("file.password")
    if package.has(_MANIFEST):
        parse_xml(package.blocks(_MANIFEST), start, lambda _: None)


def _rows(blocks: Iterable[bytes], limits: ReadLimits) -> Iterator[tuple[SheetAbout, SheetRow]]:
    reader = _ContentReader(limits)
    for _ in parse_steps(blocks, reader.start, reader.end, reader.text):
        yield from reader.take()
    yield from reader.take()
    if not reader.tables:
        raise FileRefused("file.unsupported_kind", found="OpenDocument")


class _ContentReader:
    """Handlers of the XML parser: collects rows, each with what is known of its sheet."""

    def __init__(self, limits: ReadLimits) -> None:
        self.tables = 0
        self._limits = limits
        self._done: list[tuple[SheetAbout, SheetRow, int]] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._notes: list[FileFinding] = []
        self._names: set[str] = set()
        self._about: SheetAbout | None = None
        self._row: SheetRow | None = None
        self._row_times = self._cell_times = 1
        self._line = self._column = 0
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        self._in_text = False
        self._ignoring = 0
        self._spent = 0

    def take(self) -> Iterator[tuple[SheetAbout, SheetRow]]:
        """Rows that are complete; equal ones one after the other."""
        done, self._done = self._done, []
        for about, row, times in done:
            yield about, row
            for more in range(1, times):
                yield about, SheetRow(row.line + more, row.cells, row.troubles, [], row.is_hidden)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._ignoring or name in _IGNORED:
            self._ignoring += 1
        elif name == "p":
            self._in_text = self._cell is not None
            self._paragraphs.append([])
        elif name in _CELLS:
            self._cell = local_names(attributes)
            self._cell_times = _times(self._cell.get("number-columns-repeated"))
            self._paragraphs = []
        elif self._in_text:
            self._sign(name, attributes)
        elif name == "table-row":
            self._start_row(local_names(attributes))
        elif name == "table":
            self._start_table(local_names(attributes))
        elif name == "table-column":
            self._start_column(local_names(attributes))
        elif name == "style":
            self._style = local_names(attributes).get("name", "")
        elif name == "table-properties" and local_names(attributes).get("display") == "false":
            self._hidden_styles.add(self._style)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._ignoring:
            self._ignoring -= 1
        elif name == "p":
            self._in_text = False
        elif name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self._about = None

    def text(self, data: str) -> None:
        """Characters; a cell far beyond the limit is cut here already, its row is told so later."""
        if self._in_text and not self._ignoring:
            held = self._paragraphs[-1]
            if not held or sum(map(len, held)) <= self._limits.cell_chars:
                held.append(data)

    def _sign(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "s":
            self.text(" " * min(_times(local_names(attributes).get("c")), self._limits.cell_chars))
        elif name == "tab":
            self.text("\t")
        elif name == "line-break":
            self.text("\n")

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        if self._about is not None:
            self._ignoring += 1  # a table inside a cell
            return
        name = attributes.get("name", "")
        if name.startswith("'file:"):
            self._ignoring += 1  # what another file held when it was linked to
            self._notes.append(FileFinding("file.external_link"))
            return
        self.tables += 1
        if not name or name in self._names:
            name = f"{name} #{self.tables}"
        self._names.add(name)
        is_hidden = attributes.get("style-name", "") in self._hidden_styles
        self._about = SheetAbout(self.tables, name, is_hidden, notes=self._notes)
        self._line = self._column = 0

    def _start_column(self, attributes: Mapping[str, str]) -> None:
        times = _times(attributes.get("number-columns-repeated"))
        if self._about is not None and attributes.get("visibility") in ("collapse", "filter"):
            upto = min(self._column + times, self._limits.columns)
            self._about.hidden_columns.update(range(self._column, upto))
        self._column += times

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row_times = _times(attributes.get("number-rows-repeated"))
        if self._line > _LAST_LINE:
            raise FileRefused("file.too_many_rows", limit=_LAST_LINE)
        self._row = SheetRow(self._line + 1)
        self._row.is_hidden = attributes.get("visibility") in ("collapse", "filter")
        self._column = 0

    def _end_row(self) -> None:
        row, self._row = self._row, None
        self._line += self._row_times
        if row is None or self._about is None or not row.cells:
            return
        times = min(self._row_times, max(1, LAST_ROW - row.line))
        if times > 1:
            self._spend((times - 1) * sum(len(t) + _CELL_COST for t in row.cells.values()))
        self._done.append((self._about, row, times))

    def _end_cell(self) -> None:
        cell, times, self._cell = self._cell, self._cell_times, None
        if cell is None or self._row is None:
            return
        at, self._column = self._column, self._column + times
        if "number-columns-spanned" in cell or "number-rows-spanned" in cell:
            self._add_merge(cell, at)
        text = self._value(cell, at)
        if not text:
            return
        if times > self._limits.columns:
            raise FileRefused("file.too_many_columns", found=times, limit=self._limits.columns)
        if times > 1:
            self._spend((times - 1) * (len(text) + _CELL_COST))
        self._row.cells.update(dict.fromkeys(range(at, at + times), text))

    def _add_merge(self, cell: Mapping[str, str], at: int) -> None:
        rows, columns = (_times(cell.get(f"number-{what}-spanned")) for what in ("rows", "columns"))
        if self._row is not None and (rows > 1 or columns > 1):
            line = self._row.line
            self._row.merges.append(Merge(line, line + rows - 1, at, at + columns - 1))

    def _value(self, cell: Mapping[str, str], at: int) -> str:
        shown = "\n".join("".join(pieces) for pieces in self._paragraphs)
        kind = cell.get("value-type", "")
        if cell.get("formula"):
            if not kind and not shown:
                self._tell(at, NO_VALUE)
                return cell["formula"]
            if kind == "error" or _ERROR.match(shown):
                self._tell(at, SHOWS_ERROR)
                return shown or "#N/A"
        return _text_of(kind, cell, shown)

    def _tell(self, at: int, rule: str) -> None:
        if self._row is not None:
            self._row.troubles.append((at, rule))

    def _spend(self, size: int) -> None:
        self._spent += size
        if self._spent > self._limits.expanded_bytes:
            raise FileRefused("file.expansion", limit=self._limits.expanded_bytes)


def _text_of(kind: str, cell: Mapping[str, str], shown: str) -> str:
    value = cell.get("value")
    if kind in ("float", "currency") and value is not None:
        text = number_text(value, PLAIN, False)
        is_filled = shown.isascii() and shown.isdigit() and text.isdigit() and shown.lstrip("0") == text.lstrip("0")
        return shown if is_filled else text
    if kind == "percentage" and value is not None:
        return number_text(value, PERCENT, False)
    if kind == "date" and cell.get("date-value"):
        return as_shown(day_text(cell["date-value"]), shown)
    if kind == "boolean" and cell.get("boolean-value"):
        return cell["boolean-value"].upper()
    return shown or cell.get("string-value", "")


def _times(said: str | None) -> int:
    if said is None:
        return 1
    return max(1, int(said)) if said.isascii() and said.isdigit() and len(said) < 8 else 1
