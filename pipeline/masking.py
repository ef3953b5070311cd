"""Mask what was read before it leaves the store: names, places and dates to their shape, numbers to three digits.

The values themselves stand in the error file, for those who have to mend them.
"""

import re
import unicodedata

from schemas.field import FieldKind
from schemas.fields import ALL_FIELDS

_SHOWN_DIGITS = 3
_TEXTS = frozenset({"birth_place_raw", "notes_raw", "other_raw"})
_SHAPED = frozenset({FieldKind.PARTIAL_DATE, FieldKind.PLACE, FieldKind.PLACE_PERIOD, FieldKind.STATUS_PERIOD})
_NAMES = frozenset(
    raw
    for f in ALL_FIELDS
    if f.kind in {FieldKind.NAME, FieldKind.RELATIVES, FieldKind.TEXT} or f.name == "household"
    for raw in f.raw_columns
    if raw.endswith("name_raw") or raw == "other_names_raw"
)
_SHAPES = _TEXTS | {"entry_date_raw"} | {raw for f in ALL_FIELDS if f.kind in _SHAPED for raw in f.raw_columns}
_NUMBERS = frozenset(raw for f in ALL_FIELDS for raw in f.raw_columns if raw.endswith("number_raw"))
_LONGEST = 60
_LONG_NUMBER = re.compile(r"\d{6,}")
_SPACED_NUMBER = re.compile(r"\d(?:[ .'\u2019-]?\d){8,}")
_DIGIT = re.compile(r"\d")
_LATER_LETTER = re.compile("(?<=[\\w\u0300-\u036f])[^\\W\\d_]")
_FEW_DIGITS = 6


def mask(text: str, raw_column: str = "") -> str:
    """The text as it may be shown: `Nguyễn Văn An` of a name column -> `N***** V** A*`; long numbers -> `***456`.

    Of dates and places the shape stays, since it may be what is wrong: `31/02/1978` -> `**/**/****`,
    `Thôn 2, xã Tản Lĩnh` -> `T*** *, x* T** L***`; so do the separators of identity numbers:
    `015 184 608` -> `*** *** 608`.
    """
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if raw_column in _NAMES:
        return " ".join(word[0] + "*" * (len(word) - 1) for word in shown.split())
    if raw_column in _SHAPES:
        return _DIGIT.sub("*", _LATER_LETTER.sub("*", unicodedata.normalize("NFC", shown)))
    if raw_column in _NUMBERS and len(_DIGIT.findall(shown)) >= _FEW_DIGITS:
        return _but_last_digits(shown)
    shown = _LONG_NUMBER.sub(lambda found: "***" + found.group()[-_SHOWN_DIGITS:], shown)
    return _SPACED_NUMBER.sub(lambda found: _but_last_digits(found.group()), shown)


def _but_last_digits(text: str) -> str:
    hidden = len(_DIGIT.findall(text)) - _SHOWN_DIGITS
    return _DIGIT.sub("*", text, count=hidden)
