"""Each field of a chunk standardised by its kind, and the rules on fields that must not be empty."""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason, Field, FieldKind
from schemas.fields import EXTRAS, FIELDS
from schemas.lineage import hash_text
from transforms import ditto
from transforms.characters import APOSTROPHES
from transforms.codes import standardise_code
from transforms.column import Finding, Plain, Reading, Standardised, Value, by_distinct, encode, found, rows_of
from transforms.date_orders import read_by_sheet
from transforms.date_text import Order
from transforms.dates import standardise_birth_date, standardise_death_date
from transforms.file_facts import FileFacts
from transforms.names import OTHER_NAMES, standardise_full_name, standardise_person_name
from transforms.numbers import Numbers, clean_number, standardise_numbers
from transforms.periods import standardise_period, without_period
from transforms.places import standardise_place
from transforms.sex_digits import with_digits
from transforms.text import clean_text, empty_reason, fold

_FLOAT_ID = re.compile(r"^(\d+)[.,]0{1,2}$")
_PLAIN_NUMBER = r"^0{0,8}[1-9]\d{0,11}$"
_SCIENTIFIC = re.compile(r"^\d+[.,]?\d*[eE]\+?\d+$")
_NO_HOUSEHOLD = frozenset({"khong", "ko", "k", "x"})
_WORD = r"[\pL\pN]"
_EMPTY = frozenset({EmptyReason.BLANK.value, EmptyReason.STATED_UNKNOWN.value})
_STATED = frozenset({EmptyReason.STATED_UNKNOWN.value})
_TELL_THEMSELVES = frozenset({FieldKind.PLACE_PERIOD, FieldKind.RELATIVES})
_CONTRADICTS = frozenset({"personal_number.birth_contradicts", "personal_number.sex_contradicts"})
_MISSING_RULES: Mapping[str, tuple[str, str]] = {
    "ethnic_group": ("ethnic_group.missing", "ethnic_group_code"),
    "permanent_residence": ("place.missing", "permanent_residence_text"),
}


@dataclass(frozen=True)
class Chunk:
    """Rows of one file with their repeats put in: raw columns, facts of the file, where and when it was delivered.

    `sheets` names the sheet of each row; it is needed where the facts tell an order of dates of single sheets. `homes`:
    the households without a number that the order of the rows tells.
    """

    raw: Mapping[str, pa.DictionaryArray]
    facts: FileFacts
    province_code: str
    received_on: date
    rows: int
    sheets: pa.Array | None = None
    homes: pa.Array | None = None

    def dates(self, raw: str, read: Callable[[Order], Standardised]) -> Standardised:
        """A raw column of dates, read in the order of day and month of each sheet."""
        sheets = pa.nulls(self.rows, pa.string()) if self.sheets is None else self.sheets
        return read_by_sheet(read, sheets, self.facts.order(raw), self.facts.sheet_orders(raw))


def standardise_fields(chunk: Chunk) -> dict[str, Standardised]:
    """Every field, identifier and extra by name."""
    done = _with_other_names({f.name: _field(f, chunk) for f in (*FIELDS, *EXTRAS)})
    numbers = _numbers(chunk, done)
    identifiers = {"personal_number": numbers.personal, "old_id_number": numbers.old}
    for name, number in identifiers.items():
        # a number that moved to its own column leaves a blank behind that nobody wrote
        identifiers[name] = _with_empty_words(number, chunk.raw[f"{name}_raw"], name, _STATED)
    return done | identifiers


def _with_other_names(done: dict[str, Standardised]) -> dict[str, Standardised]:
    """Other names found in the name cell stand behind those of their own column, each once."""
    name, others = done["full_name"], done[OTHER_NAMES]
    beside, own = name.columns[OTHER_NAMES], others.columns[OTHER_NAMES]
    if beside.null_count == len(beside):
        both = own
    else:
        is_more = pc.fill_null(pc.not_equal(own, beside), False)
        both = pc.if_else(is_more, pc.binary_join_element_wise(own, beside, "; "), pc.coalesce(own, beside))
    kept = {column: values for column, values in name.columns.items() if column != OTHER_NAMES}
    reasons = pc.if_else(pc.is_valid(both), EmptyReason.FILLED.value, others.reasons)
    return done | {
        "full_name": replace(name, columns=kept),
        OTHER_NAMES: replace(others, columns={OTHER_NAMES: both}, reasons=reasons),
    }


