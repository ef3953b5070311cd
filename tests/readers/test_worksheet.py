"""Worksheets as other programs write them, and as nobody should: what is read of each, to the letter."""

from pathlib import Path

import openpyxl
import pytest

from tests.readers.files import PEOPLE, Read, part_of, read_bytes, saved, with_part, workbook_bytes
from tests.readers.test_spreadsheet import NAMESPACE, SHEET, with_rows

BOOK = workbook_bytes()
HEADS = ("Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Lạ")
HEAD = "".join(f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in HEADS)


def read_cells(folder: Path, *rows: str, before: str = "") -> Read:
    """Rows of a birth, then a personal number, then a column that nobody knows; name and sex are given."""
    written = "".join(
        f'<row><c t="str"><v>Nguyễn Văn A</v></c>{birth}<c r="C1" t="str"><v>Nam</v></c>{rest}</row>'
        for birth, _, rest in (row.partition("|") for row in rows)
    )
    sheet = f"<worksheet {NAMESPACE}>{before}<sheetData><row>{HEAD}</row>{written}</sheetData></worksheet>"
    return read_bytes(folder, with_part(BOOK, SHEET, sheet.encode()), "so.xlsx")


def test_147_a_formula_that_gives_nothing_is_blank_and_one_never_worked_out_is_told(tmp_path: Path) -> None:
    read = read_cells(
        tmp_path,
        '<c t="str"><f>IF(A1="","",A1)</f><v></v></c>',
        '<c><f t="shared" si="0"/></c>',
        "<c><f>1960</f></c>",
        "<c><f>A1</f><v>1960</v></c>",
        '<c t="e"><f>A1</f><v>#REF!</v></c>',
    )

    assert read.column("birth_date_raw") == [None, "=", "=1960", "1960", "#REF!"]
    assert read.rules == [(3, "row.formula_no_value"), (4, "row.formula_no_value"), (6, "row.formula_error")]


def test_an_error_in_a_column_that_no_field_takes_harms_nobody(tmp_path: Path) -> None:
    read = read_cells(tmp_path, '<c><v>1960</v></c>|<c r="E2" t="e"><v>#N/A</v></c>')

    assert read.rules == []
    assert read.column("other_raw") == ['{"Lạ": "#N/A"}']


NUMBERS = {
    "123456789012": "123456789012", "1.23456789012E11": "123456789012", "1.23456789012E+11": "123456789012",
    "123456789012.0": "123456789012", "001060012345": "001060012345", "1234567890123456": "1234567890123456",
    "-5": "-5", "0.1": "0.1", " 42 ": "42", "1,5": "1,5", "NaN": "NaN", "1e999": "1e999",
}  # fmt: skip


@pytest.mark.parametrize(("value", "wanted"), NUMBERS.items())
def test_145_a_number_is_exact(tmp_path: Path, value: str, wanted: str) -> None:
    read = read_cells(tmp_path, f"<c><v>1960</v></c>|<c r='D2'><v>{value}</v></c>")

    assert read.column("personal_number_raw") == [wanted]


FORMATS = [
    ("000000000000", 1060012345, "001060012345"), ("000 000 000", 12345678, "012345678"),
    ("000-000-000", 12345678, "012345678"), (r"000\.000\.000", 12345678, "012345678"),
    ('"CC "000000000000', 1060012345, "001060012345"), ("0", 5, "5"), ("#,##0", 1960, "1960"), ("0%", 0.25, "25%"),
    ("0.00%", 0.1234, "12.34%"), ("0.00E+00", 123456789012, "123456789012"), ("@", 1960, "1960"),
    ("[$-42A]dd mmmm yyyy", 22345, "05/03/1961"), ("[$-1010000]d/m/yyyy;@", 22345, "05/03/1961"),
    ('"ngày "dd" tháng "mm" năm "yyyy', 22345, "05/03/1961"), ("yyyy", 22345, "1961"), ("mm/yyyy", 22345, "03/1961"),
    ("mmm-yy", 22345, "03/1961"), ("[h]:mm", 1.5, "1.5"), ("dd/mm/yyyy", 59, "28/02/1900"),
    ("dd/mm/yyyy", 60, "29/02/1900"), ("dd/mm/yyyy", 61, "01/03/1900"), ("dd/mm/yyyy", 0, "0"),
    ("dd/mm/yyyy", -3, "-3"), ("dd/mm/yyyy", 22345.75, "05/03/1961 18:00"), ("d-mmm", 22345, "05/03/1961"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "number", "wanted"), FORMATS)
def test_146_a_number_is_shown_as_its_format_says(tmp_path: Path, code: str, number: float, wanted: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(HEADS))
    sheet.append(["Nguyễn Văn A", "1960", "Nam", None, number])
    sheet["E2"].number_format = code
    read = read_bytes(tmp_path, saved(book), "so.xlsx")

    assert read.column("other_raw") == [f'{{"Lạ": "{wanted}"}}']


