from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readers.forms import known_form
from readers.page_grid import Unfit, find_grid
from readers.pages import Page, PageGrid, Quad
from tests.readers.drawn_tables import Drawn, Look, draw, overlap

FORMS = (known_form("register"),)
LOOKS = [
    Look(), Look(columns=5, rows=20, size=(1600, 2200)), Look(columns=14, rows=30),
    Look(columns=20, rows=40, size=(3300, 2300)),
    Look(thickness=1, strength=80), Look(thickness=5),
    Look(is_double=True), Look(is_dotted=True), Look(is_open=True),
    Look(is_photo=True, degrees=2.5), Look(degrees=-5.0), Look(heading=2.6, rows=8), Look(columns=10, rows=5),
    Look(size=(1700, 1200), columns=9, rows=14), Look(is_open=True, is_dotted=True, degrees=1.0, columns=11),
]  # fmt: skip


def _found(picture: np.ndarray) -> PageGrid:
    grid = find_grid(Page(1, np.ascontiguousarray(picture)), FORMS)
    assert isinstance(grid, PageGrid), grid
    return grid


def _cells(grid: PageGrid) -> dict[tuple[int, int], Quad]:
    return {(b.row or 0, int(b.column) - 1): b.quad for b in grid.boxes if b.kind == "cell"}


def _right(drawn: Drawn, grid: PageGrid) -> float:
    cells = _cells(grid)
    assert set(cells) == set(drawn.cells), (len(cells), len(drawn.cells))
    return float(np.mean([overlap(cells[place], quad) >= 0.7 for place, quad in drawn.cells.items()]))


@pytest.mark.parametrize("look", LOOKS)
def test_every_cell_of_every_look_is_found(look: Look) -> None:
    drawn = draw(look)
    grid = _found(drawn.picture)
    assert grid.turned == 0
    assert _right(drawn, grid) == 1.0
    assert [b.column for b in grid.headings] == [str(n + 1) for n in range(look.columns)]


LOOKS_OF_OTHERS = [
    Look(columns=18, rows=38, thickness=3, is_photo=True, degrees=1.0, has_numbers=True, band=200, size=(3300, 2300)),
    Look(columns=9, rows=33, has_frame=True, has_numbers=True, is_double=True, size=(1600, 2200), degrees=-2.0),
    Look(columns=12, rows=20, is_leaders=True, is_dotted=True, heading=2.4, band=185),
    Look(columns=7, rows=26, is_double=True, is_dotted=True, is_open=True, has_frame=True, has_numbers=True, band=187,
         degrees=-3.2, strength=123, size=(2300, 3300), seed=15),
    Look(columns=10, rows=13, is_dashed=True, is_photo=True, degrees=1.5, seed=4),
    Look(columns=10, rows=13, is_dashed=True, has_numbers=True, seed=5),
    Look(columns=10, rows=13, is_dashed=True, degrees=-1.0, seed=2),
    Look(columns=8, rows=18, is_dashed=True, degrees=-1.0, seed=6),
    Look(columns=10, rows=5, thickness=1, strength=120, has_frame=True, is_open=True, seed=3),
    Look(columns=12, rows=25, thickness=4, is_dotted=True, size=(1700, 1200), has_numbers=True, seed=17),
    Look(columns=10, rows=25, thickness=1, is_double=True, strength=95, size=(1700, 1200), has_numbers=True, seed=83),
]  # fmt: skip


@pytest.mark.parametrize("look", LOOKS_OF_OTHERS)
def test_a_page_unlike_ours_is_right_or_left_to_a_person(look: Look) -> None:
    drawn = draw(look)
    grid = find_grid(Page(1, drawn.picture), FORMS)
    assert isinstance(grid, Unfit) or _right(drawn, grid) == 1.0


def _edges(drawn: Drawn, axis: int) -> list[int]:
    return sorted({round(corner[axis]) for quad in drawn.cells.values() for corner in quad})


@pytest.mark.parametrize("look", [Look(), Look(seed=2, columns=10, rows=14)])
def test_dotted_lines_with_writing_over_a_table_are_none_of_its_lines(look: Look) -> None:
    drawn = draw(look)
    across, top = _edges(drawn, 0), 330
    for y in (top - 26, top - 72):
        for x in range(across[0] + 60, across[-1] - 30, 7):
            cv2.line(drawn.picture, (x, y), (x + 3, y), (40, 40, 40), 2)
    for x in across[:-1]:
        where = (x - 14, top - 32)
        cv2.putText(drawn.picture, "Hll", where, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 40), 2)
    assert _right(drawn, _found(drawn.picture)) == 1.0


