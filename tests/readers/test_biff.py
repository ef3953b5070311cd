"""The old binary workbook through the public door: written by another library, then damaged by hand."""

import datetime
import io
import json
import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlwt

from readers.biff import read_old_workbook
from readers.compound_file import MARK
from readers.reading import ReadLimits
from readers.sheet_rows import SheetRow
from schemas.errors import FileRefused
from tests.readers.files import HEADINGS, PEOPLE, read_bytes, to_cp1258, to_tcvn3

TWO_HEADINGS = ("Họ và tên", "Ngày sinh", "Giới tính")


def style(code: str) -> xlwt.XFStyle:
    return xlwt.easyxf(num_format_str=code)


def book_of(write: Callable[[xlwt.Workbook], None]) -> bytes:
    book, target = xlwt.Workbook(), io.BytesIO()
    write(book)
    book.save(target)
    return target.getvalue()


def ledger(book: xlwt.Workbook, name: str = "Thôn 1", rows: Sequence[Sequence[str]] = PEOPLE) -> xlwt.Worksheet:
    sheet = book.add_sheet(name, cell_overwrite_ok=True)
    for line, row in enumerate((HEADINGS, *rows)):
        for column, text in enumerate(row):
            sheet.write(line, column, text)
    return sheet


PLAIN = book_of(ledger)


def test_164_a_true_workbook_is_read_to_the_letter(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, PLAIN, "so.xls")

    assert read.people == list(PEOPLE)
    assert read.column("sheet") == ["Thôn 1"] * len(PEOPLE)
    assert (read.rules, read.notes) == ([], set())


def test_numbers_days_truths_and_errors_are_text_as_the_clerk_sees_them(tmp_path: Path) -> None:
    def write(book: xlwt.Workbook) -> None:
        sheet = ledger(book)
        for column, heading in enumerate(("Số CCCD", "Số CMND", "Thành phần"), len(HEADINGS)):
            sheet.write(0, column, heading)
        sheet.write(1, 2, datetime.date(1960, 3, 5), style("dd/mm/yyyy"))
        sheet.write(2, 2, datetime.date(1962, 11, 1), style("mmm-yy"))
        sheet.write(3, 2, datetime.date(1985, 7, 21), style('[$-42A]dd" tháng "mm" năm "yyyy;@'))
        sheet.write(4, 2, 1943)
        sheet.write(1, 7, 1060012345, style("0" * 12))
        sheet.write(2, 7, 1060012345678)
        sheet.write(3, 7, 123456789012.0)
        sheet.write(1, 8, 12345678)
        sheet.write(2, 8, "012345678")
        sheet.write(1, 9, 0.5, style("0%"))
        sheet.write(2, 9, True)
        sheet.write(3, 9, 1.25)
        sheet.write(4, 9, -7)

    read = read_bytes(tmp_path, book_of(write), "so.xls")

    assert read.column("birth_date_raw")[:4] == ["05/03/1960", "11/1962", "21/07/1985", "1943"]
    assert read.column("personal_number_raw")[:3] == ["001060012345", "1060012345678", "123456789012"]
    assert read.column("old_id_number_raw")[:2] == ["12345678", "012345678"]
    aside = [json.loads(o or "{}").get("Thành phần") for o in read.column("other_raw")]
    assert aside == ["50%", "TRUE", "1.25", "-7", None, None]
    assert read.rules == []


def test_days_from_1904(tmp_path: Path) -> None:
    def write(book: xlwt.Workbook) -> None:
        book.dates_1904 = True
        ledger(book).write(1, 2, datetime.date(1960, 3, 5), style("dd/mm/yyyy"))

    assert read_bytes(tmp_path, book_of(write), "so.xls").column("birth_date_raw")[0] == "05/03/1960"


