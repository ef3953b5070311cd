from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from pypdfium2 import raw

from readers.pages import Page
from readers.pdf_pages import read_pdf
from readers.reading import ReadLimits
from schemas.errors import FileRefused
from tests.readers.page_pictures import as_file, sheet


def _read(path: Path, content: bytes) -> list[Page]:
    path.write_bytes(content)
    return list(read_pdf(path, ReadLimits(), lambda finding: None))


def _document(tmp_path: Path, text: str, turned: int = 0) -> Path:
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(300, 200)
    font = raw.FPDFText_LoadStandardFont(document, b"Helvetica")
    words = raw.FPDFPageObj_CreateTextObj(document, font, 20.0)
    letters = (text + "\0").encode("utf-16-le")
    raw.FPDFText_SetText(words, (raw.FPDF_WCHAR * (len(letters) // 2)).from_buffer_copy(letters))
    raw.FPDFPageObj_Transform(words, 1, 0, 0, 1, 30, 150)
    raw.FPDFPage_InsertObject(page, words)
    page.set_rotation(turned)
    page.gen_content()
    path = tmp_path / "words.pdf"
    document.save(path)
    return path


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_words_lie_where_their_ink_is(tmp_path: Path, turned: int) -> None:
    path = _document(tmp_path, "Ho va ten", turned)
    (page,) = read_pdf(path, ReadLimits(), lambda finding: None)
    assert [w.text for w in page.text] == ["Ho", "va", "ten"]
    inside = np.zeros(page.picture.shape[:2], dtype=bool)
    for word in page.text:
        (left, top), (right, bottom) = word.quad[0], word.quad[2]
        box = page.picture[round(top) : round(bottom), round(left) : round(right)]
        assert box.min() < 100, "no ink in the box of a word"
        inside[round(top) - 2 : round(bottom) + 3, round(left) - 2 : round(right) + 3] = True
    assert page.picture[~inside].min() > 200, "ink outside the boxes of all words"


def test_words_beside_the_page_are_none(tmp_path: Path) -> None:
    path = _document(tmp_path, "Ho va ten")
    document = pypdfium2.PdfDocument(path)
    document[0].set_cropbox(0, 0, 300, 100)
    cut = tmp_path / "cut.pdf"
    document.save(cut)
    (page,) = read_pdf(cut, ReadLimits(), lambda finding: None)
    assert page.text == ()


def test_each_letter_has_its_middle_inside_its_word(tmp_path: Path) -> None:
    (page,) = read_pdf(_document(tmp_path, "Ho va ten"), ReadLimits(), lambda finding: None)
    for word in page.text:
        (left, top), (right, bottom) = word.quad[0], word.quad[2]
        assert len(word.middles) == len(word.text)
        assert all(left < x < right and top < y < bottom for x, y in word.middles)
        assert [x for x, _ in word.middles] == sorted(x for x, _ in word.middles)


def test_a_scan_is_drawn_at_its_own_resolution(tmp_path: Path) -> None:
    (page,) = _read(tmp_path / "a.pdf", as_file(sheet(600, 400), "PDF", resolution=150.0))
    assert page.picture.shape == (400, 600, 3)
    assert page.dpi == pytest.approx(150, abs=1)
    assert page.text == ()


@pytest.mark.parametrize("what", [b"/JavaScript", b"/Launch", b"/EmbeddedFile"])
def test_what_acts_by_itself_is_refused(tmp_path: Path, what: bytes) -> None:
    content = as_file(sheet(), "PDF").replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction <</S " + what + b">>", 1)
    assert what in content
    with pytest.raises(FileRefused) as refused:
        _read(tmp_path / "a.pdf", content)
    assert refused.value.code == "file.unsafe"
