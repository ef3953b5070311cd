"""DBF tables of dBase, FoxPro and Clipper, read in blocks of records, with the memo file if it came along.

The header's count is compared with the records there are, never believed; deleted records are no rows of the ledger
(the program that wrote them shows them no more) and are told; a record that was cut or has no valid mark stays a row,
blocked. The byte that names a code page is not used: ledgers in TCVN3 or VNI carry any, so the letters decide.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers import encoding as enc
from readers.dbf_header import DbfField, DbfHeader, read_header
from readers.dbf_memo import Memo
from readers.dbf_values import Records, Texts, byte_cells, column_of, missing_memos
from readers.dbf_widths import Widths
from readers.grid import Grid, Sheet, Trouble
from readers.reading import FileFinding, ReadLimits
from readers.text_file import UNKNOWN
from schemas.errors import FileRefused
from schemas.tables import PART_ROWS

_BLOCK = 16 << 20
_LONGEST_HEADER = 1 << 16
_LIVE, _DELETED, _END, _NOTHING = 0x20, 0x2A, 0x1A, 0x00
_SURVEYED = 5_000
_ROWS_WITH_MEMOS = 8_192
_UTF8_SHARE = 0.95
_MOST_CUT_BYTES = 3


def read_dbf(path: Path, memo: Path | None, forced: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The one sheet of a DBF table; its first row are the names of the fields, at line 0; lines are record numbers.

    Raises:
        FileRefused: file.damaged, file.password, file.too_many_columns, encoding.unknown.
    """
    with path.open("rb") as source:
        header = read_header(source.read(_LONGEST_HEADER))
    fields = tuple(f for f in header.fields if not f.is_system)
    if len(fields) > limits.columns:
        raise FileRefused("file.too_many_columns", found=len(fields), limit=limits.columns)
    table = _Table(path, header, fields)
    codec, legacy = _letters(table, forced)
    notes: list[FileFinding] = []
    reader = _Reader(table, Texts(codec), notes, 4 * limits.cell_chars)
    yield Sheet(None, reader.grids(memo), legacy, None if legacy else codec, notes=notes)


