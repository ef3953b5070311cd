"""The workbook of cells as it comes back: one answer a row, everything else is told or left for later."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from readers.cell_book import HEADINGS, ILLEGIBLE, READS, RIGHT, read_answers
from schemas.errors import UsageError

ID = "0f" * 16


def _book(path: Path, rows: Sequence[dict[str, str]], headings: Sequence[str] = HEADINGS) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headings)
    for at, row in enumerate(rows, 1):
        sheet.write_string(at, 0, row.get("id", f"{ID}/sex_raw"))
        for name in (RIGHT, READS, ILLEGIBLE):
            if name in row:
                sheet.write_string(at, list(headings).index(name), row[name])
    book.close()
    return path


def test_each_row_has_one_answer_or_is_told(tmp_path: Path) -> None:
    rows = [
        {RIGHT: "x"}, {READS: "Nữ"}, {ILLEGIBLE: "X"}, {}, {RIGHT: "x", READS: "Nam"}, {RIGHT: "đúng"},
        {READS: "001090012345", "id": f"{ID}/personal_number_raw"}, {READS: "x", "id": "nothing"},
    ]  # fmt: skip
    found = read_answers(_book(tmp_path / "a.xlsx", rows))
    assert [a.text for a in found.answers] == [None, "Nữ", "", "001090012345"]
    assert [a.line for a in found.answers] == [2, 3, 4, 8]
    assert {a.record_id for a in found.answers} == {ID}
    assert (found.unclear, found.open) == ((6, 7, 9), 1)


def test_what_is_no_workbook_of_cells_is_refused(tmp_path: Path) -> None:
    other = _book(tmp_path / "b.xlsx", [{}], ["Họ tên", *HEADINGS[1:6], "x", "y", "z"])
    text = tmp_path / "c.csv"
    text.write_text("a,b\n1,2\n", encoding="utf-8")
    for path in (other, text):
        with pytest.raises(UsageError) as refused:
            read_answers(path)
        assert refused.value.code == "cells.no_book"
