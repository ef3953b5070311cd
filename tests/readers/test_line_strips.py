"""Lines as our recogniser takes them: one height, one strength of ink, places that lead back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from readers.line_strips import BESIDE, HEIGHT, WIDEST, place_in, strip_of
from tests.readers.written_lines import written


@given(height=st.integers(4, 120), width=st.integers(1, 4000))
def test_every_line_becomes_a_strip(height: int, width: int) -> None:
    strip = strip_of(np.full((height, width), 255, np.uint8))
    assert strip.shape[0] == HEIGHT
    assert 8 <= strip.shape[1] <= WIDEST
    assert not strip.any(), "paper has no ink"


def test_faint_ink_becomes_as_strong_as_dark_ink() -> None:
    dark = written("Nguyễn Văn An")
    faint = (255 - (255 - dark.astype(int)) * 0.4).astype(np.uint8)
    assert abs(int(strip_of(faint).max()) - int(strip_of(dark).max())) <= 30


def test_specks_of_an_empty_line_are_not_made_dark() -> None:
    line = np.full((40, 200), 255, np.uint8)
    line[10:12, 50:52] = 240
    assert strip_of(line).max() <= 60


@given(height=st.integers(10, 100), width=st.integers(40, 1500), step=st.floats(2, 9))
def test_a_step_lies_as_far_in_the_line_as_in_its_strip(height: int, width: int, step: float) -> None:
    line = np.full((height, width), 255, np.uint8)
    wide = strip_of(line).shape[1]
    assert abs(place_in(line, step) / width - (4 * step - BESIDE - 5) / wide) <= 1 / width + 1e-6
