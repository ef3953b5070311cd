"""The confidence of a text: a probability, higher the more speaks for it; who needs nobody to look."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from readers.cell_confidence import Evidence, confidence, features, is_accepted

SURE = Evidence(
    kind="date", is_empty=False, least_letter=0.999, second_letter=1.0, first_agrees=True, second_read=False,
    second_agrees=False, margin=8.0, is_well_formed=True, is_listed=False, rarest_word=0.0, repeats=1, letters=10,
    lines=1, height=28.0, ink=0.1, quality=0.8,
)  # fmt: skip


def test_a_plain_date_is_accepted_and_a_doubtful_one_is_not() -> None:
    assert is_accepted(confidence(SURE), SURE)
    doubtful = replace(
        SURE,
        least_letter=0.2,
        second_read=True,
        second_letter=0.2,
        first_agrees=False,
        margin=0.1,
        is_well_formed=False,
    )
    assert not is_accepted(confidence(doubtful), doubtful)


def test_what_seems_empty_on_a_poor_page_is_looked_at() -> None:
    empty = replace(SURE, is_empty=True, letters=0, lines=0, ink=0.0, height=0.0, quality=0.2)
    assert not is_accepted(1.0, empty)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 20), st.integers(0, 300), st.floats(0, 1), st.booleans())
def test_it_is_a_probability(
    letter: float, slow: float, margin: float, letters: int, quality: float, agrees: bool
) -> None:
    e = replace(SURE, least_letter=letter, second_letter=slow, margin=margin, letters=letters, quality=quality,
                second_read=agrees, first_agrees=agrees)  # fmt: skip
    assert 0 < confidence(e) < 1
    assert len(features(e)) == len(features(SURE))


@given(st.floats(0.01, 0.98))
def test_a_surer_letter_never_makes_a_text_less_sure(letter: float) -> None:
    assert confidence(replace(SURE, least_letter=letter + 0.01)) >= confidence(replace(SURE, least_letter=letter))


def test_what_speaks_against_a_text_makes_it_less_sure() -> None:
    name = replace(SURE, kind="name", rarest_word=-5.0, letters=14)
    assert confidence(replace(name, least_letter=0.8)) < confidence(name)
    place = replace(name, kind="place")
    assert confidence(replace(place, units=2)) > confidence(place)


def test_pages_of_unlikely_letters_are_taken_for_handwriting_and_looked_at() -> None:
    pen = replace(SURE, page_letter=0.5)
    assert pen.is_handwriting
    assert not SURE.is_handwriting
    assert not is_accepted(1.0, pen)
    alike = replace(pen, sameness=0.9)
    assert not alike.is_handwriting, "no hand makes its digits alike"
