from datetime import UTC, datetime, timedelta

import pytest

from pipeline.period_counting import cases_of, provinces
from quality.period_facts import AGES
from store.period_figures import WaitingCases

NOW = datetime(2026, 10, 1, 3, tzinfo=UTC)


def waiting(days: int, rows: int = 1, pairs: int = 0) -> WaitingCases:
    return WaitingCases(f"{days + 50:032x}", "01", NOW - timedelta(days=days), rows, pairs)


@pytest.mark.parametrize(
    ("days", "group"), [(-1, 0), (0, 0), (30, 0), (31, 31), (90, 31), (91, 91), (180, 91), (181, 181), (999, 181)]
)
def test_cases_are_counted_by_the_days_that_they_have_waited(days: int, group: int) -> None:
    found = cases_of([waiting(days, 3, 2)], NOW)
    assert [(g.days_from, g.rows, g.pairs) for g in found.groups] == [
        (d, 3 if d == group else 0, 2 if d == group else 0) for d in AGES
    ]


def test_the_oldest_are_named_by_batch_and_day_in_viet_nam() -> None:
    found = cases_of([waiting(1), waiting(40), waiting(7)], NOW)
    assert [o.recorded_on for o in found.oldest] == ["2026-08-22", "2026-09-24", "2026-09-30"]
    assert cases_of([], NOW).oldest == ()


def test_there_are_34_provinces() -> None:
    assert len(set(provinces())) == 34
