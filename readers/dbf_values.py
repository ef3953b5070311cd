"""Fields of DBF records -> columns of text: what FoxPro would show, dates as 05/03/1960, nothing rounded or guessed.

A value that does not fit its type (a date of letters, a number of asterisks) stays as the text it is, so that the
rules see it. A logical value becomes TRUE or FALSE, never the T or F that could pass for a sex.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.dbf_header import DBASE_7, DbfField, DbfHeader
from readers.dbf_memo import Memo

Records = npt.NDArray[np.uint8]
_TEXT = pa.string()
_PADDING = " \x00"
_JULIAN_UNIX = 2_440_588
_DAY_MS = 86_400_000
_EARLIEST, _LATEST = -719_162, 2_932_896
_LOGICAL = {"T": "TRUE", "Y": "TRUE", "F": "FALSE", "N": "FALSE"}
_BINARY_NUMBER = 8


@dataclass(frozen=True)
class Texts:
    """How the texts of a table are to be read: Python codec of its bytes, its memo file if there is one."""

    codec: str
    memo: Memo | None = None


def column_of(records: Records, header: DbfHeader, field: DbfField, texts: Texts) -> pa.Array:
    """The text of a field in each record; null = blank.

    Args:
        records: one row of bytes a record, its deletion mark first.
        header: the header of the table.
        field: one of its fields.
        texts: how to read its letters.
    """
    column = _column(_cells(records, field), header, field, texts)
    flags = header.null_flags
    if flags is None or (field.null_bit is None and field.length_bit is None):
        return column
    if field.length_bit is not None:
        column = _varied(_cells(records, field), _bit(records, flags, field.length_bit), texts.codec)
    if field.null_bit is not None:
        column = pc.if_else(pa.array(_bit(records, flags, field.null_bit)), pa.scalar(None, _TEXT), column)
    return column


def _column(cells: Records, header: DbfHeader, field: DbfField, texts: Texts) -> pa.Array:
    read = _READERS.get(_kind(field, header))
    if read is not None:
        return read(cells, header)
    if field.kind in "MGPWBQ0":
        return _memos(cells, field, texts)
    return _text(cells, texts.codec)


def _bit(records: Records, flags: DbfField, bit: int) -> npt.NDArray[np.bool_]:
    place = flags.offset + bit // 8
    if bit // 8 >= flags.width:
        return np.zeros(len(records), np.bool_)
    return np.asarray((records[:, place] >> (bit % 8)) & 1, np.bool_)


def _varied(cells: Records, is_short: npt.NDArray[np.bool_], codec: str) -> pa.Array:
    """Texts of which the short ones end with their length."""
    cut = cells.copy()
    ends = np.where(is_short, cells[:, -1], cells.shape[1])
    cut[np.arange(cells.shape[1])[None, :] >= ends[:, None]] = 0x20
    return _text(cut, codec)


def byte_cells(records: Records, field: DbfField) -> pa.Array:
    """The bytes of a field in each record."""
    return _fixed(_cells(records, field)).cast(pa.binary())


def _kind(field: DbfField, header: DbfHeader) -> str:
    if field.kind == "B" and not (header.is_foxpro and field.width == _BINARY_NUMBER):
        return "M"
    if field.kind in "IY+" and field.width != (8 if field.kind == "Y" else 4):
        return "C"
    if field.kind in "T@OB" and field.width != _BINARY_NUMBER:
        return "C"
    return field.kind


def _cells(records: Records, field: DbfField) -> Records:
    return np.ascontiguousarray(records[:, field.offset : field.offset + field.width])


def _fixed(cells: Records) -> pa.Array:
    rows, width = cells.shape
    return pa.Array.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(cells)])


def _text(cells: Records, codec: str) -> pa.Array:
    if not cells.size:
        return pa.nulls(len(cells), _TEXT)
    fixed = _fixed(cells)
    if cells.max() < 0x80:
        return _blank_to_null(fixed.cast(pa.binary()).cast(_TEXT))
    distinct = fixed.cast(pa.binary()).dictionary_encode()
    decoded = [b.strip(b" \x00").decode(codec, "replace") for b in distinct.dictionary.to_pylist()]
    return _blank_to_null(pa.array(decoded, _TEXT).take(distinct.indices))


def _blank_to_null(column: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(pc.utf8_trim(column, characters=_PADDING))
    return pc.if_else(pc.not_equal(trimmed, ""), trimmed, pa.scalar(None, _TEXT))


def _date(cells: Records, _: DbfHeader) -> pa.Array:
    """YYYYMMDD as 05/03/1960; eight zeros are the blank of some programs, what is no eight digits stays."""
    text = _text(cells, "latin-1")
    text = pc.replace_substring_regex(text, r"^(\d{4})(\d{2})(\d{2})$", r"\3/\2/\1")
    return pc.if_else(pc.equal(text, "00/00/0000"), pa.scalar(None, _TEXT), text)


def _number(cells: Records, _: DbfHeader) -> pa.Array:
    """Numbers as written, without the decimals of a whole one."""
    return pc.replace_substring_regex(_text(cells, "latin-1"), r"^(-?\d+)[.,]0*$", r"\1")


def _logical(cells: Records, _: DbfHeader) -> pa.Array:
    text = pc.utf8_upper(_text(cells, "latin-1"))
    return pa.array([_LOGICAL.get(t, None if t == "?" else t) for t in text.to_pylist()], _TEXT)


def _integer(cells: Records, header: DbfHeader) -> pa.Array:
    if header.version in DBASE_7:
        numbers = (cells.view(">u4").ravel().astype(np.int64)) - 0x8000_0000
        return pa.array(numbers).cast(_TEXT)
    return pa.array(cells.view("<i4").ravel().astype(np.int64)).cast(_TEXT)


def _currency(cells: Records, _: DbfHeader) -> pa.Array:
    tenths = cells.view("<i8").ravel().tolist()
    return pa.array([_plain(Decimal(n) / 10_000) for n in tenths], _TEXT)


def _double(cells: Records, _: DbfHeader) -> pa.Array:
    numbers = cells.view("<f8").ravel().tolist()
    return pa.array([_plain(Decimal(repr(n))) if np.isfinite(n) else None for n in numbers], _TEXT)


def _plain(number: Decimal) -> str:
    return format(number.to_integral_value() if number == number.to_integral_value() else number.normalize(), "f")


def _moment(cells: Records, header: DbfHeader) -> pa.Array:
    """Day number and milliseconds: 05/03/1960, with the time where there is one."""
    pairs = cells.view(">u4" if header.version in DBASE_7 else "<u4").reshape(-1, 2).astype(np.int64)
    days, milliseconds = pairs[:, 0] - _JULIAN_UNIX, pairs[:, 1] % _DAY_MS
    known = (pairs[:, 0] > 0) & (days >= _EARLIEST) & (days <= _LATEST)
    moments = pa.array(np.where(known, days * _DAY_MS + milliseconds, 0), pa.timestamp("ms"), mask=~known)
    day = pc.strftime(moments, format="%d/%m/%Y")
    timed = pa.array(milliseconds >= 60_000)
    return pc.if_else(timed, pc.binary_join_element_wise(day, _clock(milliseconds), " "), day)


def _clock(milliseconds: npt.NDArray[np.int64]) -> pa.Array:
    return pc.strftime(pa.array(milliseconds, pa.timestamp("ms")), format="%H:%M")


def _memos(cells: Records, field: DbfField, texts: Texts) -> pa.Array:
    """Memo text by block number: four bytes in Visual FoxPro, ten digits elsewhere; a picture is no text."""
    if texts.memo is None or field.kind != "M":
        return pa.nulls(len(cells), _TEXT)
    blocks = memo_blocks(cells)
    found, places = np.unique(blocks, return_inverse=True)
    decoded = [_memo(texts, int(block)) for block in found]
    return _blank_to_null(pa.array(decoded, _TEXT).take(pa.array(places)))


def memo_blocks(cells: Records) -> npt.NDArray[np.int64]:
    """The block number of each memo; 0 = none."""
    if cells.shape[1] == 4:
        return cells.view("<u4").ravel().astype(np.int64)
    texts = [c.strip(b" \x00") for c in cells.view(f"S{cells.shape[1]}").ravel().tolist()]
    return np.asarray([int(t) if t.isdigit() else 0 for t in texts], np.int64)


def missing_memos(records: Records, field: DbfField, memo: Memo) -> npt.NDArray[np.bool_]:
    """Records whose memo number leads nowhere in the memo file."""
    blocks = memo_blocks(_cells(records, field))
    found = np.unique(blocks)
    lost = [b for b in found.tolist() if b and memo.text(b) is None]
    return np.isin(blocks, lost)


def _memo(texts: Texts, block: int) -> str | None:
    data = texts.memo.text(block) if texts.memo is not None else None
    return None if data is None else data.replace(b"\r\n", b"\n").replace(b"\x8d\n", b"").decode(texts.codec, "replace")


_READERS: Mapping[str, Callable[[Records, DbfHeader], pa.Array]] = {
    "D": _date, "N": _number, "F": _number, "L": _logical, "I": _integer, "+": _integer, "Y": _currency,
    "B": _double, "O": _double, "T": _moment, "@": _moment,
}  # fmt: skip
