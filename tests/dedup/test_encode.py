import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.encode import COLUMNS, are_ids, encode, ids_from_text, ids_to_text, place_words
from schemas.errors import ContractError
from schemas.tables import MATCH_RECORDS
from tests.dedup.rows import match_record, match_table, person_id, record_id
from transforms.text import fold


@given(st.lists(st.one_of(st.none(), st.integers(1, 2**128 - 1).map(lambda n: f"{n:032x}"))))
def test_ids_there_and_back(ids: list[str | None]) -> None:
    assert ids_to_text(ids_from_text(pa.chunked_array([pa.array(ids, pa.string())]))).to_pylist() == ids


@pytest.mark.parametrize("wrong", ["", "12", "x" * 32, "A" * 32, "/" * 32, ":" * 32, "`" * 32, "g" * 32, "đ" * 16])
def test_other_ids_break_the_contract(wrong: str) -> None:
    with pytest.raises(ContractError, match="ids"):
        ids_from_text(pa.chunked_array([[wrong]]))
    assert not are_ids(pa.chunked_array([[record_id(1), wrong]]))


def test_ids_are_all_there() -> None:
    assert are_ids(pa.chunked_array([[record_id(1)], [record_id(2)]]))
    assert are_ids(pa.chunked_array([pa.array([], pa.string())]))
    assert not are_ids(pa.chunked_array([[record_id(1), None]]))


def test_records_stand_in_the_order_of_their_ids() -> None:
    table = match_table(*(match_record(n, born=str(1900 + n)) for n in (5, 3, 9)))
    columns = encode([table.slice(0, 1)], [table.slice(1)]).columns
    assert columns.year.tolist() == [1903, 1905, 1909]
    assert columns.own.tolist() == [False, True, False]


def test_the_second_half_of_an_id_orders_where_the_first_is_the_same() -> None:
    table = match_table(*(match_record(n, born=str(1900 + n)) for n in (5, 3, 9)))
    ids = [f"{7:016x}{n:016x}" for n in (5, 3, 9)]
    columns = encode([table.set_column(0, MATCH_RECORDS.schema.field("record_id"), pa.array(ids))]).columns
    assert columns.year.tolist() == [1903, 1905, 1909]


def test_other_columns_are_not_looked_at() -> None:
    table = match_table(match_record(1, born="1980-05-17", native_place_text="Xã A"))
    assert set(COLUMNS) < set(table.column_names)
    assert encode([table.select(COLUMNS)]).columns.year.tolist() == [1980]


def test_a_record_that_is_own_and_stored_counts_once() -> None:
    own = match_table(match_record(1))
    stored = match_table(match_record(1, person_id=person_id(7)))
    columns = encode([own], [stored]).columns
    assert columns.own.tolist() == [True]
    assert ids_to_text(columns.persons).to_pylist() == [person_id(7)]


def test_values_that_say_nothing_are_missing() -> None:
    rows = [
        match_record(1, personal_number="000000000000", old_id_number="111111111", sex_code=""),
        match_record(2, personal_number="12345", old_id_number="012345678", native_place_code="00001"),
    ]
    columns = encode([match_table(*rows)]).columns
    assert columns.personal.tolist() == [0, 0]
    assert columns.old.tolist() == [0, 12345678]
    assert columns.native.tolist() == [0, 500001]
    assert columns.sex.tolist() == [0, 0]


def test_no_records() -> None:
    assert len(encode([]).columns) == 0
    assert len(encode([match_table()]).columns) == 0


def test_places_are_alike_without_marks_and_commas() -> None:
    texts = ("Xã Đông Hòa, Huyện 3", "xa dong hoa - huyen 3", None)
    rows = [match_record(n, native_place_text=text) for n, text in enumerate(texts, 1)]
    hashes = encode([match_table(*rows)]).columns.native_text
    assert hashes[0] == hashes[1] != 0
    assert hashes[2] == 0


def test_ids_of_a_slice() -> None:
    column = pa.chunked_array([[record_id(n) for n in range(9)]])
    assert np.array_equal(ids_from_text(column.slice(4)), ids_from_text(column)[4:])


@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.text("aÂ\u0301 ,.-9đ\u200b", max_size=9)), max_size=9))
def test_words_of_places_are_those_of_their_plain_twin(texts: list[str | None]) -> None:
    twin = [re.sub("[^a-z0-9]+", " ", fold(text or "")) for text in texts]
    assert place_words(pa.array(texts, pa.string())).to_pylist() == twin
