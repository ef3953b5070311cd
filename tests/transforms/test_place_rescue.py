import pytest

from transforms.place_match import match
from transforms.place_rescue import of_delivery, rescue
from transforms.place_words import words_of


@pytest.mark.parametrize(
    ("text", "level", "doubt"),
    [
        ("xã Nga Thạch, huyện Nga Sownn, Thanh Hóa", 1, None),
        ("xã Nga Thạch, huyện Nga Sonw, Thanh Hóa", 3, "slip"),
        ("xã Nga Thạhc, huyện Nga Sơn, Thanh Hóa", 3, "slip"),
        ("xã Nga Thạch, huyện Nga Sơn, Thanh Hóaa", 3, "slip"),
        ("xã Nga Thanhh Mới, huyện Nga Sơn, Thanh Hóa", 2, None),
        ("xã Nga Bạch Thạch, huyện Nga Sơn, Thanh Hóa", 2, None),
        ("xã Nga Thạch, Thanh Hóa", 3, "without_district"),
        ("12 Kim Mã, Hà Nội", 1, None),
        ("xã Nga Thạch, huyện Nga Sơn, Nam Định", 3, "other_province"),
    ],
)
def test_only_one_unit_can_be_meant(text, level, doubt):
    words = words_of(text, {})
    found = rescue(words, match(words))
    assert found.level == level
    assert doubt is None or doubt in found.doubts


def test_a_true_name_a_letter_away_is_not_taken_for_another():
    words = words_of("xã Nga Thạnh, huyện Nga Sơn, Thanh Hóa", {})
    found = rescue(words, match(words))
    assert "slip" not in found.doubts


def test_the_delivery_decides_where_no_province_is_named():
    words = words_of("thôn 3, xã Nga Thạch", {})
    found = match(words)
    assert of_delivery(words, found, frozenset({"38"})).level == 3
    assert of_delivery(words, found, frozenset({"01"})).level == 0
