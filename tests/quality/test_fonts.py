import base64
import io
import unicodedata

import pytest
from fontTools.ttLib import TTFont

from quality import fonts
from quality.render import render_html
from quality.report import build_report
from schemas.messages import LANGUAGES, catalogue
from tests.quality import made_facts


@pytest.mark.parametrize("weight", ["Regular", "SemiBold"])
def test_it_holds_every_letter_that_the_report_can_say(weight: str) -> None:
    data = base64.b64decode(fonts.embedded(weight))
    held = set(TTFont(io.BytesIO(data)).getBestCmap())
    said = {c for x in LANGUAGES for text in catalogue(x).values() for c in str(text)}
    assert {ord(c) for c in said if c.isprintable()} - held <= {ord("₂"), ord("Δ")}
    assert data[:4] == b"wOF2"
    assert len(data) < 30_000


@pytest.mark.parametrize("weight", fonts.WEIGHTS)
def test_what_is_shipped_was_cut_from_the_font(weight: str) -> None:
    shipped, cut = (TTFont(io.BytesIO(x)) for x in (base64.b64decode(fonts.embedded(weight)), fonts.cut(weight)))
    assert shipped.getBestCmap() == cut.getBestCmap()
    assert shipped["glyf"].compile(shipped) == cut["glyf"].compile(cut)


def test_vietnamese_has_its_134_letters() -> None:
    marked = [c for c in fonts.letters() if unicodedata.normalize("NFD", c)[1:] or c in "đĐ"]
    assert len(marked) == 134
    assert {"ữ", "Ệ", "ạ", "Đ", "ỹ"} <= set(marked)


def test_a_report_carries_both_weights() -> None:
    html = render_html(build_report(made_facts.facts()))
    assert html.count("data:font/woff2;base64,") == 2
