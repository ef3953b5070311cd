"""Paper says what the page says, and nothing that a file says becomes a command of the typesetter."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from quality import paper
from quality.render import render_html
from quality.report import build_report
from tests.quality import made_facts

STRING = re.compile(r'"(?:[^"\\]|\\["\\])*"')


def bare(source: str) -> str:
    """The source without its strings: all that Typst would take for commands."""
    return STRING.sub('""', source)


def strings(source: str) -> str:
    return "".join(s[1:-1].replace('\\"', '"').replace("\\\\", "\\") for s in STRING.findall(source))


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_a_text_of_a_file_stays_a_string(text: str) -> None:
    page = "<article lang='vi'><h1>A</h1><p class='lead'>{}</p><table><tr><td>{}</td></tr></table></article>"
    plain = paper.document(page.format("x", "x"), about="a", title="t")
    hostile = paper.document(page.format(escape(f"x{text}x"), escape(f"x{text}x")), about="a", title="t")
    assert bare(hostile) == bare(plain)


@pytest.mark.parametrize("text", ['"); #panic("x', "\\", '\\"', '#read("/etc/passwd")', "*b* _i_ $x$ `r` <l> @r"])
def test_what_looks_like_a_command_is_a_string(text: str) -> None:
    source = paper.document(f"<article><p>{escape(text)}</p></article>", about=text, title=text)
    assert "panic" not in bare(source)
    assert "read" not in bare(source)
    assert text in strings(source)


def test_every_word_of_the_page_is_on_paper_in_order() -> None:
    page = render_html(build_report(made_facts.facts()))
    said = re.sub(r"\s|\u25a0|#[0-9a-f]{6}", "", strings(paper.document(page, about="", title="")))
    tree = paper.parsed(page)
    for article in tree.elements("article"):
        for tag in ("h2", "h3", "summary", "dt", "dd", "th", "td", "figcaption"):
            for node in article.elements(tag):
                words = re.sub(r"\s", "", "".join(_kept(node)))
                assert words in said, (tag, words)


def _kept(node: paper.Node) -> list[str]:
    kept = []
    for child in node.children:
        if isinstance(child, str):
            kept.append(child)
        elif child.tag != "svg" and not child.classes & {"unseen", "only-narrow"}:
            kept += _kept(child)
    return kept


def test_pictures_stand_alone_with_their_colours_and_words() -> None:
    page = render_html(build_report(made_facts.facts()))
    source = strings(paper.document(page, about="", title=""))
    assert ".loaded" in source
    assert "var(" not in source
    assert "@media" not in source


def test_what_only_the_style_sheet_parts_is_parted_on_paper() -> None:
    source = paper.document("<article><ul><li><span>Kinh</span><b>12</b></li></ul></article>", about="", title="")
    assert "".join(STRING.findall(source)).replace('"', "").endswith("Kinh 12")
