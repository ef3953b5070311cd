import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.syllables import is_syllable

LEGAL = ("nguyễn", "thị", "đường", "quỳnh", "giếng", "nghiêng", "khuya", "ủy", "ỵ", "oánh", "gì", "thuở", "xoong", "ê")


@pytest.mark.parametrize("word", LEGAL)
def test_syllables_in_any_case_and_form(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(word.upper())
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["", "nguyÔn", "zấp", "hµ", "tr", "ngg", "ạạ", "müller", "12", "nguyễnn"])
def test_what_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@given(st.text(max_size=12))
def test_any_text_has_an_answer(text: str) -> None:
    assert is_syllable(text) in (True, False)
