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


def test_pages_whose_same_texts_differ_are_taken_for_handwriting_and_looked_at() -> None:
    pen = replace(SURE, text_sameness=0.9, unevenness=0.3, sameness=0.8, page_letter=0.6)
    assert pen.is_handwriting
    assert not SURE.is_handwriting
    assert not is_accepted(1.0, pen)
    script = replace(pen, text_sameness=0.98)
    assert not script.is_handwriting, "no hand writes a word twice alike"
    assert is_accepted(1.0, script)
    assert not replace(pen, unevenness=0.17).is_handwriting, "no hand keeps letters so evenly apart"
    assert not replace(pen, sameness=0.95).is_handwriting, "no hand makes its digits alike"


def test_where_nothing_repeats_letters_that_print_has_not_make_it_handwriting() -> None:
    once = replace(SURE, text_sameness=0.0, unevenness=0.3, sameness=0.8)
    assert replace(once, page_letter=0.6).is_handwriting
    assert not replace(once, page_letter=0.9).is_handwriting


def test_what_may_only_seem_empty_is_looked_at() -> None:
    empty = replace(SURE, is_empty=True, letters=0, lines=0, ink=0.0, height=0.0)
    assert is_accepted(1.0, empty)
    assert not is_accepted(1.0, replace(empty, is_missed=True))


def test_a_header_field_needs_no_less_than_a_cell() -> None:
    accepted = [sure / 1000 for sure in range(1001) if is_accepted(sure / 1000, replace(SURE, is_header=True))]
    assert accepted
    assert all(is_accepted(sure, SURE) for sure in accepted)


@given(st.floats(0.01, 0.98))
def test_a_likelier_letter_of_the_text_never_makes_it_less_sure(letter: float) -> None:
    more = replace(SURE, least_of_text=letter + 0.01)
    assert confidence(more) >= confidence(replace(SURE, least_of_text=letter))
