"""The figures of a report as flat tables for data files: what the JSON says, a row an entry, and what columns mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from quality.report import Report
from quality.report_json import as_json
from schemas.field import EmptyReason
from schemas.messages import text

Cell = str | int | float | bool | None
Kind = Literal["text", "count", "number", "flag"]

_KINDS: Mapping[Kind, str] = {
    "count": (
        "read loaded merged known quarantined rejected difference number rows filled valid in_review pairs persons "
        "males females unknown households members age_from weight line checked unexpected as_of_sequence "
        "changed_by_rule changed_by_hand kept_out band cells accepted waiting confirmed corrected batches failed "
        "days_from events before_rows before_filled before_valid "
        + " ".join(r.name.lower() for r in EmptyReason if r is not EmptyReason.FILLED)
    ),
    "number": "mostly low high observed least most",
    "flag": "is_column required with_store evaluated success is_final has_changed",
}
_KIND_OF: Mapping[str, Kind] = {name: kind for kind, names in _KINDS.items() for name in names.split()}
SUMS = "read loaded merged known quarantined rejected difference"
SHARED: Mapping[str, str] = {
    "pairs": "outcome with_store pairs",
    "weights": "weight outcome pairs",
    "ages": "age_from males females unknown",
    "groups": "field code_list code persons",
    "group_rows": "dimension code_list code rows kept_out in_review merged",
    "sizes": "members households",
    "scans": "field band cells accepted waiting confirmed corrected",
}
"""The columns of tables that reports of batches and of months have."""
COLUMNS: Mapping[str, str] = {
    "batch": "batch_id province_code province_name province_code_63 state verdict received_on recorded_at code_version "
    f"model_version loaded_by as_of_sequence as_of_hash {SUMS}",
    "files": f"file kind encoding outcome reason {SUMS}",
    "messages": "file rule_id severity rows letter heading is_column",
    "fields": "number name label_vi label_en point_of_law required sensitivity rows filled valid in_review "
    "changed_by_rule changed_by_hand " + " ".join(r.name.lower() for r in EmptyReason if r is not EmptyReason.FILLED),
    "quarantine": "rule_id severity rows",
    "causes": "row_state rule_id field rows",
    "places": "rule_id file sheet line",
    "gate": "id expectation field column severity mostly low high rows checked unexpected observed evaluated success",
    **SHARED,
}
"""The columns of each table."""

DICTIONARY = "dictionary"


@dataclass(frozen=True)
class DataTable:
    """A table with its columns and the kind of each; no cell of a text column is ""."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(report: Report) -> tuple[DataTable, ...]:
    """The tables of a report; the last one says in both languages what each column of the others means.

    Raises:
        KeyError: a column has no text.
    """
    return data_tables(COLUMNS, _entries(as_json(report)))


def data_tables(columns: Mapping[str, str], told: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[DataTable, ...]:
    """Tables of those columns, and the dictionary of them.

    Args:
        columns: names of the columns of each table, between spaces.
        told: the entries of each table.
    """
    found = tuple(_table(name, columns[name].split(), told[name]) for name in columns)
    meanings = [
        {"table": t.name, "column": c, "type": kind, "vi": text(f"data.{c}", "vi"), "en": text(f"data.{c}", "en")}
        for t in found for c, kind in zip(t.columns, t.kinds, strict=True)
    ]  # fmt: skip
    return (*found, _table(DICTIONARY, ["table", "column", "type", "vi", "en"], meanings))


def shared_entries(told: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The entries of the tables that all reports have, of the JSON of one; what is not told is no entry."""
    return {
        "pairs": told["duplicates"]["pairs"], "weights": told["duplicates"]["weights"],
        "ages": told["population"]["groups"],
        "groups": [{**g, "field": b["field"]} for b in told["breakdowns"] or () for g in b["groups"]],
        "group_rows": told["groups"] or (), "sizes": (told["households"] or {}).get("sizes") or (),
        "scans": told["scans"],
    }  # fmt: skip


def _table(name: str, columns: Sequence[str], entries: Sequence[Mapping[str, Any]]) -> DataTable:
    rows = tuple(tuple(entry.get(c) if entry.get(c) != "" else None for c in columns) for entry in entries)
    return DataTable(name, tuple(columns), tuple(_KIND_OF.get(c, "text") for c in columns), rows)


def _entries(told: Mapping[str, Any]) -> dict[str, Sequence[Mapping[str, Any]]]:
    place = told["batch"]["as_of"] or {}
    as_of = {"as_of_sequence": place.get("sequence"), "as_of_hash": place.get("hash")}
    gate, fields = told["gate"] or {"results": []}, told["fields"]
    return {
        "batch": [{**told["batch"], **as_of, "verdict": told["verdict"], **told["balance"]}],
        "files": [{**f, "file": f["path"]} for f in told["files"]],
        "messages": [{**m, "file": f["path"]} for f in told["files"] for m in f["messages"]],
        "fields": [{**f, "label_vi": f["label"]["vi"], "label_en": f["label"]["en"], **f["empty"]} for f in fields],
        "quarantine": told["quarantine"],
        "causes": [{**c, "row_state": c["state"]} for c in (told["failing"] or {"causes": ()})["causes"]],
        "places": [{**p, "rule_id": rule["rule_id"]} for rule in told["quarantine"] for p in rule["places"]],
        "gate": gate["results"],
        **shared_entries(told),
    }  # fmt: skip
