"""CSV, TSV and their kin: any separator, line breaks inside quotes, quotes that never close.

Plain lines are cut into cells whole blocks at a time (`readers.plain_lines`). The others are read line by line, so that
one bad quote costs one row and every row keeps the line number an editor shows; their cells are joined by U+001F.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.ahead import ahead
from readers.dialect import Dialect, find_dialect
from readers.grid import Grid, Sheet, Trouble, merged, without_blanks
from readers.lines import Lines
from readers.no_table import is_json
from readers.plain_lines import cells_of, has_plain_lines, plain_lines
from readers.reading import FileFinding, ReadLimits
from readers.text_file import TextKind, text_kind, utf8_blocks
from schemas.errors import FileRefused

_Flags = npt.NDArray[np.bool_]
_UNIT = "\x1f"
_MOST_LINES_IN_A_CELL = 200
_LONGEST_CELL = 1 << 18
_ROWS_AT_ONCE = 65_536
_QUOTE_RULE = "row.quote_unclosed"
csv.field_size_limit(1 << 30)


def read_delimited(path: Path, forced: str | None, limits: ReadLimits) -> Iterator[Sheet]:
    """The one sheet of a delimited file.

    Raises:
        FileRefused: file.empty, encoding.binary, encoding.unknown, file.unsupported_kind, file.line_too_long,
            file.too_many_columns.
    """
    kind = text_kind(path, forced)
    blocks = utf8_blocks(path, kind, limits)
    first = next(blocks, None)
    if first is None:
        raise FileRefused("file.empty")
    text = first.decode("utf-8", "replace")
    if is_json(text):
        raise FileRefused("file.unsupported_kind", found="JSON")
    if text.startswith("ID;P"):
        raise FileRefused("file.unsupported_kind", found="SYLK")
    dialect = replace(find_dialect(text, kind.legacy), is_bytes=kind.codec == "latin-1")
    if dialect.width > limits.columns:
        raise FileRefused("file.too_many_columns", found=dialect.width, limit=limits.columns)
    encoding = kind.legacy if kind.codec == "latin-1" else None
    grids = ahead(_grids(chain([first], blocks), dialect))
    yield Sheet(None, grids, encoding, name_of_codec(kind.codec), notes=_notes(dialect, kind))


def _notes(dialect: Dialect, kind: TextKind) -> list[FileFinding]:
    """What a person should know of the file as a whole."""
    quotes = '\\"' if dialect.escape else "“ ”" if dialect.is_curly else "'" if dialect.quote == "'" else ""
    found = (
        ("file.separator_corrected", dialect.said), ("file.unusual_quotes", quotes),
        ("encoding.unmarked", kind.codec if kind.is_unmarked else ""), ("encoding.legacy", kind.alien),
    )  # fmt: skip
    return [FileFinding(rule, detail=detail) for rule, detail in found if detail]


def name_of_codec(codec: str) -> str | None:
    """The Unicode encoding of a file; None for 8-bit text."""
    return None if codec == "latin-1" else codec


def _grids(blocks: Iterator[bytes], dialect: Dialect) -> Iterator[Grid]:
    splitter = _Splitter(dialect)
    for block in blocks:
        yield from splitter.feed(block)
    yield from splitter.finish()


@dataclass
class _Records:
    """Records of consecutive lines: cells joined by U+001F, line numbers, rows that need a word."""

    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    unclosed: list[int] = field(default_factory=list)


class _Splitter:
    """Cuts text into records; keeps a record that is not complete for the next block."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._held = b""
        self._line = 1
        self._options = {
            "delimiter": dialect.separator, "quotechar": dialect.quote, "escapechar": dialect.escape,
            "doublequote": dialect.escape is None, "skipinitialspace": True, "strict": True,
        }  # fmt: skip
        self._has_plain = has_plain_lines(dialect)

    def feed(self, block: bytes) -> Iterator[Grid]:
        """Rows of a block of whole lines in UTF-8."""
        yield from self._grids(Lines(self._held + self._clean(block)), is_last=False)

    def finish(self) -> Iterator[Grid]:
        """Rows of the lines that were held back."""
        yield from self._grids(Lines(self._held), is_last=True)

    def _clean(self, block: bytes) -> bytes:
        block = block.replace(_UNIT.encode(), b"\xef\xbf\xbd")
        if self._dialect.is_curly:
            block = block.replace("“".encode(), b'"').replace("”".encode(), b'"')
        return block

    def _grids(self, lines: Lines, *, is_last: bool) -> Iterator[Grid]:
        at = max(0, self._dialect.skipped_lines + 1 - self._line)
        self._line += at
        self._held = b""
        while at < len(lines) and not self._held:
            window = lines.part(at, _ROWS_AT_ONCE)
            is_plain = plain_lines(window, self._dialect) if self._has_plain else np.zeros(len(window), np.bool_)
            found, taken = self._one_by_one(lines, at, is_plain, is_last=is_last)
            grid = self._grid(window, is_plain, found)
            self._line += taken
            at += taken
            if grid.rows:
                yield grid

    def _one_by_one(self, lines: Lines, at: int, is_plain: _Flags, *, is_last: bool) -> tuple[_Records, int]:
        """Records of the lines that are not plain, and how many lines are done; unsets the plain lines they take."""
        found, done = _Records(), len(is_plain)
        after = 0
        for place in np.flatnonzero(~is_plain).tolist():
            if place < after:
                continue
            line, taken, text = lines[at + place], 1, None
            if self._dialect.quote in line:
                text, taken = self._quoted(lines, at + place, is_last=is_last)
            if not taken:
                self._held = lines.rest(at + place)
                is_plain[place:] = False
                return found, place
            if text is None:
                if self._dialect.quote in line:
                    found.unclosed.append(len(found.texts))
                text = line.replace(self._dialect.separator, _UNIT).replace(self._dialect.quote, "")
            found.texts.append(text)
            found.lines.append(self._line + place)
            after = place + taken
            is_plain[place:after] = False
        return found, max(done, after)

    def _grid(self, window: Lines, is_plain: _Flags, others: _Records) -> Grid:
        """The plain lines and the other records of a window, in the order of the file."""
        width, places = self._dialect.width, np.flatnonzero(is_plain)
        if not len(places):
            return _grid(others, self._dialect)
        columns, ragged = cells_of(window, is_plain, self._dialect)
        for at in places[ragged].tolist():
            others.texts.append(_UNIT.join(self._parse(window[at])[0] or [window[at]]))
            others.lines.append(self._line + at)
        lines = (self._line + np.delete(places, ragged)).astype(np.int32)
        cells = tuple(without_blanks(c, is_bytes=self._dialect.is_bytes) for c in columns)
        grid = Grid(lines, cells, np.full(len(lines), width, np.int32))
        return merged(grid, _grid(others, self._dialect)) if others.texts else grid

    def _quoted(self, lines: Lines, at: int, *, is_last: bool) -> tuple[str | None, int]:
        """Record that begins at a line with a quote, and how many lines it takes: 0 = more lines are needed."""
        cells, is_open = self._parse(lines[at])
        if cells is not None:
            return _UNIT.join(cells), 1
        if not is_open:
            return None, 1
        text = lines[at]
        for taken in range(2, _MOST_LINES_IN_A_CELL + 1):
            if at + taken > len(lines):
                return (None, 1) if is_last else (None, 0)
            line = lines[at + taken - 1]
            if self._is_whole(line):
                return None, 1
            text += "\n" + line
            if len(text) > _LONGEST_CELL:
                return None, 1
            if self._dialect.quote not in line:
                continue
            cells, is_open = self._parse(text)
            if cells is not None:
                return (_UNIT.join(cells), taken) if len(cells) == self._dialect.width else (None, 1)
            if not is_open:
                return None, 1
        return None, 1

    def _parse(self, text: str) -> tuple[list[str] | None, bool]:
        """Cells of a record; None if its quotes are wrong, with whether one is still open."""
        try:
            return next(csv.reader([text], **self._options), [""]), False  # type: ignore[arg-type]
        except csv.Error as wrong:
            return None, "unexpected end" in str(wrong)

    def _is_whole(self, line: str) -> bool:
        """Is a line a record of its own, so that the quote before it was never closed?"""
        width = self._dialect.width
        if width < 2 or line.count(self._dialect.separator) < width - 1:
            return False
        cells, _ = self._parse(line)
        return cells is not None and len(cells) == width and not any(c.rstrip().endswith(self._dialect.quote)
                                                                     for c in cells[:-1])  # fmt: skip


