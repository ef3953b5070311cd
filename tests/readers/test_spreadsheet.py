"""Workbooks through the public door: written by two libraries, then damaged by hand."""

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from readers import worksheet
from tests.readers.files import (
    HEADINGS,
    PEOPLE,
    csv_text,
    part_of,
    read_bytes,
    saved,
    to_tcvn3,
    with_part,
    workbook_bytes,
)  # fmt: skip

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEAD = "".join(f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in ("Họ và tên", "Ngày sinh", "Giới tính"))


def book_of(write: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        write(book)
    return target.getvalue()


def with_rows(xml: str, after: str = "") -> bytes:
    """A workbook whose sheet is written by hand: heading in row 1, then the rows given."""
    sheet = f'<worksheet {NAMESPACE}><sheetData><row r="1">{HEAD}</row>{xml}</sheetData>{after}</worksheet>'
    return with_part(workbook_bytes(), SHEET, sheet.encode())


def row(line: str, name: str = "Nguyễn Văn A", more: str = "") -> str:
    cells = "".join(f'<c t="str"><v>{t}</v></c>' for t in (name, "1960", "Nam"))
    return f"<row{line}>{cells}{more}</row>"


def test_titles_merged_headings_households_totals_and_signatures(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Thôn 1")
        day, number = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0" * 12})
        sheet.merge_range("A1:H1", "SỔ ĐĂNG KÝ HỘ KHẨU XÃ ĐÔNG HƯNG")
        for at, heading in enumerate(("STT", "Số hộ khẩu", "Họ và tên", "", "", "Số CCCD", "Dân tộc", "Đời sống")):
            if heading:
                sheet.merge_range(2, at, 3, at, heading)
        sheet.merge_range("D3:E3", "Ngày sinh")
        sheet.write_row("D4", ["Nam", "Nữ"])
        sheet.write_row("A5", [1, 2, 3, 4, 5, 6, 7, 8])
        sheet.merge_range("B6:B7", "HK-0001")
        sheet.write_row("A6", [1])
        sheet.write_row("C6", ["Nguyễn Văn Bình"])
        sheet.write_datetime("D6", datetime.datetime(1960, 3, 5), day)
        sheet.write_number("F6", 1060012345, number)
        sheet.write_row("A7", [2])
        sheet.write_row("C7", ["Trần Thị Tuyết", "", 1962])
        sheet.write_row("G6", ["Kinh", "khá"])
        sheet.write_row("B9", ["Tổng cộng", 2])
        sheet.write_row("F10", ["Người lập biểu"])

    read = read_bytes(tmp_path, book_of(write), "so.xlsx")

    assert read.lines == [6, 7]
    assert read.column("sheet") == ["Thôn 1", "Thôn 1"]
    assert read.column("household_id_raw") == ["HK-0001", "HK-0001"]
    assert read.column("birth_date_raw") == ["05/03/1960", "1962"]
    assert read.column("sex_raw") == ["Nam", "Nữ"]
    assert read.column("personal_number_raw") == ["001060012345", None]
    told = ['{"Ngày sinh Nam": "05/03/1960", "Đời sống": "khá"}', '{"Ngày sinh Nữ": "1962"}']
    assert read.column("other_raw") == told, "parts of a value stay as they stood in their columns"
    assert read.notes == {"header.unknown_column", "file.lines_left_out"}


def test_145_and_146_numbers_and_days_are_text_as_the_clerk_sees_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Số CMND"])
    sheet.append(["Nguyễn Văn A", datetime.date(1960, 3, 5), "Nam", 1060012345678, 12345678.0])
    read = read_bytes(tmp_path, saved(book), "so.xlsx")

    assert read.column("birth_date_raw") == ["05/03/1960"]
    assert read.column("personal_number_raw") == ["1060012345678"]
    assert read.column("old_id_number_raw") == ["12345678"]


def test_147_a_formula_shows_its_value_and_is_told_where_it_has_none(tmp_path: Path) -> None:
    cell = "<c><f>1+1</f><v></v></c>"
    read = read_bytes(tmp_path, with_rows(row(' r="2"') + row(' r="3"', more=cell)), "so.xlsx")

    assert read.rules == [(3, "row.formula_no_value")]
    assert read.column("other_raw") == [None, '{"D": "=1+1"}']


def test_formula_like_text_is_kept_to_the_letter(tmp_path: Path) -> None:
    people = [
        (n, name, born, sex, folk, '=HYPERLINK("x")', "@cmd|' /C calc'!A0") for n, name, born, sex, folk, *_ in PEOPLE
    ]

    assert read_bytes(tmp_path, workbook_bytes(people), "so.xlsx").code is None
    assert read_bytes(tmp_path, csv_text(people).encode()).people == people


def test_149_and_150_hidden_and_many_sheets(tmp_path: Path) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        for name in ("Một", "Trống", "Hai", "Danh mục", "Ghi chú"):
            sheet = book.add_worksheet(name)
            if name in ("Một", "Hai"):
                sheet.write_row(0, 0, HEADINGS)
                sheet.write_row(1, 0, PEOPLE[0])
            elif name != "Trống":
                sheet.write_column(0, 0, ["Kinh", "Tày"])
                sheet.write_column(0, 1, ["01", "02"])
        book.get_worksheet_by_name("Hai").hide()
        book.get_worksheet_by_name("Danh mục").hide()

    read = read_bytes(tmp_path, book_of(write), "so.xlsx")

    assert read.column("sheet") == ["#1", "#3"]
    assert len(set(read.column("record_id"))) == 2
    assert read.reading is not None
    assert [(f.rule_id, f.sheet) for f in read.reading.findings] == [
        ("sheet.hidden", "#3"), ("sheet.no_people", "Ghi chú")]  # fmt: skip


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1", "ZZZZ99999999:A0", ""])
def test_151_a_dimension_that_lies_says_nothing(tmp_path: Path, dimension: str) -> None:
    book = workbook_bytes()
    sheet = part_of(book, SHEET).decode()
    lying = sheet.replace('<dimension ref="A1:G7" />', f'<dimension ref="{dimension}" />')
    assert lying != sheet

    assert read_bytes(tmp_path, with_part(book, SHEET, lying.encode()), "so.xlsx").people == list(PEOPLE)


def test_152_one_stray_cell_in_the_last_corner(tmp_path: Path) -> None:
    stray = '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'
    read = read_bytes(tmp_path, with_rows(row(' r="2"') + stray), "so.xlsx")

    assert read.lines == [2]
    assert read.reading is not None
    assert [(f.rule_id, f.line, f.detail) for f in read.reading.findings] == [("sheet.stray_cell", 1048576, "XFD")]


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="99999999"><c r="A1" t="str"><v>x</v></c></row>',
        '<row r="0"><c r="AAAA1" t="str"><v>x</v></c></row>',
        '<row r="-1"><c r="" t="str"><v>x</v></c></row>',
        '<row r="2"><c r="1A" t="str"><v>x</v></c></row>',
        '<row><c r="A" t="n"><v>1e999</v></c></row>',
        '<row><c s="99999" t="n"><v>5</v></c></row>',
        '<row><c s="x" t="zz"><v>5</v></c></row>',
    ],
)
def test_153_impossible_references_lose_no_row(tmp_path: Path, xml: str) -> None:
    read = read_bytes(tmp_path, with_rows(row(' r="5"') + xml + row(' r="6"', "Lê B")), "so.xlsx")

    assert read.code is None
    assert [n for n in read.column("full_name_raw") if n in ("Nguyễn Văn A", "Lê B")] == ["Nguyễn Văn A", "Lê B"]


