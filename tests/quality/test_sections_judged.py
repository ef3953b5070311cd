from dataclasses import replace

import pytest

from quality.period_facts import MonthBefore, MonthGate, MonthResult, SeenBefore
from quality.period_suite import MONTH_EXPECTATIONS
from quality.sections_judged import judged
from schemas.messages import LANGUAGES, Language

STOPPED = MonthResult("month.batches.stopped", "stopped_share", "warning", None, 0.2, 0.4, False)
SEX = MonthResult("month.persons.sex", "male_share", "warning", 0.4, 0.6, 0.5, True)
VALID = MonthResult("month.sex.valid", "sex_valid_share", "warning", 0.98, None, None, True)
BALANCE = MonthResult("month.rows.balance", "rows_unaccounted", "critical", 0, 0, 3, False)
BEFORE = (MonthBefore("2026-09", (SeenBefore("month.persons.sex", 0.7, False),)), MonthBefore("2026-10", ()))


def test_failed_ones_come_first_with_what_to_do_and_the_critical_before_all() -> None:
    shown = judged(MonthGate("gx 1", (STOPPED, SEX, VALID, BALANCE), BEFORE), "2026-11", "en")
    assert shown is not None
    assert [(c.id, c.status) for c in shown.failed] == [
        ("month.rows.balance", "critical"), ("month.batches.stopped", "warning"),
    ]  # fmt: skip
    assert all(c.do for c in shown.failed)
    assert [c.id for c in shown.passed] == ["month.persons.sex"]
    assert [(p.at, p.has_failed) for p in shown.passed[0].trend.points] == [
        ("September 2026", True),
        ("November 2026", False),
    ]
    assert len(shown.unmeasured) == 1
    assert "Sex" in shown.unmeasured[0]
    assert (shown.total, shown.held) == ("4", "2")
    assert {c.id: c.limit.replace("\N{NO-BREAK SPACE}", " ") for c in (*shown.failed, *shown.passed)} == {
        "month.rows.balance": "at most 0", "month.batches.stopped": "at most 20 %", "month.persons.sex": "40 % to 60 %",
    }  # fmt: skip


def test_a_month_that_was_not_judged_has_no_judgement() -> None:
    assert judged(MonthGate("", (), BEFORE), "2026-11", "vi") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_expectation_says_what_to_do_when_it_fails(language: Language) -> None:
    results = tuple(replace(STOPPED, id=e.id, column=e.column) for e in MONTH_EXPECTATIONS)
    shown = judged(MonthGate("gx 1", results), "2026-11", language)
    assert shown is not None
    assert len(shown.failed) == len(MONTH_EXPECTATIONS)
    assert not [c.id for c in shown.failed if not c.do or c.do.startswith("month.")]
