"""The PDF of a report: the same bytes for the same page, its words, its marks for those who do not see it."""

import re
from datetime import UTC, datetime

import pypdfium2
import pytest

from quality.pdf import render_pdf
from quality.render import render_html
from quality.report import build_report
from tests.quality import made_facts

MADE = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> bytes:
    return render_pdf(_page(), about="sohoa 3fa9", title="Báo cáo", made=MADE)


def _page() -> str:
    return render_html(build_report(made_facts.facts()))


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_bounded() for page in document))


def test_the_same_page_is_the_same_bytes(made: bytes) -> None:
    assert render_pdf(_page(), about="sohoa 3fa9", title="Báo cáo", made=MADE) == made


def test_it_is_tagged_and_says_which_standards_it_keeps(made: bytes) -> None:
    assert b"/StructTreeRoot" in made or b"/MarkInfo" in made
    assert b"pdfaid:part" in made or b"pdfuaid:part" in made


def test_it_says_what_the_page_says_in_both_languages(made: bytes) -> None:
    said = words(made)
    for text in ("Nhận một phần", "17.912 dòng", "Accepted in part", "sohoa 3fa9", "Hà Nội"):
        assert text in said, text


def test_it_reaches_for_nothing_outside(made: bytes) -> None:
    for sign in (b"/URI", b"/Launch", b"/JavaScript", b"/EmbeddedFile", b"http://www.w3.org/1999/xhtml"):
        assert sign not in made
