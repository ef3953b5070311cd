"""Pictures of persons: bars lie where their sums are, curves join the right records, nothing leaves the picture."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.person_pictures import Bar, Edge, Node, graph, waterfall
from tests.quality.pictures import parsed

NS = "{http://www.w3.org/2000/svg}"
THRESHOLDS = {"match": 6.0, "review": -1.0}
GAINS = st.lists(st.floats(-40, 40), min_size=2, max_size=9)


def bars(gains: list[float]) -> list[Bar]:
    totals = [sum(gains[: n + 1]) for n in range(len(gains))]
    return [Bar(f"bước {n}", "lời", gain, total) for n, (gain, total) in enumerate(zip(gains, totals, strict=True))]


def rectangles(picture: ET.Element, *styles: str) -> list[tuple[float, float]]:
    """Left and right end of each rectangle of those styles."""
    found = (r for r in picture.iter(f"{NS}rect") if r.get("class") in styles)
    return [(float(r.get("x") or 0), float(r.get("x") or 0) + float(r.get("width") or 0)) for r in found]


def texts(picture: ET.Element) -> list[str]:
    return [t.text or "" for t in picture.iter(f"{NS}text")]


@given(GAINS)
def test_each_bar_begins_where_the_one_before_ends(gains: list[float]) -> None:
    picture = parsed(waterfall(bars(gains), THRESHOLDS, "a và b", "vi"))
    drawn = rectangles(picture, "start", "for", "against", "final")
    assert len(drawn) == len(gains) + 1
    for one, other in pairwise(drawn):
        assert min(abs(a - b) for a in one for b in other) <= 1.7
    width = float(picture.get("width") or 0)
    assert all(0 <= x <= width for line in drawn for x in line)


def test_thresholds_and_numbers_are_in_the_language_asked_for() -> None:
    steps = bars([-22.2, 13.1, 20.0])
    vietnamese, english = (parsed(waterfall(steps, THRESHOLDS, "a, b", lang)) for lang in ("vi", "en"))
    assert {"+13,1", "−22,2", "10,9", "tự gộp từ 6,0", "cần xem từ −1,0"} <= set(texts(vietnamese))
    assert {"+13.1", "−22.2", "10.9", "merged from 6.0", "review from −1.0"} <= set(texts(english))
    lines = {e.get("class"): float(e.get("x1") or 0) for e in vietnamese.iter(f"{NS}line")}
    assert lines["threshold review"] < lines["threshold match"]
    assert [e.tag for e in vietnamese][:3] == [f"{NS}title", f"{NS}desc", f"{NS}style"]


def test_what_speaks_against_one_person_has_another_colour() -> None:
    picture = parsed(waterfall(bars([-20.0, 13.0, -3.0]), THRESHOLDS, "", "vi"))
    assert [len(rectangles(picture, style)) for style in ("start", "for", "against", "final")] == [1, 1, 1, 1]


@pytest.mark.parametrize("kind", ["match", "review", "same", "different"])
def test_a_curve_runs_between_its_records_and_is_explained(kind: str) -> None:
    nodes = [Node(f"tep-1.csv:{n}", "01/02/2026") for n in range(3)]
    picture = parsed(graph(nodes, [Edge(2, 0, kind, None if kind in ("same", "different") else 9.25)], "Người", "vi"))  # type: ignore[arg-type]
    dots = [float(d.get("cy") or 0) for d in picture.iter(f"{NS}circle")]
    (curve,) = picture.iter(f"{NS}path")
    assert curve.get("class") == f"edge {kind}"
    path = curve.get("d") or ""
    assert path.split()[1].startswith(f"{dots[0]:g}C")
    assert path.endswith(f" {dots[2]:g}")
    assert len([line for line in picture.iter(f"{NS}line") if line.get("class") == f"edge {kind}"]) == 1
    assert ("9,2" in texts(picture)) == (kind in ("match", "review"))


def test_of_many_records_the_first_are_drawn_and_the_rest_counted() -> None:
    nodes = [Node("tep-1234.xlsx " + "x" * 60, "") for _ in range(45)]
    picture = parsed(graph(nodes, [Edge(0, 44, "match", 9.0)], "Người", "vi"))
    assert len(list(picture.iter(f"{NS}circle"))) == 40
    assert list(picture.iter(f"{NS}path")) == []
    assert "và 5 bản ghi nữa" in texts(picture)
    assert max(len(t) for t in texts(picture)) == 40


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30))
def test_any_text_stays_text(words: str) -> None:
    assert words[:40] in texts(parsed(graph([Node(words, "")], [], "Người", "vi")))
    assert words in texts(parsed(waterfall([Bar(words, "", 1.0, 1.0), Bar("b", "", 1.0, 2.0)], THRESHOLDS, "", "vi")))
