import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.crops import cut, is_empty, looks_like_ditto, with_paper_beside
from readers.pages import Picture, Quad

CELL: Quad = ((100.0, 80.0), (340.0, 80.0), (340.0, 140.0), (100.0, 140.0))


def _page(word: str = "", paper: int = 225) -> Picture:
    page = np.full((220, 440, 3), paper, np.uint8)
    cv2.rectangle(page, (100, 80), (340, 140), (40, 40, 40), 2)
    if word:
        cv2.putText(page, word, (115, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (40, 40, 60), 2)
    return page


@pytest.mark.parametrize("word", ["Nguyen", "19", "x"])
def test_writing_is_kept_and_lines_at_the_rim_go(word: str) -> None:
    crop = cut(_page(word), CELL, 0)
    assert crop.dtype == np.uint8
    assert not is_empty(crop)
    assert min(crop[0].min(), crop[-1].min(), crop[:, 0].min(), crop[:, -1].min()) > 200
    assert crop.min() < 110


@given(paper=st.integers(120, 255))
def test_an_empty_cell_is_empty_on_any_paper(paper: int) -> None:
    crop = cut(_page(paper=paper), CELL, 0)
    assert is_empty(crop)
    assert crop.mean() > 245


def test_dots_to_write_on_are_no_writing() -> None:
    page = _page()
    page[124:127, 110:330:9] = 60
    page[124:127, 111:330:9] = 60
    assert is_empty(cut(page, CELL, 0))


def test_a_red_stamp_fades_and_ink_under_it_stays() -> None:
    page = _page("Tran")
    cv2.circle(page, (300, 110), 24, (215, 60, 70), 4)
    crop = cut(page, CELL, 0)
    stamp, word = crop[10:-10, 180:225], crop[10:-10, 10:90]
    assert stamp.min() > 150
    assert word.min() < 110


def test_a_stamp_whose_colours_are_blurred_is_fainter_than_faint_ink() -> None:
    page = np.full((220, 440, 3), (182, 176, 158), np.uint8)
    cv2.putText(page, "Tran", (115, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (95, 98, 104), 2)
    cv2.circle(page, (300, 110), 24, (182, 70, 85), 3)
    light, *colours = cv2.split(cv2.cvtColor(page, cv2.COLOR_RGB2YCrCb))
    blurred = [cv2.GaussianBlur(colour, (0, 0), 2.0) for colour in colours]
    seen = np.asarray(cv2.cvtColor(cv2.merge([light, *blurred]), cv2.COLOR_YCrCb2RGB), np.uint8)
    crop = 255 - cut(seen, CELL, 0).astype(int)
    stamp, word = crop[10:-10, 170:230], crop[10:-10, 10:90]
    assert np.percentile(stamp, 99) < 0.3 * np.percentile(word, 99)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_cell_is_cut_upright(quarters: int) -> None:
    page = _page("Tran")
    points = np.asarray(CELL)
    turned, (height, width) = page, page.shape[:2]
    for _ in range(quarters):
        points = np.stack([height - 1 - points[:, 1], points[:, 0]], axis=1)
        turned, height, width = np.ascontiguousarray(np.rot90(turned, -1)), width, height
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    one, other = cut(page, CELL, 0), cut(turned, (a, b, c, d), (360 - 90 * quarters) % 360)
    assert one.shape == other.shape
    assert np.abs(one.astype(int) - other).mean() < 6


def test_small_writing_is_enlarged() -> None:
    small: Quad = ((100.0, 80.0), (160.0, 80.0), (160.0, 100.0), (100.0, 100.0))
    assert cut(_page("a"), small, 0).shape == (48, 144)


@given(st.lists(st.tuples(st.floats(-50, 500), st.floats(-50, 300)), min_size=4, max_size=4))
def test_any_quad_gives_a_crop(points: list[tuple[float, float]]) -> None:
    a, b, c, d = points
    crop = cut(_page("Tran"), (a, b, c, d), 0)
    assert crop.ndim == 2
    assert min(crop.shape) >= 4


def test_a_ditto_mark_is_small_and_alone() -> None:
    page = _page()
    cv2.line(page, (210, 104), (207, 114), (40, 40, 60), 2)
    cv2.line(page, (219, 104), (216, 114), (40, 40, 60), 2)
    assert looks_like_ditto(cut(page, CELL, 0))
    assert not looks_like_ditto(cut(_page("Nguyen"), CELL, 0))
    assert not looks_like_ditto(cut(_page(), CELL, 0))


def test_paper_beside_leaves_the_writing_as_it_is() -> None:
    crop = np.full((40, 30), 90, np.uint8)
    wide = with_paper_beside(crop)
    assert wide.shape == (40, 70)
    assert (wide[:, 20:50] == crop).all()
    assert (wide[:, :20] == 255).all()
    assert (wide[:, 50:] == 255).all()
