import re
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quality.period_facts import BatchLine, GatePoint
from quality.period_trend import MOST_POINTS, chart, trends
from quality.report_facts import Balance

HELD = GatePoint("gate.batch.sex", "batch", "male_share", "critical", True, True, 1, 0, 0.51)
WRONG = GatePoint("gate.sex.filled", "sex", "sex_code", "warning", False, True, 200, 20)


def line(number: int, *gate: GatePoint, state: str = "loaded", day: int = 1) -> BatchLine:
    moment = f"2026-10-{day:02}T{number % 24:02}:{number // 24:02}:00+07:00"
    return BatchLine(f"{number:032x}", "01", moment, state, "accepted", Balance(), gate=gate)


def test_each_batch_is_a_point_with_what_was_seen() -> None:
    found = trends([line(2, HELD, WRONG), line(1, replace(HELD, observed=0.7, success=False))])
    assert [(t.id, t.batches, t.failed, t.by_day) for t in found] == [
        ("gate.batch.sex", 2, 1, False), ("gate.sex.filled", 1, 1, False),
    ]  # fmt: skip
    assert [(int(p.at, 16), p.failed, p.low, p.high) for p in found[0].points] == [(1, 1, 0.7, 0.7), (2, 0, 0.51, 0.51)]
    assert [(p.low, p.high) for p in found[1].points] == [(0.1, 0.1)]


def test_many_batches_are_told_by_day_and_none_is_lost() -> None:
    lines = [line(n, replace(HELD, observed=n / 1000, success=n != 7), day=1 + n % 3) for n in range(MOST_POINTS + 1)]
    (found,) = trends(lines)
    assert [p.at for p in found.points] == ["2026-10-01", "2026-10-02", "2026-10-03"]
    assert sum(p.batches for p in found.points) == found.batches == len(lines)
    assert [p.failed for p in found.points] == [0, 1, 0]
    assert (found.points[0].low, found.points[0].high) == (0.0, 0.039)


def test_what_was_undone_or_not_evaluated_is_not_measured() -> None:
    assert trends([line(1, HELD, state="undone"), line(2)]) == ()
    (found,) = trends([line(1, replace(HELD, evaluated=False, success=False))])
    assert (found.failed, found.points[0].high) == (1, None)


def test_quiet_is_what_held_everywhere_with_nothing_seen() -> None:
    quiet = replace(WRONG, success=True, unexpected=0)
    assert [t.is_quiet for t in trends([line(1, quiet)])] == [True]
    assert [t.is_quiet for t in trends([line(1, quiet), line(2, replace(quiet, unexpected=1))])] == [False]


@given(st.integers(1, 60), st.randoms())
def test_the_order_of_batches_changes_nothing(count: int, random: Any) -> None:
    lines = [line(n, HELD, replace(WRONG, success=n % 2 == 0), day=1 + n % 28) for n in range(count)]
    assert trends(random.sample(lines, count)) == trends(lines)


def test_a_failed_point_differs_in_shape_and_all_points_lie_inside() -> None:
    lines = [line(n, replace(HELD, observed=n / 10, success=n != 2)) for n in range(6)]
    drawn = str(chart(trends(lines)[0], "A < B", "words", "k"))
    assert drawn.count("<circle") == 5
    assert drawn.count('class="failed"') == 1
    assert "A &lt; B" in drawn
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)[0])
    places = [tuple(map(float, p)) for p in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