def _grid(records: _Records, dialect: Dialect) -> Grid:
    width = dialect.width
    lists = pc.split_pattern(pa.array(records.texts, pa.large_string()), _UNIT)
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int32)
    offsets = lists.offsets.to_numpy()[:-1]
    values = lists.values
    columns = tuple(
        without_blanks(_column(values, offsets, counts, at), is_bytes=dialect.is_bytes) for at in range(width)
    )
    return Grid(
        np.asarray(records.lines, np.int32), columns, counts, _surplus(values, offsets, counts, width),
        troubles=tuple(Trouble(row, _QUOTE_RULE) for row in records.unclosed),
    )  # fmt: skip


def _column(values: pa.Array, offsets: np.ndarray, counts: np.ndarray, at: int) -> pa.Array:
    present = counts > at
    places = pa.array(offsets + at) if present.all() else pa.array(np.where(present, offsets + at, 0), mask=~present)
    return values.take(places).cast(pa.string())


def _surplus(values: pa.Array, offsets: np.ndarray, counts: np.ndarray, width: int) -> dict[int, Sequence[str]]:
    rows = np.flatnonzero(counts > width).tolist()
    return {
        row: [t.strip(" \t\r\n") for t in values.slice(int(offsets[row]) + width, int(counts[row]) - width).to_pylist()]
        for row in rows
    }  # fmt: skip
