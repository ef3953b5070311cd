import json
from typing import Any

import pytest

from quality.period_render import render_json
from quality.period_report import build_period
from quality.period_tables import COLUMNS, tables
from quality.report_tables import DICTIONARY, DataTable
from tests.quality import made_months
from tests.quality.test_report_tables import column


@pytest.fixture(scope="module")
def found() -> dict[str, DataTable]:
    return {table.name: table for table in tables(build_period(made_months.nation()))}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return dict(json.loads(render_json(build_period(made_months.nation()))))


def test_the_tables_say_what_the_json_says(found: dict[str, DataTable], told: dict[str, Any]) -> None:
    assert column(found["period"], "read") == [told["balance"]["read"]]
    assert column(found["period"], "as_of_hash") == [told["period"]["as_of"]["hash"]]
    assert column(found["batches"], "loaded") == [b["balance"]["loaded"] for b in told["batches"]]
    assert column(found["provinces"], "batches") == [p["batches"] for p in told["provinces"]]
    assert column(found["fields"], "valid") == [f["valid"]["part"] for f in told["fields"]]
    assert column(found["fields"], "before_valid") == [f["before"]["valid"] for f in told["fields"]]
    assert sum(column(found["province_fields"], "rows")) == sum(f["rows"] for f in told["fields"])
    assert column(found["judged"], "observed") == [r["observed"] for r in told["judged"]["results"]]
    assert len(found["judged_before"].rows) == 5 * len(found["judged"].rows)
    assert sum(column(found["gate"], "failed")) == sum(t["failed"] for t in told["gate"])
    assert sum(column(found["sizes"], "households")) == told["households"]["households"] - told["households"]["empty"]
    assert sum(column(found["scans"], "cells")) == sum(c["cells"] for c in told["scans"])
    assert sum(column(found["group_rows"], "rows")) == sum(g["rows"] for g in told["groups"])
    assert sum(column(found["access"], "events")) == sum(e["events"] for e in told["access"])


def test_every_column_is_filled_by_some_row_and_of_its_kind(found: dict[str, DataTable]) -> None:
    types = {"text": str, "count": int, "number": (int, float), "flag": bool}
    never = {"province_code", "province_name", "code_list", "age_from", "low", "high"}
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


def test_a_provisional_month_of_nothing_has_its_tables_too() -> None:
    named = {table.name: table for table in tables(build_period(made_months.nothing()))}
    assert column(named["period"], "is_final") == [False]
    assert named["groups"].rows == named["group_rows"].rows == named["judged"].rows == ()
