import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.date_text import plain_text
from transforms.date_words import Parts, number_of, read_words

UNITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def said(number: int) -> str:
    """A number below 2100 in words, as a clerk says a year or a day."""
    words = []
    if number >= 1000:
        words += [UNITS[number // 1000], "nghìn"]
    if number >= 100:
        words += [UNITS[number // 100 % 10], "trăm"]
    ten, one = number // 10 % 10, number % 10
    if ten:
        words += ["mười"] if ten == 1 else [UNITS[ten], "mươi"]
    elif number >= 100 and one:
        words += ["lẻ"]
    if one:
        words += ["lăm" if one == 5 and ten else UNITS[one]]
    return " ".join(words)


@given(st.integers(1, 2099))
def test_a_number_in_words_is_read_back(number: int) -> None:
    assert number_of(plain_text(said(number))) == number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("mot chin sau khong", 1960), ("ham mot", 21), ("ham", 20), ("tu", 4), ("ba muoi mot", 31), ("hai mot", 21),
        ("mot nghin chin tram linh nam", 1905), ("hai ngan", 2000), ("", None), ("nhieu", None), ("mot hai ba", None),
    ],
)  # fmt: skip
def test_short_ways_to_say_a_number(words: str, number: int | None) -> None:
    assert number_of(words) == number


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1900, 2020))
def test_a_date_in_words_is_read_back(day: int, month: int, year: int) -> None:
    found = read_words(plain_text(f"ngày {said(day)} tháng {said(month)} năm {said(year)}"))
    assert found is not None
    assert (found.year, found.month, found.day) == (str(year), month, day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ngày 5 tháng 3 năm 1960", Parts("1960", 3, 5, marks=("in_words",))),
        ("ngày tháng năm 1960", Parts("1960", marks=("in_words",))),
        ("tháng năm năm 1960", Parts("1960", 5, marks=("in_words",))),
        ("tháng chạp năm 1960", Parts("1960", 12, marks=("in_words", "is_lunar"))),
        ("mồng năm tháng năm năm 1960", Parts("1960", 5, 5, marks=("in_words", "calendar_unclear"))),
        ("rằm tháng 8 năm Mậu Tý", Parts("", 8, 15, cycle=24, marks=("in_words", "is_lunar"))),
        ("Giáp-Tý", Parts("", cycle=0, marks=("calendar_unclear",))),
        ("sep 5, 1960", Parts("1960", 9, 5)),
        ("năm năm mươi", None),
        ("tháng một năm Ất Dậu 1945", None),  # the eleventh month to some, the first to others
        ("năm Giáp Sửu", None),
        ("65", None),
        ("mùa gặt", None),
    ],
)
def test_words_are_read_in_one_way_or_not_at_all(text: str, expected: Parts | None) -> None:
    assert read_words(plain_text(text)) == expected