@dataclass
class _Table:
    """An open table: blocks of whole records, and what is left at its end."""

    path: Path
    header: DbfHeader
    fields: tuple[DbfField, ...]
    cut_bytes: int = field(default=0, init=False)
    seen: int = field(default=0, init=False)

    def blocks(self) -> Iterator[Records]:
        """Records up to the end mark; the last one filled up with blanks where the file ends within it."""
        length = self.header.record_length
        most = _ROWS_WITH_MEMOS if any(f.kind == "M" for f in self.fields) else PART_ROWS
        at_once = max(1, min(most, _BLOCK // length))
        self.seen = self.cut_bytes = 0
        with self.path.open("rb") as source:
            source.seek(self.header.header_length)
            while data := source.read(at_once * length):
                records = np.frombuffer(self._whole(data, length), np.uint8).reshape(-1, length)
                end = self._end(records, is_last=len(data) < at_once * length)
                if end is not None:
                    records, self.cut_bytes = records[:end], 0
                self.seen += len(records)
                if len(records):
                    yield records
                if end is not None:
                    return

    def _end(self, records: Records, *, is_last: bool) -> int | None:
        """Where the end mark stands. One among the records that the header counts is a damaged record instead."""
        for place in np.flatnonzero(records[:, 0] == _END).tolist():
            rest = records[place].tobytes() if is_last and place == len(records) - 1 else b"."
            if self.seen + place >= self.header.count or not rest.strip(b"\x1a\x00 "):
                return int(place)
        return None

    def _whole(self, data: bytes, length: int) -> bytes:
        rest = len(data) % length
        if not rest:
            return data
        if data[-rest] == _END or not data[-rest:].strip(b" \x00\x1a"):
            return data[:-rest]
        self.cut_bytes = rest
        return data + b" " * (length - rest)


class _Reader:
    """Turns the records of a table into grids, and notes what a person should know of it."""

    def __init__(self, table: _Table, texts: Texts, notes: list[FileFinding], longest: int) -> None:
        self._table, self._texts, self._notes, self._longest = table, texts, notes, longest
        self._widths = Widths(table.fields)
        self._deleted = 0
        self._line = 1

    def grids(self, memo: Path | None) -> Iterator[Grid]:
        """The names of the fields with the first records, then the rest."""
        memos = [f for f in self._table.fields if f.kind == "M"]
        with ExitStack() as opened:
            if memo is not None and memos:
                is_foxpro = self._table.header.has_foxpro_memo
                found = opened.enter_context(Memo(memo, is_foxpro=is_foxpro, longest=self._longest))
                self._texts = Texts(self._texts.codec, found)
            waiting: Grid | None = self._head()
            for records in self._table.blocks():
                grid = self._grid(records)
                yield grid if waiting is None else _joined(waiting, grid)
                waiting = None
            if waiting is not None:
                yield waiting
        self._tell(memos)

    def _head(self) -> Grid:
        names = [[f.name.decode(self._texts.codec, "replace") or None] for f in self._table.fields]
        return Grid(np.zeros(1, np.int32), tuple(pa.array(n, pa.string()) for n in names))

    def _grid(self, records: Records) -> Grid:
        marks = records[:, 0]
        deleted = marks == _DELETED
        strange = ~deleted & (marks != _LIVE) & (marks != _NOTHING)
        if self._line == 1 and strange.sum() * 2 > len(records):
            raise FileRefused("file.damaged", found="DBF: record length")
        lines = np.arange(self._line, self._line + len(records), dtype=np.int32)
        self._line += len(records)
        self._deleted += int(deleted.sum())
        self._widths.add(records[~deleted] if deleted.any() else records)
        kept = pa.array(~deleted)
        columns = []
        for each in self._table.fields:
            column = column_of(records, self._table.header, each, self._texts)
            # A deleted record is shown to nobody: its line is blank, hence no row.
            columns.append(pc.if_else(kept, column, pa.scalar(None, pa.string())) if deleted.any() else column)
        return Grid(lines, tuple(columns), troubles=tuple(self._troubles(records, strange, ~deleted)))

    def _troubles(
        self, records: Records, strange: npt.NDArray[np.bool_], live: npt.NDArray[np.bool_]
    ) -> Iterator[Trouble]:
        for row in np.flatnonzero(strange):
            yield Trouble(int(row), "row.record_damaged")
        if self._table.cut_bytes and self._line - 1 == self._table.seen and live[-1]:
            yield Trouble(len(records) - 1, "row.record_cut")
        if self._texts.memo is None:
            return
        for each in self._table.fields:
            if each.kind == "M":
                lost = missing_memos(records, each, self._texts.memo) & live
                yield from (Trouble(int(row), "row.memo_lost") for row in np.flatnonzero(lost))

    def _tell(self, memos: Sequence[DbfField]) -> None:
        if self._deleted:
            self._notes.append(FileFinding("file.deleted_records", detail=str(self._deleted)))
        if memos and self._texts.memo is None:
            names = ", ".join(f.name.decode("ascii", "replace") for f in memos)
            self._notes.append(FileFinding("file.memo_missing", detail=names))
        for each, rows in self._widths.cut():
            name = each.name.decode(self._texts.codec, "replace")
            self._notes.append(FileFinding("column.cut_by_width", None, None, name, str(rows)))
        count, seen = self._table.header.count, self._table.seen
        if count != seen:
            self._notes.append(FileFinding("file.record_count", detail=f"{count} / {seen}"))


def _joined(head: Grid, grid: Grid) -> Grid:
    columns = (pa.concat_arrays([a, b]) for a, b in zip(head.columns, grid.columns, strict=True))
    troubles = tuple(Trouble(t.row + head.rows, t.rule_id) for t in grid.troubles)
    return Grid(np.concatenate([head.lines, grid.lines]), tuple(columns), troubles=troubles)


def _letters(table: _Table, forced: str | None) -> tuple[str, str | None]:
    """Codec of the bytes, and what is still to be decoded: ("utf-8", None) or ("latin-1", encoding)."""
    if forced is not None:
        return ("utf-8", None) if forced in enc.UNICODE else ("latin-1", forced)
    texts = _sample(table)
    if not texts or sum(map(_is_utf8, texts)) >= _UTF8_SHARE * len(texts):
        return "utf-8", None
    verdict = enc.judge_bytes(enc.words_of(t.decode("latin-1") for t in texts))
    return "latin-1", verdict.encoding or UNKNOWN


def _sample(table: _Table) -> list[bytes]:
    """Distinct cells with bytes beyond ASCII, from wherever in the table they begin; names of fields too."""
    found: dict[bytes, None] = {f.name: None for f in table.fields if not f.name.isascii()}
    for records in table.blocks():
        for each in table.fields:
            cells = records[:, each.offset : each.offset + each.width]
            if each.kind == "C" and cells.size and _is_beyond_ascii(cells):
                distinct = pc.unique(byte_cells(records, each)).to_pylist()
                found |= {b.strip(b" \x00"): None for b in distinct if not _is_plain(b)}
        if len(found) >= _SURVEYED:
            break
    return list(found)


def _is_beyond_ascii(cells: Records) -> bool:
    return bool((cells >= 0x80).any() or ((cells > 0) & (cells < 0x20)).any())


def _is_plain(data: bytes) -> bool:
    return data.isascii() and not any(0 < b < 0x20 for b in data)


def _is_utf8(data: bytes) -> bool:
    """Is it UTF-8, be it cut within its last letter by the width of the field?"""
    for cut in range(_MOST_CUT_BYTES + 1):
        try:
            data[: len(data) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False
