from datetime import date

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.frames import columns_of, columns_of_reasons, larger, person_frame
from quality.suite import Expected, Kind, person_expectations
from schemas.fields import FIELDS
from schemas.tables import GOLDEN_PERSONS
from tests.quality.tables import NOTHING_EMPTY, golden

PERSONS = person_expectations(date(2024, 5, 1))
REASONS = [e for e in PERSONS if e.column.startswith("reasons_")]
FILLED = {f.name: i for i, f in enumerate(FIELDS)}


@given(sizes=st.lists(st.integers(0, 5), max_size=8), rows=st.integers(1, 9))
def test_larger_chunks_hold_the_same_rows(sizes: list[int], rows: int) -> None:
    chunks = [golden([{}] * size, start=10 * i) for i, size in enumerate(sizes)]
    merged = list(larger(chunks, ("person_id",), rows))
    given_ids = [i for c in chunks for i in c.column("person_id").to_pylist()]
    assert [i for c in merged for i in c.column("person_id").to_pylist()] == given_ids
    assert all(c.num_rows >= rows for c in merged[:-1])
    assert all(c.num_rows for c in merged)


def test_columns_are_those_of_the_contract() -> None:
    assert {*columns_of(PERSONS), *columns_of_reasons()} <= set(GOLDEN_PERSONS.column_names)


def test_numbers_are_64_bit_and_texts_are_categories() -> None:
    frame = person_frame(golden([{"temporary_residence_to": date(1999, 1, 2)}, {"birth_year": None}]), PERSONS)
    assert frame["birth_year"].dtype == "float64"
    assert frame["birth_year"].isna().tolist() == [False, True]
    assert frame["temporary_residence_to"].tolist()[0] == (date(1999, 1, 2) - date(1970, 1, 1)).days
    assert isinstance(frame["sex_code"].dtype, pd.CategoricalDtype)
    assert len(frame) == 2


def said(changes: dict[str, str]) -> str:
    letters = list("b" * len(FIELDS))
    for field, letter in changes.items():
        letters[FILLED[field]] = letter
    return "".join(letters)


@pytest.mark.parametrize(
    ("row", "unknown", "false"),
    [
        ({"empty_reasons": said({"full_name": ".", "birth_date": "."})}, 0, 0),
        ({"empty_reasons": said({"full_name": "."}), "full_name": None, "surname": None, "middle_name": None,
          "given_name": None}, 0, 1),
        ({"empty_reasons": said({"death": ".", "religion": "."})}, 0, 2),
        ({"empty_reasons": said({"religion": "."}), "religion_raw": "đạo lạ"}, 0, 1),
        ({"empty_reasons": said({"religion": "x"})}, 1, 0),
        ({"empty_reasons": NOTHING_EMPTY[:-1] + "?"}, 1, 10),
        ({"empty_reasons": "b" * 16}, 1, 0),
        ({"empty_reasons": "é" + "b" * 16}, 1, 0),
    ],
)  # fmt: skip
def test_letters_are_compared_with_what_stands_there(row: dict[str, object], unknown: int, false: int) -> None:
    frame = person_frame(golden([row]), REASONS)
    assert (frame["reasons_unknown"][0], frame["reasons_false"][0]) == (unknown, false)


def test_a_frame_has_only_the_columns_that_are_looked_at() -> None:
    expected = [Expected("gate.x", "sex", "sex_code", Kind.FILLED)]
    assert list(person_frame(golden([{}]), expected).columns) == ["sex_code"]


def test_no_rows_make_an_empty_frame() -> None:
    frame = person_frame(pa.Table.from_pylist([], schema=GOLDEN_PERSONS.schema), PERSONS)
    assert len(frame) == 0
    assert {"sex_code", "reasons_false"} <= set(frame.columns)
