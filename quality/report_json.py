"""A report as plain JSON values. Its keys are documented in docs/report.md and never change their meaning."""

from dataclasses import asdict
from typing import Any

from quality.field_history import MEASURES, FieldHistory, FieldTally
from quality.period_trend import Trend
from quality.report import Breakdown, FieldSection, GateResult, Population, Report
from quality.report_facts import Balance, DuplicateFacts, FileFacts, RowPairs, RowPlace, RuleCount, ShownRecord
from quality.report_households import HouseholdSection
from schemas import code_lists

FORMAT = "sohoa-report/5"
_NAMES = {"changed": "changed_by_rule", "by_hand": "changed_by_hand"}


def as_json(report: Report) -> dict[str, Any]:
    """The whole report: numbers, codes, dates in ISO form, both languages of what the law names."""
    return {
        "format": FORMAT,
        "batch": _batch(report),
        "verdict": report.verdict,
        "balance": _balance(report.balance),
        "recount": _balance(report.recount),
        "waiting": [asdict(w) for w in report.waiting],
        "files": [_file(f) for f in report.files],
        "fields": [_field(f) for f in report.fields],
        "identifiers": dict(report.identifiers),
        "duplicates": _duplicates(report.duplicates),
        "quarantine": [_rule(r) for r in report.quarantine],
        "gate": _gate(report),
        "population": population_told(report.population),
        "breakdowns": [_breakdown(b) for b in report.breakdowns],
        "households": households_told(report.households),
        "failing": _failing(report),
        "axes": {name: asdict(found) for name, found in report.axes.items()},
        "history": _history(report.history),
        "scans": [asdict(cells) for cells in report.cells],
        "groups": [asdict(group) for group in report.groups],
    }  # fmt: skip


def province_name(code: str) -> str:
    """Today's name of a province of the 34; the code itself if there is none."""
    return next((row["full_name"] for row in code_lists.rows("provinces_34") if row["code"] == code), code)


def _batch(report: Report) -> dict[str, Any]:
    delivery = report.delivery
    return {
        **asdict(delivery),
        "province_name": province_name(delivery.province_code),
        "received_on": delivery.received_on.isoformat(),
        "recorded_at": delivery.recorded_at.isoformat(),
    }


def _balance(balance: Balance) -> dict[str, int]:
    return {**asdict(balance), "difference": balance.difference}


def _file(file: FileFacts) -> dict[str, Any]:
    given = {"path": file.path, "kind": file.kind, "encoding": file.encoding}
    return {
        **given, "outcome": file.outcome, "reason": file.reason, **_balance(file.balance),
        "messages": [_rule(m) for m in file.messages],
    }  # fmt: skip


def _field(section: FieldSection) -> dict[str, Any]:
    field = section.declared
    return {
        "number": field.number, "name": field.name, "label": {"vi": field.label_vi, "en": field.label_en},
        "point_of_law": field.point, "qcvn_element": field.qcvn_element or None, "required": field.required,
        "sensitivity": field.sensitivity, "rows": section.rows, "filled": section.filled, "valid": section.valid,
        "in_review": section.in_review, "empty": dict(section.empty or {}),
        "changed_by_rule": section.changed, "changed_by_hand": section.by_hand,
        "shares": _shares(section.tally),
    }  # fmt: skip


def _shares(tally: FieldTally) -> dict[str, Any]:
    found = {measure: tally.share_of(measure) for measure in MEASURES}
    return {_NAMES.get(m, m): None if s is None else asdict(s) for m, s in found.items()}


def _history(history: FieldHistory) -> dict[str, Any]:
    told = {
        name: {"batches": c.batches, "fields": [{"name": t.field, **_shares(t)} for t in c.tallies]}
        for name, c in history.columns.items()
    }
    return {"last_batch": history.last_batch or None, **{n: told.get(n) for n in ("last", "province", "nation")}}


def _duplicates(found: DuplicateFacts) -> dict[str, Any]:
    return {
        "merged_within_batch": found.merged_within,
        "merged_with_store": found.merged_with_store,
        "pairs": [
            {"outcome": outcome, "with_store": with_store, "pairs": pairs}
            for (outcome, with_store), pairs in sorted(found.pairs.items())
        ],
        "weights": [asdict(w) for w in found.weights],
        "thresholds": {"match": found.match_weight, "review": found.review_weight},
        "candidate_pairs": found.candidate_pairs,
        "large_block_records": found.large_block_records,
        "examples": [
            {
                "outcome": pair.outcome, "with_store": pair.with_store, "match_weight": pair.match_weight,
                "levels": dict(pair.levels), "left": _record(pair.left), "right": _record(pair.right),
            }
            for pair in found.examples
        ],
        "same_number": _row_pairs(found.same_number),
        "other_nationality": _row_pairs(found.other_nationality),
    }  # fmt: skip


def _row_pairs(found: RowPairs) -> dict[str, Any]:
    return {"pairs": found.count, "places": [[_place(side) for side in pair] for pair in found.places]}


def _record(record: ShownRecord) -> dict[str, Any]:
    return {"place": _place(record.place), "record_id": record.record_id}


def _place(place: RowPlace) -> dict[str, Any]:
    return asdict(place)


def _rule(rule: RuleCount) -> dict[str, Any]:
    return {
        "rule_id": rule.rule_id, "severity": rule.severity, "rows": rule.rows,
        "places": [_place(p) for p in rule.places], "letter": rule.letter, "heading": rule.heading,
        "is_column": rule.is_column,
    }  # fmt: skip


def population_told(people: Population) -> dict[str, Any]:
    """A population; of one that is withheld nothing but how many they are."""
    told = {**asdict(people), "males": people.males, "females": people.females}
    return {**told, **dict.fromkeys(("deceased", "males", "females"))} if people.is_withheld else told


def households_told(found: HouseholdSection) -> dict[str, Any]:
    """Households; nothing of those that are withheld."""
    return {
        name: None if found.is_withheld and name != "is_withheld" else value for name, value in asdict(found).items()
    }


def _failing(report: Report) -> dict[str, Any] | None:
    if report.failing is None:
        return None
    causes = [{**asdict(cause), "rows": rows} for cause, rows in report.failing.causes.items()]
    return {**report.failing.states, "pages": len(report.failing.pages), "causes": causes}


def _gate(report: Report) -> dict[str, Any] | None:
    if report.gate is None:
        return None
    return {
        "engine": report.gate.engine,
        "persons": report.gate.persons,
        "released": [asdict(r) for r in report.gate.released],
        "stop_rules": list(report.delivery.stop_rules),
        "results": [_gate_result(r) for r in report.gate_results],
        "trends": [_trend(t) for t in report.trends if not t.is_quiet],
    }


def _trend(trend: Trend) -> dict[str, Any]:
    points = [{"batch_id": p.at, "failed": bool(p.failed), "observed": p.high} for p in trend.points]
    return {"id": trend.id, "points": points}


def _gate_result(judged: GateResult) -> dict[str, Any]:
    return {**asdict(judged.result), "low": judged.low, "high": judged.high}


def _breakdown(breakdown: Breakdown) -> dict[str, Any]:
    return {
        "field": breakdown.field,
        "groups": [{"code_list": g.code_list, "code": g.code, "persons": g.persons} for g in breakdown.groups],
        "others": breakdown.others,
        "other_groups": breakdown.other_groups,
        "is_withheld": breakdown.is_withheld,
    }
