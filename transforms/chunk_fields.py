"""Each field of a chunk standardised by its kind, and the rules on fields that must not be empty."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason, Field, FieldKind
from schemas.fields import EXTRAS, FIELDS
from transforms import ditto
from transforms.codes import standardise_code
from transforms.column import Finding, Standardised
from transforms.dates import standardise_birth_date, standardise_death_date
from transforms.file_facts import FileFacts
from transforms.names import standardise_full_name, standardise_person_name
from transforms.numbers import Numbers, clean_number, standardise_numbers
from transforms.periods import standardise_period, without_period
from transforms.places import standardise_place
from transforms.text import clean_text, empty_reason

_FLOAT_ID = r"^(\d+)\.0+$"
_EMPTY = frozenset({EmptyReason.BLANK.value, EmptyReason.STATED_UNKNOWN.value})
_MISSING_RULES: Mapping[str, tuple[str, str]] = {
    "ethnic_group": ("ethnic_group.missing", "ethnic_group_code"),
    "permanent_residence": ("place.missing", "permanent_residence_text"),
}


@dataclass(frozen=True)
class Chunk:
    """Rows of one file with their repeats put in: raw columns, facts of the file, where and when it was delivered."""

    raw: Mapping[str, pa.Array]
    facts: FileFacts
    province_code: str
    received_on: date
    rows: int


def standardise_fields(chunk: Chunk) -> dict[str, Standardised]:
    """Every field, identifier and extra by name."""
    done = {f.name: _field(f, chunk) for f in (*FIELDS, *EXTRAS)}
    numbers = _numbers(chunk, done)
    return done | {"personal_number": numbers.personal, "old_id_number": numbers.old}


def _field(field: Field, chunk: Chunk) -> Standardised:
    is_blank = all(chunk.raw[r].null_count == chunk.rows for r in field.raw_columns)
    result = _blank(field, chunk.rows) if is_blank and not field.required else _BY_KIND[field.kind](field, chunk)
    if field.name in _MISSING_RULES:
        result = _with_missing(result, field.name, *_MISSING_RULES[field.name])
    can_lack = EmptyReason.NOT_IN_FORM in field.empty_reasons
    if can_lack and all(r in chunk.facts.absent for r in field.raw_columns):
        return replace(result, reasons=_letters(EmptyReason.NOT_IN_FORM, chunk.rows))
    return result


def _blank(field: Field, rows: int) -> Standardised:
    columns = {c.name: pa.nulls(rows, c.type) for c in field.columns}
    return Standardised(columns, _letters(EmptyReason.BLANK, rows))


def _letters(reason: EmptyReason, rows: int) -> pa.Array:
    return pa.repeat(pa.scalar(reason.value), rows)


def _with_missing(result: Standardised, name: str, rule_id: str, column: str) -> Standardised:
    """A required field that says nothing is a finding; one that says something odd has its own."""
    is_empty = pc.and_(pc.is_null(result.columns[column]), pc.is_in(result.reasons, pa.array(sorted(_EMPTY))))
    rows = np.flatnonzero(ditto.flags(is_empty))
    return replace(result, findings=(*result.findings, Finding(rule_id, name, rows))) if len(rows) else result


def _name(field: Field, chunk: Chunk) -> Standardised:
    return standardise_full_name(chunk.raw[field.raw_columns[0]])


def _partial_date(field: Field, chunk: Chunk) -> Standardised:
    raw = field.raw_columns[0]
    read = standardise_birth_date if field.name == "birth_date" else standardise_death_date
    result = read(chunk.raw[raw], chunk.facts.order(raw), chunk.received_on)
    if field.name == "birth_date" and chunk.facts.has_default_day:
        is_new_year = pc.and_(pc.equal(result.columns["birth_day"], 1), pc.equal(result.columns["birth_month"], 1))
        found = Finding("birth_date.default_day", field.name, np.flatnonzero(ditto.flags(is_new_year)))
        return replace(result, findings=(*result.findings, found))
    return result


def _code(field: Field, chunk: Chunk) -> Standardised:
    return standardise_code(chunk.raw[field.raw_columns[0]], field.name)


def _place(field: Field, chunk: Chunk) -> Standardised:
    return standardise_place(chunk.raw[field.raw_columns[0]], field.name, field.name, chunk.province_code)


def _place_period(field: Field, chunk: Chunk) -> Standardised:
    raw = chunk.raw[field.raw_columns[0]]
    place = standardise_place(without_period(raw), field.name, field.name, chunk.province_code)
    period = standardise_period(raw, field.name, chunk.facts.order(field.raw_columns[0]), field.name)
    return Standardised({**place.columns, **period.columns}, place.reasons, (*place.findings, *period.findings))


def _status_period(field: Field, chunk: Chunk) -> Standardised:
    raw = field.raw_columns[0]
    return standardise_period(chunk.raw[raw], field.name, chunk.facts.order(raw), field.name)


def _relatives(field: Field, chunk: Chunk) -> Standardised:
    parts = [
        standardise_person_name(chunk.raw[raw], raw.removesuffix("_raw"), field.name)
        for raw in field.raw_columns
    ]  # fmt: skip
    return _joined(parts)


def _household(field: Field, chunk: Chunk) -> Standardised:
    number = pc.replace_substring_regex(clean_text(chunk.raw["household_id_raw"]), _FLOAT_ID, r"\1")
    number_part = _text_part(number, "household_id")
    no_number = np.flatnonzero(ditto.flags(pc.is_null(number_part.columns["household_id"])))
    name = standardise_person_name(chunk.raw["head_name_raw"], "head_name", field.name)
    head = Standardised({"head_number": clean_number(chunk.raw["head_number_raw"])}, number_part.reasons)
    relation = standardise_code(chunk.raw["relation_raw"], field.name)
    joined = _joined([number_part, name, head, relation])
    missing = pc.and_(
        pc.is_null(relation.columns["relation_code"]), pc.is_in(relation.reasons, pa.array(sorted(_EMPTY)))
    )
    own = (Finding("household.no_number", field.name, no_number),
           Finding("relation.missing", field.name, np.flatnonzero(ditto.flags(missing))))  # fmt: skip
    return replace(joined, findings=(*joined.findings, *(f for f in own if len(f.rows))))


def _text(field: Field, chunk: Chunk) -> Standardised:
    return _text_part(clean_text(chunk.raw[field.raw_columns[0]]), field.columns[0].name)


def _text_part(clean: pa.Array, column: str) -> Standardised:
    encoded = clean.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    reasons = [empty_reason(t) for t in texts]
    values = pa.array([None if r else t for t, r in zip(texts, reasons, strict=True)], pa.string())
    letters = pa.array([(r or EmptyReason.FILLED).value for r in reasons], pa.string()).take(encoded.indices)
    return Standardised({column: values.take(encoded.indices)}, pc.fill_null(letters, EmptyReason.BLANK.value))


def _joined(parts: list[Standardised]) -> Standardised:
    """One field of several columns: filled if any of them is, else empty for the first reason that is not blank."""
    columns = {name: values for part in parts for name, values in part.columns.items()}
    said = [pc.if_else(pc.equal(p.reasons, EmptyReason.BLANK.value), None, p.reasons) for p in parts]
    reasons = pc.fill_null(pc.coalesce(*said), EmptyReason.BLANK.value)
    for values in columns.values():
        reasons = pc.if_else(pc.is_valid(values), EmptyReason.FILLED.value, reasons)
    return Standardised(columns, reasons, tuple(f for part in parts for f in part.findings))


def _numbers(chunk: Chunk, done: Mapping[str, Standardised]) -> Numbers:
    return standardise_numbers(
        chunk.raw["personal_number_raw"], chunk.raw["old_id_number_raw"],
        done["birth_date"].columns["birth_year"], done["sex"].columns["sex_code"],
    )  # fmt: skip


_BY_KIND: Mapping[FieldKind, Callable[[Field, Chunk], Standardised]] = {
    FieldKind.NAME: _name,
    FieldKind.PARTIAL_DATE: _partial_date,
    FieldKind.CODE: _code,
    FieldKind.PLACE: _place,
    FieldKind.PLACE_PERIOD: _place_period,
    FieldKind.STATUS_PERIOD: _status_period,
    FieldKind.RELATIVES: _relatives,
    FieldKind.HOUSEHOLD: _household,
    FieldKind.TEXT: _text,
}
