"""The old binary workbook XLS (BIFF 5 and 8), as a stream of its own records.

Read here and not through a library: numbers keep the leading zeros of their format, hidden rows are told, a stray cell
in the last corner costs nothing, and 8-bit text keeps its bytes, so that an old font can be recognised.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from readers import encoding as enc
from readers.biff_records import Records, short_text
from readers.biff_workbook import BOF, EOF, OldSheet, OldWorkbook, read_globals
from readers.cell_values import number_text
from readers.compound_file import MARK, CompoundFile
from readers.grid import Sheet
from readers.merged_cells import Lender, Merge
from readers.reading import FileFinding, ReadLimits
from readers.sheet_rows import DAMAGED, SHOWS_ERROR, SheetRow, grids_of
from readers.text_file import UNKNOWN
from readers.workbook import distinct_names
from schemas.errors import FileRefused

_ROW, _COLUMN_INFO, _MERGED = 0x208, 0x7D, 0xE5
_HIDDEN_ROW, _HIDDEN_COLUMN = 0x20, 0x01
_CELLS = frozenset((0xFD, 0x204, 0xD6, 0x203, 0x27E, 0xBD, 0x06, 0x205))
_ERRORS: Mapping[int, str] = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_CODE_PAGES: Mapping[int, str] = {1258: "cp1258", 1252: "cp1252"}
_MOST_MERGED = 200_000
_BLOCK = 1 << 18
_Open = Callable[[int], Iterator[bytes]]
"""Gives the stream of a workbook from a place on."""
_SAMPLE = 20_000


def read_old_workbook(path: Path, _: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The worksheets of a binary workbook, in its order; hidden ones too.

    Raises:
        FileRefused: file.damaged, file.password, file.macro, file.unsupported_kind, file.too_many_columns.
    """
    open_at = _stream_of(path)
    workbook = read_globals(Records(open_at(0)))
    sheets = distinct_names(workbook.sheets)
    if len(sheets) > limits.members or len({s.place for s in sheets}) < len(sheets):
        raise FileRefused("file.unsafe", found="sheets", limit=limits.members)
    legacy = None if workbook.is_biff8 else _legacy(open_at, workbook)
    notes = [FileFinding("file.external_link")] if workbook.has_links else []
    for number, sheet in enumerate(sheets):
        survey = _surveyed(_records(open_at, sheet))
        rows = _SheetReader(workbook, survey).rows(_records(open_at, sheet))
        grids = grids_of(rows, Lender(survey.merges), limits, survey.hidden_columns)
        yield Sheet(sheet.name, grids, legacy, is_hidden=sheet.is_hidden, notes=notes if not number else [])


def _stream_of(path: Path) -> _Open:
    """The stream of the workbook, to be opened anywhere; some programs write it without a compound file."""
    with path.open("rb") as source:
        is_compound = source.read(len(MARK)) == MARK
    if not is_compound:
        return lambda place: _file_blocks(path, place)
    compound = CompoundFile(path)
    entry = compound.entries.get("workbook") or compound.entries.get("book")
    if entry is None or not entry.is_stream:
        raise FileRefused("file.damaged", found="XLS")
    return lambda place: compound.read(entry, place)


def _file_blocks(path: Path, place: int) -> Iterator[bytes]:
    with path.open("rb") as source:
        source.seek(place)
        while block := source.read(_BLOCK):
            yield block


def _records(open_at: _Open, sheet: OldSheet) -> Iterator[tuple[int, bytes]]:
    """The records of one sheet, without those of the charts in it."""
    depth = 0
    for number, data in Records(open_at(sheet.place)):
        depth += (number == BOF) - (number == EOF)
        if depth <= 0:
            if number != EOF:
                raise FileRefused("file.damaged", found="XLS sheet")
            return
        if depth == 1:
            yield number, data
    raise FileRefused("file.damaged", found="XLS cut")


@dataclass
class _Survey:
    """What stands below or among the cells and must be known before: merged ranges, hidden rows (from 1) and columns.

    `is_in_order`: the cells stand row by row, as Excel writes them; programs of the web wrote each cell as their script
    came to it.
    """

    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_in_order: bool = True


