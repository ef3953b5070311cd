"""Persons whom nobody compared, compared on demand."""

import pytest

from dedup.asked import compare_asked
from dedup.model import load_model
from tests.dedup.rows import match_record, match_table, record_id

MODEL = load_model()


def test_two_strangers_share_no_key_and_are_told_apart_field_by_field() -> None:
    one = match_table(match_record(1, "Nguyễn Văn Hùng", "1980-05-17", sex_code="1"))
    other = match_table(match_record(2, "Trần Thị Mận", "1958-02-03", sex_code="2"))
    found = compare_asked(one, other, MODEL)
    assert found is not None
    assert not found.shares_key
    assert (found.left, found.right) == (record_id(1), record_id(2))
    assert found.weight < MODEL.review_weight
    assert found.probability < 0.5
    assert found.levels["sex_level"] == 1


def test_the_likeliest_pair_of_all_records_is_told_and_the_sides_may_be_swapped() -> None:
    one = match_table(match_record(1, "Lê An", "1930"), match_record(2, "Nguyễn Văn Hùng", "1980-05-17"))
    other = match_table(match_record(3, "Nguyễn Văn Hùng", "1980-05-17"), match_record(4, "Vũ Thị Bưởi", "1999"))
    found, back = compare_asked(one, other, MODEL), compare_asked(other, one, MODEL)
    assert found is not None
    assert back is not None
    assert (found.left, found.right) == (record_id(2), record_id(3))
    assert (back.left, back.right) == (record_id(3), record_id(2))
    assert found.weight == pytest.approx(back.weight)
    assert found.shares_key


def test_one_record_alone_has_nothing_to_be_compared_with() -> None:
    one = match_table(match_record(1))
    assert compare_asked(one, one, MODEL) is None
