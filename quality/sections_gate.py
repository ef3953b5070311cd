"""The gate in words: what must not happen, what was seen, what would have been borne."""

from dataclasses import dataclass
from datetime import datetime

from quality.gate_limits import MONTH
from quality.report import GateResult, Report
from quality.report_facts import GateRelease
from quality.suite import BATCH, PERSON
from quality.wording import VIET_NAM_TIME, moment, number, share
from schemas.fields import by_name
from schemas.messages import Language, catalogue, text, what_to_do, wrong


@dataclass(frozen=True)
class ResultShown:
    """One expectation: failed ones say what to do."""

    id: str
    wrong: str
    do: str
    observed: str
    limit: str
    status: str
    status_label: str


@dataclass(frozen=True)
class GateShown:
    """The gate: those that failed first, then those that held, by what they look at."""

    engine: str
    persons: str
    total: str
    held: str
    stopped: int
    warned: int
    failed: tuple[ResultShown, ...]
    passed: tuple[tuple[str, tuple[ResultShown, ...]], ...]
    released: tuple[str, ...] = ()


def gate(report: Report, language: Language) -> GateShown | None:
    """The gate of a report; None where its result was not kept."""
    if report.gate is None:
        return None
    let_in = {r.rule_id for r in report.gate.released}
    shown = [(r, _result(r, language, is_released=r.result.id in let_in)) for r in report.gate_results]
    failed = [s for r, s in shown if not r.result.success]
    by_subject: dict[str, list[ResultShown]] = {}
    for judged, words in shown:
        if judged.result.success:
            by_subject.setdefault(_subject(judged.result.field, language), []).append(words)
    return GateShown(
        report.gate.engine, number(report.gate.persons, language), number(len(shown), language),
        number(len(shown) - len(failed), language), sum(s.status == "critical" for s in failed),
        sum(s.status == "warning" for s in failed), tuple(sorted(failed, key=lambda s: s.status)),
        tuple((subject, tuple(results)) for subject, results in by_subject.items()),
        tuple(_released(r, language) for r in report.gate.released),
    )  # fmt: skip


def wrong_of(rule_id: str, language: Language) -> str:
    """What an expectation says must not happen; its id where an older version knew another one."""
    if rule_id in catalogue(language):
        return wrong(rule_id, language)
    _, _, rest = rule_id.partition(MONTH)
    field, _, what = rest.partition(".")
    key = f"period.judged.{what}"
    return text(key, language, field=_subject(field, language)) if key in catalogue(language) else rule_id


def _released(let: GateRelease, language: Language) -> str:
    at = datetime.fromisoformat(let.recorded_at).astimezone(VIET_NAM_TIME)
    return text(
        "report.gate.released_by", language, wrong=wrong_of(let.rule_id, language), by=let.author,
        at=moment(at, language),
    )  # fmt: skip


def _result(judged: GateResult, language: Language, *, is_released: bool = False) -> ResultShown:
    result = judged.result
    known = result.id in catalogue(language)
    status = "held" if result.success else "released" if is_released else result.severity
    return ResultShown(
        result.id,
        wrong_of(result.id, language),
        what_to_do(result.id, language) if known and not result.success and not is_released else "",
        _observed(judged, language),
        _limit(judged, language),
        status,
        text(f"report.gate.{status}", language),
    )


def _observed(judged: GateResult, language: Language) -> str:
    result = judged.result
    if not result.evaluated:
        return text("report.gate.not_evaluated", language)
    if result.field == BATCH:
        return metric(result.column, result.observed, language)
    return text(
        "report.gate.counted", language, wrong=number(result.unexpected, language),
        checked=number(result.checked, language),
    )  # fmt: skip


def _limit(judged: GateResult, language: Language) -> str:
    result, low, high = judged.result, judged.low, judged.high
    if result.field != BATCH:
        if result.mostly >= 1:
            return text("report.gate.none_allowed", language)
        return text("report.gate.share_allowed", language, share=share(1 - result.mostly, language))
    return bounds_said(result.column, low, high, language)


def bounds_said(column: str, low: float | None, high: float | None, language: Language) -> str:
    """What a figure may be."""
    if low is not None and high is not None and low != high:
        bounds = (metric(column, x, language) for x in (low, high))
        return text("report.gate.between", language, low=next(bounds), high=next(bounds))
    if high is None and low is not None:
        return text("period.judged.at_least", language, low=metric(column, low, language))
    return text("report.gate.at_most", language, high=metric(column, high, language))


def metric(column: str, value: float | None, language: Language) -> str:
    """A figure; shares in per cent, None where too few were counted."""
    if value is None:
        return text("report.gate.too_few", language)
    if column.endswith("_share"):
        return share(value, language)
    return number(value, language, 0 if value == int(value) else 1)


def _subject(field: str, language: Language) -> str:
    if field in (BATCH, PERSON):
        return text(f"report.gate.of_{field}", language)
    declared = by_name(field)
    return declared.label_vi if language == "vi" else declared.label_en
