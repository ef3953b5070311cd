"""The figures of a month's report as flat tables for data files: what the JSON says, a row an entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from quality.period_json import as_json
from quality.period_report import PeriodReport
from quality.report_tables import SHARED, SUMS, DataTable, data_tables, shared_entries

COLUMNS: Mapping[str, str] = {
    "period": f"id month province_code province_name is_final verdict counted_on as_of_sequence as_of_hash {SUMS}",
    "batches": f"batch_id province_code recorded_at state verdict code_version model_version {SUMS}",
    "provinces": f"province_code province_name batches {SUMS}",
    "fields": "number name label_vi label_en rows filled valid in_review before_rows before_filled before_valid "
    "has_changed",
    "province_fields": "province_code name rows filled valid in_review",
    "judged": "id column severity low high observed evaluated success",
    "judged_before": "id month observed success",
    "gate": "id field column severity at batches failed least most",
    "quarantine": "rule_id rows",
    "waiting": "days_from rows pairs",
    "oldest": "batch_id province_code recorded_on rows pairs",
    "access": "action outcome events",
    **SHARED,
}
"""The columns of each table."""


def tables(report: PeriodReport) -> tuple[DataTable, ...]:
    """The tables of a report; the last one says in both languages what each column of the others means.

    Raises:
        KeyError: a column has no text.
    """
    return data_tables(COLUMNS, _entries(as_json(report)))


def _entries(told: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    place, judged = told["period"]["as_of"] or {}, told["judged"]["results"]
    as_of = {"as_of_sequence": place.get("sequence"), "as_of_hash": place.get("hash")}
    return {
        "period": [{**told["period"], **as_of, "verdict": told["verdict"], **told["balance"]}],
        "batches": [{**b, **b["balance"]} for b in told["batches"]],
        "provinces": [{**p, **p["balance"]} for p in told["provinces"]],
        "fields": [_field(f) for f in told["fields"]],
        "province_fields": [{**p, "name": f["name"]} for f in told["fields"] for p in f["provinces"]],
        "judged": judged,
        "judged_before": [{**p, "id": r["id"]} for r in judged for p in r["before"]],
        "gate": [{**t, **p, "least": p["low"], "most": p["high"]} for t in told["gate"] for p in t["points"]],
        "quarantine": told["quarantine"], "waiting": told["waiting"]["groups"], "oldest": told["waiting"]["oldest"],
        "access": told["access"],
        **shared_entries(told),
    }  # fmt: skip


def _field(field: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = {name: field[name]["part"] for name in ("filled", "valid", "in_review")}
    before = {f"before_{name}": (field["before"] or {}).get(name) for name in ("rows", "filled", "valid")}
    return {**field, "label_vi": field["label"]["vi"], "label_en": field["label"]["en"], **parts, **before}