def nobody_named(fields: Mapping[str, Standardised]) -> tuple[Finding, ...]:
    """Rows that say nothing of a person but a name (row.names_nobody): a note or a signature is no person.

    Birth, sex or relation may each be missing; a line without all of them and without a number names nobody. A
    household number does not count: it may have been put in from the row above.
    """
    said = [fields[name].reasons for name in ("birth_date", "sex", "personal_number", "old_id_number")]
    silent = [pc.is_in(reasons, pa.array(sorted(_EMPTY))) for reasons in said]
    silent.append(pc.is_null(fields["household"].columns["relation_code"]))
    hit = ditto.flags(functools.reduce(pc.and_, silent))
    return found("row.names_nobody", "", hit)


def _field(field: Field, chunk: Chunk) -> Standardised:
    is_blank = all(chunk.raw[r].null_count == chunk.rows for r in field.raw_columns)
    result = _blank(field, chunk.rows) if is_blank and not field.required else _BY_KIND[field.kind](field, chunk)
    if field.name in _MISSING_RULES:
        result = _with_missing(result, field.name, *_MISSING_RULES[field.name])
    elif not is_blank and len(field.raw_columns) == 1 and not field.required and field.kind not in _TELL_THEMSELVES:
        result = _with_empty_words(result, chunk.raw[field.raw_columns[0]], field.name)
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


def _with_empty_words(
    result: Standardised, raw: pa.DictionaryArray, name: str, empty: frozenset[str] = _EMPTY
) -> Standardised:
    """A word that stands for an empty cell is told: whoever wrote it may have meant something else."""
    says_word = np.append(ditto.flags(pc.match_substring_regex(raw.dictionary, _WORD)), False)[rows_of(raw.indices)]
    is_empty = ditto.flags(pc.is_in(result.reasons, pa.array(sorted(empty))))
    return replace(result, findings=(*result.findings, *found("text.empty_word", name, says_word & is_empty)))


def _name(field: Field, chunk: Chunk) -> Standardised:
    return standardise_full_name(chunk.raw[field.raw_columns[0]])


def _partial_date(field: Field, chunk: Chunk) -> Standardised:
    raw = field.raw_columns[0]
    read = standardise_birth_date if field.name == "birth_date" else standardise_death_date
    result = chunk.dates(raw, lambda order: read(chunk.raw[raw], order, chunk.received_on))
    if field.name == "birth_date" and chunk.facts.has_default_day:
        is_new_year = pc.and_(pc.equal(result.columns["birth_day"], 1), pc.equal(result.columns["birth_month"], 1))
        found = Finding("birth_date.default_day", field.name, np.flatnonzero(ditto.flags(is_new_year)))
        return replace(result, findings=(*result.findings, found))
    return result


def _code(field: Field, chunk: Chunk) -> Standardised:
    raw, is_sex = chunk.raw[field.raw_columns[0]], field.name == "sex"
    result = standardise_code(raw, field.name, has_codes=not (is_sex and chunk.facts.has_sex_in_words))
    return with_digits(result, raw, chunk.facts.sex_digits) if is_sex and chunk.facts.sex_digits else result


def _place(field: Field, chunk: Chunk) -> Standardised:
    return standardise_place(chunk.raw[field.raw_columns[0]], field.name, field.name, chunk.province_code)


def _place_period(field: Field, chunk: Chunk) -> Standardised:
    raw = chunk.raw[field.raw_columns[0]]
    address = without_period(raw.dictionary).take(raw.indices)
    place = standardise_place(address, field.name, field.name, chunk.province_code)
    place = _with_empty_words(place, encode(address), field.name)
    period = chunk.dates(field.raw_columns[0], lambda order: standardise_period(raw, field.name, order, field.name))
    dated = pc.or_(*(pc.is_valid(period.columns[f"{field.name}_{end}"]) for end in ("from", "to")))
    reasons = pc.if_else(dated, EmptyReason.FILLED.value, place.reasons)
    return Standardised({**place.columns, **period.columns}, reasons, (*place.findings, *period.findings))


def _status_period(field: Field, chunk: Chunk) -> Standardised:
    raw = field.raw_columns[0]
    return chunk.dates(raw, lambda order: standardise_period(chunk.raw[raw], field.name, order, field.name))


def _relatives(field: Field, chunk: Chunk) -> Standardised:
    parts = [
        _with_empty_words(
            standardise_person_name(chunk.raw[raw], raw.removesuffix("_raw"), field.name), chunk.raw[raw], field.name
        )
        for raw in field.raw_columns
    ]
    return _joined(parts)


