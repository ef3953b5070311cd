"""Judge a month as a whole: Great Expectations over the figures that its reports tell; results are kept with it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quality.gate_limits import Limit
from quality.period_facts import MonthBefore, MonthGate, Part, PeriodFacts, SeenBefore
from quality.period_metrics import figures
from quality.period_report import build_period
from quality.period_suite import month_expectations

MOST_BEFORE = 11
"""So many earlier months are told beside a month: with it they are a year."""

Gates = Mapping[str, MonthGate]
"""How months were judged, by scope."""


def judged(
    each: Sequence[PeriodFacts], before: Gates, month_before: str, own: tuple[Limit, ...]
) -> dict[str, MonthGate]:
    """How the months of several scopes are judged; one in which nothing was loaded has no results.

    Args:
        each: the facts of a month, one a scope.
        before: how the month before was judged.
        month_before: which month that was, YYYY-MM.
        own: limits of the operator's.
    """
    reports = [build_period(facts) for facts in each]
    telling = {r.facts.scope: figures(r) for r in reports if r.verdict != "nothing"}
    expected = {scope: month_expectations(scope, own) for scope in telling}
    results, engine = {}, ""
    if telling:
        from quality import validate  # seconds, which who judges nothing need not wait for

        results, engine = validate.judge_months(telling, expected), validate.engine()
    return {
        facts.scope: MonthGate(
            engine if facts.scope in results else "", results.get(facts.scope, ()),
            _history(before.get(facts.scope), month_before),
        )
        for facts in each
    }  # fmt: skip


def with_gates(parts: Sequence[Part], gates: Gates) -> tuple[Part, ...]:
    """Provinces with how their month was judged."""
    return tuple(replace(part, gate=gates.get(part.province_code, part.gate)) for part in parts)


def _history(before: MonthGate | None, month: str) -> tuple[MonthBefore, ...]:
    """The months before, that one last; a month without results leaves no point."""
    if before is None:
        return ()
    seen = tuple(SeenBefore(r.id, r.observed, r.success) for r in before.results)
    last = (MonthBefore(month, seen),) if seen else ()
    return (*before.before, *last)[-MOST_BEFORE:]
