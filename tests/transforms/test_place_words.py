import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.place_words import CITY, COMMUNE, HARD, NO_BREAK, SOFT, TOWN, WARD, marked_name, name_key, words_of


@pytest.mark.parametrize(
    ("text", "keys", "kinds"),
    [
        ("TP.HCM", ["tp", "hcm"], [CITY, ""]),
        ("T.P Hồ Chí Minh", ["tp", "ho", "chi", "minh"], [CITY, "", "", ""]),
        ("P5", ["p", "5"], [WARD, ""]),
        ("phường 02", ["phuong", "2"], [WARD, ""]),
        ("THỊ XÃ Hà Đông", ["thixa", "ha", "dong"], [TOWN, "", ""]),
        ("x.Tân Lập", ["x", "tan", "lap"], [COMMUNE, "", ""]),
        ("xãTân Lập", ["xa", "tan", "lap"], [COMMUNE, "", ""]),
        ("Ea H'Leo", ["ea", "hleo"], ["", ""]),
        ("Quy Nhơn", ["qui", "nhon"], ["", ""]),
    ],
)
def test_words(text, keys, kinds):
    words = words_of(text, {})
    assert (list(words.keys), list(words.kinds)) == (keys, kinds)


def test_breaks():
    assert words_of("A, B - C D", {}).breaks == [HARD, HARD, SOFT, NO_BREAK]


def test_an_unmarked_word_for_a_kind_may_be_part_of_a_name():
    assert words_of("quan Son", {}).sure == (False, False)
    assert words_of("quận 3", {}).sure == (True, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hòa Bình", "Hoà Bình"), ("Quy Nhơn", "Qui Nhơn"), ("Đắk Lắk", "ĐẮK LẮK"), ("Kỳ Anh", "Kì Anh"), ("02", "2")],
)
def test_spellings_of_one_name(one, other):
    assert name_key(one) == name_key(other)
    assert marked_name(one) == marked_name(other)


def test_marks_part_names():
    assert name_key("Sa Pa") == name_key("Sa Pả")
    assert marked_name("Sa Pa") != marked_name("Sa Pả")
    assert marked_name("Tây") != marked_name("Tai")


@given(st.text(max_size=40))
def test_any_text_is_words_and_a_second_time_the_same(text):
    known: dict = {}
    words = words_of(text, known)
    assert len({len(column) for column in words}) == 1
    assert words_of(text, known) == words
