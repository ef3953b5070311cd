import pytest

from quality import evaluation_charts as charts
from quality.svg import Caption
from schemas.messages import LANGUAGES, Language
from tests.quality import made_evaluation
from tests.quality.pictures import parsed, size, words


@pytest.mark.parametrize(
    ("least", "begin"), [(0.2, 0), (0.5, 0.5), (0.59, 0.5), (0.931, 0.9), (0.9995, 0.9995), (1, 0.9999)]
)
def test_an_axis_begins_at_a_round_share_below_all(least: float, begin: float) -> None:
    assert charts.start([1.0, least]) == begin


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_curve_names_its_points_and_stays_in_its_frame(language: Language) -> None:
    pairs = made_evaluation.both().pairs
    assert pairs is not None
    drawn = parsed(charts.precision_recall(pairs, language, "k"))
    dots = list(drawn.iter("circle"))
    assert len(dots) == 6
    assert all(74 <= size(d, "cx") <= 574 and 14 <= size(d, "cy") <= 240 for d in dots)
    (curve,) = drawn.iter("polyline")
    ends = [tuple(map(float, point.split(","))) for point in (curve.get("points") or "").split()]
    assert all(74 <= x <= 574 and 14 <= y <= 240 for x, y in ends)
    assert len([w for w in words(drawn) if w.startswith("p ≥ ")]) == 4
    heights = [size(t, "y") for t in drawn.iter("text") if (t.text or "").startswith("p ≥ ")]
    assert len(set(heights)) == 4


def test_points_of_a_certain_machine_lie_on_the_diagonal() -> None:
    pairs = made_evaluation.both().pairs
    assert pairs is not None
    assert pairs.calibration is not None
    drawn = parsed(charts.reliability(pairs.calibration, "vi", "k"))
    assert len(list(drawn.iter("circle"))) == len(pairs.calibration.bins) + len(pairs.calibration.top)
    assert all(26 <= size(d, "cy") <= 246 for d in drawn.iter("circle"))
    upright = [x for x in drawn.iter("line") if x.get("class") == "interval first"]
    assert all(size(x, "x1") == size(x, "x2") and size(x, "y1") >= size(x, "y2") for x in upright)


def test_strips_show_both_intervals_and_cut_off_what_lies_further_left() -> None:
    groups = made_evaluation.both().groups
    low = charts.strip_start(groups)
    assert low <= 0.9
    for group in groups:
        drawn = parsed(charts.strip(group, low, Caption("k", "t", "d")))
        lines = [x for x in drawn.iter("line") if (x.get("class") or "").startswith("interval")]
        scores = charts.scores_of(group)
        assert scores is not None
        assert len(lines) == bool(scores.precision.whole) + bool(scores.recall.whole)
        assert all(0 <= size(x, "x1") <= size(x, "x2") <= 200 for x in lines)
