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
        "changed_by_rule changed_by_hand "
        + " ".join(r.name.lower() for r in EmptyReason if r is not EmptyReason.FILLED)
    ),
    "number": "mostly low high observed",
    "flag": "is_column required with_store evaluated success",
}
_KIND_OF: Mapping[str, Kind] = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_SUMS = "read loaded merged known quarantined rejected difference"
COLUMNS: Mapping[str, str] = {
    "batch": "batch_id province_code province_name province_code_63 state verdict received_on recorded_at code_version "
    f"model_version loaded_by as_of_sequence as_of_hash {_SUMS}",
    "files": f"file kind encoding outcome reason {_SUMS}",
    "messages": "file rule_id severity rows letter heading is_column",
    "fields": "number name label_vi label_en point_of_law required sensitivity rows filled valid in_review "
    "changed_by_rule changed_by_hand " + " ".join(r.name.lower() for r in EmptyReason if r is not EmptyReason.FILLED),
    "quarantine": "rule_id severity rows",
    "causes": "row_state rule_id field rows",
    "places": "rule_id file sheet line",
    "pairs": "outcome with_store pairs",
    "weights": "weight outcome pairs",
    "gate": "id expectation field column severity mostly low high rows checked unexpected observed evaluated success",
    "ages": "age_from males females unknown",
    "groups": "field code_list code persons",
    "sizes": "members households",
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
    told = _entries(as_json(report))
    found = tuple(_table(name, COLUMNS[name].split(), told[name]) for name in COLUMNS)
    meanings = [
        {"table": t.name, "column": c, "type": kind, "vi": text(f"data.{c}", "vi"), "en": text(f"data.{c}", "en")}
        for t in found for c, kind in zip(t.columns, t.kinds, strict=True)
    ]  # fmt: skip
    return (*found, _table(DICTIONARY, ["table", "column", "type", "vi", "en"], meanings))


def _table(name: str, columns: Sequence[str], entries: Sequence[Mapping[str, Any]]) -> DataTable:
    rows = tuple(tuple(entry.get(c) if entry.get(c) != "" else None for c in columns) for entry in entries)
    return DataTable(name, tuple(columns), tuple(_KIND_OF.get(c, "text") for c in columns), rows)


def _entries(told: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    place = told["batch"]["as_of"] or {}
    as_of = {"as_of_sequence": place.get("sequence"), "as_of_hash": place.get("hash")}
    gate, duplicates, fields = told["gate"] or {"results": []}, told["duplicates"], told["fields"]
    return {
        "batch": [{**told["batch"], **as_of, "verdict": told["verdict"], **told["balance"]}],
        "files": [{**f, "file": f["path"]} for f in told["files"]],
        "messages": [{**m, "file": f["path"]} for f in told["files"] for m in f["messages"]],
        "fields": [{**f, "label_vi": f["label"]["vi"], "label_en": f["label"]["en"], **f["empty"]} for f in fields],
        "quarantine": told["quarantine"],
        "causes": [{**c, "row_state": c["state"]} for c in (told["failing"] or {"causes": ()})["causes"]],
        "places": [{**p, "rule_id": rule["rule_id"]} for rule in told["quarantine"] for p in rule["places"]],
        "pairs": duplicates["pairs"], "weights": duplicates["weights"], "gate": gate["results"],
        "ages": told["population"]["groups"],
        "groups": [{**g, "field": b["field"]} for b in told["breakdowns"] for g in b["groups"]],
        "sizes": told["households"]["sizes"] or [],
    }  # fmt: skip
