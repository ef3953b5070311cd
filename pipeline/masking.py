"""Mask what was read before it leaves the store: names to initials, numbers to their last three digits."""

import re

from schemas.field import FieldKind
from schemas.fields import ALL_FIELDS

_SHOWN_DIGITS = 3
_NAMES = frozenset(
    raw
    for f in ALL_FIELDS
    if f.kind in {FieldKind.NAME, FieldKind.RELATIVES, FieldKind.TEXT} or f.name == "household"
    for raw in f.raw_columns
    if raw.endswith("name_raw") or raw == "other_names_raw"
)
_NUMBERS = frozenset(raw for f in ALL_FIELDS for raw in f.raw_columns if raw.endswith("number_raw"))
_LONGEST = 60
_LONG_NUMBER = re.compile(r"\d{6,}")
_SPACED_NUMBER = re.compile(r"\d(?:[ .'\u2019-]?\d){8,}")
_DIGIT = re.compile(r"\d")
_FEW_DIGITS = 6


def mask(text: str, raw_column: str = "") -> str:
    """The text as it may be shown: `Nguyễn Văn An` of a name column -> `N***** V** A*`; long numbers -> `***456`.

    In a column of identity numbers separators stay, since they may be what is wrong: `015 184 608` -> `*** *** 608`.
    """
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if raw_column in _NAMES:
        return " ".join(word[0] + "*" * (len(word) - 1) for word in shown.split())
    if raw_column in _NUMBERS and len(_DIGIT.findall(shown)) >= _FEW_DIGITS:
        return _but_last_digits(shown)
    shown = _LONG_NUMBER.sub(lambda found: "***" + found.group()[-_SHOWN_DIGITS:], shown)
    return _SPACED_NUMBER.sub(lambda found: _but_last_digits(found.group()), shown)


def _but_last_digits(text: str) -> str:
    hidden = len(_DIGIT.findall(text)) - _SHOWN_DIGITS
    return _DIGIT.sub("*", text, count=hidden)
