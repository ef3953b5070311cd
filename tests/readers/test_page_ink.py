import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.page_ink import LONG_SIDE, darkness, ink_of, percentile


@given(paper=st.integers(90, 255))
def test_bare_paper_has_no_ink_whatever_its_brightness(paper: int) -> None:
    assert darkness(np.full((200, 300), paper, np.uint8)).max() <= 2


def test_ink_is_as_dark_under_a_shadow_as_in_the_light() -> None:
    light = np.tile(np.linspace(110, 250, 600), (400, 1))
    light[190:194, 50:550] *= 0.4
    dark = darkness(light.astype(np.uint8))
    line = dark[191, 60:540].astype(int)
    assert line.min() > 120
    assert line.max() - line.min() < 45
    assert np.median(dark) < 6


def test_a_large_page_is_made_small_and_a_small_one_left() -> None:
    assert max(ink_of(np.full((3400, 1000, 3), 200, np.uint8)).dark.shape) == LONG_SIDE
    small = ink_of(np.full((300, 500, 3), 200, np.uint8))
    assert (small.dark.shape, small.scale) == ((300, 500), 1.0)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 256), st.floats(0, 100))
def test_a_percentile_from_the_histogram_is_that_of_the_pixels(
    height: int, width: int, most: int, share: float
) -> None:
    grey = np.random.default_rng(height * width).integers(0, most, (height, width)).astype(np.uint8)
    assert percentile(grey, share) == pytest.approx(float(np.percentile(grey, share)))
