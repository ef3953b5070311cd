"""The places of a record: an address as written, and the codes of the unit it names, then and today.

`place_words` splits an address into words, `place_match` finds the unit they name, `place_rescue` reads what is
incomplete or misspelt, `place_reading` makes codes of it. Each distinct address is read once.
"""

from functools import lru_cache

import pyarrow as pa

from schemas.field import EmptyReason
from transforms.column import Reading, Remembered, Standardised, Value, by_distinct
from transforms.place_reading import UNKNOWN, Reader, reader_for
from transforms.text import clean_text, empty_reason, fold

_HOME = "permanent_residence"
_TELL_UNKNOWN = frozenset({_HOME, "native_place"})
"""Fields in which a province that is not named is told: every ledger asks for both."""
_MISSING = "place.missing"
_SELDOM_HELD = "temporary_residence"
_NONE = frozenset({"khong", "ko", "k", "khong co", "khong tam tru"})
_LONGEST_EMPTY = 30  # letters; no word for an empty cell is longer
_HELD = 50_000
_STRING = pa.string()
_TYPES = (_STRING, _STRING, _STRING, _STRING, _STRING, pa.float32())
_PARTS = ("text", "code", "level", "code_now", "method", "confidence")


def standardise_place(raw: pa.Array, stem: str, field: str, province_code: str) -> Standardised:
    """Standardise an address to the level that its text supports.

    Args:
        raw: the column as read.
        stem: stem of the columns, e.g. native_place.
        field: name of the field that findings speak of.
        province_code: province of the delivery, code of the 34. It decides where the place of permanent residence
            names no province, or one that may be several; nowhere else.

    Returns:
        Columns <stem>_text (cleaned), _code (GSO code before July 2025: 2 digits a province of 63, 3 a district, 5 a
        commune), _level, _code_now (since July 2025: 2 digits a province of 34, 5 a commune; the province where a
        district or a split commune cannot be told), _method, _confidence (0-1). Findings place.* of rules.csv;
        place.missing for the permanent residence only, place.province_unknown also for the native place, unless that
        is abroad.
    """
    home = province_code if field == _HOME else None
    names = tuple(f"{stem}_{part}" for part in _PARTS)
    missing = _MISSING if home is not None else None
    values = _values(home, stem == _SELDOM_HELD, field in _TELL_UNKNOWN)
    values.forget_much()
    reader_for(home).forget_much()
    return by_distinct(raw, Reading(values.__getitem__, names, _TYPES, field, clean_text, missing))


@lru_cache(8)
def _values(home: str | None, is_seldom_held: bool, tells_unknown: bool) -> Remembered:
    """What this process knows of addresses; those with a house are many, the others come again and again."""
    return Remembered(lambda text: _place(text, is_seldom_held, tells_unknown, reader_for(home)), _HELD)


def forget() -> None:
    """Forget all addresses that this process read, as if it had just begun."""
    _values.cache_clear()
    reader_for.cache_clear()


def _empty_reason(text: str, is_seldom_held: bool) -> EmptyReason | None:
    if (len(text) > _LONGEST_EMPTY or "," in text) and text[0].isalnum():
        return None
    if fold(text) in _NONE:
        return EmptyReason.NOT_APPLICABLE if is_seldom_held else EmptyReason.BLANK
    return empty_reason(text)


def _place(text: str, is_seldom_held: bool, tells_unknown: bool, reader: Reader) -> Value:
    is_home = reader.home is not None
    reason = _empty_reason(text, is_seldom_held)
    if reason is not None:
        return Value((None,) * 6, reason, (_MISSING,) if is_home else ())
    place = reader.read(text)
    is_told = is_home or UNKNOWN not in place.rules or (tells_unknown and not reader.is_abroad(text))
    rules = place.rules if is_told else tuple(r for r in place.rules if r != UNKNOWN)
    return Value((text, *place[:5]), EmptyReason.FILLED, rules)
