"""Province of an address, in its own time and today. Districts and communes are not coded in this version.

A ledger names the province last ("... huyện Nga Sơn, Thanh Hóa"), or first after the word "tỉnh". Names of the 63
provinces of 2008-2025 and of older ones are known (schemas/code_lists/provinces_*.csv). A name that stood for several
units over time gets a code only where all of them lie in one province of today, and then only that one.
"""

import pyarrow as pa

from schemas.field import EmptyReason
from transforms.column import Reading, Standardised, Value, by_distinct
from transforms.province_index import Province, province_of
from transforms.text import clean_text, empty_reason, fold

_HOME = "permanent_residence"
_MISSING, _UNKNOWN, _AMBIGUOUS, _ABOLISHED = (
    "place.missing", "place.province_unknown", "place.province_ambiguous", "place.province_abolished",
)  # fmt: skip
_SELDOM_HELD = "temporary_residence"
_NONE = frozenset({"khong", "ko", "k", "khong co", "khong tam tru"})
_LONGEST_EMPTY = 30  # letters; no word for an empty cell is longer
_STRING = pa.string()
_TYPES = (_STRING, _STRING, _STRING, _STRING, _STRING, pa.float32())
_PARTS = ("text", "code", "level", "code_now", "method", "confidence")


def standardise_place(raw: pa.Array, stem: str, field: str, province_code: str) -> Standardised:
    """Standardise an address to the level of the province.

    Args:
        raw: the column as read.
        stem: stem of the columns, e.g. native_place.
        field: name of the field that findings speak of.
        province_code: province of the delivery, code of the 34. It decides between several readings of the place of
            permanent residence, where the delivering province is one of them; nowhere else.

    Returns:
        Columns <stem>_text (cleaned), _code (GSO code of the 63), _level ("province"), _code_now (code of the 34),
        _method, _confidence (0-1). Findings place.province_ambiguous, place.province_abolished; for the permanent
        residence also place.missing and place.province_unknown.
    """
    home = province_code if field == _HOME else None
    names = tuple(f"{stem}_{part}" for part in _PARTS)
    missing = _MISSING if home is not None else None
    return by_distinct(raw, Reading(lambda text: _place(text, stem, home), names, _TYPES, field, clean_text, missing))


def _empty_reason(text: str, stem: str) -> EmptyReason | None:
    if len(text) > _LONGEST_EMPTY and text[0].isalnum():
        return None
    if fold(text) in _NONE:
        return EmptyReason.NOT_APPLICABLE if stem == _SELDOM_HELD else EmptyReason.BLANK
    return empty_reason(text)


def _place(text: str, stem: str, home: str | None) -> Value:
    reason = _empty_reason(text, stem)
    if reason is not None:
        return Value((None,) * 6, reason, (_MISSING,) if home is not None else ())
    province = province_of(text)
    if province is None:
        return Value((text, None, None, None, None, None), EmptyReason.FILLED, (_UNKNOWN,) if home is not None else ())
    return _coded(text, province, home)


def _coded(text: str, province: Province, home: str | None) -> Value:
    if len(province.codes_now) > 1 and home not in province.codes_now:
        return Value((text, None, None, None, None, None), EmptyReason.FILLED, (_AMBIGUOUS,))
    by_delivery = len(province.codes_now) > 1
    now = home if by_delivery else province.codes_now[0]
    method = f"{province.method}_of_delivery" if by_delivery else province.method
    confidence = 0.7 if by_delivery else round(province.confidence, 2)
    rules = (_ABOLISHED,) if province.code is None else ()
    return Value((text, province.code, "province", now, method, confidence), EmptyReason.FILLED, rules)
