"""The spellings of official lists that a badly read text may be."""

import pytest

from readers.cell_lists import forms, is_listed, listed


@pytest.mark.parametrize(
    ("text", "column"),
    [("Nam", "sex_raw"), ("NỮ", "sex_raw"), ("Chủ hộ", "relation_raw"), ("Kinh", "ethnic_group_raw"),
     ("Không", "religion_raw"), ("con đẻ", "relation_raw"), ("Làm ruộng", "occupation_raw"),
     ("Bần nông", "class_origin")],
)  # fmt: skip
def test_usual_spellings_are_listed_in_any_case(text: str, column: str) -> None:
    assert is_listed(text, column)
    assert is_listed(text.upper(), column)
    assert not is_listed(f"{text}x", column)


def test_other_columns_have_no_list() -> None:
    assert forms("full_name_raw") == ()
    assert list(listed("full_name_raw", ["Nam"])) == []
    assert not is_listed("Nam", "full_name_raw")


@pytest.mark.parametrize(("read", "meant", "column"), [("Chú hô", "Chủ hộ", "relation_raw"),
                                                        ("Kinn", "Kinh", "ethnic_group_raw"),
                                                        ("Phât giao", "Phật giáo", "religion_raw")])  # fmt: skip
def test_what_was_meant_is_among_the_proposals_and_strangers_are_not(read: str, meant: str, column: str) -> None:
    found = list(listed(column, [read]))
    assert meant in found
    assert len(found) < len(forms(column)) * 4
