"""Pictures of pages: every cell is drawn, a page that fits no form says so, and only their owner may read them."""

import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data_samples.pages.render import make_page
from readers.forms import load_forms
from readers.page_pictures import draw_file, picture_of
from readers.pages import Page
from readers.reading import ReadLimits
from readers.scans import ReadPage, read_page
from schemas.errors import FileRefused


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(1, make_page(3, "household_register_10", 1, "printed").picture)


def test_what_was_read_is_drawn_on_the_page(page: Page) -> None:
    read = read_page(page, load_forms())
    assert isinstance(read, ReadPage)
    drawn = np.asarray(picture_of(page, read)).astype(int)
    green = (drawn[:, :, 1] - drawn[:, :, 0] > 60) & (drawn[:, :, 1] - drawn[:, :, 2] > 30)
    assert green.sum() > 1000


def test_a_file_is_drawn_page_by_page_for_its_owner(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "hai.tif"
    Image.new("RGB", (800, 1000), "white").save(path, save_all=True, append_images=[Image.fromarray(page.picture)])
    drawn = draw_file(path, tmp_path, ReadLimits())
    assert drawn.files == ("page-0001.png", "page-0002.png")
    assert drawn.accepted > drawn.waiting
    for name in drawn.files:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    cover = np.asarray(Image.open(tmp_path / "page-0001.png")).astype(int)
    assert (cover[4, :, 0] - cover[4, :, 1] > 100).any()


def test_what_is_no_scan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        draw_file(path, tmp_path, ReadLimits())
    assert refused.value.code == "file.unsupported_kind"
