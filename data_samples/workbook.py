"""Ledgers as Excel workbooks that look like those of a commune office.

Letterhead and title above; a heading of two lines with groups; the row (1) (2) (3) below it; household number and
address merged over the members; total and signatures below. Every second sheet holds its dates as date cells.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data_samples.block import LedgerPart
from data_samples.places import province_rows
from data_samples.words import columns, headings

FIRST_ROW = 9
"""Rows of the sheet above the first data row."""

_CREATED = datetime(2021, 6, 30)
_GROUPS = {"old_id_number": ("Số giấy tờ tùy thân", 2), "father_name": ("Họ và tên cha, mẹ", 2)}
_MERGED = ("household_id", "permanent_residence")
_WIDTHS = {"full_name": 24, "permanent_residence": 38, "native_place": 30, "birth_registration_place": 30, "notes": 22}
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Written:
    """A workbook: its bytes, and the sheet and row (from 1) of each row of the part."""

    content: bytes
    sheets: pa.Array
    lines: pa.Array


@dataclass(frozen=True)
class _Styles:
    title: Format
    centred: Format
    heading: Format
    cell: Format
    day: Format
    bold: Format


def workbook(part: LedgerPart, sheet_rows: int) -> Written:
    """Write a part as one workbook; a sheet holds whole households, about ``sheet_rows`` rows."""
    out = io.BytesIO()
    sheets: list[str] = []
    lines: list[int] = []
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"title": "Sổ đăng ký hộ khẩu", "created": _CREATED})
        styles = _styles(book)
        for number, (start, stop) in enumerate(_cut(part.book, sheet_rows), start=1):
            name = f"Quyển {number}"
            _write_sheet(book.add_worksheet(name), styles, _slice(part, start, stop), number)
            sheets += [name] * (stop - start)
            lines += range(FIRST_ROW + 1, FIRST_ROW + 1 + stop - start)
    return Written(out.getvalue(), pa.array(sheets, pa.string()), pa.array(lines, pa.int32()))


def _slice(part: LedgerPart, start: int, stop: int) -> LedgerPart:
    return LedgerPart(
        part.province_code, part.texts.slice(start, stop - start), part.book[start:stop],
        part.truth.slice(start, stop - start),
    )  # fmt: skip


def _cut(book: np.ndarray, sheet_rows: int) -> Iterator[tuple[int, int]]:
    """Bounds of the sheets, each at the start of a household."""
    starts = [*np.flatnonzero(np.r_[True, book[1:] != book[:-1]]).tolist(), len(book)]
    begin = 0
    for left, right in pairwise(starts):
        if right - begin > sheet_rows and left > begin:
            yield begin, left
            begin = left
    yield begin, len(book)


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    font = {"font_name": "Times New Roman", "font_size": 12}
    boxed = font | {"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 11}
    return _Styles(
        book.add_format(font | {"bold": True, "font_size": 16, "align": "center"}),
        book.add_format(font | {"align": "center"}),
        book.add_format(boxed | {"bold": True, "align": "center"}),
        book.add_format(boxed),
        book.add_format(boxed | {"num_format": "dd/mm/yyyy", "align": "left"}),
        book.add_format(font | {"bold": True}),
    )


def _write_sheet(sheet: Worksheet, styles: _Styles, part: LedgerPart, number: int) -> None:
    width = len(columns())
    for place, name in enumerate(columns()):
        sheet.set_column(place, place, _WIDTHS.get(name, 14 if "date" in name or "number" in name else 11))
    _write_top(sheet, styles, part, number, width)
    _write_headings(sheet, styles)
    texts = part.texts.to_pydict()
    for place, name in enumerate(columns()):
        has_days = number % 2 == 0 and name in {"birth_date", "entry_date"}
        _write_column(sheet, styles, place, texts[name], part.book if name in _MERGED else None, has_days)
    _write_foot(sheet, styles, FIRST_ROW + len(part.book), len(np.unique(part.book)), len(part.book))
    sheet.freeze_panes(FIRST_ROW, 3)


def _write_top(sheet: Worksheet, styles: _Styles, part: LedgerPart, number: int, width: int) -> None:
    province = province_rows()[part.province_code]["full_name"]
    sheet.merge_range(0, 0, 0, 4, f"CÔNG AN {province.upper()}", styles.centred)
    sheet.merge_range(0, 10, 0, width - 1, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", styles.centred)
    sheet.merge_range(1, 10, 1, width - 1, "Độc lập - Tự do - Hạnh phúc", styles.centred)
    sheet.merge_range(3, 0, 3, width - 1, "SỔ ĐĂNG KÝ HỘ KHẨU", styles.title)
    sheet.merge_range(4, 0, 4, width - 1, f"(Quyển số {number})", styles.centred)


def _write_headings(sheet: Worksheet, styles: _Styles) -> None:
    """Two lines and the numbers of the columns; a group stands over its columns, the others over both lines."""
    top, texts, under_group = FIRST_ROW - 3, headings("xlsx"), 0
    for place, (name, text) in enumerate(zip(columns(), texts, strict=True)):
        if name in _GROUPS:
            label, under_group = _GROUPS[name]
            sheet.merge_range(top, place, top, place + under_group - 1, label, styles.heading)
        if under_group:
            under_group -= 1
            sheet.write_string(top + 1, place, text, styles.heading)
        else:
            sheet.merge_range(top, place, top + 1, place, text, styles.heading)
        sheet.write_string(top + 2, place, f"({place + 1})", styles.heading)


def _write_column(
    sheet: Worksheet, styles: _Styles, place: int, texts: list[str], book: np.ndarray | None, has_days: bool
) -> None:
    """One column; over the households of ``book`` merged where all members' cells say the same."""
    if book is None:
        for row, text in enumerate(texts, start=FIRST_ROW):
            _write_cell(sheet, styles, (row, place), text, has_days)
        return
    starts = [*np.flatnonzero(np.r_[True, book[1:] != book[:-1]]).tolist(), len(book)]
    for left, right in pairwise(starts):
        if right - left > 1 and len(set(texts[left:right])) == 1 and texts[left]:
            sheet.merge_range(FIRST_ROW + left, place, FIRST_ROW + right - 1, place, texts[left], styles.cell)
        else:
            for row in range(left, right):
                _write_cell(sheet, styles, (FIRST_ROW + row, place), texts[row], False)


def _write_cell(sheet: Worksheet, styles: _Styles, at: tuple[int, int], text: str, has_days: bool) -> None:
    day = _as_day(text) if has_days else None
    if day:
        sheet.write_datetime(*at, datetime(day.year, day.month, day.day), styles.day)
    elif text:
        sheet.write_string(*at, text, styles.cell)
    else:
        sheet.write_blank(*at, None, styles.cell)


def _as_day(text: str) -> date | None:
    """The day that Excel would make of what was typed; nothing before 1900."""
    found = _DAY.fullmatch(text)
    if found is None or int(found[3]) < 1900:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def _write_foot(sheet: Worksheet, styles: _Styles, row: int, homes: int, people: int) -> None:
    sheet.write_string(row, 0, f"Tổng cộng: {homes} hộ, {people} nhân khẩu", styles.bold)
    sheet.write_string(row + 2, 2, "Người lập biểu", styles.bold)
    sheet.write_string(row + 2, 10, "Ngày 30 tháng 6 năm 2021", styles.centred)
    sheet.write_string(row + 3, 2, "(Ký, ghi rõ họ tên)", styles.centred)
    sheet.write_string(row + 3, 10, "Trưởng công an xã", styles.bold)
    sheet.write_string(row + 4, 10, "(Ký tên, đóng dấu)", styles.centred)
