import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.page_paper import on_paper, paper_of
from readers.pages import Picture
from tests.readers.drawn_tables import Look, draw

SHAPE = (850, 620)


def _photo(desk: int, paper: int, degrees: float, shade: float = 0.0) -> tuple[Picture, np.ndarray]:
    """A sheet on a desk, and where it lies; the light falls off to the right."""
    height, width = SHAPE
    corners = cv2.boxPoints(((width / 2, height / 2), (width * 0.78, height * 0.82), degrees))
    lies = np.zeros(SHAPE, np.uint8)
    cv2.fillPoly(lies, [corners.astype(np.int32)], 1)
    light = np.where(lies > 0, paper, desk) * (1 - shade * np.arange(width) / width)
    noise = np.random.default_rng(3).normal(0, 4, SHAPE)
    return np.repeat((light + noise).clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2), lies > 0


@settings(max_examples=20, deadline=None)
@given(st.integers(20, 110), st.integers(180, 250), st.floats(-9, 9), st.floats(0, 0.3))
def test_the_paper_of_a_photo_is_told_from_the_desk(desk: int, paper: int, degrees: float, shade: float) -> None:
    picture, lies = _photo(desk, paper, degrees, shade)
    found = paper_of(picture, SHAPE)
    inner = cv2.erode(lies.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert found[inner].all()
    assert not found[cv2.dilate(lies.astype(np.uint8), np.ones((25, 25), np.uint8)) == 0].any()


@settings(max_examples=10, deadline=None)
@given(st.floats(0, 0.6))
def test_shade_over_a_scan_takes_no_paper_away(shade: float) -> None:
    light = 240 * (1 - shade * np.arange(SHAPE[1]) / SHAPE[1])
    assert paper_of(np.tile(light.astype(np.uint8), (SHAPE[0], 1)), SHAPE).all()


@pytest.mark.parametrize(
    "picture", [draw(Look()).picture, np.full((30, 20), 255, np.uint8), np.zeros((50, 60, 3), np.uint8)]
)
def test_a_page_that_fills_the_picture_is_paper_everywhere(picture: Picture) -> None:
    assert paper_of(picture, picture.shape[:2]).all()


def test_ink_beside_the_paper_is_left_out_and_none_on_it() -> None:
    picture, _ = _photo(40, 230, 4.0)
    dark = np.full(SHAPE, 90, np.uint8)
    kept = on_paper(picture, dark)
    assert set(np.unique(kept)) == {0, 90}
    assert ((kept > 0) == paper_of(picture, SHAPE)).all()
    full = draw(Look()).picture
    assert (on_paper(full, np.full(full.shape[:2], 7, np.uint8)) == 7).all()
