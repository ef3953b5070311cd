"""A month as a whole, as it was judged, in the words of a language."""

from collections.abc import Mapping
from dataclasses import dataclass

from quality import sections_gate
from quality.period_facts import MonthGate, MonthResult
from quality.period_trend import month_trends
from quality.sections_trends import TrendShown, trend_shown
from quality.wording import month_said, number
from schemas.messages import Language, catalogue, text, what_to_do


@dataclass(frozen=True)
class ConditionShown(sections_gate.ResultShown):
    """One expectation on the month, with its course."""

    trend: TrendShown


@dataclass(frozen=True)
class JudgedShown:
    """How the month was judged: those that failed first, then those that held and saw something, then the others."""

    engine: str
    total: str
    held: str
    failed: tuple[ConditionShown, ...]
    passed: tuple[ConditionShown, ...]
    unmeasured: tuple[str, ...]


def judged(gate: MonthGate, month: str, language: Language) -> JudgedShown | None:
    """The judgement of a month (YYYY-MM); None where there is none."""
    if not gate.results:
        return None
    trends = {
        t.id: trend_shown(t, lambda point: (month_said(point.at, language), ""), "month", language)
        for t in month_trends(gate, month)
    }
    shown = [(r, _condition(r, trends, language)) for r in gate.results]
    return JudgedShown(
        gate.engine, number(len(shown), language), number(sum(r.success for r in gate.results), language),
        tuple(sorted((s for r, s in shown if not r.success), key=lambda s: s.status)),
        tuple(s for r, s in shown if r.success and r.observed is not None),
        tuple(s.wrong for r, s in shown if r.success and r.observed is None),
    )  # fmt: skip


def _condition(result: MonthResult, trends: Mapping[str, TrendShown], language: Language) -> ConditionShown:
    status = "held" if result.success else result.severity
    seen = sections_gate.metric(result.column, result.observed, language)
    return ConditionShown(
        result.id, sections_gate.wrong_of(result.id, language), "" if result.success else _do(result.id, language),
        seen if result.evaluated else text("report.gate.not_evaluated", language),
        sections_gate.bounds_said(result.column, result.low, result.high, language), status,
        text("period.judged.critical" if status == "critical" else f"report.gate.{status}", language),
        trends[result.id],
    )  # fmt: skip


def _do(name: str, language: Language) -> str:
    return what_to_do(name, language) if name in catalogue(language) else text("period.judged.do", language)
