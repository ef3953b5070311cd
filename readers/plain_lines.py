"""Lines that are a record beyond doubt, whole blocks at a time: Arrow's own reader cuts them into cells.

A line is plain when each of its cells stands in quotes or has none: every reader of CSV reads such a line alike. All
others (blank, with a quote inside a word or a doubled one, or of a record of several lines) are left to
`readers.delimited`, which reads one after the other.
"""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from readers.dialect import Dialect
from readers.lines import Lines

_ONE_BYTE = 128
_FIRST_ROW = 2
_Flags = npt.NDArray[np.bool_]


def has_plain_lines(dialect: Dialect) -> bool:
    """Can there be plain lines in this dialect: no escapes, several columns, a separator and a quote of one byte?"""
    one_byte = ord(dialect.separator) < _ONE_BYTE and ord(dialect.quote) < _ONE_BYTE
    return dialect.escape is None and dialect.width > 1 and one_byte


def plain_lines(lines: Lines, dialect: Dialect) -> _Flags:
    """For each line: is it plain?"""
    is_plain = lines.lengths() > 0
    texts = lines.array()
    quoted = np.flatnonzero(is_plain & _flags(pc.match_substring(texts, dialect.quote)))
    if len(quoted):
        is_plain[quoted] = _flags(pc.match_substring_regex(texts.take(pa.array(quoted)), _plain_record(dialect)))
    return is_plain


def _plain_record(dialect: Dialect) -> str:
    separator, quote = re.escape(dialect.separator), re.escape(dialect.quote)
    cell = f"(?:[^{separator}{quote}]*|{quote}[^{quote}]*{quote})"
    return rf"^{cell}(?:{separator}{cell})*\n?$"


def cells_of(lines: Lines, is_plain: _Flags, dialect: Dialect) -> tuple[list[pa.Array], list[int]]:
    """The columns of plain lines, and which of these have too few or too many cells, which are left out."""
    ragged: list[int] = []

    def leave_out(row: csv.InvalidRow) -> str:
        ragged.append(row.number - _FIRST_ROW)
        return "skip"

    names = [str(at) for at in range(dialect.width)]
    # an empty line stands first and is skipped: Arrow takes a mark of byte order off the start of what it reads
    data = b"".join([b"\n", *lines.pieces(np.flatnonzero(~is_plain).tolist())])
    table = csv.read_csv(
        pa.BufferReader(data),
        csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1, skip_rows=1),
        csv.ParseOptions(
            delimiter=dialect.separator, quote_char=dialect.quote, escape_char=False, newlines_in_values=False,
            ignore_empty_lines=False, invalid_row_handler=leave_out,
        ),
        csv.ConvertOptions(
            check_utf8=False, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False,
        ),
    )  # fmt: skip
    return [c.combine_chunks() for c in table.columns], ragged


def _flags(values: pa.Array) -> _Flags:
    return np.array(values.to_numpy(zero_copy_only=False), dtype=np.bool_)