def test_153_a_row_whose_number_no_sheet_has_is_read_and_told(tmp_path: Path) -> None:
    for said in ("2000000", "1048577", "9" * 30):
        read = read_bytes(tmp_path, with_rows(row(' r="2"') + row(f' r="{said}"', "Lê B")), "so.xlsx")
        assert read.column("full_name_raw") == ["Nguyễn Văn A", "Lê B"]
        assert read.lines == [2, 3]
        assert read.reading is not None
        assert [(f.rule_id, f.line, f.detail) for f in read.reading.findings] == [("sheet.no_such_row", 3, said[:12])]


def test_more_rows_than_a_sheet_has_are_refused_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worksheet, "LAST_ROW", 5)
    assert read_bytes(tmp_path, with_rows(row("") * 4), "so.xlsx").lines == [2, 3, 4, 5]
    read = read_bytes(tmp_path, with_rows(row("") * 5), "so.xlsx")
    assert read.code == "file.too_many_rows"
    assert read.refused is not None
    assert read.refused.details == {"limit": 5}


def test_154_a_text_that_is_not_there(tmp_path: Path) -> None:
    for index in ("9999", "-1", "x", "99999999999999"):
        bad = f'<c r="D3" t="s"><v>{index}</v></c>'
        read = read_bytes(tmp_path, with_rows(row(' r="2"') + row(' r="3"', more=bad)), "so.xlsx")
        assert read.rules == [(3, "row.bad_characters")]


