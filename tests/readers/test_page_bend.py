import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.page_bend import flatten


def _bent(angle: float, sag: float) -> np.ndarray:
    """Ruled paper as ink, turned by an angle and bent."""
    paper = np.zeros((900, 1300), np.uint8)
    for y in range(150, 800, 60):
        paper[y : y + 2, 150:1150] = 200
    for x in range(150, 1200, 100):
        paper[150:752, x : x + 2] = 200
    xs, ys = np.meshgrid(np.arange(1300, dtype=np.float32), np.arange(900, dtype=np.float32))
    curved = ys + sag * np.sin(xs / 1300 * np.pi).astype(np.float32)
    turned = cv2.getRotationMatrix2D((650, 450), angle, 1)
    return cv2.warpAffine(cv2.remap(paper, xs, curved, cv2.INTER_LINEAR), turned, (1300, 900))


@settings(max_examples=8, deadline=None)
@given(angle=st.floats(-7, 7), sag=st.floats(-14, 14))
def test_bent_lines_become_straight(angle: float, sag: float) -> None:
    flat = flatten(_bent(angle, sag))
    assert flat is not None
    rows = np.sort((flat.dark > 60).sum(axis=1))[::-1]
    assert (rows[:11] > 700).all(), rows[:12]


@settings(max_examples=8, deadline=None)
@given(angle=st.floats(-7, 7), quarters=st.integers(0, 3))
def test_a_point_of_the_flat_page_leads_back_to_its_ink(angle: float, quarters: int) -> None:
    dark = _bent(angle, 10)
    flat = flatten(dark)
    assert flat is not None
    turned = flat.turned(quarters)
    v, u = np.nonzero(turned.dark > 150)
    back = np.rint(turned.to_page(np.stack([u, v], axis=1).astype(float))).astype(int)
    wide = cv2.dilate(dark, np.ones((3, 3), np.uint8))
    inside = (back >= 0).all(axis=1) & (back[:, 0] < 1300) & (back[:, 1] < 900)
    assert inside.mean() > 0.99
    assert (wide[back[inside, 1], back[inside, 0]] > 80).mean() > 0.98


def test_paper_without_lines_cannot_be_flattened() -> None:
    assert flatten(np.zeros((500, 500), np.uint8)) is None
