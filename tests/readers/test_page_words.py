import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.page_words import agreement, says_enough, texts_in, trusted
from readers.pages import PageWord, Quad

CELL: Quad = ((100.0, 100.0), (300.0, 100.0), (300.0, 160.0), (100.0, 160.0))
NAMES = ("Nguyễn Văn An", "Trần Thị Bích", "Lê Hữu Phước", "Phạm Quốc Đạt", "Vũ Thị Hường", "Đỗ Mạnh Hùng")


def _word(text: str, x: float, y: float) -> PageWord:
    """A word of letters 8 wide and 20 high."""
    right = x + 8 * len(text)
    quad = ((x, y), (right, y), (right, y + 20), (x, y + 20))
    return PageWord(text, quad, tuple((x + 8 * n + 4, y + 10) for n in range(len(text))))


def test_a_box_has_the_letters_whose_middles_lie_in_it_line_by_line() -> None:
    words = [_word("dưới", 110, 135), _word("trên", 150, 108), _word("Dòng", 105, 106), _word("ngoài", 320, 110)]
    assert texts_in(words, [CELL]) == ["Dòng trên dưới"]


def test_a_word_that_runs_into_the_next_box_is_parted() -> None:
    beside: Quad = ((300.0, 100.0), (500.0, 100.0), (500.0, 160.0), (300.0, 160.0))
    assert texts_in([_word("An1961", 284, 110)], [CELL, beside]) == ["An", "1961"]


def test_letters_with_their_marks_apart_are_composed() -> None:
    assert texts_in([_word("Nguye\u0302\u0303n", 110, 110)], [CELL]) == ["Nguyễn"]


@given(st.integers(0, 359))
def test_a_turned_box_has_the_same_text(degrees: int) -> None:
    turn = np.radians(degrees)
    spin = np.asarray([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])

    def around(points: object) -> tuple[tuple[float, float], ...]:
        return tuple((float(x), float(y)) for x, y in np.asarray(points) @ spin.T)

    words = [_word("dưới", 110, 135), _word("trên", 150, 108), _word("Dòng", 105, 106)]
    moved = [PageWord(w.text, around(w.quad), around(w.middles)) for w in words]  # type: ignore[arg-type]
    assert texts_in(moved, [around(CELL)]) == ["Dòng trên dưới"]  # type: ignore[list-item]


def test_no_words_say_nothing() -> None:
    assert texts_in([], [CELL, CELL]) == ["", ""]


def test_a_layer_of_old_letters_is_known_by_what_the_picture_shows() -> None:
    assert trusted([name[::-1] for name in NAMES], NAMES) is None
    typed = ["NguyÔn V¨n An", "TrÇn ThÞ BÝch", "Lª H÷u Ph­íc", "Ph¹m Quèc §¹t", "Vò ThÞ H­êng", "§ç M¹nh Hïng"]
    layer = trusted(typed, NAMES)
    assert layer is not None
    assert (layer.encoding, [layer.text(text) for text in typed]) == ("tcvn3", list(NAMES))


def test_what_stands_where_nothing_is_seen_speaks_against_a_layer() -> None:
    assert agreement(NAMES, NAMES) == 1.0
    assert agreement((*NAMES, "012345678901"), (*NAMES, "")) < 0.95
    assert agreement((*NAMES, ""), (*NAMES, "Kinh")) == 1.0


@pytest.mark.parametrize("told", [[], ["An"] * 3, ["1"] * 20, ["", "", "Nguyễn Văn An" * 9]])
def test_a_layer_that_says_too_little_is_not_trusted(told: list[str]) -> None:
    assert not says_enough(told)
    assert trusted(told, told) is None


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=12))
def test_a_share_of_letters_is_one(pairs: list[tuple[str, str]]) -> None:
    assert 0 <= agreement([t for t, _ in pairs], [s for _, s in pairs]) <= 1
