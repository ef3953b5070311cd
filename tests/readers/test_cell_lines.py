"""The lines of writing in a crop: as many as are written, none in an empty cell, whatever is left at the rim."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.cell_lines import TALLEST, lines_of
from tests.readers.written import write


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("lines", [("Nguyễn Văn An",), ("xã Hải Thịnh,", "huyện Hải Hậu"), ("một", "hai hai", "ba ba")])
def test_each_line_is_found(lines: tuple[str, ...], ruled: bool) -> None:
    found = lines_of(write(*lines, ruled=ruled))
    assert len(found.lines) == len(lines)
    assert 10 < found.height < 60
    assert all(line.shape[1] > 20 for line in found.lines)


@pytest.mark.parametrize("ruled", [False, True])
def test_an_empty_cell_has_none(ruled: bool) -> None:
    assert lines_of(write("", ruled=ruled)).lines == ()


def test_dots_to_write_on_are_no_writing() -> None:
    crop = np.full((48, 400), 255, np.uint8)
    crop[38:41, ::8] = 60
    crop[38:41, 1::8] = 60
    assert lines_of(crop).lines == ()


def test_a_ditto_mark_that_ran_together_is_a_spot_and_grain_is_none() -> None:
    dice = np.random.default_rng(2)
    crop = np.clip(250 + dice.normal(0, 3, (60, 105)), 0, 255).astype(np.uint8)
    assert not lines_of(crop).has_spot
    spot = crop.copy()
    spot[24:29, 50:58] = 150
    assert lines_of(spot).has_spot
    at_rim = crop.copy()
    at_rim[0:5, 50:58] = 150
    assert not lines_of(at_rim).has_spot
    dotted = np.full((48, 400), 255, np.uint8)
    dotted[38:42, ::8] = 60
    assert not lines_of(dotted).has_spot


def test_a_long_line_is_cut_between_words_and_nothing_is_lost() -> None:
    crop = write("xã Hải Thịnh huyện Hải Hậu tỉnh Nam Định nước Việt Nam ngày xưa cũ", size=20)
    found = lines_of(crop)
    assert len(found.lines) > 1
    ink = sum(int((line < 128).sum()) for line in found.lines)
    assert ink == pytest.approx(int((crop < 128).sum()), rel=0.02)


def test_lines_that_touch_are_told_by_the_usual_height() -> None:
    crop = write("Phong gg", "Ấp Thạnh")[6:-6]
    assert len(lines_of(crop, usual=30.0).lines) == 2
    low = write("a", size=8)
    assert lines_of(low, usual=60.0).lines == ()


@given(st.integers(2, 80), st.integers(2, 200), st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_any_picture_may_come(height: int, width: int, seed: int) -> None:
    crop = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
    found = lines_of(crop)
    assert 0 <= found.ink <= 1
    assert all(line.size for line in found.lines)


@pytest.mark.parametrize("usual", [0.0, 24.0, 40.0])
def test_a_ditto_mark_is_writing_however_high_letters_are(usual: float) -> None:
    crop = np.full((60, 200), 255, np.uint8)
    crop[20:30, 96:100] = crop[20:30, 106:110] = 30
    assert len(lines_of(crop, usual).lines) == 1
    run_together = np.full((60, 200), 255, np.uint8)
    run_together[20:30, 96:107] = 30
    assert len(lines_of(run_together, usual).lines) == 1


def test_a_mark_far_above_a_line_makes_no_line_without_ink() -> None:
    crop = np.full((90, 200), 255, np.uint8)
    crop[60:84, 20:180:6] = 30
    crop[3:11, 90:98] = 30
    assert all((line < 128).any() for line in lines_of(crop, usual=10.0).lines)


@given(st.integers(8, 90), st.integers(20, 200), st.floats(5, 60), st.integers(0, 1000))
@settings(max_examples=80, deadline=None)
def test_a_usual_height_makes_no_line_without_ink(height: int, width: int, usual: float, seed: int) -> None:
    stream = np.random.default_rng(seed)
    crop = np.full((height, width), 255, np.uint8)
    for top, left in zip(stream.integers(0, height, 6), stream.integers(0, width, 6), strict=True):
        crop[top : top + 12, left : left + 9] = 20
    assert all((line < 128).any() for line in lines_of(crop, usual).lines)


def test_one_line_of_large_writing_is_not_cut() -> None:
    crop = write("NGUYỄN THỊ QUANG", size=44)
    (line,) = lines_of(crop).lines
    (same,) = lines_of(crop, usual=line.shape[0] / (1.6 * TALLEST)).lines
    assert same.shape == line.shape


def test_small_letters_stay_where_lines_run_into_each_other() -> None:
    crop = write("x a m a x o n e a m o n e s a m n", "x e a n o m a n x s e m a o n", size=20)
    whole = int((crop < 128).sum())
    crop[:, 8:11] = 20  # a stroke as high as both lines, as capitals of scripts that touch are
    kept = sum(int((line < 128).sum()) for line in lines_of(crop, usual=20.0).lines)
    assert kept > 0.95 * whole


@pytest.mark.parametrize("dots", [False, True])
@pytest.mark.parametrize("size", [24, 30, 44])
def test_marks_of_a_long_line_are_no_dots_to_write_on(size: int, dots: bool) -> None:
    crop = write("đường Trần Hưng Đạo, phường Hòa Thuận Đông, quận Hải Châu, tổ bảy, Đà Nẵng", size=size)
    written = int((crop < 128).sum())
    if dots:
        below = int(np.flatnonzero((crop < 128).any(1))[-1]) + 4
        crop = np.pad(crop, ((0, 12), (0, 0)), constant_values=255)
        for at in range(4, crop.shape[1] - 2, 9):
            crop[below : below + 2, at : at + 2] = 140
    kept = sum(int((line < 128).sum()) for line in lines_of(crop).lines)
    assert kept >= 0.999 * written
