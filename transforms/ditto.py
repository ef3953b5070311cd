"""Cells that repeat the row above: ditto marks, and household numbers written on the head's row only.

Both are resolved within one sheet, from the nearest row above that says something itself. A part of a file does not
see the part before it; `profile_batch` therefore writes down what stood last above each part that begins in such a
cell (measure ``carry:<record_id of the first row>``).
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.fields import ALL_FIELDS
from transforms.characters import first_bytes

_Flags = npt.NDArray[np.bool_]

HOUSEHOLD_NUMBER = "household_id_raw"
DITTO_COLUMNS: tuple[str, ...] = (
    "sex_raw", "ethnic_group_raw", "religion_raw", "nationality_raw", "marital_status_raw",
    "birth_registration_place_raw", "native_place_raw", "permanent_residence_raw", "temporary_residence_raw",
    "current_residence_raw", "father_name_raw", "mother_name_raw", "spouse_name_raw", HOUSEHOLD_NUMBER,
    "head_name_raw", "head_number_raw", "relation_raw", "birth_place_raw", "entry_date_raw",
)  # fmt: skip
"""Columns in which a mark can only mean "as above"; names, births and numbers are a person's own."""

_FIELD_OF_RAW = {raw: f.name for f in ALL_FIELDS for raw in f.raw_columns}
_DITTO = (
    r"(?i)^[\s\x{A0}\-–—._(]*(?:[\"“”„〃″❞]+|''|’’|//|"
    r"n\s?[./]?\s?t|nh[uư]\.?\s*tr[eê]n|idem|[↓⇓]+)[\s\x{A0}\-–—._)\"“”″']*$"
)
_MAY_BEGIN = np.zeros(256, np.bool_)
"""First bytes of what may be a mark: few cells are left for the pattern, which is slow."""
_MAY_BEGIN[[*b"\t\n\f\r -._(\"'/nNiI", *(c.encode()[0] for c in "\xa0–—“”„〃″❞’↓⇓")]] = True
_ONE_DITTO = re.compile(_DITTO.replace(r"\x{A0}", r"\xa0"))
_HEAD = r"(?i)^[\s\-.,]*(?:(?:là\s+)?(?:ch[uủ]|ch|c)[\s./]*h[oộ]|c\.?h\.?)[\s.,]*$"


@dataclass(frozen=True)
class Filled:
    """A column with its repeats put in, which rows got a value from above, which found nothing above."""

    values: pa.Array
    is_filled: _Flags
    is_empty: _Flags


def is_ditto(raw: pa.Array) -> _Flags:
    """Which cells are a ditto mark: ", ”, //, nt, n/t, -nt-, như trên."""
    found = np.zeros(len(raw), np.bool_)
    may_be = np.flatnonzero(_MAY_BEGIN[first_bytes(raw)])
    if len(may_be):
        found[may_be] = flags(pc.match_substring_regex(raw.take(pa.array(may_be)), _DITTO))
    return found


def is_ditto_mark(text: str) -> bool:
    """`is_ditto` for one text."""
    return _ONE_DITTO.match(text) is not None


def is_head(relation_raw: pa.Array) -> _Flags:
    """Which rows begin a household: relation "chủ hộ"."""
    return flags(pc.match_substring_regex(relation_raw, _HEAD))


def household_rows(values: pa.Array, marks: _Flags, heads: _Flags) -> tuple[_Flags, _Flags]:
    """Rows that take their household number from above, and rows that pass one on.

    A head without a number passes nothing on: the members below belong to a household without a number.
    """
    is_blank = flags(pc.is_null(values))
    takes = marks | (is_blank & ~heads)
    return takes, ~takes


def sheet_starts(source: pa.Table) -> _Flags:
    """Which rows are the first of their sheet or page, seen from the row above."""
    starts = np.ones(source.num_rows, np.bool_)
    codes = [_codes(source.column(name)) for name in ("sheet", "page")]
    starts[1:] = np.logical_or.reduce([c[1:] != c[:-1] for c in codes])
    return starts


def fill_forward(values: pa.Array, takes: _Flags, anchors: _Flags, starts: _Flags, before: str | None) -> Filled:
    """Give each row that takes its value from above the value of the last anchor row of its sheet.

    Args:
        values: text.
        takes: rows whose own text does not count.
        anchors: rows that pass their text, or nothing, on to the rows below.
        starts: first rows of sheets.
        before: what stood above the first row, if its sheet began in an earlier part.
    """
    places = np.arange(len(values))
    last = np.maximum.accumulate(np.where(anchors, places, -1))
    start = np.maximum.accumulate(np.where(starts, places, 0))
    found = last >= start
    source = pa.array(np.where(found, last, 0), mask=~found)
    from_above = values.take(source)
    if before is not None:
        from_above = pc.if_else(pa.array(~found & (start == 0)), before, from_above)
    filled = pc.if_else(pa.array(takes), from_above, values)
    has_value = flags(pc.is_valid(filled))
    return Filled(filled, takes & has_value, takes & ~has_value)


def field_of(raw_column: str) -> str:
    """Name of the field that a raw column feeds; empty for context such as the entry date."""
    return _FIELD_OF_RAW.get(raw_column, "")


def flags(values: pa.Array | pa.ChunkedArray) -> _Flags:
    """A boolean column as numpy; null is false."""
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    encoded = column.combine_chunks().dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))
