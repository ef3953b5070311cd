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
_LONGEST = 60
_LONG_NUMBER = re.compile(r"\d{6,}")


def mask(text: str, raw_column: str = "") -> str:
    """The text as it may be shown: `Nguyễn Văn An` of a name column -> `N***** V** A*`; long numbers -> `***456`."""
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if raw_column in _NAMES:
        return " ".join(word[0] + "*" * (len(word) - 1) for word in shown.split())
    return _LONG_NUMBER.sub(lambda found: "***" + found.group()[-_SHOWN_DIGITS:], shown)
