import pytest

from transforms.place_match import match
from transforms.place_words import words_of


@pytest.mark.parametrize(
    ("text", "level", "doubts"),
    [
        ("xã Nga Thạch, huyện Nga Sơn, Thanh Hóa", 3, set()),
        ("Nga Thạch, Nga Sơn, Thanh Hóa", 3, set()),
        ("thôn Nga Thạch, Nga Sơn, Thanh Hóa", 2, set()),
        ("12 Kim Mã, Ba Đình, Hà Nội", 2, set()),
        ("tổ 12 Kim Mã, Ba Đình, Hà Nội", 3, set()),
        ("phố Kim Mã, Ba Đình, Hà Nội", 2, set()),
        ("Đông Sơn", 0, set()),
        ("huyện Nga Sơn", 2, {"without_province"}),
        ("xã Nga Thạch, thị xã Nga Sơn, Thanh Hóa", 3, {"kind_changed"}),
    ],
)
def test_levels(text, level, doubts):
    found = match(words_of(text, {}))
    assert (found.level, found.doubts) == (level, doubts)


def test_a_shorter_name_within_that_of_a_province_is_no_district():
    assert match(words_of("xã Hưng Hòa, tỉnh Trà Vinh", {})).level == 1


def test_the_surer_the_reading_the_higher_its_confidence():
    texts = ("xã Nga Thạch, huyện Nga Sơn, Thanh Hóa", "Nga Thạch, Nga Sơn, Thanh Hóa", "Nga Thạch, Nga Sơn")
    confidences = [match(words_of(t, {})).confidence for t in texts]
    assert confidences == sorted(confidences, reverse=True)
    assert len(set(confidences)) == 3
