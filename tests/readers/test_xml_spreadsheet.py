"""XML of Excel 2003: places that are said or counted, types and formats, what is hidden, what is no text."""

import codecs
from pathlib import Path

import pytest

from readers import xml_spreadsheet
from tests.readers.files import HEADINGS, PEOPLE, Read, read_bytes
from tests.readers.office_files import to_xml_2003, xml_2003

HEAD = "<Row>" + "".join(
    f'<Cell><Data ss:Type="String">{h}</Data></Cell>' for h in ("Họ tên", "Ngày sinh", "Giới tính", "Số CCCD", "Lạ")
) + "</Row>"  # fmt: skip
STYLES = "".join(
    f'<Style ss:ID="{name}"><NumberFormat ss:Format="{code}"/></Style>'
    for name, code in (("day", "Short Date"), ("year", "yyyy"), ("month", "mm/yyyy"), ("id", "0" * 12), ("pc", "0%"))
)


def data(kind: str, value: str, more: str = "") -> str:
    return f'<Cell {more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def person(*cells: str, attributes: str = "") -> str:
    birth, rest = cells[0] if cells else data("Number", "1960"), "".join(cells[1:])
    return f"<Row {attributes}>{data('String', 'Nguyễn Văn A')}{birth}{data('String', 'Nam')}{rest}</Row>"


def read_rows(folder: Path, *rows: str, before: str = "") -> Read:
    sheet = f'<Worksheet ss:Name="Sổ"><Table>{before}{HEAD}{"".join(rows)}</Table></Worksheet>'
    return read_bytes(folder, xml_2003(sheet, STYLES), "so.xml")


BIRTHS = [
    (data("DateTime", "1960-03-05T00:00:00.000", 'ss:StyleID="day"'), "05/03/1960"),
    (data("DateTime", "1960-03-05T00:00:00.000"), "05/03/1960"),
    (data("DateTime", "1960-03-05T00:00:00.000", 'ss:StyleID="year"'), "1960"),
    (data("DateTime", "1960-03-05T00:00:00.000", 'ss:StyleID="month"'), "03/1960"),
    (data("Number", "22345", 'ss:StyleID="day"'), "05/03/1961"),
    (data("Number", "1960"), "1960"),
    (data("String", "05/03/1960"), "05/03/1960"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), BIRTHS)
def test_a_day_is_shown_as_its_format_says(tmp_path: Path, given: str, wanted: str) -> None:
    assert read_rows(tmp_path, person(given)).column("birth_date_raw") == [wanted]


def test_numbers_keep_the_zeros_of_their_format(tmp_path: Path) -> None:
    year = data("Number", "1960")
    read = read_rows(
        tmp_path,
        person(year, data("Number", "1060012345", 'ss:StyleID="id"'), data("Number", "0.5", 'ss:StyleID="pc"')),
        person(year, data("Number", "1.060012345678E12"), data("Boolean", "1")),
        person(year, data("String", "001060012345")),
    )

    assert read.column("personal_number_raw") == ["001060012345", "1060012345678", "001060012345"]
    assert read.column("other_raw") == ['{"Lạ": "50%"}', '{"Lạ": "TRUE"}', None]


def test_a_format_may_stand_on_the_column_or_the_row(tmp_path: Path) -> None:
    columns = '<Column ss:Index="2" ss:StyleID="day"/>'
    day = data("Number", "22345")
    read = read_rows(tmp_path, person(day), person(day, attributes='ss:StyleID="year"'), before=columns)

    assert read.column("birth_date_raw") == ["05/03/1961", "1961"]


def test_147_formulas_and_errors(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path,
        person('<Cell ss:Formula="=RC[-1]"><Data ss:Type="Number">1960</Data></Cell>'),
        person('<Cell ss:Formula="=RC[-1]"/>'),
        person(data("Error", "#N/A")),
        person('<Cell ss:Formula="=RC[-1]"><Data ss:Type="String"></Data></Cell>'),
    )

    assert read.column("birth_date_raw") == ["1960", "=RC[-1]", "#N/A", None]
    assert read.rules == [(3, "row.formula_no_value"), (4, "row.formula_error")]


def test_places_are_counted_or_said_and_a_lie_loses_no_row(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path, person(attributes='ss:Index="5"'), person(), person(attributes='ss:Index="3"'),
        '<Row ss:Span="9"/>', person(attributes='ss:Index="99999999"'), '<Row ss:Index="x"><Cell ss:Index="0"/></Row>',
    )  # fmt: skip

    assert read.lines == [5, 6, 7, 18]
    assert read.rules == [(7, "row.bad_characters"), (18, "row.bad_characters")]


def test_more_rows_than_a_sheet_has_are_refused_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_spreadsheet, "LAST_ROW", 3)
    assert read_rows(tmp_path, person(), person()).lines == [2, 3]
    assert read_rows(tmp_path, person(), person(), person()).code == "file.too_many_rows"


def test_rich_text_comments_and_readings(tmp_path: Path) -> None:
    rich = (
        '<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>19</B><Font html:Color="#FF0000">'
        '60</Font></ss:Data><Comment><ss:Data><B>x</B></ss:Data></Comment><PhoneticText>y</PhoneticText></Cell>'
    )  # fmt: skip

    assert read_rows(tmp_path, person(rich)).column("birth_date_raw") == ["1960"]


def test_149_what_is_hidden_is_read_and_told(tmp_path: Path) -> None:
    hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    first = person(attributes='ss:Hidden="1"')
    sheet = (
        f'<Worksheet ss:Name="A"><Table><Column ss:Index="3" ss:Hidden="1"/>{HEAD}{first}</Table>'
        f'</Worksheet><Worksheet ss:Name="B"><Table>{HEAD}{person()}</Table>{hidden}</Worksheet>'
    )  # fmt: skip
    read = read_bytes(tmp_path, xml_2003(sheet), "so.xml")

    assert read.rules == [(2, "row.hidden")]
    assert read.reading is not None
    assert [(f.rule_id, f.sheet, f.column) for f in read.reading.findings if f.rule_id != "header.unknown_column"] == [
        ("column.hidden", "A", "Giới tính"), ("sheet.hidden", "B", None),
    ]  # fmt: skip


def test_the_names_may_have_prefixes_and_the_letters_two_bytes(tmp_path: Path) -> None:
    plain = to_xml_2003([HEADINGS, *PEOPLE]).decode()
    prefixed = plain
    for name in ("Workbook", "Worksheet", "Table", "Row", "Cell", "Data", "Styles"):
        prefixed = prefixed.replace(f"<{name}", f"<ss:{name}").replace(f"</{name}>", f"</ss:{name}>")
    wide = codecs.BOM_UTF16_LE + plain.replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16-le")

    for content in (prefixed.encode(), wide, ("\r\n" + plain[22:]).encode()):
        assert read_bytes(tmp_path, content, "so.xml").people == list(PEOPLE)


REFUSED = {
    "cut": (to_xml_2003([HEADINGS, *PEOPLE])[:-300], "file.damaged"),
    "165 entity": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Workbook>&a;</Workbook>', "file.unsafe"),
    "166 deep": (b"<Workbook>" + b"<a>" * 500, "file.unsafe"),
    "no sheet": (b'<?xml version="1.0"?><Workbook/>', "file.unsupported_kind"),
    "other XML": (b'<?xml version="1.0"?><so><nguoi ten="A"/></so>', "file.unsupported_kind"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "file.unsupported_kind"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, case: str) -> None:
    content, code = REFUSED[case]

    assert read_bytes(tmp_path, content, "so.xml").code == code
