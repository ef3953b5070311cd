"""The truth follows the picture through every bend and turn."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_samples.pages.geometry import Bend, Shot, warp_of

_WIDTH, _HEIGHT = 800, 600
_PART = st.floats(0, 1)


@st.composite
def warps(draw):
    phase = (draw(_PART), draw(_PART), draw(_PART))
    bend = Bend(_WIDTH, _HEIGHT, draw(st.floats(-20, 20)), draw(st.floats(0, 5)), phase, draw(st.integers(0, 1)))
    tilt = tuple((draw(st.floats(-0.05, 0.05)), draw(st.floats(-0.05, 0.05))) for _ in range(4))
    dpi, turned = draw(st.sampled_from([150, 200, 300])), draw(st.sampled_from([0, 90, 180, 270]))
    shot = Shot(dpi, draw(st.floats(-6, 6)), draw(st.floats(-0.02, 0.02)), tilt, turned, 5)
    return warp_of(bend, shot, 300)


@given(warp=warps(), x=_PART, y=_PART)
def test_every_point_of_the_sheet_lies_in_the_picture_and_bends_back(warp, x, y):
    point = np.asarray([[x * _WIDTH, y * _HEIGHT]])
    (u, v), (width, height) = warp.forward(point)[0], warp.size
    assert -1 <= u <= width + 1
    assert -1 <= v <= height + 1
    back = np.linalg.inv(warp.matrix) @ (u, v, 1)
    flat = (back[:2] / back[2])[None]
    assert np.allclose(flat + warp.bend.at(flat), point, atol=0.01)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_dot_is_where_the_truth_says(turned):
    sheet = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    dots = [(100, 80), (700, 90), (690, 500), (120, 520), (400, 300)]
    for x, y in dots:
        sheet[y - 2 : y + 3, x - 2 : x + 3] = 0
    bend = Bend(_WIDTH, _HEIGHT, 18, 4, (0.2, 0.5, 0.8), 1)
    tilt = ((0.02, 0.01), (-0.03, 0.02), (0.01, -0.03), (0.0, 0.02))
    warp = warp_of(bend, Shot(300, 4.0, 0.01, tilt, turned, 20), 300)
    grey = cv2.cvtColor(warp.picture(sheet, 1.0, (255, 255, 255)), cv2.COLOR_RGB2GRAY)
    for u, v in warp.forward(np.asarray(dots, dtype=np.float64)):
        near = 255.0 - grey[int(v) - 8 : int(v) + 9, int(u) - 8 : int(u) + 9]
        rows, columns = np.mgrid[-8:9, -8:9]
        middle = int(u) + (columns * near).sum() / near.sum(), int(v) + (rows * near).sum() / near.sum()
        assert middle == pytest.approx((u, v), abs=0.35)
