"""Texts word by word: what is hardly seen is mended everywhere at once, what is written clearly stays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.lattice import Lattice, Letters
from readers.respelling import Asked, price_of_words, respelt, weighed
from transforms.text import fold

LETTERS = Letters(
    sorted(
        set("abcdeghiklmnopqrstuvxyABCDEGHIKLMNOPQRSTUVXY ,.đĐ") | set("àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩị")
        | set("òóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ")
    )
)  # fmt: skip


def _seen(text: str, doubt: float, own: float = 0.55) -> Lattice:
    """A line in which each letter of a text is seen, with a doubt between its marks."""
    steps = []
    for letter in text:
        row = np.full(len(LETTERS.letters) + 1, 1e-14)
        for other in LETTERS.letters:
            if fold(other) == fold(letter) and other.islower() == letter.islower():
                row[LETTERS.numbers(other)] = doubt
        row[LETTERS.numbers(letter)] = own
        blank = np.full(len(row), 1e-14)
        blank[0] = 1.0
        steps += [row, blank]
    probs = np.array(steps)
    return Lattice(np.log(probs / probs.sum(1, keepdims=True)).astype(np.float32), LETTERS)


@pytest.mark.parametrize(
    ("kind", "read", "meant"),
    [
        ("place", "xa Hưng Binh, huyen Tra Cu, tinh Tra Vinh", "xã Hưng Bình, huyện Trà Cú, tỉnh Trà Vinh"),
        ("place", "huyen Đong Van, tinh Ha Giang", "huyện Đồng Văn, tỉnh Hà Giang"),
        ("name", "Nguyên Thi Hoa", "Nguyễn Thị Hoa"), ("text", "Lam ruông", "Làm ruộng"),
    ],
)  # fmt: skip
def test_marks_that_were_hardly_seen_are_mended_everywhere(kind: str, read: str, meant: str) -> None:
    lattice = _seen(read, 0.02)
    (told,) = respelt([Asked((lattice, lattice), read, kind)])
    assert told[0] == meant


@pytest.mark.parametrize("text", ["Xóm Qua, xã Lạ Hoắc, huyện Ba Bê, tỉnh Bac Can", "Nguyen Thi Hoa", "Ca Vinh"])
def test_what_is_written_clearly_stays(text: str) -> None:
    lattice = _seen(text, 1e-14, own=1.0)
    for kind in ("place", "name", "text"):
        (told,) = respelt([Asked((lattice,), text, kind)])
        assert told[0] == text


@given(st.text("abceghinoquàảãáạ ,.Đ", max_size=14), st.text("abcghinà ,", min_size=1, max_size=10))
def test_any_text_may_be_asked_of_any_line(text: str, line: str) -> None:
    (told,) = respelt([Asked((_seen(line, 0.1),), text, "place")])
    assert told
    assert respelt([]) == []


@given(st.text("abc", max_size=5))
def test_what_is_said_of_one_lattice_twice_is_said_once(text: str) -> None:
    lattice = _seen("abc", 0.1)
    both, one = weighed([((lattice, lattice), text), ((lattice,), text)])
    assert both == pytest.approx(one)


def test_usual_words_cost_less() -> None:
    assert price_of_words("huyện", "place") > price_of_words("huyên", "place")
    assert price_of_words("", "place") == 0


def test_lists_weigh_less_the_surer_both_recognisers_are_of_one_text() -> None:
    """Beyond doubt least; a form of digits the same always, since both miss the signs between them alike."""
    unsure, plain, sure = (
        _seen("Sung Thi Cho", doubt, own=own) for doubt, own in ((0.3, 0.5), (0.02, 0.8), (1e-9, 1.0))
    )
    other = _seen("Song Thi Cha", 0.1)
    weights = [Asked((lattice, lattice), "Sung Thi Cho", "code").weight for lattice in (plain, sure)]
    assert weights[0] > weights[1]
    assert Asked((sure, other), "Sung Thi Cho", "code").weight > weights[1]
    assert len({Asked((line, line), "6.1.2006", "date").weight for line in (unsure, plain, sure)}) == 1


@given(st.text("abc", max_size=5))
def test_all_looks_together_weigh_as_much_as_one(text: str) -> None:
    lattice, second = _seen("abc", 0.1), _seen("abb", 0.2)
    one, looks = weighed([((lattice, second), text), ((lattice, lattice, lattice, second), text)])
    assert looks == pytest.approx(one)
