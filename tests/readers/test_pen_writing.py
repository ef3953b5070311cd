"""Digits of a press are alike, digits of a hand are not."""

from collections.abc import Sequence

import numpy as np
import pytest

from data_samples.pages.fonts import FontKind, Typeface, faces
from data_samples.pages.pen import Hand, write
from readers import ocr
from readers.cell_lines import lines_of
from readers.lattice import Lattice
from readers.pages import Picture
from readers.pen_writing import sameness, sameness_of_texts, unevenness

TEXTS = ("05/03/1960", "27/08/1954", "30/05/1983", "23/07/1985", "08/02/1959", "24/09/1962", "06/04/1937", "28/03/1979")


WORDS = ("Kinh", "Nam", "Con", "Kinh", "Nam", "Con", "Kinh", "Nam", "Con", "Kinh", "Nam", "Con")
LONG = ("Nguyễn Văn Minh", "huyện Gia Lâm", "Trần Thị Hương", "không biết chữ", "tỉnh Bắc Ninh")


def _lines(kind: FontKind, waver: float, texts: Sequence[str] = TEXTS) -> list[tuple[Picture, Lattice]]:
    stream = np.random.default_rng(5)
    face = faces("dev", "typewriter" if kind == "typewriter" else "handwriting")[0]
    pictures = []
    for text in texts:
        mask = np.zeros((110, 620), np.uint8)
        write(mask, text, (30, 75), 48, Hand(Typeface(face), kind, 1.0, waver), stream)
        pictures += lines_of(255 - mask).lines
    return list(zip(pictures, ocr.own().read(pictures), strict=True))


def test_typed_digits_are_alike() -> None:
    found = sameness(_lines("typewriter", 0.0))
    assert found is not None
    assert found > 0.85


@pytest.mark.parametrize("waver", [0.7, 1.0])
def test_digits_of_a_pen_are_less_alike_than_those_of_its_font(waver: float) -> None:
    pen, font = sameness(_lines("pen", waver)), sameness(_lines("handwriting", 0.0))
    assert pen is not None
    assert font is not None
    assert pen < font - 0.03


def test_few_digits_say_nothing() -> None:
    assert sameness([]) is None
    assert sameness(_lines("typewriter", 0.0)[:1]) is None


def _words(kind: FontKind, waver: float) -> list[tuple[Picture, str]]:
    lines = _lines(kind, waver, WORDS)
    assert len(lines) == len(WORDS)
    return [(line, word) for (line, _), word in zip(lines, WORDS, strict=True)]


@pytest.mark.parametrize("waver", [0.7, 1.0])
def test_a_script_font_sets_a_word_twice_alike_and_a_pen_does_not(waver: float) -> None:
    font, pen = sameness_of_texts(_words("handwriting", 0.0)), sameness_of_texts(_words("pen", waver))
    assert font is not None
    assert pen is not None
    assert font > 0.98
    assert pen < 0.96


def test_a_page_that_repeats_little_says_nothing() -> None:
    assert sameness_of_texts([]) is None
    assert sameness_of_texts(_words("handwriting", 0.0)[:4]) is None


def test_typing_is_more_even_than_a_script() -> None:
    typed = unevenness(lattice for _, lattice in _lines("typewriter", 0.0, LONG))
    script = unevenness(lattice for _, lattice in _lines("handwriting", 0.0, LONG))
    assert typed is not None
    assert script is not None
    assert typed < 0.22 < script
    assert unevenness([]) is None
