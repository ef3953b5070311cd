"""Views of pages: grey, small whatever the page holds, named by number and size of the page."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from readers.page_views import FOLDER, keep, view_of
from readers.pages import Page


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as found:
        found.load()
        return found


@pytest.mark.parametrize("shape", [(3508, 2480, 3), (3508, 2480), (1, 1, 3), (80, 4000, 3)])
def test_a_view_is_a_small_webp_of_the_same_shape(shape: tuple[int, ...]) -> None:
    page = np.full(shape, 255, np.uint8)
    page[: shape[0] // 2] = 90
    found = opened(view_of(page))
    assert found.format == "WEBP"
    assert max(found.size) <= 1500
    assert found.size[0] / found.size[1] == pytest.approx(shape[1] / shape[0], rel=0.06)
    upper, lower = (found.convert("L").getpixel((0, at)) for at in (0, found.size[1] - 1))
    assert isinstance(upper, int)
    assert isinstance(lower, int)
    assert shape[0] == 1 or (upper < 140 < lower)


def test_noise_is_made_small_enough_too() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (2000, 1500, 3), dtype=np.uint8)
    assert len(view_of(noise)) <= 140_000


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400))
def test_law_every_page_has_a_view(height: int, width: int) -> None:
    assert opened(view_of(np.zeros((height, width, 3), np.uint8))).size == (width, height)


def test_it_is_kept_under_its_number_and_size(tmp_path: Path) -> None:
    keep(tmp_path, Page(12, np.zeros((300, 200, 3), np.uint8)))
    keep(tmp_path, Page(7, np.zeros((30, 20, 3), np.uint8)))
    found = sorted(path.name for path in (tmp_path / FOLDER).iterdir())
    assert found == ["00007-20x30.webp", "00012-200x300.webp"]
