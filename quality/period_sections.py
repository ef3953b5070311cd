"""What the report of a month says, section by section, in one language: ready words for its templates."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from quality import charts, sections_gate
from quality.period_facts import NATION
from quality.period_fields import FieldOf, PeriodField
from quality.period_report import PeriodReport
from quality.period_trend import Trend
from quality.report_facts import Balance, FileFacts
from quality.report_json import province_name
from quality.sections import BreakdownShown, breakdown_shown
from quality.sections_groups import RowsShown, groups_shown
from quality.sections_households import SizeShown, sizes_shown
from quality.sections_judged import JudgedShown, judged
from quality.sections_scans import ScansShown, scans
from quality.sections_trends import Labels, TrendShown, trend_shown
from quality.shares import Share, share
from quality.svg import Caption
from quality.wording import day, month_said, number, percent, span
from schemas.messages import Language, text
from schemas.rules import all_rules

_DRAWN = 5
_SHORT = 12


@dataclass(frozen=True)
class FieldShown:
    """One of the 17 fields; `provinces` are (name, rows, filled, its interval, valid, its interval, in review)."""

    number: int
    label: str
    bar: Markup
    filled: str
    filled_span: str
    valid: str
    valid_span: str
    in_review: str
    change: str
    has_changed: bool
    provinces: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Shown:
    """All that needs more than a number."""

    scope: str
    month: str
    verdict: str
    verdicts: tuple[str, ...]
    versions: str
    flow: tuple[FileFacts, ...]
    fields: tuple[FieldShown, ...]
    trends: tuple[TrendShown, ...]
    quiet: tuple[str, ...]
    failed: str
    judged: JudgedShown | None
    groups: tuple[tuple[str, tuple[RowsShown, ...]], ...]
    scans: ScansShown | None
    sizes: tuple[SizeShown, ...]
    breakdowns: tuple[BreakdownShown, ...]
    rules: tuple[tuple[str, str, str, str], ...]
    ages: tuple[tuple[str, str, str], ...]
    refused: str
    access: tuple[tuple[str, str, str], ...]


def of(report: PeriodReport, language: Language) -> Shown:
    """The sections of a report in one language. Raises KeyError where a text is missing."""
    loud = [t for t in report.trends if not t.is_quiet]
    return Shown(
        scope=scope(report, language),
        month=month(report, language),
        verdict=verdict(report, language),
        verdicts=tuple(f"{number(n, language)} {text(f'period.of.{v}', language)}" for v, n in report.verdicts.items()),
        versions=_versions(report, language),
        flow=_flow(report, language),
        fields=tuple(_field(f, language) for f in report.fields),
        trends=tuple(trend_shown(t, _labels(t, language), "batch", language) for t in loud),
        quiet=tuple(sections_gate.wrong_of(t.id, language) for t in report.trends if t.is_quiet),
        failed=number(sum(t.failed > 0 for t in report.trends), language),
        judged=judged(report.facts.gate, report.facts.month, language),
        groups=groups_shown(report.groups or (), language),
        scans=scans(report.tally.cells, language),
        sizes=sizes_shown(report.households.sizes if report.households else (), language),
        breakdowns=tuple(breakdown_shown(b, language) for b in report.breakdowns or ()),
        rules=tuple(_rules(report, language)),
        ages=tuple(_ages(report, language)),
        refused=number(sum(e.events for e in report.facts.access if e.outcome == "refused"), language),
        access=_access(report, language),
    )


def scope(report: PeriodReport, language: Language) -> str:
    """The name of the province, or the nation."""
    if report.facts.scope == NATION:
        return text("period.nation", language)
    return province_name(report.facts.scope)


def month(report: PeriodReport, language: Language) -> str:
    """The month in words."""
    return month_said(report.facts.month, language)


def verdict(report: PeriodReport, language: Language) -> str:
    """The verdict in one sentence with the numbers that it rests on; batches stopped or undone in one more."""
    sums, verdicts = report.tally.balance, report.verdicts
    counts = {n: number(getattr(sums, n), language) for n in ("read", "taken", "known", "quarantined", "rejected")}
    batches = sum(verdicts.values()) - verdicts.get("undone", 0)
    said = [
        text(
            f"period.verdict.{report.verdict}", language, batches=number(batches, language),
            share=percent(sums.taken, sums.read, language), **counts,
        )
    ]  # fmt: skip
    failed = sum(not r.success for r in report.facts.gate.results)
    if failed:
        said.append(text("period.verdict.judged", language, failed=number(failed, language)))
    for name in ("stopped", "undone"):
        if verdicts.get(name):
            said.append(text(f"period.verdict.{name}", language, batches=number(verdicts[name], language)))
    return " ".join(said)


def _versions(report: PeriodReport, language: Language) -> str:
    lines = [line for part in report.facts.parts for line in part.batches if line.counts]
    codes = sorted({f"sohoa {x.code_version}, {text('report.cover.model', language)} {x.model_version}" for x in lines})
    return "; ".join(codes) or text("period.cover.none", language)


def _flow(report: PeriodReport, language: Language) -> tuple[FileFacts, ...]:
    """What the flow picture begins with: the largest provinces or batches, the others together."""
    is_nation = report.facts.scope == NATION
    if is_nation:
        named = [(province_name(p.province_code), p.balance) for p in report.provinces]
    else:
        lines = [x for x in report.batches if x.counts]
        named = [(text("period.flow.batch", language, batch=x.batch_id[:_SHORT]), x.balance) for x in lines]
    named = sorted((n for n in named if n[1].read), key=lambda n: (-n[1].read, n[0]))
    few = named if len(named) <= _DRAWN + 1 else named[:_DRAWN]
    rest = named[len(few) :]
    if rest:
        key = "period.flow.provinces" if is_nation else "period.flow.batches"
        said = text(key, language, count=number(len(rest), language))
        few = [*few, (said, Balance(sum(b.read for _, b in rest)))]
    return tuple(FileFacts(name, "", None, "", None, balance) for name, balance in few)


def _field(field: PeriodField, language: Language) -> FieldShown:
    declared = field.declared
    label = declared.label_vi if language == "vi" else declared.label_en
    provinces = sorted((field.provinces or {}).items())
    return FieldShown(
        declared.number or 0, label, _bar(field, label, language),
        percent(field.now.filled, field.now.rows, language), _span(field.filled, language),
        percent(field.now.valid, field.now.rows, language), _span(field.valid, language),
        percent(field.now.in_review, field.now.rows, language), _change(field, language), field.has_changed,
        tuple((province_name(code), *_shares(of, language)) for code, of in provinces if of.rows),
    )  # fmt: skip


def _bar(field: PeriodField, label: str, language: Language) -> Markup:
    now = field.now
    empty = now.rows - now.filled
    shares = {
        name: percent(rows, now.rows, language)
        for name, rows in (("valid", now.valid), ("review", now.in_review), ("empty", empty))
    }
    words = text("period.fields.described", language, **shares)
    parts = [("valid", now.valid), ("review", now.in_review), ("absent", empty)]
    return charts.shares(parts, Caption(f"{language}-period-{field.declared.name}", label, words))


def _span(found: Share, language: Language) -> str:
    return "" if found.share is None else span(found.low, found.high, language)


def _shares(of: FieldOf, language: Language) -> tuple[str, ...]:
    filled, valid, in_review = (percent(part, of.rows, language) for part in (of.filled, of.valid, of.in_review))
    spans = [_span(share(part, of.rows), language) for part in (of.filled, of.valid)]
    return number(of.rows, language), filled, spans[0], valid, spans[1], in_review


def _change(field: PeriodField, language: Language) -> str:
    before = field.before
    if before is None or not before.rows or not field.now.rows:
        return text("period.fields.no_before", language)
    points = round(100 * (field.now.valid / field.now.rows - before.valid / before.rows), 1) + 0.0
    sign = "+" if points > 0 else ""
    return text("period.fields.points", language, change=sign + number(points, language, 1))


def _labels(trend: Trend, language: Language) -> Labels:
    """Days by their date; batches by the start of their ids, and by the links to their own reports."""
    if trend.by_day:
        return lambda point: (day(date.fromisoformat(point.at), language), "")
    return lambda point: (point.at[:_SHORT], f"{point.at}.html")


def _rules(report: PeriodReport, language: Language) -> list[tuple[str, str, str, str]]:
    """Rule, what is wrong, rows, share of the rows read."""
    read = report.tally.balance.read
    return [
        (r.rule_id, sections_gate.wrong_of(all_rules()[r.rule_id].message if r.rule_id in all_rules() else r.rule_id,
                                           language),
         number(r.rows, language), percent(r.rows, read, language))
        for r in report.rules
    ]  # fmt: skip


def _ages(report: PeriodReport, language: Language) -> list[tuple[str, str, str]]:
    groups = report.cases.groups
    said = []
    for group, following in zip(groups, (*groups[1:], None), strict=True):
        key = "period.waiting.over" if following is None else "period.waiting.up_to"
        high = "" if following is None else number(following.days_from - 1, language)
        bounds = {"low": number(group.days_from, language)} | ({"high": high} if following else {})
        said.append((text(key, language, **bounds), number(group.rows, language), number(group.pairs, language)))
    return said


def _access(report: PeriodReport, language: Language) -> tuple[tuple[str, str, str], ...]:
    """Kind of event, how often done, how often refused."""
    counts: dict[str, dict[str, int]] = {}
    for event in report.facts.access:
        counts.setdefault(event.action, {})[event.outcome] = event.events
    return tuple(
        (action, number(found.get("done", 0), language), number(found.get("refused", 0), language))
        for action, found in sorted(counts.items())
    )
