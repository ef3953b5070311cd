"""Two columns of one field ("Quốc tịch" beside "Quốc tịch gốc") that say different things of one row.

The second speaks where the first is blank; where both speak and do not agree, somebody has to look. Only words of
closed lists, dates and numbers are compared: an address is written in as many ways as there are columns for it.
"""

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import fields
from schemas.field import FieldKind
from transforms import ditto
from transforms.codes import possible_codes
from transforms.date_text import read_date
from transforms.dates import FAR
from transforms.text import fold

RULE = "text.columns_differ"
_NUMBERS = frozenset(("personal_number_raw", "old_id_number_raw"))
_NOT_LETTER = re.compile(r"[\W_]+")


def differ(first: pa.Array, second: pa.Array, raw_column: str) -> npt.NDArray[np.bool_]:
    """Rows in which both columns are filled and contradict each other."""
    agree = _comparison(raw_column)
    both = pc.and_(pc.is_valid(first), pc.is_valid(second))
    found: npt.NDArray[np.bool_] = np.asarray(both.to_numpy(zero_copy_only=False), np.bool_)
    if agree is None or not found.any():
        return np.zeros(len(found), np.bool_)
    known: dict[tuple[str, str], bool] = {}
    for row in np.flatnonzero(found).tolist():
        pair = (first[row].as_py(), second[row].as_py())
        if pair not in known:
            known[pair] = _plain(pair[0]) == _plain(pair[1]) or agree(*pair)
        found[row] = not known[pair]
    return found


def _comparison(raw_column: str) -> Callable[[str, str], bool] | None:
    if raw_column in _NUMBERS:
        return lambda first, second: False
    name = ditto.field_of(raw_column)
    kind = fields.by_name(name).kind if name else None
    if kind is FieldKind.CODE:
        return lambda first, second: _same_code(first, second, name)
    return _same_day if kind is FieldKind.PARTIAL_DATE else None


def _same_code(first: str, second: str, stem: str) -> bool:
    one, other = (possible_codes(text, stem) for text in (first, second))
    return bool(one & other)


def _same_day(first: str, second: str) -> bool:
    """Do two dates agree as far as both go? A text that is no date contradicts nothing: it has its own finding."""
    one, other = (read_date(text, "dmy", FAR) for text in (first, second))
    pairs = zip((one.year, one.month, one.day), (other.year, other.month, other.day), strict=True)
    return all(a == b for a, b in pairs if a is not None and b is not None)


def _plain(text: str) -> str:
    return _NOT_LETTER.sub("", fold(text))
