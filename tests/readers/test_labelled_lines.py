import numpy as np
import pytest

from readers.forms import load_forms
from readers.header_labels import Labels
from readers.labelled_lines import Piece, before, behind, between, labels_of, length, read_lines
from readers.pages import Page, Quad
from tests.readers.written import write


def _line(*texts: str) -> tuple[Page, list[Piece]]:
    pictures = [write(text) for text in texts]
    sheet, left, quads = np.full((pictures[0].shape[0], 2400), 255, np.uint8), 0, []
    for picture in pictures:
        height, width = picture.shape
        sheet[:height, left : left + width] = picture
        quads.append(_quad(left, left + width, height))
        left += width + 200
    page = Page(1, np.dstack([sheet] * 3))
    return page, next(iter(read_lines(page, [quads], 0)))


def _quad(left: float, right: float, height: float) -> Quad:
    return (left, 0.0), (right, 0.0), (right, height), (left, height)


def test_letters_know_where_they_stand() -> None:
    _, line = _line("Chủ hộ: Lê Minh Long", "Số: 6065671")
    text, starts, found = labels_of(line, Labels(load_forms()))
    assert text[: starts[1]] == "Chủ hộ: Lê Minh Long "
    assert [label.field for label in found] == ["head_name_raw", "household_id_raw"]
    assert before(line, starts, found[1].start) == (1, 0.0)
    number, share = before(line, starts, found[0].end)
    assert number == 0
    assert 0.3 < share < 0.5
    assert behind(line, starts, starts[1]) == (0, 1.0)


def test_a_part_of_a_line_lies_between_its_places() -> None:
    _, line = _line("Chủ hộ", "Số")
    (a, _), (b, _), (c, _), (d, _) = between(line, (0, 0.5), (1, 1.0))
    assert a == d == pytest.approx(line[0].quad[1][0] / 2)
    assert b == c == line[1].quad[1][0]
    assert length((0.0, 0.0), (3.0, 4.0)) == 5.0
