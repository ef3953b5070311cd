from datetime import date

import pytest

from quality.suite import EXPECTATIONS, Expected, Kind, batch_expectations, person_expectations
from schemas import messages
from schemas.field import Field
from schemas.fields import FIELDS
from schemas.tables import GOLDEN_PERSONS

PERSONS = person_expectations(date(2024, 5, 1))
DERIVED = {"reasons_unknown", "reasons_false"}


def name(expected: Expected) -> str:
    return expected.id


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_each_field_is_judged_on_its_own_columns(field: Field) -> None:
    mine = [e for e in PERSONS if e.field == field.name]
    assert mine
    assert {e.column for e in mine} <= {c.name for c in field.columns}


@pytest.mark.parametrize("expected", EXPECTATIONS, ids=name)
def test_each_expectation_is_explained_in_both_languages(expected: Expected) -> None:
    for language in messages.LANGUAGES:
        assert messages.wrong(expected.id, language)
        assert messages.what_to_do(expected.id, language)


@pytest.mark.parametrize("expected", PERSONS, ids=name)
def test_each_expectation_can_fail(expected: Expected) -> None:
    assert {expected.column} <= {*GOLDEN_PERSONS.column_names, *DERIVED}
    says = {
        Kind.FILLED: True,
        Kind.UNIQUE: True,
        Kind.IN_SET: bool(expected.allowed),
        Kind.BETWEEN: expected.low is not None or expected.high is not None,
        Kind.MATCHES: bool(expected.pattern),
        Kind.NOT_BEFORE: expected.other in GOLDEN_PERSONS.column_names,
    }
    assert says[expected.kind]
    assert 0 < expected.mostly <= 1


def test_ids_are_unique_and_every_expectation_is_listed() -> None:
    ids = [e.id for e in EXPECTATIONS]
    assert len(set(ids)) == len(ids)
    assert {e.id for e in (*PERSONS, *batch_expectations())} == set(ids)


def test_years_end_with_the_year_of_delivery() -> None:
    years = {e.high for e in PERSONS if e.column in ("birth_year", "death_year") and e.kind is Kind.BETWEEN}
    assert years == {2024}


def test_a_critical_expectation_bears_no_exception() -> None:
    assert {e.mostly for e in EXPECTATIONS if e.severity == "critical"} == {1.0}
