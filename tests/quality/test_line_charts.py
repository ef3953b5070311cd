import pytest

from quality import line_charts as draw
from quality import svg
from quality.line_charts import Frame, Line, Mark, Scale
from quality.svg import Caption
from tests.quality.pictures import parsed, size, words


def frame(scale: Scale) -> Frame:
    return Frame(80, 40, 500, 200, -5, 15, scale)


@pytest.mark.parametrize(
    ("values", "low", "high"), [([1200, 35], 10, 10_000), ([0.2, 1e9], 1e4, 1e9), ([0, 0], 0.1, 1), ([1], 0.1, 1)]
)
def test_a_scale_of_powers_of_ten_holds_the_highest_values(values: list[float], low: float, high: float) -> None:
    scale = draw.logarithmic(values, "vi")
    assert (scale.low, scale.high) == pytest.approx((low, high))
    assert scale.share(scale.low) == 0
    assert scale.share(scale.high) == pytest.approx(1)
    assert scale.told(0.01) == "0,01"
    assert scale.told(10_000) == "10.000"


@pytest.mark.parametrize("most", [0, 1, 3, 4.2, 55, 99, 100, 101, 1062, 23_456_789])
def test_a_scale_of_counts_has_few_round_lines_and_holds_the_highest(most: float) -> None:
    scale = draw.linear(most, "en")
    assert scale.high >= most
    assert 2 <= len(scale.ticks) <= 6
    assert all(t == int(t) for t in scale.ticks)


def test_a_scale_of_shares_tells_its_lines_apart() -> None:
    for low in (0.0, 0.8, 0.95, 0.99, 0.9995):
        told = [draw.shares(low, "vi").told(t) for t in draw.shares(low, "vi").ticks]
        assert len(set(told)) == len(told)


def test_lines_stay_in_their_frame_and_thresholds_have_names_apart() -> None:
    line = Line([(-9, 5.0), (-4, 5.0), (0, 900.0), (3, 0.0), (4, 7.0), (5, 8.0), (30, 9.0)], "sum")
    marks = [Mark(6, "chosen", "chosen"), Mark(5.5, "present", "present"), Mark(99, "far away", "present")]
    shown = draw.drawn(frame(draw.logarithmic([1, 100], "vi")), [line], marks, "vi")
    drawn = parsed(svg.picture(Caption("k", "t", "d"), (600, 300), shown))
    runs = [run.get("points") or "" for run in drawn.iter("polyline")]
    ends = [tuple(map(float, point.split(","))) for run in runs for point in run.split()]
    assert len(runs) == 2
    assert all(80 <= x <= 580 and 40 <= y <= 240 for x, y in ends)
    assert {"chosen", "present"} <= set(words(drawn))
    assert "far away" not in words(drawn)
    heights = {size(t, "y") for t in drawn.iter("text") if t.text in ("chosen", "present")}
    assert len(heights) == 2
