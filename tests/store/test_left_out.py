"""Rows that leave nothing but their outcome are left out of the other tables, however many they are."""

from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from store.left_out import are_any_left_out, without_left_out
from tests.store import made_batches as made

OUTCOMES = ("loaded", "known", "merged", "rejected", "quarantined")


def outcomes(folder: Path, count: int, of: tuple[str, ...] = OUTCOMES) -> list[Path]:
    """Row outcomes of `count` made rows, in turn, in parts of ten that are sorted the other way round than the rows."""
    ids = made.ids("row", count).to_pylist()
    rows = [
        {
            "record_id": ids[n],
            "batch_id": "b" * 32,
            "file_id": "f" * 32,
            "file": "so.csv",
            "line": n + 2,
            "outcome": of[n % len(of)],
        }
        for n in reversed(range(count))
    ]
    for start in range(0, count, 10):
        made.write(
            folder / f"{start:03d}",
            t.ROW_OUTCOMES,
            pa.Table.from_pylist(rows[start : start + 10], schema=t.ROW_OUTCOMES.schema),
        )
    return sorted(folder.iterdir())


def findings(folder: Path, count: int) -> list[Path]:
    ids = made.ids("row", count).to_pylist()
    found = [{"record_id": i, "rule_id": "row.hidden", "field": "", "severity": "notice"} for i in ids]
    return [made.write(folder, t.CHECK_RESULTS, pa.Table.from_pylist(found, schema=t.CHECK_RESULTS.schema))]


@pytest.mark.parametrize("count", [1, 4, 57])
def test_known_and_rejected_rows_are_left_out(tmp_path: Path, count: int) -> None:
    told, found = outcomes(tmp_path / "outcomes", count), findings(tmp_path / "findings", count)
    before = sorted(tmp_path.rglob("*"))
    kept = pa.concat_tables(without_left_out(found, t.CHECK_RESULTS, told))
    wanted = [i for n, i in enumerate(made.ids("row", count).to_pylist()) if n % 5 in (0, 2, 4)]
    assert kept.schema == t.CHECK_RESULTS.schema
    assert sorted(kept["record_id"].to_pylist()) == sorted(wanted)
    assert sorted(tmp_path.rglob("*")) == before


def test_whether_any_row_is_left_out(tmp_path: Path) -> None:
    assert not are_any_left_out([])
    assert not are_any_left_out(outcomes(tmp_path / "a", 30, ("loaded", "merged", "quarantined")))
    assert are_any_left_out(outcomes(tmp_path / "b", 30))


def test_of_no_rows_nothing_is_left(tmp_path: Path) -> None:
    assert list(without_left_out([tmp_path / "none"], t.RECORDS, outcomes(tmp_path / "outcomes", 3))) == []
