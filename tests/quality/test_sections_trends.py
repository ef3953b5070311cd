from quality.period_trend import Trend, TrendPoint
from quality.sections_trends import trend_shown
from quality.wording import NO_BREAK

POINTS = (TrendPoint("a" * 32, 1, 0, 0.25, 0.25), TrendPoint("b" * 32, 1, 1, None, None))


def test_a_trend_says_of_each_point_what_was_seen_and_where_it_leads() -> None:
    trend = Trend("gate.batch.quarantined", "batch", "quarantined_share", "critical", 2, 1, False, POINTS)
    shown = trend_shown(trend, lambda p: (p.at[:4], f"{p.at}.html" if p.failed else ""), "x", "vi")
    assert [(p.at, p.link, p.has_failed) for p in shown.points] == [
        ("aaaa", "", False),
        ("bbbb", "b" * 32 + ".html", True),
    ]
    assert [p.span for p in shown.points] == [f"25,00{NO_BREAK}%", "không tính được"]
    assert (shown.failed, shown.has_failed) == ("1 trong 2", True)
    assert "vi-x-gate-batch-quarantined" in shown.picture
    assert shown.span == f"25,00{NO_BREAK}%"


def test_what_is_no_share_is_a_number() -> None:
    trend = Trend(
        "gate.batch.heaping", "batch", "whipple_index", "warning", 1, 0, False, (TrendPoint("a", 1, 0, 131.2, 131.2),)
    )
    assert trend_shown(trend, lambda p: (p.at, ""), "x", "en").span == "131.2"
