"""Months are judged by Great Expectations as their scopes want it, and each keeps what the ones before came to."""

from dataclasses import replace

from pipeline.period_judging import MOST_BEFORE, judged, with_gates
from quality.gate_limits import COLUMNS, read_limits
from quality.period_facts import NATION, MonthBefore, MonthGate, PeriodFacts
from quality.period_suite import MONTH_EXPECTATIONS
from tests.quality import made_months

HEAD = ",".join(COLUMNS) + "\n"


def scopes() -> list[PeriodFacts]:
    nation = made_months.nation()
    each = [
        PeriodFacts(p.province_code, nation.month, True, nation.counted_on, nation.as_of, (p,)) for p in nation.parts
    ]
    return [*each, replace(nation, gate=MonthGate())]


def test_each_scope_is_judged_by_its_own_limits_and_none_where_nothing_came() -> None:
    found = judged(scopes(), {}, "2026-10", read_limits(f"{HEAD}33,month.batches.stopped,,,0.99\n"))
    assert set(found) == {"01", "33", "04", NATION}
    assert found["04"] == MonthGate()
    highs = {}
    for scope in ("01", "33", NATION):
        results = {r.id: r for r in found[scope].results}
        assert list(results) == [e.id for e in MONTH_EXPECTATIONS]
        assert all(r.evaluated for r in results.values())
        assert found[scope].engine.startswith("great_expectations ")
        highs[scope] = results["month.batches.stopped"].high
        by_hand = {
            r.id: r.success for r in made_months.judged(next(f for f in scopes() if f.scope == scope)).gate.results
        }
        assert {i: r.success for i, r in results.items() if i != "month.batches.stopped"} == {
            i: held for i, held in by_hand.items() if i != "month.batches.stopped"
        }
    assert highs == {"01": 0.2, "33": 0.99, NATION: 0.1}


def test_a_month_carries_the_year_before_it() -> None:
    own = made_months.judged(scopes()[0]).gate
    nothing = made_months.nothing()
    first = judged([nothing], {"01": own}, "2026-11", ())["01"]
    assert first.before[:-1] == own.before
    assert (first.before[-1].month, len(first.before[-1].seen)) == ("2026-11", len(own.results))
    again = judged([nothing], {"01": first}, "2026-12", ())["01"]
    assert again.before == first.before, "a month without results leaves no point"
    long = MonthGate("gx", own.results, tuple(MonthBefore(f"2025-{n:02}", ()) for n in range(1, 13)))
    assert len(judged([nothing], {"01": long}, "2026-01", ())["01"].before) == MOST_BEFORE


def test_provinces_keep_their_judgement() -> None:
    parts = made_months.nation().parts
    gates = {"01": MonthGate("gx")}
    assert [p.gate.engine for p in with_gates(parts, gates)] == ["gx", "", ""]
