"""Data files say exactly what the tables say, whatever the texts look like, and no spreadsheet runs any of them."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import report_data, reporting, run
from pipeline.report_data import as_csv, book
from pipeline.report_verifying import verified
from pipeline.settings import Settings
from quality.report import build_report
from quality.report_tables import Cell, DataTable, tables
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.quality import json_schemas, made_facts

FORMULAS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"x\")", "'=1", "'", "''", "001090012345", "1e5", "TRUE", "3/4", " =1", "2026-11-27",
    "x;y", 'q"q', "a\nb",
)  # fmt: skip
CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda x: round(x, 6)),
    st.sampled_from(FORMULAS), st.text(st.characters(min_codepoint=32, blacklist_categories=["Cs"]), min_size=1),
)  # fmt: skip


def of(cells: list[Cell]) -> DataTable:
    return DataTable("data", ("text",), ("text",), tuple((cell,) for cell in cells))


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def back(told: str, was: Cell) -> Cell:
    if was is None:
        return None if told == "" else told
    if isinstance(was, bool):
        return told == "True"
    if isinstance(was, int | float):
        return type(was)(told.replace(",", "."))
    return told.removeprefix("'")


@given(st.lists(CELLS, max_size=20))
def test_a_csv_gives_back_what_was_written(cells: list[Cell]) -> None:
    content = as_csv(of(cells))
    rows = read_csv(content)[1:]
    assert [back(row[0] if row else "", cell) for row, cell in zip(rows, cells, strict=True)] == cells


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_is_run_or_changed(text: str) -> None:
    told = read_csv(as_csv(of([text])))[1][0]
    if text not in {"x;y", 'q"q', "a\nb"}:
        assert told == "'" + text


@given(st.lists(CELLS, max_size=8))
def test_a_workbook_gives_back_what_was_written_and_has_no_formula(cells: list[Cell]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(book([of(cells)])))["data"]
    read = [sheet.cell(n, 1) for n in range(2, len(cells) + 2)]
    assert all(cell.data_type != "f" for cell in read)
    for cell, was in zip(read, cells, strict=True):
        if isinstance(was, str):  # XML makes one line feed of the others
            assert str(cell.value).replace("\r", "\n") == was.replace("\r", "\n")
        else:
            assert cell.value == (pytest.approx(was) if isinstance(was, float) else was)


def test_the_files_of_a_report_are_the_same_bytes_each_time_and_all_are_named() -> None:
    found = tables(build_report(made_facts.facts()))
    made = report_data.files("x", found)
    assert made == report_data.files("x", found)
    assert tuple(made) == report_data.names("x")
    wanted = openpyxl.load_workbook(io.BytesIO(made["x.data.xlsx"]))
    assert wanted.sheetnames == [table.name for table in found]
    fields = read_csv(made["x.fields.csv"])
    assert len(fields) == 18
    assert made["x.fields.csv"].count(b"\r\n") == 18


@pytest.mark.store
def test_data_files_are_sealed_with_their_report_and_go_with_it(settings: Settings, tmp_path: Path) -> None:
    made = run.run_batch([ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY])], "01", settings)
    out = tmp_path / "out"
    path = reporting.report_again(made.batch_id, settings, out, has_data=True).path
    names = report_data.names(path.stem)
    assert all((out / name).exists() for name in names)
    found = verified(out / names[3], None, settings).verdict
    pages = len(list((out / f"{made.batch_id}.rows").iterdir()))
    assert (found.findings, found.files) == ((), 2 + len(names) + pages)
    (out / names[3]).write_bytes((out / names[3]).read_bytes().replace(b"\r\n", b"\n", 1))
    assert [f.file for f in verified(path, None, settings).verdict.findings] == [names[3]]
    schema = json.loads((json_schemas.FOLDER / "report.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(path.with_suffix(".json").read_text("utf-8")), schema)
    printed = path.with_suffix(".pdf")
    reporting.report_again(made.batch_id, settings, out, has_paper=True)
    assert printed.read_bytes().startswith(b"%PDF-")
    assert verified(printed, None, settings).verdict.findings == ()
    once = printed.read_bytes()
    reporting.report_again(made.batch_id, settings, out, has_paper=True)
    assert printed.read_bytes() == once
    printed.write_bytes(once + b" ")
    assert [f.file for f in verified(path, None, settings).verdict.findings] == [printed.name]
    reporting.report_again(made.batch_id, settings, out)
    assert not printed.exists()
    assert not [name for name in names if (out / name).exists()]
    assert verified(path, None, settings).verdict.findings == ()
    assert json.loads(path.with_suffix(".seal.json").read_text("utf-8"))["files"][0]["name"] == path.name