def _household(field: Field, chunk: Chunk) -> Standardised:
    number = _household_number(chunk.raw["household_id_raw"], field.name)
    no_number = ditto.flags(pc.is_null(number.columns["household_id"]))
    by_order = no_number & (ditto.flags(pc.is_valid(chunk.homes)) if chunk.homes is not None else False)
    name = standardise_person_name(chunk.raw["head_name_raw"], "head_name", field.name)
    head_raw = chunk.raw["head_number_raw"]
    head = Standardised({"head_number": clean_number(head_raw.dictionary).take(head_raw.indices)}, number.reasons)
    relation = standardise_code(chunk.raw["relation_raw"], field.name)
    joined_ = _joined([number, name, head, relation])
    missing = pc.and_(
        pc.is_null(relation.columns["relation_code"]), pc.is_in(relation.reasons, pa.array(sorted(_EMPTY)))
    )
    own = (Finding("household.no_number", field.name, np.flatnonzero(no_number & ~by_order)),
           Finding("household.by_order", field.name, np.flatnonzero(by_order)),
           Finding("relation.missing", field.name, np.flatnonzero(ditto.flags(missing))))  # fmt: skip
    return replace(joined_, findings=(*joined_.findings, *(f for f in own if len(f.rows))))


def _household_number(raw: pa.DictionaryArray, field: str) -> Standardised:
    reading = Reading(
        _number_of_household, ("household_id",), (pa.string(),), field, clean_text, None, _plain_households
    )
    return by_distinct(raw, reading)


def _plain_households(texts: pa.Array) -> Plain:
    return Plain(ditto.flags(pc.match_substring_regex(texts, _PLAIN_NUMBER)), {"household_id": texts})


def _number_of_household(text: str) -> Value:
    number = _FLOAT_ID.sub(r"\1", text.lstrip(APOSTROPHES))
    reason = empty_reason(number)
    if not number or reason is not None or fold(number) in _NO_HOUSEHOLD:
        return Value((None,), reason or EmptyReason.BLANK)
    if _SCIENTIFIC.match(number):
        return Value((None,), EmptyReason.INVALID, ("household.number_damaged",))
    return Value((number,))


def _text(field: Field, chunk: Chunk) -> Standardised:
    column = field.columns[0].name
    return by_distinct(chunk.raw[field.raw_columns[0]], Reading(_plain_text, (column,), (pa.string(),), field.name,
                                                                clean_text))  # fmt: skip


def _plain_text(text: str) -> Value:
    reason = empty_reason(text)
    return Value((text if reason is None else None,), reason or EmptyReason.FILLED)


def _joined(parts: list[Standardised]) -> Standardised:
    """One field of several columns: filled if any of them is, else empty for the first reason that is not blank."""
    columns = {name: values for part in parts for name, values in part.columns.items()}
    said = [pc.if_else(pc.equal(p.reasons, EmptyReason.BLANK.value), None, p.reasons) for p in parts]
    reasons = pc.fill_null(pc.coalesce(*said), EmptyReason.BLANK.value)
    for values in columns.values():
        reasons = pc.if_else(pc.is_valid(values), EmptyReason.FILLED.value, reasons)
    return Standardised(columns, reasons, tuple(f for part in parts for f in part.findings))


def _numbers(chunk: Chunk, done: Mapping[str, Standardised]) -> Numbers:
    numbers = standardise_numbers(
        chunk.raw["personal_number_raw"].dictionary_decode(), chunk.raw["old_id_number_raw"].dictionary_decode(),
        done["birth_date"].columns["birth_year"], done["sex"].columns["sex_code"],
    )  # fmt: skip
    return replace(numbers, personal=_with_owners(numbers.personal, chunk.facts.owned_numbers))


def _with_owners(personal: Standardised, owned: frozenset[str]) -> Standardised:
    """Where a number contradicts its row and fits another one, the row is told whose it is."""
    against = [f.rows for f in personal.findings if f.rule_id in _CONTRADICTS] if owned else []
    rows = functools.reduce(np.union1d, against, np.empty(0, np.int64))
    numbers = personal.columns["personal_number"].take(pa.array(rows)).to_pylist()
    rows = rows[[n is not None and hash_text(n) in owned for n in numbers]] if numbers else rows
    if not len(rows):
        return personal
    own = Finding("personal_number.of_other_row", "personal_number", rows)
    return replace(personal, findings=(*personal.findings, own))


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