def test_89_days_from_1904(tmp_path: Path) -> None:
    workbook = part_of(BOOK, "xl/workbook.xml").replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    assert workbook != part_of(BOOK, "xl/workbook.xml")
    styles = part_of(BOOK, "xl/styles.xml").replace(b'<xf numFmtId="0"', b'<xf numFmtId="14"')
    sheet = with_rows(
        '<row r="2"><c t="str"><v>Nguyễn Văn A</v></c><c s="0"><v>20883</v></c><c t="str"><v>Nam</v></c></row>'
    )
    book = with_part(with_part(sheet, "xl/workbook.xml", workbook), "xl/styles.xml", styles)

    assert read_bytes(tmp_path, book, "so.xlsx").column("birth_date_raw") == ["05/03/1961"]


def test_a_day_written_as_a_day(tmp_path: Path) -> None:
    read = read_cells(tmp_path, '<c t="d"><v>1960-03-05</v></c>', '<c t="d"><v>1960-03-05T00:00:00Z</v></c>')

    assert read.column("birth_date_raw") == ["05/03/1960"] * 2


def test_156_a_sheet_from_the_last_row_to_the_first(tmp_path: Path) -> None:
    sheet = part_of(BOOK, SHEET).decode()
    head, body = sheet.split("<sheetData>")
    rows, tail = body.split("</sheetData>")
    turned = "".join(f"{r}</row>" for r in reversed(rows.split("</row>")[:-1]))
    read = read_bytes(
        tmp_path, with_part(BOOK, SHEET, f"{head}<sheetData>{turned}</sheetData>{tail}".encode()), "so.xlsx"
    )

    assert read.people == list(PEOPLE)
    assert read.lines == [2, 3, 4, 5, 6, 7]


def moved(book: bytes, old: str, new: str, *changes: tuple[str, str, str]) -> bytes:
    """A package with one part under another name, and texts of other parts changed."""
    book = with_part(with_part(book, new, part_of(book, old)), old, None)
    for name, before, after in changes:
        text = part_of(book, name).decode()
        assert before in text
        book = with_part(book, name, text.replace(before, after).encode())
    return book


RELATIONS = "xl/_rels/workbook.xml.rels"
PLACES = {
    "absolute": moved(BOOK, SHEET, "sheets/a b.xml", (RELATIONS, "/xl/worksheets/sheet1.xml", "/sheets/a b.xml")),
    "relative": moved(BOOK, SHEET, "xl/x/y.xml", (RELATIONS, "/xl/worksheets/sheet1.xml", "x/y.xml")),
    "with dots": moved(BOOK, SHEET, "other/y.xml", (RELATIONS, "/xl/worksheets/sheet1.xml", "../other/y.xml")),
    "in capitals": moved(BOOK, SHEET, "XL/WORKSHEETS/SHEET1.XML"),
    "main part elsewhere": moved(
        moved(BOOK, "xl/workbook.xml", "xl/main/book.xml", ("_rels/.rels", "xl/workbook.xml", "/xl/main/book.xml"),
              (RELATIONS, "styles.xml", "../styles.xml")), RELATIONS, "xl/main/_rels/book.xml.rels"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES)
def test_parts_are_found_where_the_package_says(tmp_path: Path, case: str) -> None:
    assert read_bytes(tmp_path, PLACES[case], "so.xlsx").people == list(PEOPLE)


MISSING = {
    "styles": ("xl/styles.xml", None), "sheet": (SHEET, None),
    "relation of the sheet": (RELATIONS, part_of(BOOK, RELATIONS).replace(b'Id="rId1"', b'Id="rId99"')),
    "no relations": (RELATIONS, b"<Relationships/>"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSING)
def test_161_a_workbook_without_a_part_it_names_is_damaged(tmp_path: Path, case: str) -> None:
    name, content = MISSING[case]

    assert read_bytes(tmp_path, with_part(BOOK, name, content), "so.xlsx").code == "file.damaged"


def test_159_a_link_to_another_workbook_is_told(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, with_part(BOOK, "xl/externalLinks/externalLink1.xml", b"<externalLink/>"), "so.xlsx")

    assert read.people == list(PEOPLE)
    assert read.notes == {"file.external_link"}


def test_a_hidden_column_without_heading_or_rows_is_not_told(tmp_path: Path) -> None:
    columns = '<cols><col min="2" max="2" hidden="1"/><col min="6" max="16384" hidden="1"/></cols>'
    read = read_cells(tmp_path, "<c><v>1960</v></c>", before=columns)

    assert read.reading is not None
    assert [(f.rule_id, f.column) for f in read.reading.findings if f.rule_id == "column.hidden"] == [
        ("column.hidden", "Ngày sinh")]  # fmt: skip
