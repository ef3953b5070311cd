from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.period_facts import NATION, BatchLine, Part, PeriodFacts, added
from quality.period_report import MOST_LISTED, build_period, last_day, stem_of, verdict
from quality.report_facts import Balance
from tests.quality import made_months


def test_the_nation_is_the_sum_of_its_provinces() -> None:
    facts = made_months.nation()
    whole = build_period(facts)
    own = [build_period(replace(facts, scope=p.province_code, parts=(p,))) for p in facts.parts]
    assert whole.tally == added(report.tally for report in own)
    assert whole.tally.balance.difference == 0
    assert whole.population.persons == sum(r.population.persons for r in own)
    for field, parts in zip(whole.fields, zip(*(r.fields for r in own), strict=True), strict=True):
        assert (field.now.rows, field.now.valid) == tuple(
            sum(getattr(p.now, n) for p in parts) for n in ("rows", "valid")
        )
    assert {g.days_from: g.rows for g in whole.cases.groups} == {
        days: sum(g.rows for r in own for g in r.cases.groups if g.days_from == days) for days in (0, 31, 91, 181)
    }
    assert sum(whole.verdicts.values()) == sum(sum(r.verdicts.values()) for r in own)
    assert [p.province_code for p in whole.provinces] == ["01", "33"], "a province without batches is not listed"


@settings(max_examples=20)
@given(st.randoms())
def test_the_order_of_batches_and_provinces_changes_nothing(random: Any) -> None:
    facts = made_months.nation()

    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(items, len(items)))

    parts = tuple(replace(p, batches=mixed(p.batches)) for p in mixed(facts.parts))
    found, wanted = build_period(replace(facts, parts=parts)), build_period(facts)
    assert replace(found, facts=facts) == wanted


def test_what_was_undone_is_listed_and_in_no_sum() -> None:
    report = build_period(made_months.province(6))
    undone = [x for x in report.batches if not x.counts]
    assert [x.verdict for x in undone] == ["undone"]
    assert report.tally.balance.read == sum(x.balance.read for x in report.batches) - undone[0].balance.read
    assert undone[0].batch_id not in {w.name for w in report.worst}


def test_the_worst_come_first_by_their_share() -> None:
    report = build_period(made_months.province(6))
    shares = [w.kept_out / w.balance.read for w in report.worst]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 1.0, "the stopped batch"


def test_a_province_with_one_batch_shows_the_groups_that_the_batch_shows() -> None:
    from quality.report import breakdown

    (facts, state), *_ = made_months.batches("01", 1)
    part = made_months.part("01", [(facts, state)])
    report = build_period(PeriodFacts("01", made_months.MONTH, True, "2026-12-01", None, (part,)))
    assert report.breakdowns is not None
    for shown in report.breakdowns:
        alone = breakdown(shown.field, facts.codes)
        assert set(shown.groups) <= set(alone.groups), "nothing more, or a small group is the difference"


def test_no_breakdown_before_the_month_is_over() -> None:
    assert build_period(replace(made_months.province(), is_final=False)).breakdowns is None


def test_a_nation_of_many_batches_lists_its_provinces_only() -> None:
    lines = tuple(
        BatchLine(f"{n:032x}", "01", f"2026-11-01T00:{n % 60:02}:00+07:00", "loaded", "accepted", Balance(1, 1))
        for n in range(MOST_LISTED + 1)
    )
    parts = (Part("01", lines),)
    nation = build_period(PeriodFacts(NATION, "2026-11", True, "2026-12-01", None, parts))
    assert nation.batches == ()
    assert nation.provinces[0].batches == len(lines)
    assert len(build_period(PeriodFacts("01", "2026-11", True, "2026-12-01", None, parts)).batches) == len(lines)


@pytest.mark.parametrize(
    ("told", "balance", "wanted"),
    [
        ((), Balance(), "nothing"), (("undone",), Balance(), "nothing"),
        (("accepted",), Balance(5, 4, 1), "accepted"), (("accepted", "nothing_new"), Balance(5, 4, 0, 1), "accepted"),
        (("accepted", "accepted_in_part"), Balance(5, 4, quarantined=1), "accepted_in_part"),
        (("accepted", "stopped"), Balance(5, 4, rejected=1), "accepted_in_part"),
        (("accepted_in_part",), Balance(5, 5), "accepted_in_part"),
        (("stopped",), Balance(5, rejected=5), "nothing_accepted"),
    ],
)  # fmt: skip
def test_the_verdict_of_a_month(told: tuple[str, ...], balance: Balance, wanted: str) -> None:
    lines = [
        BatchLine(str(n), "01", "", "undone" if v == "undone" else "loaded", v, Balance()) for n, v in enumerate(told)
    ]
    assert verdict(lines, balance) == wanted


@pytest.mark.parametrize(("month", "day"), [("2026-12", 31), ("2028-02", 29), ("2026-11", 30)])
def test_the_last_day_of_a_month(month: str, day: int) -> None:
    assert last_day(month) == date(*map(int, month.split("-")), day)


def test_names_of_reports() -> None:
    assert (stem_of(NATION, "2026-11"), stem_of("01", "2026-11")) == ("nation-2026-11", "province-01-2026-11")
