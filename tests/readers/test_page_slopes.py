import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.forms import known_form
from readers.page_ink import Map, ink_of
from readers.page_slopes import slopes, straightened
from readers.page_turns import letters_of
from tests.readers.drawn_blocks import draw_blocks

FORM = known_form("household_book_member")


def _page() -> Map:
    person = dict.fromkeys([f.name for f in FORM.block], "Lê Minh Long")
    return ink_of(draw_blocks(FORM, [person, person]).picture).dark


def _bent(dark: Map, tilt: float, sag: float, keystone: float) -> Map:
    """Lines that fall to the right, sag beside the spine, and fall more and more further down."""
    height, width = dark.shape
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    down = (tilt + keystone * (ys / height - 0.5)) * (xs - width / 2) + sag * np.exp(-7 * xs / width)
    return np.asarray(cv2.remap(dark, xs, ys - down.astype(np.float32), cv2.INTER_LINEAR), dtype=np.uint8)


def _steepest(dark: Map) -> float:
    votes = slopes(letters_of(dark), np.linspace(-0.16, 0.16, 65))
    return float(np.average(np.abs(votes[:, 2]), weights=votes[:, 3]))


@settings(max_examples=6, deadline=None)
@given(tilt=st.floats(-0.09, 0.09), sag=st.floats(-30, 30), keystone=st.floats(-0.05, 0.05))
def test_lines_that_fall_and_sag_become_level(tilt: float, sag: float, keystone: float) -> None:
    dark = _bent(_page(), tilt, sag, keystone)
    flat = straightened(dark, letters_of(dark))
    assert _steepest(flat.dark) < 0.006


@settings(max_examples=4, deadline=None)
@given(tilt=st.floats(-0.09, 0.09), sag=st.floats(-30, 30))
def test_a_place_of_the_level_page_leads_back_to_its_ink(tilt: float, sag: float) -> None:
    dark = _bent(_page(), tilt, sag, 0.02)
    flat = straightened(dark, letters_of(dark))
    v, u = np.nonzero(flat.dark > 150)
    back = np.rint(flat.to_page(np.stack([u, v], axis=1).astype(float))).astype(int)
    wide = cv2.dilate(dark, np.ones((3, 3), np.uint8))
    assert (wide[back[:, 1].clip(0, dark.shape[0] - 1), back[:, 0].clip(0, dark.shape[1] - 1)] > 60).mean() > 0.98


def test_a_level_page_stays_as_it_is() -> None:
    dark = _page()
    flat = straightened(dark, letters_of(dark))
    height, width = dark.shape
    corners = np.asarray([[100.0, 100], [width - 100, 100], [100, height - 100], [width - 100, height - 100]])
    assert np.abs(flat.to_page(corners) - corners).max() < 6


@pytest.mark.parametrize("dark", [np.zeros((500, 400), np.uint8), np.zeros((40, 30), np.uint8)])
def test_paper_without_writing_says_nothing(dark: Map) -> None:
    assert len(slopes(letters_of(dark), np.linspace(-0.1, 0.1, 21))) == 0
    assert straightened(dark, letters_of(dark)).dark.shape[0] >= dark.shape[0]
