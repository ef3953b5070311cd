"""Files of each format open with the tools that everyone has, and show the page."""

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from data_samples.pages.page_files import FORMATS, file_bytes
from data_samples.pages.render import make_page


@pytest.fixture(scope="module")
def pages():
    return [make_page(1, "household_register", 2), make_page(2, "household_book_member", 2)]


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "g4"])
def test_pictures(pages, kind):
    image = Image.open(io.BytesIO(file_bytes(pages[:1], kind)))
    shape = pages[0].picture.shape
    assert (image.height, image.width) == shape[:2]
    assert image.info["dpi"] == pytest.approx((pages[0].dpi, pages[0].dpi), abs=1)
    if kind in ("png", "tif"):
        assert np.array_equal(np.asarray(image), pages[0].picture)
    if kind == "g4":
        assert image.mode == "1"
        assert 0.005 < 1 - np.asarray(image).mean() < 0.3


@pytest.mark.parametrize("kind", ["tif", "g4"])
def test_a_tiff_of_several_pages(pages, kind):
    image = Image.open(io.BytesIO(file_bytes(pages, kind)))
    assert image.n_frames == 2
    image.seek(1)
    assert (image.height, image.width) == pages[1].picture.shape[:2]


def test_a_scanned_pdf_has_pictures_and_no_text(pages):
    document = pypdfium2.PdfDocument(file_bytes(pages, "pdf"))
    assert len(document) == 2
    height, width = pages[0].picture.shape[:2]
    assert document[0].get_size() == pytest.approx((width * 72 / pages[0].dpi, height * 72 / pages[0].dpi), abs=0.01)
    assert document[0].get_textpage().get_text_range() == ""
    shown = np.asarray(document[0].render(scale=pages[0].dpi / 72).to_pil().convert("RGB").resize((width, height)))
    assert np.abs(shown.astype(int) - pages[0].picture).mean() < 12


def test_a_text_pdf_says_every_value(pages):
    text = pypdfium2.PdfDocument(file_bytes(pages[:1], "text_pdf"))[0].get_textpage().get_text_range()
    said = text.replace("\r\n", " ")
    assert all(box.text in said for box in (*pages[0].boxes, *pages[0].headings) if box.text)


@pytest.mark.parametrize("kind", FORMATS)
def test_equal_pages_equal_bytes(pages, kind):
    assert file_bytes(pages[:1], kind) == file_bytes(pages[:1], kind)


@pytest.mark.parametrize(("count", "kind"), [(2, "png"), (2, "jpg"), (0, "pdf"), (1, "gif")])
def test_what_no_format_holds(pages, count, kind):
    with pytest.raises(ValueError, match=kind):
        file_bytes(pages[:count], kind)
