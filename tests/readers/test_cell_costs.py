"""What texts cost: usual ones less than what only looks like them, and nothing is so dear that it cannot stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_costs import OnPage, cost, style_of


def _cost(text: str, kind: str, column: str = "notes_raw") -> float:
    return cost(text, kind, column, {})


@pytest.mark.parametrize(
    ("kind", "usual", "odd"),
    [
        ("place", "huyện Trà Cú, tỉnh Trà Vinh", "huyen Tra Cu, tỉnh Tra Vinh"),
        ("place", "Hải Hậu, Nam Định", "Hải Hậu Nam Định"),
        ("place", "xã Hưng Bình, huyện Trà Cú", "xã Hưng Bình huyện Trà Cú"),
        ("place", "Bạc Liêu", "Bạc liêu"), ("place", "như trên", "như tiên"), ("place", '"', "11"),
        ("name", "Nguyễn Thị Hoa", "Nguyễn Thi Hoa"), ("name", "Lê Văn Tám", "Lê Văn Tám |"), ("text", "Y tá", "Ytá"),
        ("name", "Trương Văn Luân", "Trường Văn Luân"),
        ("name", "K'Lệ", "KLệ"), ("name", "Y Djuang", "YDjuang"), ("place", "Quang Xá", "Quang xã"),
        ("place", "P.Hải Long", "PHải Long"), ("date", "05/03/1960", "35/03/1960"),
        ("text", "Làm ruộng", "Làm ruộng ,"),
    ],
)  # fmt: skip
def test_what_clerks_write_costs_less(kind: str, usual: str, odd: str) -> None:
    assert _cost(usual, kind) > _cost(odd, kind)


def test_two_words_cost_no_more_than_both_as_one() -> None:
    assert _cost("SIU JON", "name") > _cost("SIUJON", "name") - 3


def test_what_a_list_has_or_the_page_says_costs_less() -> None:
    assert _cost("Kinh", "code", "ethnic_group_raw") > _cost("Kinh", "code")
    assert _cost("bần nông", "text", "class_origin") > _cost("bần nông", "text")
    on_page = OnPage()
    on_page.add("Làm thuê")
    assert cost("Làm thuê", "text", "notes_raw", {"notes_raw": on_page}) > _cost("Làm thuê", "text")


def test_texts_are_dear_that_begin_otherwise_than_those_of_their_column() -> None:
    on_page = OnPage()
    for text in ("con", "vợ", "con", "chủ hộ"):
        on_page.add(text)
    assert on_page.price("con") > on_page.price("cháu") > on_page.price("Cháu") == on_page.price("CHÁU")
    assert on_page.price("12") == 0


@pytest.mark.parametrize(
    ("text", "style"), [("vợ", "small"), ("Vợ", "capital"), ("VỢ", "capitals"), ("1", ""), ("A", "")]
)
def test_how_texts_begin(text: str, style: str) -> None:
    assert style_of(text) == style


@given(st.text(max_size=40), st.sampled_from(["name", "place", "text", "code", "relation", "date", "number", "serial"]))
def test_any_text_has_a_finite_price(text: str, kind: str) -> None:
    assert -1e5 < _cost(text, kind) < 1e3