@pytest.mark.parametrize("look", [Look(), Look(seed=2, columns=10, rows=14)])
def test_columns_whose_rows_are_broken_are_not_lost_in_silence(look: Look) -> None:
    drawn, dice = draw(look), np.random.default_rng(2)
    across = _edges(drawn, 0)
    for y in _edges(drawn, 1)[:-1]:
        for left, right in pairwise(across[:3]):
            begin = left + int((0.1 + 0.3 * dice.random()) * (right - left))
            drawn.picture[y - 4 : y + 5, begin : begin + int(0.62 * (right - left))] = 238
    assert _right(drawn, _found(drawn.picture)) == 1.0


def test_edges_of_the_paper_on_a_rough_desk_are_no_lines_of_its_table() -> None:
    drawn, dice, desk, below = draw(Look(rows=6, size=(2200, 1000))), np.random.default_rng(1), 70, 900
    height, width = drawn.picture.shape[:2]
    size = (height + 2 * desk + below, width + 2 * desk, 3)
    picture = np.clip(dice.normal(70, 30, size), 0, 255).astype(np.uint8)
    picture[desk:-desk, desk:-desk] = 238
    picture[desk : desk + height, desk : desk + width] = drawn.picture
    rough = np.clip(picture + dice.normal(0, 15, size), 0, 255).astype(np.uint8)
    cells = {place: _moved(quad, desk) for place, quad in drawn.cells.items()}
    assert _right(Drawn(rough, cells), _found(rough)) == 1.0


def _moved(quad: Quad, by: int) -> Quad:
    a, b, c, d = ((x + by, y + by) for x, y in quad)
    return (a, b, c, d)


def test_lines_of_which_every_other_one_was_found_are_in_doubt() -> None:
    assert find_grid(Page(1, draw(LOOKS_OF_OTHERS[-1]).picture), FORMS) == Unfit("doubtful_rows")


def test_most_pages_unlike_ours_are_found() -> None:
    found = [find_grid(Page(1, draw(look).picture), FORMS) for look in LOOKS_OF_OTHERS[:5]]
    assert sum(isinstance(grid, PageGrid) for grid in found) >= 4


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 50), quarters=st.integers(1, 3))
def test_a_turned_page_has_the_same_grid_in_other_pixels(seed: int, quarters: int) -> None:
    drawn = draw(replace(LOOKS[0], seed=seed))
    grid = _found(np.rot90(drawn.picture, -quarters))
    assert grid.turned == (360 - 90 * quarters) % 360
    turned = Drawn(
        drawn.picture, {place: _turned(q, quarters, drawn.picture.shape) for place, q in drawn.cells.items()}
    )
    assert _right(turned, grid) == 1.0


def _turned(quad: Quad, quarters: int, shape: tuple[int, ...]) -> Quad:
    """The quad on the picture turned clockwise; its corners still go round as the text is held."""
    height, width = shape[:2]
    points = np.asarray(quad)
    for _ in range(quarters):
        points = np.stack([height - 1 - points[:, 1], points[:, 0]], axis=1)
        height, width = width, height
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)


@pytest.mark.parametrize("look", LOOKS[:2])
def test_boxes_lie_inside_the_picture_and_go_round(look: Look) -> None:
    picture = draw(look).picture
    grid = _found(picture)
    for box in (*grid.boxes, *grid.headings):
        points = np.asarray(box.quad)
        assert points.min() >= 0
        assert (points.max(axis=0) < [picture.shape[1], picture.shape[0]]).all()
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = box.quad
        assert ax < bx, box
        assert dx < cx, box
        assert ay < dy, box
        assert by < cy, box


def test_the_quality_of_a_page_falls_with_its_damage() -> None:
    drawn = draw(Look())
    noise = np.random.default_rng(3).normal(0, 18, drawn.picture.shape)
    worse = np.clip(150 + (drawn.picture.astype(float) - 238) * 0.4 + noise, 0, 255).astype(np.uint8)
    good, bad = _found(drawn.picture), _found(worse)
    assert 0 <= bad.quality < good.quality <= 1


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (np.full((1200, 900, 3), 240, np.uint8), "blank"),
        (np.full((40, 40, 3), 255, np.uint8), "blank"),
        (np.random.default_rng(0).integers(0, 255, (900, 700, 3)).astype(np.uint8), None),
    ],
)
def test_a_page_without_a_table_is_left_whole_to_a_person(picture: np.ndarray, reason: str | None) -> None:
    found = find_grid(Page(1, picture), FORMS)
    assert isinstance(found, Unfit)
    assert reason is None or found.reason == reason


def test_a_form_that_does_not_fit_is_not_laid_on() -> None:
    drawn = draw(Look(columns=6))
    found = find_grid(Page(1, drawn.picture), (known_form("household_register"),))
    assert found == Unfit("no_form")
