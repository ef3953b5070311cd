"""What must hold for golden persons and for a whole batch before anything is loaded: declared once, from FIELDS.

An expectation is critical where loading would put a false statement into the store (it stops the batch) and warning
where a number only looks odd (it is reported). The declarations know nothing of Great Expectations.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Literal

from quality.gate_limits import Limit, Limits, limits_of, shipped
from schemas.code_lists import code_list, rows
from schemas.field import Field, FieldKind
from schemas.fields import FIELDS, IDENTIFIERS

Severity = Literal["critical", "warning"]

FIRST_YEAR = 1850
"""Nobody in a household ledger (from the 1950s on) was born before: 1850 leaves every centenarian in."""

PERSON = "person"
BATCH = "batch"


class Kind(StrEnum):
    """What is expected of a column; one class of Great Expectations each."""

    FILLED = "expect_column_values_to_not_be_null"
    IN_SET = "expect_column_values_to_be_in_set"
    BETWEEN = "expect_column_values_to_be_between"
    MATCHES = "expect_column_values_to_match_regex"
    UNIQUE = "expect_column_values_to_be_unique"
    NOT_BEFORE = "expect_column_pair_values_a_to_be_greater_than_b"


@dataclass(frozen=True)
class Expected:
    """One expectation.

    Attributes:
        id: ``gate.<field>.<what>``, its key in the message catalogue.
        field: a field, ``person`` for ids and sums of a person, ``batch`` for the metrics of a batch.
        column: the column it looks at; for NOT_BEFORE the later one.
        kind: the class of expectation.
        severity: critical stops the batch, warning is reported.
        mostly: least share of the values that must keep to it (of all rows for FILLED, else of filled ones).
        allowed: the closed set of IN_SET.
        low: lower bound of BETWEEN, inclusive.
        high: upper bound of BETWEEN, inclusive.
        pattern: regular expression of MATCHES.
        other: for NOT_BEFORE the earlier column.
    """

    id: str
    field: str
    column: str
    kind: Kind
    severity: Severity = "critical"
    mostly: float = 1.0
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    other: str = ""

    @property
    def may_be_released(self) -> bool:
        """May a named person let a batch in that breaks it? Never what guards the store: ids, sums, closed sets."""
        guards = self.field == PERSON or self.kind in (Kind.IN_SET, Kind.UNIQUE) or self.id in _GUARDS
        return self.severity == "critical" and not guards


def person_expectations(received_on: date, limits: Limits | None = None) -> tuple[Expected, ...]:
    """The expectations on GOLDEN_PERSONS: ids first, then the 17 fields in the law's order, then identifiers.

    Args:
        received_on: day of delivery; no year after it is possible.
        limits: what a number may be; None = those of the package for the nation.
    """
    fields = tuple(e for f in FIELDS for e in _BY_KIND[f.kind](f, received_on.year))
    return _limited((*_PERSON, *fields, *_filled_shares(), *_numbers()), limits)


def batch_expectations(limits: Limits | None = None) -> tuple[Expected, ...]:
    """The expectations on the one row of metrics of a batch (`quality.metrics`); `limits` as above."""
    return _limited(_BATCH, limits)


def _limited(expected: tuple[Expected, ...], limits: Limits | None) -> tuple[Expected, ...]:
    found = limits_of(shipped()) if limits is None else limits
    return tuple(_with(e, found[e.id]) if e.id in found else e for e in expected)


def _with(e: Expected, limit: Limit) -> Expected:
    return replace(e, mostly=e.mostly if limit.mostly is None else limit.mostly, low=e.low if limit.low is None
                   else limit.low, high=e.high if limit.high is None else limit.high)  # fmt: skip


def _name(field: Field, year: int) -> tuple[Expected, ...]:
    column = field.columns[0].name
    return (
        Expected(f"gate.{field.name}.filled", field.name, column, Kind.FILLED),
        Expected(f"gate.{field.name}.letters", field.name, column, Kind.MATCHES, pattern=_LETTERS),
        Expected(f"gate.{field.name}.given_name", field.name, "given_name", Kind.FILLED, "warning"),
    )


def _partial_date(field: Field, year: int) -> tuple[Expected, ...]:
    stem = field.columns[0].name.removesuffix("_year")
    parts = (("year", FIRST_YEAR, year), ("month", 1, 12), ("day", 1, 31))
    ranges = tuple(
        Expected(f"gate.{field.name}.{part}", field.name, f"{stem}_{part}", Kind.BETWEEN, low=low, high=high)
        for part, low, high in parts
    )
    calendar = Expected(
        f"gate.{field.name}.calendar", field.name, f"{stem}_calendar", Kind.IN_SET, allowed=("solar", "lunar"),
    )  # fmt: skip
    return (*ranges, calendar, *_DATE_EXTRAS.get(field.name, ()))


def _code(field: Field, year: int) -> tuple[Expected, ...]:
    column = next(c.name for c in field.columns if c.name.endswith("_code"))
    known = Expected(f"gate.{field.name}.code", field.name, column, Kind.IN_SET, allowed=_codes(field))
    return (known, *_CODE_EXTRAS.get(field.name, ()))


def _place(field: Field, year: int) -> tuple[Expected, ...]:
    stem = field.name
    return (
        Expected(f"gate.{stem}.code", stem, f"{stem}_code", Kind.MATCHES, pattern=_UNIT_CODE),
        Expected(f"gate.{stem}.level", stem, f"{stem}_level", Kind.IN_SET, allowed=("province", "district", "commune")),
        Expected(f"gate.{stem}.confidence", stem, f"{stem}_confidence", Kind.BETWEEN, low=0, high=1),
    )


def _period(field: Field, year: int) -> tuple[Expected, ...]:
    stem = field.name
    return (Expected(f"gate.{stem}.period", stem, f"{stem}_to", Kind.NOT_BEFORE, "warning", other=f"{stem}_from"),)


def _place_period(field: Field, year: int) -> tuple[Expected, ...]:
    return (*_place(field, year), *_period(field, year))


def _status_period(field: Field, year: int) -> tuple[Expected, ...]:
    status = Expected(
        f"gate.{field.name}.status", field.name, f"{field.name}_status", Kind.IN_SET, allowed=("absent", "present"),
    )  # fmt: skip
    return (status, *_period(field, year))


def _relatives(field: Field, year: int) -> tuple[Expected, ...]:
    return tuple(
        Expected(f"gate.{field.name}.{c.name}", field.name, c.name, Kind.MATCHES, "warning", pattern=_LETTERS)
        for c in field.columns
    )


def _household(field: Field, year: int) -> tuple[Expected, ...]:
    return (
        *_code(field, year),
        Expected("gate.household.number", field.name, "household_id", Kind.MATCHES, "warning", pattern=r"\w"),
        Expected("gate.household.head_name", field.name, "head_name", Kind.MATCHES, "warning", pattern=_LETTERS),
    )


def _filled_shares() -> tuple[Expected, ...]:
    return tuple(Expected(f"gate.{name}.share", name, column, Kind.FILLED, "warning") for name, column in _LEAST_FILLED)


def _numbers() -> tuple[Expected, ...]:
    digits = {"personal_number": 12, "old_id_number": 9}
    return tuple(
        Expected(f"gate.{f.name}.digits", f.name, f.name, Kind.MATCHES, pattern=rf"^\d{{{digits[f.name]}}}$")
        for f in IDENTIFIERS
    )


@cache
def _codes(field: Field) -> tuple[str, ...]:
    names = (field.code_list,) if field.name != "ethnic_group" else _ETHNIC_LISTS
    return tuple(sorted({c.code for name in names for c in code_list(str(name)).codes}))


_BY_KIND: dict[FieldKind, Callable[[Field, int], tuple[Expected, ...]]] = {
    FieldKind.NAME: _name, FieldKind.PARTIAL_DATE: _partial_date, FieldKind.CODE: _code, FieldKind.PLACE: _place,
    FieldKind.PLACE_PERIOD: _place_period, FieldKind.STATUS_PERIOD: _status_period,
    FieldKind.RELATIVES: _relatives, FieldKind.HOUSEHOLD: _household,
}  # fmt: skip

_LETTERS = r"[^\W\d_]"
_UNIT_CODE = r"^(?:\d{2,3}|\d{5})$"
_ID = r"^[0-9a-f]{32}$"
_ETHNIC_LISTS = ("ethnic_groups_1019_2008", "ethnic_groups_121_1979")

_PERSON: tuple[Expected, ...] = (
    Expected("gate.person.id", PERSON, "person_id", Kind.MATCHES, pattern=_ID),
    Expected("gate.person.unique", PERSON, "person_id", Kind.UNIQUE),
    Expected("gate.person.records", PERSON, "record_count", Kind.BETWEEN, low=1),
    Expected(
        "gate.person.province", PERSON, "province_code", Kind.IN_SET,
        allowed=tuple(row["code"] for row in rows("provinces_34")),
    ),
    Expected("gate.person.reasons", PERSON, "reasons_unknown", Kind.BETWEEN, low=0, high=0),
    Expected("gate.person.reasons_agree", PERSON, "reasons_false", Kind.BETWEEN, "warning", low=0, high=0),
)  # fmt: skip

_DATE_EXTRAS: dict[str, tuple[Expected, ...]] = {
    "birth_date": (Expected("gate.birth_date.filled", "birth_date", "birth_year", Kind.FILLED, "warning"),),
    "death": (
        Expected("gate.death.kind", "death", "death_kind", Kind.IN_SET, allowed=("dead", "missing")),
        Expected("gate.death.after_birth", "death", "death_year", Kind.NOT_BEFORE, "warning", other="birth_year"),
    ),
}

_CODE_EXTRAS: dict[str, tuple[Expected, ...]] = {
    "ethnic_group": (
        Expected("gate.ethnic_group.list", "ethnic_group", "ethnic_group_list", Kind.IN_SET, allowed=_ETHNIC_LISTS),
    ),
}

_LEAST_FILLED: tuple[tuple[str, str], ...] = (
    ("birth_date", "birth_day"), ("sex", "sex_code"), ("ethnic_group", "ethnic_group_code"),
    ("permanent_residence", "permanent_residence_text"), ("household", "household_id"),
)  # fmt: skip
"""Required fields of which a least share has to be filled: below it, a column was probably not found or misread."""

_BATCH: tuple[Expected, ...] = (
    Expected("gate.batch.balance", BATCH, "rows_unaccounted", Kind.BETWEEN, low=0, high=0),
    Expected("gate.batch.quarantined", BATCH, "quarantined_share", Kind.BETWEEN),
    Expected("gate.batch.persons", BATCH, "records_without_person", Kind.BETWEEN, high=0),
    Expected("gate.batch.unique", BATCH, "doubled_person_ids", Kind.BETWEEN, high=0),
    Expected("gate.batch.sex", BATCH, "male_share", Kind.BETWEEN),
    Expected("gate.batch.numbers", BATCH, "doubled_number_share", Kind.BETWEEN, "warning"),
    Expected("gate.batch.new_year", BATCH, "new_year_share", Kind.BETWEEN, "warning"),
    Expected("gate.batch.birth_year", BATCH, "commonest_birth_year_share", Kind.BETWEEN, "warning"),
    Expected("gate.batch.heaping", BATCH, "whipple_index", Kind.BETWEEN, "warning"),
    Expected("gate.batch.rejected", BATCH, "rejected_share", Kind.BETWEEN, "warning"),
)

_GUARDS = frozenset({"gate.batch.balance", "gate.batch.persons", "gate.batch.unique"})
"""Sums that do not add up, persons without an id or with another's: faults of the program, not of the data."""

EXPECTATIONS: tuple[Expected, ...] = (*person_expectations(date.max), *batch_expectations())
"""Every expectation, for whoever lists or explains them; its years are bounded by no delivery."""
