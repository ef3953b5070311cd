import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.profiling import add_counts, age_counts, field_counts, finding_counts, whipple_index
from schemas.field import EmptyReason
from schemas.fields import FIELDS
from tests.quality.tables import findings, golden, records

LETTERS = st.text([r.value for r in EmptyReason], min_size=len(FIELDS), max_size=len(FIELDS))


@given(rows=st.lists(LETTERS, max_size=30))
def test_counts_are_those_of_a_plain_count(rows: list[str]) -> None:
    counted = field_counts(records([{"empty_reasons": letters} for letters in rows])).to_pylist()
    plain = {
        (field.name, letter): sum(letters[i] == letter for letters in rows)
        for i, field in enumerate(FIELDS)
        for letter in {letters[i] for letters in rows}
    }
    assert {(c["field"], c["reason"]): c["count"] for c in counted} == plain
    assert len(counted) == len(plain)


def test_fields_stand_in_the_order_of_the_law() -> None:
    counted = field_counts(records([{}]))
    assert counted.column("field").to_pylist() == [f.name for f in FIELDS]


def test_letters_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="16 letters for 17 fields"):
        field_counts(records([{"empty_reasons": "." * 16}]))


@given(rows=st.lists(LETTERS, max_size=20), cut=st.integers(0, 20))
def test_parts_add_up_to_the_whole(rows: list[str], cut: int) -> None:
    table = records([{"empty_reasons": letters} for letters in rows])
    parts = add_counts([field_counts(table.slice(0, cut)), field_counts(table.slice(cut))])
    order = [("field", "ascending"), ("reason", "ascending")]
    assert parts is not None
    assert parts.sort_by(order).equals(field_counts(table).sort_by(order))


def test_nothing_adds_up_to_nothing() -> None:
    assert add_counts([]) is None


def test_findings_are_counted_most_frequent_first() -> None:
    found = findings(("sex.missing", "sex"), ("place.missing", "native_place"), ("sex.missing", "sex"))
    assert [(c["rule_id"], c["count"]) for c in finding_counts(found).to_pylist()] == [
        ("sex.missing", 2),
        ("place.missing", 1),
    ]


def test_ages_by_five_years_and_sex() -> None:
    people = golden(
        [
            {"birth_year": 1950, "sex_code": "1"},
            {"birth_year": 1954, "sex_code": "1"},
            {"birth_year": 1955, "sex_code": "1"},
            {"birth_year": 1951, "sex_code": None},
            {"birth_year": None, "sex_code": "2"},
        ]
    )
    assert [tuple(r.values()) for r in age_counts(people).to_pylist()] == [
        (1950, "1", 2),
        (1950, None, 1),
        (1955, "1", 1),
        (None, "2", 1),
    ]
    assert pa.types.is_int16(age_counts(people.slice(0, 0)).schema.field("born_from").type)


@pytest.mark.parametrize(
    ("by_year", "expected"),
    [(dict.fromkeys(range(1950, 1990), 10), 100.0), ({1950: 3, 1965: 4}, 500.0), ({1951: 3}, 0.0), ({}, None)],
)
def test_whipple(by_year: dict[int, int], expected: float | None) -> None:
    born = np.zeros(2025, np.int64)
    born[list(by_year)] = list(by_year.values())
    assert whipple_index(born, 1950, 1989) == expected


def test_whipple_says_nothing_of_a_few() -> None:
    assert whipple_index(np.ones(2025, np.int64), 1950, 1989, fewest=41) is None
    assert whipple_index(np.ones(2025, np.int64), 1950, 1989, fewest=40) == 100.0
