import json
from typing import Any

import pytest

from quality.render import render_json
from quality.report import build_report
from quality.report_tables import COLUMNS, DICTIONARY, DataTable, tables
from tests.quality import made_facts


@pytest.fixture(scope="module")
def found() -> dict[str, DataTable]:
    return {table.name: table for table in tables(build_report(made_facts.facts()))}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return dict(json.loads(render_json(build_report(made_facts.facts()))))


def column(table: DataTable, name: str) -> list[Any]:
    return [row[table.columns.index(name)] for row in table.rows]


def test_the_tables_say_what_the_json_says(found: dict[str, DataTable], told: dict[str, Any]) -> None:
    assert column(found["files"], "read") == [f["read"] for f in told["files"]]
    assert column(found["batch"], "difference") == [0]
    assert column(found["batch"], "as_of_sequence") == [told["batch"]["as_of"]["sequence"]]
    assert column(found["fields"], "blank") == [f["empty"]["blank"] for f in told["fields"]]
    assert column(found["gate"], "id") == [r["id"] for r in told["gate"]["results"]]
    assert sum(column(found["quarantine"], "rows")) == sum(r["rows"] for r in told["quarantine"])
    assert len(found["places"].rows) == sum(len(r["places"]) for r in told["quarantine"])
    assert sum(column(found["ages"], "males")) == told["population"]["males"]
    assert sum(column(found["pairs"], "pairs")) == sum(p["pairs"] for p in told["duplicates"]["pairs"])


def test_every_column_is_filled_by_some_row_and_of_its_kind(found: dict[str, DataTable]) -> None:
    types = {"text": str, "count": int, "number": (int, float), "flag": bool}
    never = {"province_code_63", "reason", "letter", "heading", "sheet", "code_list", "age_from", "low", "high"}
    for table in found.values():
        for name, kind in zip(table.columns, table.kinds, strict=True):
            values = [v for v in column(table, name) if v is not None]
            assert all(isinstance(v, types[kind]) for v in values), (table.name, name)  # type: ignore[arg-type]
            assert values or name in never, (table.name, name)
            assert "" not in values


def test_the_dictionary_has_each_column_of_each_table(found: dict[str, DataTable]) -> None:
    rows = found[DICTIONARY].rows
    assert [row[:2] for row in rows] == [(t, c) for t, columns in COLUMNS.items() for c in columns.split()]
    assert all(row[3] and row[4] and row[3] != row[4] for row in rows)


def test_a_stopped_batch_has_its_tables_too() -> None:
    found = {table.name: table for table in tables(build_report(made_facts.stopped()))}
    assert column(found["batch"], "state") == ["stopped"]
    assert column(found["batch"], "as_of_hash") == [None]
    assert found["ages"].rows == ()
