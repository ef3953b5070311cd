from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.forms import known_form
from readers.page_ink import ink_of
from readers.page_pieces import Written, upside_down, with_room, written_lines
from tests.readers.drawn_blocks import draw_blocks

FORM = known_form("household_book_member")


def _written(degrees: float = 0.0) -> Written:
    written = written_lines(ink_of(draw_blocks(FORM, [{}, {}], degrees=degrees).picture).dark)
    assert written is not None
    return written


@settings(max_examples=6, deadline=None)
@given(degrees=st.floats(-7, 7))
def test_a_page_lies_straight_by_its_writing(degrees: float) -> None:
    written = _written(degrees)
    assert len(written.lines) == 2 + 2 * (1 + max(f.line for f in FORM.block))
    for line in written.lines:
        assert np.ptp([piece.middle for piece in line]) < written.height
        assert all(a.right < b.left for a, b in pairwise(line))


def test_a_place_leads_back_to_its_ink() -> None:
    drawn = draw_blocks(FORM, [{}], degrees=3.0)
    ink = ink_of(drawn.picture)
    written = written_lines(ink.dark)
    assert written is not None
    for line in written.lines:
        for b in line:
            (x1, y1), (x2, y2) = written.flat.to_page(np.asarray([[b.left, b.middle], [b.right, b.middle]]))
            assert ink.dark[int(min(y1, y2)) - 12 : int(max(y1, y2)) + 12, int(x1) : int(x2)].max() > 100


def test_turned_by_half_a_circle_twice_it_is_the_same() -> None:
    written = _written()
    again = upside_down(upside_down(written))
    assert again.lines == written.lines
    assert np.array_equal(again.flat.dark, written.flat.dark)


def test_room_is_left_on_all_sides() -> None:
    piece = _written().lines[0][0]
    wide = with_room(piece, 10.0)
    assert wide.left < piece.left < piece.right < wide.right
    assert wide.top < piece.top < piece.bottom < wide.bottom


@pytest.mark.parametrize("dark", [np.zeros((500, 400), np.uint8), np.full((60, 60), 255, np.uint8)])
def test_paper_without_writing_has_no_lines(dark: np.ndarray) -> None:
    assert written_lines(dark) is None
