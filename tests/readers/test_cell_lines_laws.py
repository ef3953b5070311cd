"""Lines of writing are found, parted, and what is no writing is left out."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.cell_lines import lines_of
from readers.pages import Picture
from tests.readers.written_lines import written


@pytest.mark.parametrize("text", ["Kinh", "Nguyễn Thị Hạnh", "12/03/1956", "1"])
@pytest.mark.parametrize("size", [18, 28, 40])
def test_one_line_is_one(text: str, size: int) -> None:
    assert len(lines_of(written(text, size)).lines) == 1


@pytest.mark.parametrize("text", ["xã Tân Thành\nhuyện Định Quán", "Tổ 3, ấp Tân Hòa\nxã Tân Thành\ntỉnh Đồng Nai"])
def test_lines_below_each_other_are_parted(text: str) -> None:
    assert len(lines_of(written(text)).lines) == text.count("\n") + 1


@given(st.integers(1, 120), st.integers(1, 400), st.integers(235, 255))
def test_paper_is_empty(height: int, width: int, grey: int) -> None:
    shape = lines_of(np.full((height, width), grey, np.uint8))
    assert (shape.lines, shape.ink, shape.height) == ((), 0.0, 0.0)


def test_a_dotted_line_to_write_on_is_no_writing() -> None:
    crop: Picture = np.full((60, 400), 255, np.uint8)
    crop[48:50, 10:390:6] = 40
    assert lines_of(crop).lines == ()


def test_rules_at_the_rim_are_no_writing() -> None:
    crop: Picture = np.full((60, 300), 255, np.uint8)
    crop[:2] = crop[-2:] = 20
    crop[:, :2] = crop[:, -2:] = 20
    assert lines_of(crop).lines == ()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_paper_around_changes_nothing_but_the_share_of_ink(beside: int, above: int) -> None:
    crop = written("Trần Văn Bình")
    wide = cv2.copyMakeBorder(crop, above, above, beside, beside, cv2.BORDER_CONSTANT, value=(255,))
    one, other = lines_of(crop), lines_of(np.asarray(wide, dtype=np.uint8))
    assert len(one.lines) == len(other.lines) == 1
    assert one.height == other.height


@pytest.mark.parametrize("height", [100, 200, 400])
def test_a_small_line_in_a_high_cell_is_found(height: int) -> None:
    crop: Picture = np.full((height, 260), 255, np.uint8)
    line = written("Nguyễn Văn An", 20, gap=0, margin=0)
    crop[20 : 20 + line.shape[0], 10 : 10 + line.shape[1]] = line
    assert len(lines_of(crop).lines) == 1


@pytest.mark.parametrize("text", ["//", "nt", '"', "''", "1"])
@pytest.mark.parametrize("width", [80, 400, 1200])
def test_a_short_text_in_a_wide_cell_is_found(text: str, width: int) -> None:
    crop: Picture = np.full((64, width), 255, np.uint8)
    line = written(text, margin=0)[:64]
    crop[: line.shape[0], 20 : 20 + line.shape[1]] = line
    assert len(lines_of(crop).lines) == 1
