import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import charts
from quality.report import AgeGroup
from quality.report_facts import WeightCount
from quality.svg import Caption
from tests.quality.pictures import parsed, rectangles, size

THRESHOLDS = {"review": -1.0, "match": 6.0}
weight_counts = st.lists(
    st.builds(WeightCount, st.integers(-60, 90), st.sampled_from(("review", "match")), st.integers(1, 10**6)),
    min_size=1, max_size=60,
)  # fmt: skip


@given(weight_counts)
def test_the_numbers_over_the_columns_add_up_to_all_pairs(counts: list[WeightCount]) -> None:
    drawn = charts.weights(counts, THRESHOLDS, "en", "k")
    texts = [t for t in parsed(drawn).iter("text") if t.get("class") == "tiny" and size(t, "y") < 200]
    assert sum(int((t.text or "").replace(",", "")) for t in texts) == sum(c.pairs for c in counts)
    assert len(texts) <= 17
    columns = [r for style in ("review", "match") for r in rectangles(parsed(drawn), style)]
    assert all(size(r, "y") >= 20 and size(r, "x") >= 20 and size(r, "x") + size(r, "width") <= 581 for r in columns)


def test_what_waits_and_what_was_merged_are_told_apart_at_the_threshold() -> None:
    counts = [WeightCount(5, "review", 3), WeightCount(6, "match", 4), WeightCount(40, "match", 1)]
    drawn = charts.weights(counts, THRESHOLDS, "vi", "k")
    review, match = rectangles(parsed(drawn), "review"), rectangles(parsed(drawn), "match")
    line = next(x for x in parsed(drawn).iter("line") if x.get("class") == "threshold match")
    assert all(size(r, "x") + size(r, "width") <= size(line, "x1") for r in review)
    assert all(size(r, "x") >= size(line, "x1") for r in match)


def test_one_pair_and_no_thresholds_can_be_drawn() -> None:
    drawn = charts.weights([WeightCount(3, "review", 1)], {"match": None}, "vi", "k")
    assert len(rectangles(parsed(drawn), "review")) == 1


def test_the_pyramid_has_the_old_on_top_and_bars_in_proportion() -> None:
    groups = (AgeGroup(0, 40, 20, 0), AgeGroup(85, 10, 0, 0), AgeGroup(None, 7, 7, 7))
    males, females = (rectangles(parsed(charts.pyramid(groups, "en", "k")), sex) for sex in ("male", "female"))
    assert [size(r, "width") for r in males] == [50, 200]
    assert [size(r, "width") for r in females] == [0, 100]
    assert size(males[0], "x") + size(males[0], "width") == size(males[1], "x") + size(males[1], "width")
    assert [t for t in ("85+", "0–4") if t in charts.pyramid(groups, "en", "k")] == ["85+", "0–4"]


@pytest.mark.parametrize("group", [AgeGroup(start, 0, 0, 0) for start in (0, 45, 85)])
def test_nobody_makes_no_bar(group: AgeGroup) -> None:
    assert [size(r, "width") for r in rectangles(parsed(charts.pyramid((group,), "vi", "k")), "male")] == [0]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=6))
def test_shares_fill_the_bar_and_none_is_too_thin_to_see(rows: list[int]) -> None:
    parts = [(f"part{n}", count) for n, count in enumerate(rows)]
    drawn = charts.shares(parts, Caption("k", "t", "d"))
    widths = {style: [size(r, "width") for r in rectangles(parsed(drawn), style)] for style, _ in parts}
    for style, count in parts:
        assert len(widths[style]) == (count > 0)
        assert not count or widths[style][0] >= 1.4
    total = sum(w[0] for w in widths.values() if w)
    assert total == pytest.approx(200 if sum(rows) else 0, abs=0.4)
