"""Headings that only resemble known ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.heading_guesses import differences, guess
from tests.readers.files import HEADINGS, PEOPLE, csv_text, read_bytes

SLIPS = [
    ("Ngày sihn", "birth_date"), ("Hoj teen", "full_name"), ("Ngayf sinh", "birth_date"), ("Giowis tinhs", "sex"),
    ("Qaun hệ với chủ hộ", "relation"), ("Nguyn quán", "native_place"), ("DANTOCC", "ethnic_group"),
    ("NOITHUONGT", "permanent_residence"), ("QUANHEVOIC", "relation"), ("Tôn giaso", "religion"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "field"), SLIPS)
def test_slips_keys_and_cut_names(heading: str, field: str) -> None:
    found = guess(heading)
    assert found is not None
    assert found.raw_column == f"{field}_raw"
    assert found.confidence < 0.7


@pytest.mark.parametrize(
    "heading", ["", "Con", "Nơi", "Hạng xe", "Thâm niên", "Thành phần", "Diện tích", "Số thẻ", "Họ hàng"]
)
def test_what_resembles_nothing_or_several(heading: str) -> None:
    assert guess(heading) is None


def test_a_guess_is_told_and_never_takes_another_columns_place(tmp_path: Path) -> None:
    headings = ("STT", "Họ và tên", "Ngày sihn", "Giới tính", "Dân tộc", "Quê quán", "Qun hẹ")
    read = read_bytes(tmp_path, csv_text(headings=headings).encode())
    assert read.people == list(PEOPLE)
    told = {(f.column, f.detail) for f in read.reading.findings if f.rule_id == "header.unsure"}
    assert told == {("Ngày sihn", "birth_date_raw"), ("Qun hẹ", "relation_raw")}

    rival = read_bytes(tmp_path, csv_text([(*p, "x") for p in PEOPLE], (*HEADINGS, "Dân tộcc")).encode())
    assert rival.column("ethnic_group_raw") == [p[4] for p in PEOPLE]
    assert "header.unknown_column" in rival.notes


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("ten", "ten", 0), ("ten", "tn", 1), ("ten", "tne", 1), ("ten", "tenx", 1), ("ten", "ton", 1), ("ten", "abc", 3)],
)
def test_differences(one: str, other: str, count: int) -> None:
    assert differences(one, other, 3) == count


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_differences_are_symmetric_and_stop_early(one: str, other: str) -> None:
    whole = differences(one, other, 9)
    assert whole == differences(other, one, 9)
    assert (whole == 0) == (one == other)
    assert differences(one, other, 1) <= max(whole, 2)


@given(st.text(max_size=20))
def test_any_heading_may_be_asked_about(text: str) -> None:
    found = guess(text)
    assert found is None or found.part == ""
