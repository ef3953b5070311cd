import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import flow
from quality.report_facts import Balance, FileFacts
from schemas.messages import LANGUAGES, Language
from schemas.tables import OUTCOMES
from tests.quality.pictures import parsed, rectangles, size, words

outcomes = st.lists(st.integers(0, 10**7), min_size=5, max_size=5).filter(any)


def picture(balance: Balance, files: list[FileFacts], geometry: flow.Geometry = flow.WIDE) -> ET.Element:
    return parsed(flow.flow(balance, files, "en", geometry, "k"))


def files_of(*rows: int) -> list[FileFacts]:
    return [
        FileFacts(f"folder/{n}.csv", "delimited", None, "accepted", None, Balance(r, loaded=r))
        for n, r in enumerate(rows)
    ]


def bars(element: ET.Element, style: str) -> list[float]:
    return [size(r, "height") for r in rectangles(element, style)]


@given(outcomes, st.sampled_from([flow.WIDE, flow.NARROW]))
def test_bands_are_as_wide_as_their_share_and_none_vanishes(sums: list[int], geometry: flow.Geometry) -> None:
    balance = Balance(sum(sums), *sums)
    drawn = picture(balance, files_of(sum(sums)), geometry)
    whole = 250.0
    for outcome, rows in zip(OUTCOMES, sums, strict=True):
        heights = bars(drawn, outcome)
        assert len(heights) == (rows > 0)
        if rows:
            assert heights[0] == pytest.approx(max(1.5, whole * rows / sum(sums)), abs=0.06)
    bands = [p for p in drawn.iter("path") if (p.get("class") or "").removeprefix("band ") in OUTCOMES]
    assert len(bands) == sum(rows > 0 for rows in sums)


@given(outcomes)
def test_every_outcome_is_labelled_and_everything_is_inside(sums: list[int]) -> None:
    drawn = picture(Balance(sum(sums), *sums), files_of(sum(sums)))
    labels = words(drawn)
    for name, rows in zip(("new persons", "merged", "known", "in quarantine", "rejected"), sums, strict=True):
        assert f"{rows:,} {name}" in labels
    width, height = (float(x) for x in (drawn.get("viewBox") or "").split()[2:])
    assert all(float(t.get("y") or 0) < height for t in drawn.iter("text"))
    rectangles = [(float(r.get("y") or 0), float(r.get("height") or 0)) for r in drawn.iter("rect")]
    assert all(y + h <= height for y, h in rectangles)
    assert width == flow.WIDE.width


@given(outcomes)
def test_labels_never_lie_on_each_other(sums: list[int]) -> None:
    drawn = picture(Balance(sum(sums), *sums), files_of(*sums))
    for anchor in (None, "end"):
        heights = sorted(float(t.get("y") or 0) for t in drawn.iter("text") if t.get("text-anchor") == anchor)
        assert all(below - above >= 16 for above, below in pairwise(heights))


def test_the_largest_files_are_named_and_the_rest_counted() -> None:
    drawn = picture(Balance(1000, loaded=1000), files_of(*range(10, 90, 10), 640, 0))
    assert [w for w in words(drawn) if ".csv" in w] == ["8.csv", "7.csv", "6.csv", "5.csv", "4.csv"]
    assert "4 other files" in words(drawn)
    assert "100 rows" in words(drawn)


def test_a_long_name_keeps_its_end() -> None:
    made = FileFacts(
        "x/" + "sổ hộ khẩu " * 9 + "1987.xlsx", "spreadsheet", None, "accepted", None, Balance(1, loaded=1)
    )
    label = next(w for w in words(picture(Balance(1, loaded=1), [made])) if w.endswith("1987.xlsx"))
    assert len(label) == 26
    assert "…" in label


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_words_with_every_number(language: Language) -> None:
    told = parsed(flow.flow(Balance(20, 11, 4, 2, 2, 1), files_of(20), language, flow.WIDE, "k")).find("desc")
    assert told is not None
    assert re.findall(r"\d+", (told.text or "").split(":")[1])[::3] == ["11", "4", "2", "2", "1"]
