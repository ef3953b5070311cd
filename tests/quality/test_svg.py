from hypothesis import given
from hypothesis import strategies as st

from quality import svg
from quality.svg import Caption
from tests.quality.pictures import parsed

texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)


@given(texts, texts, texts)
def test_any_text_stays_text(title: str, description: str, words: str) -> None:
    picture = parsed(svg.picture(Caption("k", title, description), (10, 5), [svg.text(1, 2, words)]))
    assert [e.text or "" for e in picture] == [title, description, words]
    assert [e.tag for e in picture] == ["title", "desc", "text"]


def test_a_picture_is_named_for_those_who_do_not_see_it() -> None:
    picture = parsed(svg.picture(Caption("vi-flow", "Dòng chảy", "Đã đọc 3 dòng"), (100, 50.5), [], "flow"))
    assert (picture.get("role"), picture.get("viewBox")) == ("img", "0 0 100 50.5")
    ids = (picture.get("aria-labelledby") or "").split()
    assert ids == [e.get("id") for e in picture] == ["vi-flow-t", "vi-flow-d"]


def test_numbers_have_one_decimal_at_most() -> None:
    assert svg.rect(1 / 3, 2.0, 10, 0.05, "x") == '<rect x="0.3" y="2" width="10" height="0.1" class="x"/>'


def test_a_ribbon_joins_both_ends() -> None:
    path = parsed(svg.ribbon((0, 10, 20), (100, 30, 35), "band loaded")).get("d")
    assert path == "M0 10C50 10 50 30 100 30V35C50 35 50 20 0 20Z"


def test_a_dot_and_a_line_through_points() -> None:
    assert parsed(svg.dot(1, 2.25, 3, "dot")).attrib == {"cx": "1", "cy": "2.2", "r": "3", "class": "dot"}
    assert parsed(svg.polyline([(0, 1), (2.55, 3)], "curve")).get("points") == "0,1 2.5,3"


def test_a_picture_as_a_file_of_its_own_has_size_ground_and_style() -> None:
    drawn = svg.picture(Caption("k", "a < b", "c & d"), (100, 50.5), [svg.rect(1, 2, 3, 4, "x")])
    file = parsed(svg.standalone(drawn, ".x{fill:#000}"))
    assert (file.tag, file.get("width"), file.get("height")) == ("{http://www.w3.org/2000/svg}svg", "100", "50.5")
    assert [e.tag.rpartition("}")[2] for e in file] == ["title", "desc", "style", "rect", "rect"]
    assert [e.text for e in file][:3] == ["a < b", "c & d", ".x{fill:#000}"]


def test_an_arc_bends_to_the_right_between_its_ends() -> None:
    assert svg.arc((10, 0), (10, 50), 30, "edge") == '<path class="edge" d="M10 0C40 0 40 50 10 50"/>'
