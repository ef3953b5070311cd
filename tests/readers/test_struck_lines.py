"""What is read well is not struck out, whatever seems to go through it."""

import cv2
import numpy as np
import pytest

from readers import ocr
from readers.cell_lines import CellLines, lines_of
from readers.lattice import best_path
from readers.pages import Picture
from readers.struck_lines import with_words_that_are_read
from tests.readers.written import font, write


def _texts(shapes: list[CellLines]) -> list[str]:
    return [best_path(lattice)[0] for shape in shapes for lattice in ocr.own().read(list(shape.lines))]


def _struck(word: str, rest: str) -> Picture:
    crop = write(f"{word}  {rest}")
    rows = np.flatnonzero((crop < 128).any(axis=1))
    at = int(rows[0] + 0.6 * (rows[-1] - rows[0]))
    crop[at : at + 3, 14 : 16 + int(font(30).getlength(word))] = 20
    return crop


@pytest.mark.parametrize(("word", "rest"), [("Nguyen", "Lê Thanh Huấn"), ("8993", "932545"), ("Hmo", "Hmông")])
def test_a_word_that_is_struck_out_stays_out(word: str, rest: str) -> None:
    shape = lines_of(_struck(word, rest))
    assert _texts(with_words_that_are_read([shape], ocr.own())) == [rest]


def test_a_clear_stroke_is_not_asked_about() -> None:
    assert not lines_of(_struck("8993", "932545")).uncut


@pytest.mark.parametrize("text", ["Buôn bán", "Công nhân", "Con đẻ", "90474", "06/08/1950"])
def test_a_word_that_only_seemed_so_comes_back(text: str) -> None:
    crop = write(text)
    cut = int(14 + font(30).getlength(text) * 0.45)
    part = np.ascontiguousarray(crop[:, cut:])
    seeming = CellLines((part,), 0.1, 30.0, ((0, crop),))
    assert _texts(with_words_that_are_read([seeming], ocr.own())) == [text]


def test_lines_that_bear_no_stroke_are_left_as_they_are() -> None:
    shapes = [lines_of(write("Trần Văn Bình")), lines_of(write(""))]
    assert with_words_that_are_read(shapes, ocr.own()) == shapes


def test_no_word_of_a_blurred_page_is_lost() -> None:
    for text in ("Nghỉ hưu", "Giáo viên", "Buôn bán", "Thợ mộc", "Cao Đài"):
        crop = cv2.GaussianBlur(write(text, size=20), (0, 0), 2.0)
        (found,) = with_words_that_are_read([lines_of(np.asarray(crop, np.uint8))], ocr.own())
        assert sum(line.shape[1] for line in found.lines) > 0.9 * font(20).getlength(text)
