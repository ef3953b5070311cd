"""Several sheets: a ledger that goes on, people without a heading, lists of words. Every row is in a sum."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.readers.files import HEADINGS, PEOPLE, Read, read_bytes, saved

Rows = Sequence[Sequence[str]]
LIST = [("Kinh", "01"), ("Tày", "02"), ("Thái", "03"), ("Hoa (Hán)", "04")]
LABELS = [("Số nhà", "x"), ("Điện lưới", "x"), ("Nước máy", "v")]
SUMMARY = [("Thôn", "Số hộ", "Số khẩu"), ("Đông Hưng", "120", "480"), ("Tây Hưng", "80", "310")]
WITH_CELL = [(*p, "khá", "gạch") for p in PEOPLE]


def read_sheets(folder: Path, *sheets: Rows, hidden: Sequence[int] = ()) -> Read:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(list(row))
        if number in hidden:
            sheet.sheet_state = "hidden"
    return read_bytes(folder, saved(book), "so.xlsx")


def notes(read: Read) -> list[tuple[str, str | None, str]]:
    assert read.reading is not None
    return [(f.rule_id, f.sheet, f.detail) for f in read.reading.findings]


def test_a_ledger_goes_on_over_sheets_of_as_many_columns(tmp_path: Path) -> None:
    read = read_sheets(tmp_path, [HEADINGS, *PEOPLE[:2]], PEOPLE[2:4], [HEADINGS, *PEOPLE[4:5]], PEOPLE[5:])

    assert read.people == list(PEOPLE)
    assert list(zip(read.column("sheet"), read.lines, strict=True)) == [
        ("S0", 2), ("S0", 3), ("S1", 1), ("S1", 2), ("S2", 2), ("S3", 1)]  # fmt: skip
    assert notes(read) == [("sheet.continued", "S1", ""), ("sheet.continued", "S3", "")]


def test_a_title_above_the_rest_of_a_ledger_is_no_row(tmp_path: Path) -> None:
    read = read_sheets(tmp_path, [HEADINGS, *PEOPLE[:2]], [["SỔ HỘ KHẨU (tiếp theo)"], [], *PEOPLE[2:]])

    assert read.people == list(PEOPLE)
    assert read.reading is not None
    assert read.reading.layout_lines == 2


@pytest.mark.parametrize("others", [WITH_CELL, [p[1:] for p in PEOPLE]], ids=["more columns", "fewer columns"])
def test_people_nobody_can_place_are_kept_out_by_name(tmp_path: Path, others: Rows) -> None:
    read = read_sheets(tmp_path, [HEADINGS, *PEOPLE], others)

    assert read.people[:6] == list(PEOPLE)
    assert read.reading is not None
    assert read.reading.rows == 12
    assert read.rules == [(line, "row.no_heading") for line in range(1, 7)]
    assert [text in (read.column("other_raw")[6] or "") for text in others[0]] == [True] * len(others[0])


def test_people_before_the_first_heading_are_kept_out_too(tmp_path: Path) -> None:
    read = read_sheets(tmp_path, PEOPLE[:3], [HEADINGS, *PEOPLE[3:]])

    assert read.rules == [(line, "row.no_heading") for line in (1, 2, 3)]
    assert read.people[3:] == list(PEOPLE[3:])


def test_lists_and_summaries_are_layout_and_told_where_they_are_seen(tmp_path: Path) -> None:
    read = read_sheets(tmp_path, [HEADINGS, *PEOPLE], LIST, SUMMARY, LIST, LABELS, hidden=[3, 4])

    assert read.people == list(PEOPLE)
    assert read.reading is not None
    assert read.reading.layout_lines == 1 + 4 + 3 + 4 + 3
    assert notes(read) == [("sheet.no_people", "S1", "4"), ("sheet.no_people", "S2", "3")]


def test_hidden_people_are_read_and_told(tmp_path: Path) -> None:
    read = read_sheets(tmp_path, [HEADINGS, *PEOPLE[:3]], PEOPLE[3:], hidden=[1])

    assert read.people == list(PEOPLE)
    assert notes(read) == [("sheet.continued", "S1", ""), ("sheet.hidden", "S1", "3")]


def test_a_file_without_any_heading_is_refused_with_its_rows(tmp_path: Path) -> None:
    refused = read_sheets(tmp_path, PEOPLE, PEOPLE[:2]).refused

    assert refused is not None
    assert (refused.code, refused.rows) == ("header.not_found", 8)


def test_rows_and_columns_that_a_workbook_hides(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (HEADINGS, *PEOPLE):
        sheet.append(list(row))
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["F"].hidden = True
    sheet.auto_filter.ref = "A1:G7"
    read = read_bytes(tmp_path, saved(book), "so.xlsx")

    assert read.people == list(PEOPLE)
    assert read.rules == [(3, "row.hidden")]
    assert read.reading is not None
    assert [(f.rule_id, f.column) for f in read.reading.findings] == [("column.hidden", "Quê quán")]
