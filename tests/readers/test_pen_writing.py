"""Digits of a press are alike, digits of a hand are not."""

import numpy as np
import pytest

from data_samples.pages.fonts import FontKind, Typeface, faces
from data_samples.pages.pen import Hand, write
from readers import ocr
from readers.cell_lines import lines_of
from readers.lattice import Lattice
from readers.pages import Picture
from readers.pen_writing import sameness

TEXTS = ("05/03/1960", "27/08/1954", "30/05/1983", "23/07/1985", "08/02/1959", "24/09/1962", "06/04/1937", "28/03/1979")


def _lines(kind: FontKind, waver: float) -> list[tuple[Picture, Lattice]]:
    stream = np.random.default_rng(5)
    face = faces("dev", "typewriter" if kind == "typewriter" else "handwriting")[0]
    pictures = []
    for text in TEXTS:
        mask = np.zeros((110, 420), np.uint8)
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