def test_155_two_cells_in_one_place_and_two_rows_of_one_number(tmp_path: Path) -> None:
    twice = '<c r="B2" t="str"><v>1970</v></c>'
    read = read_bytes(tmp_path, with_rows(row(' r="2"', more=twice) + row(' r="2"', "Lê B")), "so.xlsx")

    assert read.rules == [(2, "row.too_many_cells")]
    assert read.lines == [2, 3]
    assert read.column("birth_date_raw")[0] == "1960 / 1970"


def test_156_no_references_reversed_rows_rich_text_and_strict_names(tmp_path: Path) -> None:
    rich = ('<c t="inlineStr"><is><r><t>Ngu</t></r><r><t>yễn</t></r><rPh sb="0" eb="1"><t>xx</t></rPh></is></c>'
            '<c t="str"><v>1960</v></c><c t="str"><v>Nam</v></c>')  # fmt: skip
    read = read_bytes(tmp_path, with_rows(row(' r="9"') + f'<row r="4">{rich}</row>' + row("", "Lê B")), "so.xlsx")
    assert list(zip(read.lines, read.column("full_name_raw"), strict=True)) == [
        (4, "Nguyễn"), (5, "Lê B"), (9, "Nguyễn Văn A")]  # fmt: skip

    book = workbook_bytes()
    strict = part_of(book, SHEET).replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                                          b"http://purl.oclc.org/ooxml/spreadsheetml/main")  # fmt: skip
    prefixed = (
        strict.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
    )
    for sheet in (strict, prefixed):
        assert read_bytes(tmp_path, with_part(book, SHEET, sheet), "so.xlsx").people == list(PEOPLE)


def test_157_text_of_an_old_font(tmp_path: Path) -> None:
    people = [tuple(to_tcvn3(c).decode("latin-1") for c in p) for p in PEOPLE * 3]
    through_cp1252 = [tuple(c.encode("latin-1").decode("cp1252", "replace") for c in p) for p in people]
    for rows in (people, through_cp1252):
        for headings in (HEADINGS, [to_tcvn3(h).decode("latin-1") for h in HEADINGS]):
            read = read_bytes(tmp_path, workbook_bytes(rows, headings), "so.xlsx")
            assert read.people == list(PEOPLE * 3)
            assert "encoding.legacy" in read.notes


def test_159_an_external_link_is_never_followed(tmp_path: Path) -> None:
    book = with_part(workbook_bytes(), "xl/externalLinks/externalLink1.xml", b"<externalLink/>")

    assert read_bytes(tmp_path, book, "so.xlsx").people == list(PEOPLE)


def test_160_a_bad_checksum(tmp_path: Path) -> None:
    book = bytearray(workbook_bytes())
    at = book.find(b"xl/worksheets/sheet1.xml") + 60
    book[at] ^= 0xFF

    assert read_bytes(tmp_path, bytes(book), "so.xlsx").code == "file.damaged"


def test_a_cell_beyond_the_limit_is_cut_and_its_row_told(tmp_path: Path) -> None:
    long = f'<c t="inlineStr"><is><t>{"ă" * 300_000}</t></is></c>'
    read = read_bytes(tmp_path, with_rows(row(' r="2"', more=long) + row(' r="3"')), "so.xlsx")

    assert read.rules == [(2, "row.cell_too_long")]
    assert len(read.column("other_raw")[0] or "") < 33_000


def test_two_sheets_of_one_name_keep_their_rows_apart(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("Sổ", "Khác"):
        sheet = book.create_sheet(name)
        sheet.append(list(HEADINGS))
        sheet.append(list(PEOPLE[0]))
    package = saved(book)
    same = part_of(package, "xl/workbook.xml").decode().replace("Khác", "Sổ")
    read = read_bytes(tmp_path, with_part(package, "xl/workbook.xml", same.encode()), "so.xlsx")

    assert len(set(read.column("record_id"))) == 2
