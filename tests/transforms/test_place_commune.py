import pytest

from transforms.place_commune import agrees, commune_of, is_number
from transforms.place_units import all_units
from transforms.place_words import words_of


@pytest.mark.parametrize(
    ("text", "code", "doubts"),
    [
        ("xã Nga Thạch", "16165", set()),
        ("Nga Thạch", "16165", set()),
        ("xã Nga Thạch, xóm 5", "16165", set()),
        ("thôn Nga Thạch", None, set()),
        ("12 Nga Thạch", None, set()),
        ("phường Nga Thạch", None, set()),
        ("xã Nga Thanh", "16123", set()),
        ("xa nga thanh", None, set()),
    ],
)
def test_communes_of_a_district(text, code, doubts):
    [district] = all_units().districts["ngason"]
    words = words_of(text, {})
    found = commune_of(words, len(words.keys), district)
    assert (found.commune and found.commune.code, found.doubts) == (code, doubts)


def test_numbers_and_marks():
    assert is_number("5")
    assert is_number("iv")
    assert not is_number("ba")
    assert agrees(["sa", "pa3"], "Sa Pả")
    assert not agrees(["sa", "pa"], "Sa Pả")
