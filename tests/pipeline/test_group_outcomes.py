"""Rows by group of people, as they came out of a real run."""

import json
from pathlib import Path

import pytest

from pipeline import run
from pipeline.settings import Settings
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger

pytestmark = pytest.mark.store


def test_each_row_is_counted_once_in_each_dimension(settings: Settings, tmp_path: Path) -> None:
    many = [(f"0101{n:05d}", *FAMILY[n % 5][1:3], f"{1 + n % 28:02d}/03/19{40 + n:02d}", *FAMILY[n % 5][4:8], "")
            for n in range(40)]  # fmt: skip
    rows = [*FAMILY, *many, NO_SUCH_DAY, NAMELESS]
    made = run.run_batch([ledger(tmp_path / "so.csv", rows)], "01", settings)
    told = json.loads(Path(made.report).with_suffix(".json").read_text("utf-8"))["groups"]
    for dimension in ("sex", "ethnic_group", "birth_decade"):
        mine = [g for g in told if g["dimension"] == dimension]
        assert sum(g["rows"] for g in mine) == len(rows)
        assert sum(g["kept_out"] for g in mine) == made.counts["quarantined"] == 2
        assert sum(g["merged"] for g in mine) == made.counts["merged"]
        assert all(g["rows"] >= 10 for g in mine)
    assert {g["code"] for g in told if g["dimension"] == "sex"} <= {"1", "2", "others", None}
