"""Corrected cells: a ledger read with corrections gives the rows of the ledger in which they were typed."""

import csv
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.artefacts import read_chunks
from readers import registry
from readers.edited_cells import EDITED
from readers.parsers import parse_file
from schemas.edits import SURPLUS, CellEdit, CellPlace
from tests.pipeline.deliveries import FAMILY, HEADINGS, ledger

_WIDTH = len(HEADINGS)
_WHO = ("lan", "2026-01-01T00:00:00+00:00")


def read(path: Path, out: Path, corrections: dict[tuple[int, int], str] | None = None) -> tuple[list[dict], set]:  # type: ignore[type-arg]
    """The rows without what their file gives them, and (line, rule) of the findings, of corrections apart."""
    file_id = registry.digest(path)
    edits = [
        CellEdit(CellPlace(file_id, None, line, at), "", text, *_WHO)
        for (line, at), text in (corrections or {}).items()
    ]
    with patch.object(registry, "run_parser", parse_file):
        registry.read_file(path, out, name="a.csv", decisions=[e.decision for e in edits])
    rows = pa.concat_tables(read_chunks(out / "source_records")).to_pylist()
    found = pa.concat_tables(read_chunks(out / "findings")).to_pylist()
    lines = {row["record_id"]: row["line"] for row in rows}
    own = [{k: v for k, v in row.items() if k not in ("record_id", "file_id")} for row in rows]
    return own, {(lines[f["record_id"]], f["rule_id"], f["field"]) for f in found}


# Words of Vietnamese: what is typed is Unicode, and nobody asks in which old encoding it might be.
_TEXTS = st.sampled_from([
    "", "Nguyễn Thị Lụa", "nữ", "Nam", "3/4/1960", "1971", "31/02/1978", "Con trai", "Tày", "010100007", "như trên",
    "Tổng cộng", "Hà Nội",
])  # fmt: skip


@settings(max_examples=15)
@given(st.dictionaries(st.tuples(st.integers(2, 6), st.integers(0, _WIDTH - 1)), _TEXTS, max_size=6))
def test_a_ledger_read_with_corrections_reads_as_one_in_which_they_were_typed(
    tmp_path_factory: pytest.TempPathFactory, corrections: dict[tuple[int, int], str]
) -> None:
    here = tmp_path_factory.mktemp("edits")
    typed = [list(row) for row in FAMILY]
    for (line, at), text in corrections.items():
        typed[line - 2][at] = text
    told, told_findings = read(ledger(here / "a.csv", FAMILY), here / "one", corrections)
    plain, plain_findings = read(ledger(here / "b.csv", typed), here / "two")
    assert told == plain
    assert {f for f in told_findings if f[1] != EDITED} == plain_findings
    left = {row["line"] for row in told}
    assert {line for line, rule, _ in told_findings if rule == EDITED} == {line for line, _ in corrections} & left


def test_a_correction_names_the_field_of_its_column(tmp_path: Path) -> None:
    rows, found = read(ledger(tmp_path / "a.csv", FAMILY), tmp_path / "out", {(3, 4): "Nam", (3, 0): "010100009"})
    assert {f for f in found if f[1] == EDITED} == {(3, EDITED, "sex"), (3, EDITED, "household")}
    assert [row["sex_raw"] for row in rows][1] == "Nam"


def written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([HEADINGS, *rows])
    return path


def test_cells_beyond_the_last_column_are_taken_away_and_missing_ones_filled_in(tmp_path: Path) -> None:
    people = [list(row) for row in FAMILY]
    path = written(tmp_path / "a.csv", [*people[:2], [*people[2], "thừa"], people[3][:5], people[4]])
    _, wrong = read(path, tmp_path / "one")
    assert {(4, "row.too_many_cells"), (5, "row.too_few_cells")} == {(line, rule) for line, rule, _ in wrong}
    filled = {(5, at): people[3][at] for at in range(5, _WIDTH)}
    rows, right = read(path, tmp_path / "two", {(4, SURPLUS): "", **filled})
    assert {rule for _, rule, _ in right} == {EDITED}
    assert rows == read(written(tmp_path / "b.csv", people), tmp_path / "three")[0]


def test_corrections_of_another_file_and_of_lines_that_are_not_there_change_nothing(tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", FAMILY)
    other = CellEdit(CellPlace("0" * 32, None, 2, 1), "", "Khác", *_WHO)
    gone = replace(other, place=CellPlace(registry.digest(path), None, 99, 1))
    with patch.object(registry, "run_parser", parse_file):
        registry.read_file(path, tmp_path / "one", name="a.csv", decisions=[other.decision, gone.decision])
    rows = pa.concat_tables(read_chunks(tmp_path / "one" / "source_records"))
    assert rows["full_name_raw"].to_pylist() == [row[1] for row in FAMILY]
