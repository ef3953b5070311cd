"""Made-up months of two provinces, for the tests of their reports."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from quality import period_tally
from quality.period_facts import (
    NATION,
    AgeGroup,
    BatchLine,
    Cases,
    EventCount,
    MonthBefore,
    MonthGate,
    MonthResult,
    OpenCases,
    Part,
    PeriodFacts,
    SeenBefore,
    added,
)
from quality.period_metrics import figures
from quality.period_report import build_period
from quality.period_suite import month_expectations
from quality.report_facts import AuditPlace, FieldFacts, ReportFacts
from tests.quality import made_facts

MONTH = "2026-11"
PLACE = AuditPlace(1_310, sha256(b"month").hexdigest(), "2026-12-01T01:00:00Z")
ACCESS = (
    EventCount("batch.loaded", "done", 6), EventCount("person.shown", "done", 41),
    EventCount("person.shown", "refused", 2), EventCount("report.written", "done", 9),
)  # fmt: skip


def batches(code: str, count: int, first: int = 0) -> list[tuple[ReportFacts, str]]:
    """Facts and states of batches of a province; the fourth of every five is stopped, the fifth undone."""
    made = []
    for number in range(first, first + count):
        facts = made_facts.stopped() if number % 5 == 3 else made_facts.facts()
        batch_id = sha256(f"{code} {number}".encode()).hexdigest()[:32]
        delivery = replace(facts.delivery, batch_id=batch_id, province_code=code)
        codes = tuple(replace(c, persons=c.persons // (number + 1) or 1) for c in facts.codes)
        state = "undone" if number % 5 == 4 else delivery.state
        made.append((_with_other_shares(replace(facts, delivery=delivery, codes=codes), number), state))
    return made


def part(code: str, given: Iterable[tuple[ReportFacts, str]], before: tuple[FieldFacts, ...] = ()) -> Part:
    """A province of those batches, loaded three hours apart."""
    lines: list[BatchLine] = []
    tallies = []
    for number, (facts, state) in enumerate(given):
        moment = datetime(2026, 11, 2, 1, 30, tzinfo=UTC) + timedelta(hours=3 * number)
        lines.append(period_tally.line(facts, state, moment))
        if lines[-1].counts:
            tallies.append(period_tally.tally(facts))
    groups = (AgeGroup(0, 412, 31), AgeGroup(31, 90, 12), AgeGroup(91, 3, 0), AgeGroup(181, 1, 0))
    oldest = (OpenCases("a" * 32, code, "2026-03-05", 1, 0), *(OpenCases(x.batch_id, code, "2026-11-02", 9, 2)
                                                             for x in lines[:2]))  # fmt: skip
    return Part(code, tuple(lines), added(tallies), before, Cases(groups, oldest), ACCESS)


def earlier() -> tuple[FieldFacts, ...]:
    """The fields of the month before: a little worse in one of them."""
    fields = made_facts.facts().fields
    return tuple(replace(f, in_review=2_400) if f.field == "birth_date" else f for f in fields)


def province(count: int = 6) -> PeriodFacts:
    """The month of one province."""
    own = part("01", batches("01", count), earlier())
    return judged(PeriodFacts("01", MONTH, True, "2026-12-01", PLACE, (own,), ACCESS))


def nation(count: int = 6) -> PeriodFacts:
    """The month of the nation, two provinces of which had batches."""
    parts = (part("01", batches("01", count), earlier()), part("33", batches("33", count // 2)), Part("04"))
    return judged(PeriodFacts(NATION, MONTH, True, "2026-12-01", PLACE, parts, ACCESS))


def judged(facts: PeriodFacts) -> PeriodFacts:
    """The month with its judgement, worked out by hand instead of by Great Expectations, and five months before it."""
    seen = figures(build_period(facts))
    results = tuple(
        MonthResult(
            e.id, e.column, e.severity, e.low, e.high, seen[e.column], _is_within(seen[e.column], e.low, e.high)
        )
        for e in month_expectations(facts.scope)
    )
    before = tuple(
        MonthBefore(f"2026-{number:02}", tuple(
            SeenBefore(r.id, None if r.observed is None else round(r.observed * (0.9 + 0.03 * (number % 4)), 4),
                       r.success or number % 2 == 0)
            for r in results
        ))
        for number in range(6, 11)
    )  # fmt: skip
    return replace(facts, gate=MonthGate("great_expectations 1.24.1", results, before))


def _is_within(value: float | None, low: float | None, high: float | None) -> bool:
    return value is None or ((low is None or value >= low) and (high is None or value <= high))


def nothing() -> PeriodFacts:
    """A month in which no batch came, not over yet."""
    return PeriodFacts("01", MONTH, False, "2026-11-28", None, (Part("01"),))


def _with_other_shares(facts: ReportFacts, number: int) -> ReportFacts:
    """The gate sees something else in each batch."""
    if facts.gate is None:
        return facts
    results = tuple(
        replace(r, observed=None if r.observed is None else round(r.observed * (1 + number % 4 / 8), 4),
                unexpected=r.unexpected * (1 + number % 3))
        for r in facts.gate.results
    )  # fmt: skip
    balance = facts.balance
    more = replace(balance, read=balance.read + number, known=balance.known + number)
    if facts.delivery.state == "stopped":
        more = balance
    return replace(facts, gate=replace(facts.gate, results=results), balance=more, recount=more)