def _surveyed(records: Iterator[tuple[int, bytes]]) -> _Survey:
    found, last = _Survey(), 0
    for number, data in records:
        if number in _CELLS:
            line = _u16(data, 0)
            found.is_in_order &= line >= last
            last = line
        elif number == _ROW and len(data) >= 14 and data[12] & _HIDDEN_ROW:
            found.hidden_rows.add(_u16(data, 0) + 1)
        elif number == _COLUMN_INFO and len(data) >= 10 and _u16(data, 8) & _HIDDEN_COLUMN:
            found.hidden_columns.update(range(_u16(data, 0), min(_u16(data, 2), 255) + 1))
        elif number == _MERGED and len(found.merges) <= _MOST_MERGED:
            whole = data[2 : 2 + (len(data) - 2) // 8 * 8]
            found.merges += [Merge(top + 1, bottom + 1, left, right) for top, bottom, left, right in
                             struct.iter_unpack("<4H", whole)]  # fmt: skip
    found.merges.sort(key=lambda merge: merge.first_line)
    return found


def _legacy(open_at: _Open, workbook: OldWorkbook) -> str:
    """The encoding of BIFF 5 text: what its words are, else what the workbook says."""
    texts: list[str] = []
    for sheet in workbook.sheets:
        for row in _SheetReader(workbook, _Survey()).rows(_records(open_at, sheet)):
            texts += [t for t in row.cells.values() if not t.isascii()]
            if len(texts) > _SAMPLE:
                break
    verdict = enc.judge_bytes(enc.words_of(texts))
    return verdict.encoding or _CODE_PAGES.get(workbook.code_page, UNKNOWN)


class _SheetReader:
    """Records of a sheet -> its rows. Cells stand in blocks of rows; a row ends where another begins."""

    def __init__(self, workbook: OldWorkbook, survey: _Survey) -> None:
        self._workbook, self._survey = workbook, survey
        self._row = SheetRow(0)
        self._waiting: int | None = None
        self._takes: Mapping[int, Callable[[bytes], None]] = {
            0xFD: self._label_of_table, 0x204: self._label, 0xD6: self._label, 0x203: self._number, 0x27E: self._rk,
            0xBD: self._several_rk, 0x06: self._formula, 0x207: self._formula_text, 0x205: self._truth_or_error,
        }  # fmt: skip

    def rows(self, records: Iterator[tuple[int, bytes]]) -> Iterator[SheetRow]:
        """The rows that hold anything, by line; those of a sheet that is not in order are put in order first."""
        rows: dict[int, SheetRow] = {}
        is_in_order = self._survey.is_in_order
        for number, data in records:
            take = self._takes.get(number)
            if take is None or len(data) < 6:
                continue
            line = _u16(data, 0) + 1
            if number in _CELLS and line != self._row.line:
                if is_in_order:
                    yield from self._finished(self._row)
                self._row, self._waiting = rows.get(line) or SheetRow(line), None
                if not is_in_order:
                    rows[line] = self._row
            take(data)
        for row in [self._row] if is_in_order else (rows[line] for line in sorted(rows)):
            yield from self._finished(row)

    def _finished(self, row: SheetRow) -> Iterator[SheetRow]:
        if row.cells:
            row.is_hidden = row.line in self._survey.hidden_rows
            yield row

    def _put(self, column: int, text: str) -> None:
        if text:
            self._row.put(column, text)

    def _label_of_table(self, data: bytes) -> None:
        column, place = _u16(data, 2), int.from_bytes(data[6:10], "little")
        if len(data) >= 10 and place < len(self._workbook.texts):
            self._put(column, self._workbook.texts[place])
        else:
            self._row.troubles.append((column, DAMAGED))
            self._put(column, "\ufffd")

    def _label(self, data: bytes) -> None:
        self._put(_u16(data, 2), short_text(data, 6, is_biff8=self._workbook.is_biff8))

    def _number(self, data: bytes) -> None:
        if len(data) >= 14:
            self._put_number(_u16(data, 2), _u16(data, 4), struct.unpack_from("<d", data, 6)[0])

    def _rk(self, data: bytes) -> None:
        if len(data) >= 10:
            self._put_number(_u16(data, 2), _u16(data, 4), _of_rk(int.from_bytes(data[6:10], "little")))

    def _several_rk(self, data: bytes) -> None:
        column = _u16(data, 2)
        cells = data[4 : 4 + (len(data) - 6) // 6 * 6]
        for at, (style, packed) in enumerate(struct.iter_unpack("<HI", cells)):
            self._put_number(column + at, style, _of_rk(packed))

    def _put_number(self, column: int, style: int, number: float) -> None:
        value = str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)
        self._put(column, number_text(value, self._workbook.format_of(style), self._workbook.is_1904))

    def _formula(self, data: bytes) -> None:
        """The value that was last worked out; a text stands in a record of its own further down."""
        column = _u16(data, 2)
        if len(data) < 14:
            self._row.troubles.append((column, DAMAGED))
        elif data[12:14] != b"\xff\xff":
            self._put_number(column, _u16(data, 4), struct.unpack_from("<d", data, 6)[0])
        elif data[6] == 0:
            self._waiting = column
        elif data[6] in (1, 2):
            self._put_truth_or_error(column, data[8], is_error=data[6] == 2)

    def _formula_text(self, data: bytes) -> None:
        if self._waiting is not None:
            self._put(self._waiting, short_text(data, 0, is_biff8=self._workbook.is_biff8))
            self._waiting = None

    def _truth_or_error(self, data: bytes) -> None:
        if len(data) >= 8:
            self._put_truth_or_error(_u16(data, 2), data[6], is_error=bool(data[7]))

    def _put_truth_or_error(self, column: int, value: int, *, is_error: bool) -> None:
        if is_error:
            self._row.troubles.append((column, SHOWS_ERROR))
            self._put(column, _ERRORS.get(value, "#N/A"))
        else:
            self._put(column, "TRUE" if value else "FALSE")


def _of_rk(packed: int) -> float:
    """A number packed into 30 bits and two flags: whole or the top of a double, as it is or times 100."""
    if packed & 2:
        signed = packed - (1 << 32) if packed & 0x80000000 else packed
        number = float(signed >> 2)
    else:
        number = struct.unpack("<d", b"\x00\x00\x00\x00" + (packed & 0xFFFFFFFC).to_bytes(4, "little"))[0]
    return number / 100 if packed & 1 else number


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
