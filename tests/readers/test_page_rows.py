"""Rows are as high as what is written in them; two persons are never taken for one."""

import numpy as np
import pytest

from readers.forms import load_forms
from readers.page_grid import Unfit, find_grid
from readers.page_rows import Band, are_rows
from readers.pages import Page, PageGrid
from readers.scans import ReadPage, read_page
from tests.readers.ledger_pages import page, person, without_line_under

TWO_LINES = "Thôn Đông, xã Kim Anh,\nhuyện Sóc Sơn, Hà Nội"


def _rows(picture: np.ndarray) -> int:
    grid = find_grid(Page(1, picture), load_forms())
    assert isinstance(grid, PageGrid), grid
    return len({box.row for box in grid.boxes})


@pytest.mark.parametrize("top", [False, True])
@pytest.mark.parametrize("wrapped", [(3,), (1, 2, 6), (0, 1, 2, 3, 4, 5, 7), tuple(range(9))])
def test_rows_of_two_lines_are_rows_like_others(wrapped: tuple[int, ...], top: bool) -> None:
    rows = [person(n + 1, TWO_LINES) if n in wrapped else person(n + 1) for n in range(9)]
    assert _rows(page(rows, top=top)) == 9


@pytest.mark.parametrize("lost", [0, 4, 7])
def test_a_line_that_is_worn_away_makes_no_one_of_two_people(lost: int) -> None:
    rows = [person(n + 1) for n in range(9)]
    picture = without_line_under(page(rows), rows, lost)
    grid = find_grid(Page(1, picture), load_forms())
    assert isinstance(grid, Unfit) or len({box.row for box in grid.boxes}) == 9


def test_between_wrapped_rows_too() -> None:
    rows = [person(n + 1, TWO_LINES) if n % 3 == 1 else person(n + 1) for n in range(9)]
    picture = without_line_under(page(rows), rows, 5)
    assert _rows(picture) == 9


def _band(height: float, one: int, several: int = 0) -> Band:
    return Band(height, one + several, one, 0, 0, several, True)


def test_a_low_band_with_writing_is_part_of_a_row() -> None:
    sure = np.ones(6)
    assert are_rows([_band(40, 8)] * 5, sure)
    assert not are_rows([_band(40, 8)] * 4 + [_band(20, 8)] * 2, sure)
    assert not are_rows([_band(40, 8)] * 4 + [Band(8, 0, 0, 0, 0, 0, False)], sure)
    assert are_rows([_band(40, 8)] * 4 + [Band(30, 0, 0, 0, 0, 0, False)], sure)


def test_cells_written_from_the_top_count_only_where_every_line_is_sure() -> None:
    bands = [_band(40, 8)] * 4 + [Band(70, 8, 0, 6, 0, 2, True)]
    assert are_rows(bands, np.ones(6))
    assert not are_rows(bands, np.asarray([1, 1, 0.7, 1, 1, 1]))
    several = [_band(40, 8)] * 4 + [Band(80, 8, 0, 2, 0, 6, False)]
    assert not are_rows(several, np.ones(6))


@pytest.mark.parametrize("wrapped", [(), (2,), (1, 4)])
@pytest.mark.parametrize("top", [False, True])
def test_rows_without_lines_between_them_begin_before_their_numbers(wrapped: tuple[int, ...], top: bool) -> None:
    rows = [person(n + 1, TWO_LINES) if n in wrapped else person(n + 1) for n in range(6)]
    picture = page(rows, top=top)
    for number in range(5):
        picture = np.minimum(without_line_under(picture, rows, number), 250)
    read = read_page(Page(1, picture), load_forms())
    assert isinstance(read, ReadPage), read
    named = [c.verdict.text for c in read.cells if c.box.column == "full_name_raw" and c.verdict.text]
    assert named == [row[1] for row in rows]
    places = [c.verdict.text for c in read.cells if c.box.column == "native_place_raw" and c.verdict.text]
    assert [place.count("Kim Anh") for place in places] == [int(n in wrapped) for n in range(6)]
