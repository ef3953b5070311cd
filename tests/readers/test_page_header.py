"""Lines of writing beside a table: in order, in pieces, without stamps, tables or paper edges."""

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from readers.page_header import Bounds, writing_lines
from readers.page_rules import Family, Rules

WIDE, HIGH = 1300, 800
TABLE = (50.0, 320.0, 1250.0, 650.0)


def _page(*writing: tuple[str, int, int]) -> npt.NDArray[np.uint8]:
    """A flat page with a table and texts, each with left edge and base line."""
    dark = np.zeros((HIGH, WIDE), np.uint8)
    left, top, right, bottom = map(int, TABLE)
    for at in (top, bottom):
        dark[at : at + 4, left:right] = 200
    for text, x, y in (*writing, ("An", 80, 400), ("Binh", 80, 450)):
        cv2.putText(dark, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 200, 2)
    return dark


def _lines(dark: npt.NDArray[np.uint8]) -> list[list[Bounds]]:
    one = np.ones(1)
    family = Family(np.zeros(1), one, np.zeros((1, 40)), one.astype(bool), np.zeros((2, 2), dtype=bool), one)
    left, top, right, bottom = TABLE
    return writing_lines(dark, Rules(family, family, (left, right), (top, bottom)), (left, right))


def _holds(bounds: Bounds, x: float, y: float) -> bool:
    left, top, right, bottom = bounds
    return left <= x <= right and top <= y <= bottom


def test_lines_come_from_the_top_in_pieces_from_the_left() -> None:
    lines = _lines(_page(("SO HO KHAU", 500, 100), ("Ho so:", 60, 200), ("6065671", 300, 200), ("Dia chi:", 60, 260),
                         ("Ngay lap so:", 700, 720)))  # fmt: skip
    assert [len(line) for line in lines] == [1, 2, 1, 1]
    for bounds, place in zip(lines[1], ((100, 190), (340, 190)), strict=True):
        assert _holds(bounds, *place)
    assert _holds(lines[3][0], 760, 710)


def test_lines_beside_each_other_that_are_not_level_are_lines_of_their_own() -> None:
    lines = _lines(_page(("Ho so:", 60, 200), ("Ho so ho khau:", 600, 220), ("Dia chi:", 60, 260), ("To 7", 60, 300)))
    assert len(lines) == 4
    assert sum(len(line) for line in lines) == 4


@pytest.mark.parametrize("rise", [26, -26])
def test_lines_that_slope_into_each_other_are_lines_of_their_own(rise: int) -> None:
    words = ((60, "Chu ho:"), (300, "Nguyen Van An"), (620, "sinh nam"), (900, "1954"))
    first = [(text, x, 222 + round(rise * (x - 600) / 1200)) for x, text in words]
    second = [(text, x, 254 + round(rise * (x - 600) / 1200)) for x, text in words]
    lines = _lines(_page(("SO HO KHAU", 500, 90), ("Ho so:", 60, 150), *first, *second, ("Ngay lap so:", 700, 720)))
    assert len(lines) == 5
    for line, texts in zip(lines[2:4], (first, second), strict=True):
        for _, x, y in texts:
            assert any(_holds(piece, x + 20, y - 6) for piece in line)


def test_a_stamp_and_the_desk_are_no_writing() -> None:
    dark = _page(("Ho so:", 60, 200))
    cv2.circle(dark, (900, 180), 90, 220, 4)
    dark[:, :12] = 250
    assert [len(line) for line in _lines(dark)] == [1]


def test_a_piece_is_cut_at_its_widest_gap_where_it_is_too_long_to_read() -> None:
    text = "Xom 3 xa Tam Phu huyen Tuy Phuoc tinh Binh Dinh so 14"
    ((*pieces,),) = _lines(_page((text, 60, 200)))
    assert len(pieces) > 1
    height = pieces[0][3] - pieces[0][1]
    assert max(right - left for left, _, right, _ in pieces) < 17 * height
    assert all(a[2] - b[0] < height for a, b in pairwise(pieces))


def test_a_page_without_writing_has_no_lines() -> None:
    assert _lines(_page()) == []
