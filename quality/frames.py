"""Golden persons as the frames that the gate looks at: few columns each, no text where a code or number will do."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quality.suite import Expected, Kind
from schemas.field import EmptyReason, Field
from schemas.fields import FIELDS

_LETTERS = np.zeros(256, bool)
_LETTERS[[ord(r.value) for r in EmptyReason]] = True
_DERIVED = ("reasons_unknown", "reasons_false")


def larger(chunks: Iterable[pa.Table], columns: Sequence[str], rows: int) -> Iterable[pa.Table]:
    """Chunks of at least `rows` rows (but the last one) with those columns: fewer, larger runs of the gate."""
    waiting: list[pa.Table] = []
    for chunk in chunks:
        waiting.append(chunk.select(columns))
        if sum(t.num_rows for t in waiting) >= rows:
            yield pa.concat_tables(waiting)
            waiting = []
    if sum(t.num_rows for t in waiting):
        yield pa.concat_tables(waiting)


def columns_of(expected: Iterable[Expected]) -> tuple[str, ...]:
    """The columns that expectations look at, each once."""
    named = (c for e in expected for c in (e.column, e.other) if c and c not in _DERIVED)
    return tuple(dict.fromkeys(named))


def person_frame(golden: pa.Table, expected: Sequence[Expected]) -> pd.DataFrame:
    """A frame of the columns that those expectations look at.

    Numbers become 64-bit (others are compared value by value), closed sets and codes become categories, so that a
    pattern is tried on distinct values only.
    """
    unique = {e.column for e in expected if e.kind is Kind.UNIQUE}
    columns = {c: _series(golden.column(c), c in unique) for c in columns_of(expected)}
    if any(e.column in _DERIVED for e in expected):
        columns |= _reasons(golden)
    return pd.DataFrame(columns, copy=False)


def columns_of_reasons() -> tuple[str, ...]:
    """The columns that `reasons_false` needs."""
    return ("empty_reasons", *(c for f in FIELDS for c in _value_columns(f)))


def _series(column: pa.ChunkedArray, is_unique: bool) -> pd.Series:
    if pa.types.is_date(column.type):
        column = pc.cast(column, pa.int32())
    if pa.types.is_string(column.type):
        text = column.combine_chunks()
        return pd.Series((text if is_unique else text.dictionary_encode()).to_pandas(), copy=False)
    return pd.Series(pc.cast(column, pa.float64()).to_numpy(), copy=False)


def _reasons(golden: pa.Table) -> dict[str, pd.Series]:
    """How many letters of a row are no reason, and how many say *filled* of a field that is empty."""
    column = golden.column("empty_reasons").combine_chunks()
    encoded = column.dictionary_encode()
    patterns = [np.frombuffer(p.encode("ascii", "replace"), np.uint8) for p in encoded.dictionary.to_pylist()]
    width = len(FIELDS)
    unknown = np.array([(~_LETTERS[p]).sum() + abs(p.size - width) for p in patterns], np.float64)
    filled = ord(EmptyReason.FILLED.value)
    said = np.array([np.resize(p, width) == filled for p in patterns], bool).reshape(-1, width)
    rows = encoded.indices.to_numpy(zero_copy_only=False)
    false = np.zeros(golden.num_rows)
    for position, field in enumerate(FIELDS):
        false += said[rows, position] & ~_has_value(golden, field)
    return {"reasons_unknown": pd.Series(unknown[rows]), "reasons_false": pd.Series(false)}


def _has_value(golden: pa.Table, field: Field) -> np.ndarray:
    found = np.zeros(golden.num_rows, bool)
    for name in _value_columns(field):
        found |= golden.column(name).is_valid().to_numpy()
    return found


def _value_columns(field: Field) -> tuple[str, ...]:
    return tuple(c.name for c in field.columns if not c.name.endswith(("_calendar", "_raw", "_method", "_confidence")))
