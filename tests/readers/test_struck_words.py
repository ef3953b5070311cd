"""A word struck out at the start of a line is left out; bars of letters, underlines and dashes strike nothing out."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_lines import lines_of
from readers.struck_words import unstruck
from tests.readers.written import font, write


def _tight(*lines: str) -> npt.NDArray[np.bool_]:
    ink = write(*lines) < 128
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return np.asarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _struck(ink: npt.NDArray[np.bool_], word: str, level: float) -> npt.NDArray[np.bool_]:
    """With a stroke over the width of the word, at that share of the height."""
    row = round(level * len(ink))
    ink[row : row + 3, : int(font(30).getlength(word)) + 2] = True
    return ink


@pytest.mark.parametrize(("word", "rest"), [("Hmo", "Hmông"), ("8993", "932545"), ("Nguyen", "Lê Thanh Huấn")])
def test_a_struck_out_word_is_left_out(word: str, rest: str) -> None:
    ink = _struck(_tight(f"{word}  {rest}"), word, 0.55)
    start = unstruck(ink)
    assert int(font(30).getlength(word)) <= start < int(font(30).getlength(word)) + 12
    crop = np.full((ink.shape[0] + 30, ink.shape[1] + 40), 255, np.uint8)
    crop[15:-15, 20:-20][ink] = 20
    assert sum(line.shape[1] for line in lines_of(crop).lines) < ink.shape[1] - start + 20


@pytest.mark.parametrize("word", ["2", "Co", "Nữ"])
def test_few_letters_are_left_out_where_the_stroke_goes_beyond_them(word: str) -> None:
    ink = _tight(f"{word} {word} ông")
    width = int(font(30).getlength(word))
    beside = np.zeros((len(ink), 3), np.bool_)
    ink = _struck(np.concatenate([beside, ink], axis=1), word, 0.55)
    ink[round(0.55 * len(ink)) : round(0.55 * len(ink)) + 3, : width + 6] = True
    assert width <= unstruck(ink) < width + 14


def test_a_stroke_that_rises_strikes_out_too() -> None:
    ink = _tight("8993  932545")
    width = int(font(30).getlength("8993")) + 2
    for column in range(width):
        row = round(0.58 * len(ink) - 3 * column / width)
        ink[row : row + 3, column] = True
    assert width - 3 <= unstruck(ink) < width + 12


@pytest.mark.parametrize(
    "text",
    [
        "TTTTT ĐĐ",
        "Nguyễn Văn Thoại",
        "Bà Rịa - Vũng Tàu",
        "14/02/2000",
        "kinh",
        "2 H'Mông",
        "như trên",
        "7 4 2",
        "Đà Lạt",
        "e è ê",
    ],
)
def test_what_is_not_struck_out_stays(text: str) -> None:
    assert unstruck(_tight(text)) == 0


def test_an_underlined_word_and_a_whole_line_struck_out_stay() -> None:
    assert unstruck(_struck(_tight("Hmo  Hmông"), "Hmo", 0.95)) == 0
    assert unstruck(_struck(_tight("Hmông"), "Hmông xx", 0.55)) == 0


@given(st.integers(1, 40), st.integers(1, 120), st.floats(0, 1), st.integers(0, 999))
def test_any_ink_may_come(height: int, width: int, share: float, seed: int) -> None:
    ink = np.random.default_rng(seed).random((height, width)) < share
    assert 0 <= unstruck(np.asarray(ink)) < width