def test_147_errors_and_formulas(tmp_path: Path) -> None:
    """The library leaves formulas without a value, as an empty text; their cells are blank, not guessed."""

    def write(book: xlwt.Workbook) -> None:
        sheet = ledger(book)
        sheet.row(2).set_cell_error(2, 0x2A)
        sheet.row(3).set_cell_error(0, 0x17)
        sheet.write(4, 2, xlwt.Formula("1+1"))

    read = read_bytes(tmp_path, book_of(write), "so.xls")

    assert read.rules == [(3, "row.formula_error")], "an error in the running number harms nobody"
    assert read.column("birth_date_raw")[:4] == ["05/03/1960", "#N/A", "21/07/1985", None]


def test_148_merged_cells_and_rich_text(tmp_path: Path) -> None:
    def write(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("Sổ")
        sheet.write_merge(0, 0, 0, 4, "SỔ HỘ KHẨU")
        for column, heading in enumerate(("Số hộ khẩu", *TWO_HEADINGS)):
            sheet.write(2, column, heading)
        sheet.write_merge(3, 4, 0, 0, "HK-1")
        bold = xlwt.easyfont("bold true")
        sheet.write_rich_text(3, 1, [("Nguyễn ", bold), "Văn A"])
        sheet.write(3, 2, "1960")
        sheet.write(3, 3, "Nam")
        for column, text in enumerate(("Trần Thị B", "1962", "Nữ"), 1):
            sheet.write(4, column, text)

    read = read_bytes(tmp_path, book_of(write), "so.xls")

    assert read.lines == [4, 5]
    assert read.column("household_id_raw") == ["HK-1", "HK-1"]
    assert read.column("full_name_raw") == ["Nguyễn Văn A", "Trần Thị B"]


def test_149_and_150_what_is_hidden_is_read_and_told(tmp_path: Path) -> None:
    def write(book: xlwt.Workbook) -> None:
        sheet = ledger(book)
        sheet.row(3).hidden = True
        sheet.col(4).hidden = True
        ledger(book, "Hai", PEOPLE[:2]).visibility = 1
        ledger(book, "Ba", PEOPLE[:1]).visibility = 2

    read = read_bytes(tmp_path, book_of(write), "so.xls")

    assert read.people == [*PEOPLE, *PEOPLE[:2], PEOPLE[0]]
    assert read.rules == [(4, "row.hidden")]
    assert read.reading is not None
    assert [(f.rule_id, f.sheet, f.column) for f in read.reading.findings] == [
        ("column.hidden", "Thôn 1", "Dân tộc"), ("sheet.hidden", "#2", None), ("sheet.hidden", "#3", None),
    ]  # fmt: skip


def test_152_a_stray_cell_in_the_last_corner_costs_nothing(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, book_of(lambda book: ledger(book).write(65_535, 255, "x")), "so.xls")

    assert read.people == list(PEOPLE)
    assert read.notes == {"sheet.stray_cell"}


@pytest.mark.parametrize("through", [lambda b: b.decode("latin-1"), lambda b: b.decode("cp1252", "replace")])
def test_157_text_of_an_old_font(tmp_path: Path, through: Callable[[bytes], str]) -> None:
    rows = [[through(to_tcvn3(c)) for c in p] for p in PEOPLE * 3]
    read = read_bytes(tmp_path, book_of(lambda book: ledger(book, rows=rows)), "so.xls")

    assert read.people == list(PEOPLE * 3)
    assert read.notes == {"encoding.legacy"}


def record(number: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack("<HH", number, len(data)) + data


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def biff5(rows: Sequence[Sequence[bytes]], *, in_order: bool = True, more: bytes = b"") -> bytes:
    """A workbook of Excel 5 without its compound file, as programs of the web wrote it."""
    cells = [(line, column, text) for line, row in enumerate(rows) for column, text in enumerate(row)]
    if not in_order:
        cells.sort(key=lambda cell: (cell[1], -cell[0]))
    labels = b"".join(record(0x204, words(line, column, 0, len(text)), text) for line, column, text in cells)
    sheet = record(0x809, words(0x500, 0x10, 0, 0)) + labels + record(0x0A)
    front = record(0x809, words(0x500, 5, 0, 0)) + more + record(0x42, words(1252))
    place = len(front) + 4 + 12 + 4
    bound = record(0x85, struct.pack("<IBB", place, 0, 0), b"\x05Sheet")
    return front + bound + record(0x0A) + sheet


@pytest.mark.parametrize("encode", [to_tcvn3, to_cp1258])
@pytest.mark.parametrize("in_order", [True, False])
def test_excel_5_holds_bytes_of_an_old_encoding(
    tmp_path: Path, encode: Callable[[str], bytes], *, in_order: bool
) -> None:
    rows = [[encode(c) for c in row] for row in (HEADINGS, *PEOPLE * 3)]
    read = read_bytes(tmp_path, biff5(rows, in_order=in_order), "so.xls")

    assert read.code is None
    assert read.people == list(PEOPLE * 3)
    assert read.lines == list(range(2, 20))


def with_record(number: int, data: bytes = b"\x00" * 6) -> bytes:
    rows = [
        [c.encode("ascii", "replace") for c in row]
        for row in (("Ho ten", "Nam sinh", "Gioi tinh"), ("A B", "1960", "Nam"))
    ]
    return biff5(rows, more=record(number, data))


REFUSED = {
    "162 password": (with_record(0x2F), "file.password"),
    "158 macro sheet": (with_record(0x85, struct.pack("<IBB", 0, 0, 1) + b"\x01M"), "file.macro"),
    "Excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00" + b"\x00" * 99, "file.unsupported_kind"),
    "no sheet": (record(0x809, words(0x500, 5, 0, 0)) + record(0x0A) + b"\x00" * 9, "file.damaged"),
    "sheet elsewhere": (with_record(0x85, struct.pack("<IBB", 0xFFFFFF, 0, 0) + b"\x01S"), "file.damaged"),
    "160 cut": (PLAIN[: len(PLAIN) // 2], "file.damaged"),
    "161 header only": (PLAIN[:512], "file.damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, case: str) -> None:
    content, code = REFUSED[case]

    assert read_bytes(tmp_path, content, "so.xls").code == code


def test_a_document_with_a_workbook_inside_is_no_workbook(tmp_path: Path) -> None:
    """The directory of the file says WordDocument where a workbook says Workbook."""
    name, other = ("Workbook".encode("utf-16-le"), "WordDocument".encode("utf-16-le"))
    at = PLAIN.index(name)
    content = bytearray(PLAIN)
    content[at : at + len(other)] = other
    content[at + 64 : at + 66] = words(2 * len("WordDocument") + 2)

    refused = read_bytes(tmp_path, bytes(content), "so.xls").refused
    assert refused is not None
    assert (refused.code, refused.details["found"]) == ("file.unsupported_kind", "WordDocument")


def test_a_link_to_another_file_is_told_and_not_followed(tmp_path: Path) -> None:
    assert "file.external_link" in read_bytes(tmp_path, with_record(0x1AE, words(1, 9) + b"x"), "so.xls").notes


def test_no_damage_escapes(tmp_path: Path) -> None:
    """Bytes of the records and of the directory changed at random: rows or a refusal, never anything else."""
    path = tmp_path / "so.xls"
    seeds = (PLAIN, biff5([[to_tcvn3(c) for c in row] for row in (HEADINGS, *PEOPLE)]))
    for seed in range(300):
        chance = random.Random(seed)  # noqa: S311 - the same damage on every run
        content = bytearray(seeds[seed % 2])
        for _ in range(chance.choice((1, 3, 30))):
            content[chance.randrange(len(MARK), len(content))] = chance.randrange(256)
        end = chance.choice((len(content), chance.randrange(600, len(content))))
        path.write_bytes(bytes(content[:end]))
        try:
            for sheet in read_old_workbook(path, None, ReadLimits()):
                for grid in sheet.grids:
                    assert grid.rows
        except FileRefused:
            continue


def test_two_texts_of_one_cell_are_both_kept() -> None:
    row = SheetRow(2)
    row.put(1, "1960")
    row.put(1, "1970")

    assert row.cells == {1: "1960 / 1970"}
    assert row.troubles == [(1, "row.too_many_cells")]
