"""The report of a month as plain JSON values. Its keys are documented in docs/report.md and keep their meaning."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from quality.period_facts import NATION, BatchLine, MonthGate, Tally
from quality.period_fields import FieldOf, PeriodField
from quality.period_report import Named, PeriodReport, ProvinceLine
from quality.period_trend import Trend
from quality.report import Breakdown
from quality.report_facts import Balance
from quality.report_json import households_told, population_told, province_name
from quality.shares import Share, share

FORMAT = "sohoa-period/2"


def as_json(report: PeriodReport) -> dict[str, Any]:
    """The whole report: numbers, codes, days in ISO form, both languages of what the law names."""
    facts = report.facts
    return {
        "format": FORMAT,
        "period": _period(report),
        "verdict": report.verdict,
        "verdicts": dict(report.verdicts),
        "balance": _balance(report.tally.balance),
        "batches": [_batch(line) for line in report.batches],
        "provinces": [_province(p) for p in report.provinces],
        "fields": [_field(f) for f in report.fields],
        "duplicates": _duplicates(report.tally),
        "gate": [_trend(t) for t in report.trends],
        "judged": _judged(facts.gate),
        "population": {**population_told(report.population), "left_out": report.left_out},
        "households": None if report.households is None else households_told(report.households),
        "groups": None if report.groups is None else [asdict(group) for group in report.groups],
        "scans": [asdict(cells) for cells in report.tally.cells],
        "breakdowns": None if report.breakdowns is None else [_breakdown(b) for b in report.breakdowns],
        "quarantine": [asdict(rule) for rule in report.rules],
        "worst": [_named(n, facts.scope) for n in report.worst],
        "waiting": asdict(report.cases),
        "access": [asdict(e) for e in facts.access],
    }


def _period(report: PeriodReport) -> dict[str, Any]:
    facts = report.facts
    return {
        "kind": NATION if facts.scope == NATION else "province",
        "id": report.stem,
        "month": facts.month,
        "province_code": None if facts.scope == NATION else facts.scope,
        "province_name": None if facts.scope == NATION else province_name(facts.scope),
        "is_final": facts.is_final,
        "counted_on": facts.counted_on,
        "as_of": None if facts.as_of is None else asdict(facts.as_of),
        "batches": sum(report.verdicts.values()),
    }


def _balance(balance: Balance) -> dict[str, int]:
    return {**asdict(balance), "difference": balance.difference}


def _batch(line: BatchLine) -> dict[str, Any]:
    names = ("batch_id", "province_code", "recorded_at", "state", "verdict", "code_version", "model_version")
    return {name: getattr(line, name) for name in names} | {"balance": _balance(line.balance)}


def _province(line: ProvinceLine) -> dict[str, Any]:
    return {
        "province_code": line.province_code, "province_name": province_name(line.province_code),
        "batches": line.batches, "verdicts": dict(line.verdicts), "balance": _balance(line.balance),
    }  # fmt: skip


def _field(field: PeriodField) -> dict[str, Any]:
    declared = field.declared
    return {
        "number": declared.number, "name": declared.name, "label": {"vi": declared.label_vi, "en": declared.label_en},
        "rows": field.now.rows, "filled": _share(field.filled), "valid": _share(field.valid),
        "in_review": _share(field.in_review), "before": None if field.before is None else _counts(field.before),
        "has_changed": field.has_changed, "provinces": _provinces(field.provinces),
    }  # fmt: skip


def _provinces(provinces: Mapping[str, FieldOf] | None) -> list[dict[str, Any]]:
    return [
        {"province_code": code, **_counts(of), "filled_share": _share(share(of.filled, of.rows)),
         "valid_share": _share(share(of.valid, of.rows))}
        for code, of in sorted((provinces or {}).items())
    ]  # fmt: skip


def _counts(of: FieldOf) -> dict[str, int]:
    return {"rows": of.rows, "filled": of.filled, "valid": of.valid, "in_review": of.in_review}


def _share(found: Share) -> dict[str, Any]:
    return {"part": found.part, "share": found.share, "low": found.low, "high": found.high}


def _duplicates(tally: Tally) -> dict[str, Any]:
    return {
        "merged_within_batch": tally.merged_within,
        "merged_with_store": tally.merged_with_store,
        "pairs": [asdict(p) for p in tally.pairs],
        "weights": [asdict(w) for w in tally.weights],
        "thresholds": [asdict(t) for t in tally.thresholds],
        "candidate_pairs": tally.candidate_pairs,
    }


def _trend(trend: Trend) -> dict[str, Any]:
    return asdict(trend)


def _judged(gate: MonthGate) -> dict[str, Any]:
    before = [(m.month, s) for m in gate.before for s in m.seen]
    results = [
        {**asdict(r), "before": [
            {"month": at, "observed": s.observed, "success": s.success} for at, s in before if s.id == r.id
        ]}
        for r in gate.results
    ]  # fmt: skip
    return {"engine": gate.engine, "results": results}


def _breakdown(found: Breakdown) -> dict[str, Any]:
    groups = [{"code_list": g.code_list, "code": g.code, "persons": g.persons} for g in found.groups]
    return {
        "field": found.field, "groups": groups, "others": found.others, "other_groups": found.other_groups,
        "is_withheld": found.is_withheld,
    }  # fmt: skip


def _named(named: Named, scope: str) -> dict[str, Any]:
    key = "province_code" if scope == NATION else "batch_id"
    return {key: named.name, "read": named.balance.read, "kept_out": named.kept_out}
