"""Where a cell lies on its page, however the page lies; its view comes out of the sealed run folder, or not at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import page_views
from pipeline.cell_review import OpenCell
from pipeline.settings import Settings

CELL = OpenCell("a" * 32, "full_name_raw", "b" * 32, "01", "t1", 1, 2, "", "", (), False, "c" * 32, "")
SIZE = (1000, 2000)


def quad(corners: list[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)


UPRIGHT = [(100, 200), (300, 200), (300, 240), (100, 240)]


@pytest.mark.parametrize(
    ("corners", "box", "turn"),
    [
        (UPRIGHT, "0 0 1000 2000", ""),
        ([(200, 900), (200, 700), (240, 700), (240, 900)], "0 0 2000 1000", "translate(2000 0) rotate(90)"),
        ([(900, 1800), (700, 1800), (700, 1760), (900, 1760)], "0 0 1000 2000", "translate(1000 2000) rotate(180)"),
        ([(800, 100), (800, 300), (760, 300), (760, 100)], "0 0 2000 1000", "translate(0 1000) rotate(270)"),
    ],
)
def test_the_page_is_turned_until_the_text_is_level(corners: list[tuple[int, int]], box: str, turn: str) -> None:
    found = page_views.lit(replace(CELL, quad=quad(corners)), SIZE)
    assert found is not None
    assert (found.box, found.turn, found.points) == (box, turn, quad(corners))
    left, top, width, height = map(float, found.near.split())
    held = page_views._held(np.array(corners, float), {"": 0}.get(turn, _turned(turn)), SIZE)
    assert held[0][0] < held[1][0], "left of the text is left"
    assert held[0][1] < held[3][1], "its top is above"
    assert (held[:, 0] >= left).all()
    assert (held[:, 0] <= left + width).all()
    assert (held[:, 1] >= top).all()
    assert (held[:, 1] <= top + height).all()


def _turned(turn: str) -> int:
    return int(turn.rpartition("(")[2].rstrip(")")) if turn else 0


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 2000)), min_size=4, max_size=4))
def test_law_what_is_near_lies_on_the_page(corners: list[tuple[int, int]]) -> None:
    found = page_views.lit(replace(CELL, quad=quad(corners)), SIZE)
    assert found is not None
    page, near = (list(map(float, text.split())) for text in (found.box, found.near))
    assert near[0] >= 0
    assert near[1] >= 0
    assert near[0] + near[2] <= page[2] + 1
    assert near[1] + near[3] <= page[3] + 1


@pytest.mark.parametrize("told", ["", "1,2 3,4", "a,b c,d e,f g,h", '1,2 3,4 5,6 7,8"><script>', "1,2 3,4 5,6 7,8 9,1"])
def test_corners_that_are_none_light_nothing(told: str) -> None:
    assert page_views.lit(replace(CELL, quad=told), SIZE) is None


def test_no_run_folder_no_view(tmp_path: Path) -> None:
    assert page_views.size_of(CELL, Settings(tmp_path, workers=1)) is None
