"""The tree holds every word of a page, and a picture as it was written."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from quality.paper_tree import parsed


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))), max_size=5))
def test_each_word_is_in_the_tree(texts: list[str]) -> None:
    page = "".join(f"<p><b>{escape(t)}</b></p>" for t in texts)
    assert [n.words() for n in parsed(page).elements("p")] == [" ".join(t.split()) for t in texts] or [
        "".join(n.words().split()) for n in parsed(page).elements("p")
    ] == ["".join(t.split()) for t in texts]


def test_a_picture_keeps_its_source_and_says_what_it_is() -> None:
    svg = '<svg class="picture" viewBox="0 0 10 5"><title>A &lt; B</title><rect x="1" class="read"/></svg>'
    (found,) = parsed(f"<div><figure>{svg}</figure></div>").elements("svg")
    assert found.raw == svg
    assert [n.words() for n in found.elements("title")] == ["A < B"]


def test_elements_that_never_end_hold_nothing() -> None:
    tree = parsed("<p>a<br>b<input>c</p><p>d</p>")
    assert [n.words() for n in tree.elements("p")] == ["abc", "d"]
