"""Workbooks read back with openpyxl."""

import datetime
import io

import openpyxl
import pytest

from data_samples.block import LedgerPart
from data_samples.words import columns
from data_samples.workbook import FIRST_ROW, Written, workbook
from tests.data_samples.drawn import parts

SHEET_ROWS = 150


@pytest.fixture(scope="module")
def part() -> LedgerPart:
    whole = parts("xlsx")[0]
    return LedgerPart(whole.province_code, whole.texts.slice(0, 400), whole.book[:400], whole.truth.slice(0, 400))


@pytest.fixture(scope="module")
def made(part) -> Written:
    return workbook(part, SHEET_ROWS)


@pytest.fixture(scope="module")
def book(made) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(made.content))


def value(sheet, row: int, column: int) -> object:
    """The value of a cell, of its merged range if it lies in one."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return sheet.cell(merged.min_row, merged.min_col).value
    return sheet.cell(row, column).value


def test_every_row_stands_where_the_truth_says(part, made, book):
    name = columns().index("full_name") + 1
    texts = part.texts.column("full_name").to_pylist()
    for sheet, line, text in zip(made.sheets.to_pylist(), made.lines.to_pylist(), texts, strict=True):
        assert (book[sheet].cell(line, name).value or "") == text


def test_sheets_hold_whole_households(part, made):
    sheets = made.sheets.to_pylist()
    assert len(set(sheets)) > 1
    homes = {}
    for sheet, home in zip(sheets, part.book.tolist(), strict=True):
        homes.setdefault(home, set()).add(sheet)
    assert {len(s) for s in homes.values()} == {1}


def test_household_numbers_are_merged_over_the_members(part, made, book):
    column = columns().index("household_id") + 1
    numbers = part.texts.column("household_id").to_pylist()
    merged = [r for r in book["Quyển 1"].merged_cells.ranges if r.min_col == column and r.min_row > FIRST_ROW]
    assert len(merged) > 10
    for sheet, line, number in list(zip(made.sheets.to_pylist(), made.lines.to_pylist(), numbers, strict=True))[:60]:
        assert value(book[sheet], line, column) == number


def test_the_sheet_looks_like_a_register(made, book):
    sheet = book["Quyển 1"]
    rows = made.sheets.to_pylist().count("Quyển 1")
    assert sheet["A4"].value == "SỔ ĐĂNG KÝ HỘ KHẨU"
    assert [c.value for c in sheet[FIRST_ROW]][:3] == ["(1)", "(2)", "(3)"]
    assert sheet.cell(FIRST_ROW - 2, columns().index("old_id_number") + 1).value == "Số giấy tờ tùy thân"
    assert sheet.cell(FIRST_ROW - 1, columns().index("mother_name") + 1).value == "Mẹ"
    total = sheet.cell(FIRST_ROW + rows + 1, 1).value
    assert total.startswith("Tổng cộng: ")
    assert total.endswith(f" hộ, {rows} nhân khẩu")
    assert sheet.cell(FIRST_ROW + rows + 3, 3).value == "Người lập biểu"


def test_every_second_sheet_has_date_cells(part, made, book):
    birth = columns().index("birth_date") + 1
    kinds = {s: {type(book[s].cell(r, birth).value) for r in range(FIRST_ROW + 1, FIRST_ROW + 60)}
             for s in ("Quyển 1", "Quyển 2")}  # fmt: skip
    assert datetime.datetime not in kinds["Quyển 1"]
    assert datetime.datetime in kinds["Quyển 2"]


def test_the_same_rows_give_the_same_bytes(part, made):
    assert workbook(part, SHEET_ROWS).content == made.content
