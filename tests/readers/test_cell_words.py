"""Words of ledgers, near ones, variants of a syllable under other marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_words import like, variants, words
from readers.syllables import is_syllable
from transforms.text import fold


@pytest.mark.parametrize(
    ("read", "meant"),
    [("Thi", "thị"), ("huyên", "huyện"), ("tĩnh", "tỉnh"), ("Hâu", "hậu"), ("Nguyển", "nguyễn"), ("xươg", "xương")],
)
def test_the_word_that_was_meant_is_near(read: str, meant: str) -> None:
    assert meant in {*words().near(read), *variants(read)}


def test_usual_words_are_cheaper_than_legal_ones_and_these_than_others() -> None:
    known = words()
    assert known.log_frequency("huyện", "place") > known.log_frequency("huyên", "place")
    assert known.log_frequency("huyên", "place") > known.log_frequency("hxyqn", "place")
    assert known.log_frequency("Nguyễn", "name") > known.log_frequency("Nguyển", "name")


@given(st.sampled_from(["thi", "nguyen", "dang", "hoa", "la", "xyz", "b12", "đuong"]))
def test_variants_are_syllables_of_the_same_letters(bare: str) -> None:
    for word in variants(bare):
        assert is_syllable(word)
        assert fold(word) == fold(bare)


@given(st.text(max_size=12))
def test_any_text_may_be_asked(text: str) -> None:
    assert words().log_frequency(text, "name") <= 0
    list(words().near(text))
    variants(text)


@pytest.mark.parametrize(
    ("word", "model", "shown"),
    [("thị", "Thi", "Thị"), ("thị", "THI", "THỊ"), ("thị", "thi", "thị"), ("a", "A", "A")],
)
def test_a_word_takes_the_case_of_what_was_read(word: str, model: str, shown: str) -> None:
    assert like(word, model) == shown


def test_first_words_of_names_are_surnames() -> None:
    known = words()
    assert known.as_surname("Trương") > 0 > known.as_surname("Trường")
    assert known.as_surname("NGUYỄN") == known.as_surname("Nguyễn") > known.as_surname("Qqqq")
