"""The values of a person as they may be shown: in clear, or names, places and numbers masked, sensitive ones hidden."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pipeline.masking import mask
from schemas import code_lists
from schemas.field import Field, FieldKind
from schemas.fields import ALL_FIELDS
from schemas.messages import Language

_HIDDEN = "***"
Golden = Mapping[str, Any]
_Cover = Callable[[str, str], str]


def masked_values(golden: Golden, language: Language) -> dict[str, str]:
    """Each field of a row of GOLDEN_PERSONS in one line of masked text; "" where it has no value.

    As in the roster of a household the year of birth and what is no secret of the family are shown; ethnic group,
    religion and blood type never are.
    """
    return {field.name: _masked(field, golden, language) for field in ALL_FIELDS}


def clear_values(golden: Golden, language: Language) -> dict[str, str]:
    """The same in clear, sensitive fields too: for those whose reason to see them is in the audit."""
    return {field.name: _SHOWN.get(field.kind, _texts)(field, golden, language, _as_it_is) for field in ALL_FIELDS}


def _masked(field: Field, golden: Golden, language: Language) -> str:
    if field.sensitivity == "sensitive":
        return _HIDDEN if any(golden[c.name] is not None for c in field.columns) else ""
    return _SHOWN.get(field.kind, _texts)(field, golden, language, mask)


def _as_it_is(text: str, raw_column: str) -> str:
    return text


def _texts(field: Field, golden: Golden, language: Language, cover: _Cover) -> str:
    """The parts of a field, each masked as its raw column is; a name stands in its first column as a whole."""
    raws = field.raw_columns
    if field.kind is FieldKind.NAME:
        return cover(golden[field.columns[0].name] or "", raws[0])
    shown = []
    for column in field.columns:
        raw = f"{column.name}_raw"
        value = golden[column.name]
        if value is not None and raw in raws:
            shown.append(cover(str(value), raw))
    return "; ".join(filter(None, shown))


def _date(field: Field, golden: Golden, language: Language, cover: _Cover) -> str:
    year, month, day = (golden[c.name] for c in field.columns[:3])
    parts = [_digits(f"{part:02d}", cover) for part in (day, month) if part is not None]
    return "/".join([*parts, "????" if year is None else str(year)]) if parts or year is not None else ""


def _digits(text: str, cover: _Cover) -> str:
    return "".join("*" if letter.isdigit() else letter for letter in text) if cover is mask else text


def _code(field: Field, golden: Golden, language: Language, cover: _Cover) -> str:
    column = next(c.name for c in field.columns if c.name.endswith("_code"))
    known = {c.code: c for c in code_lists.code_list(field.code_list or "").codes}.get(golden[column] or "")
    if known is None:
        return ""
    return known.label if language == "vi" else known.label_en


def _place(field: Field, golden: Golden, language: Language, cover: _Cover) -> str:
    periods = [golden[c.name] for c in field.columns if isinstance(golden[c.name], date)]
    address = golden.get(f"{field.name}_text") or ""
    days = (_digits(day.strftime("%d/%m/%Y"), cover) for day in periods)
    return " ".join([cover(address, field.raw_columns[0]), *days]).strip()


def _household(field: Field, golden: Golden, language: Language, cover: _Cover) -> str:
    number, head = golden["household_id"] or "", golden["head_name"] or ""
    told = (cover(number, ""), cover(head, "head_name_raw"), _code(field, golden, language, cover))
    return "; ".join(filter(None, told))


_SHOWN: Mapping[FieldKind, Callable[[Field, Golden, Language, _Cover], str]] = {
    FieldKind.PARTIAL_DATE: _date, FieldKind.CODE: _code, FieldKind.PLACE: _place, FieldKind.PLACE_PERIOD: _place,
    FieldKind.STATUS_PERIOD: _place, FieldKind.HOUSEHOLD: _household,
}  # fmt: skip
