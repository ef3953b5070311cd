"""Rows of ids and whole numbers in PostgreSQL's binary form of COPY, made in columns.

The server takes them three times as fast as text: it parses neither digits nor ids. Such rows are memberships, and the
blocking keys, of which a record has many.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from store.tables import ID_COLUMNS

_Bytes = npt.NDArray[np.uint8]
_START = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
_ID_DIGITS, _ID_BYTES = 32, 16
_NO_DIGIT = 16
_DIGITS = np.full(256, _NO_DIGIT, np.uint8)
_DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_WIDTHS = {pa.int8(): 2, pa.int16(): 2, pa.int32(): 4, pa.int64(): 8}
"""Bytes of each type in the store, as `store.tables` maps them."""


def binary(table: pa.Table) -> bytes | None:
    """The rows in binary form; None where a column or a value is of another kind, and for tables without an id."""
    columns = table.combine_chunks().itercolumns()
    values = [_values(name, column) for name, column in zip(table.column_names, columns, strict=True)]
    found = [v for v in values if v is not None]
    if len(found) < len(values) or not ID_COLUMNS & set(table.column_names):
        return None
    form: list[tuple[str, str] | tuple[str, str, tuple[int]]] = [("fields", ">i2")]
    for place, column in enumerate(found):
        form += [(f"bytes{place}", ">i4"), (f"value{place}", "u1", (column.shape[1],))]
    rows = np.empty(table.num_rows, np.dtype(form))
    rows["fields"] = len(found)
    for place, column in enumerate(found):
        rows[f"bytes{place}"], rows[f"value{place}"] = column.shape[1], column
    return b"".join((_START, rows.tobytes(), _END))


def _values(name: str, column: pa.ChunkedArray) -> _Bytes | None:
    """The bytes of each value, most significant first."""
    if column.null_count:
        return None
    if name in ID_COLUMNS and pa.types.is_string(column.type):
        return _ids(column)
    width = _WIDTHS.get(column.type)
    if width is None:
        return None
    return np.asarray(column.to_numpy().astype(f">i{width}").view(np.uint8).reshape(-1, width))


def _ids(column: pa.ChunkedArray) -> _Bytes | None:
    """The 16 bytes of each id; None if one is not 32 small hexadecimal digits, of which the server then complains."""
    text = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], pa.string())
    _, ends, letters = text.buffers()
    if not len(text) or letters is None:
        return np.empty((0, _ID_BYTES), np.uint8)
    at = np.frombuffer(ends, np.int32)[text.offset : text.offset + len(text) + 1]
    if (np.diff(at) != _ID_DIGITS).any():
        return None
    digits = _DIGITS[np.frombuffer(letters, np.uint8)[at[0] : at[-1]]].reshape(-1, 2)
    if (digits == _NO_DIGIT).any():
        return None
    return np.asarray(digits[:, 0] * np.uint8(16) + digits[:, 1]).reshape(-1, _ID_BYTES)
