"""OpenDocument spreadsheets: what a cell is and shows, what is counted instead of written, what is no text."""

from pathlib import Path

import pytest

from readers.reading import ReadLimits
from tests.readers.files import PEOPLE, Read, read_bytes
from tests.readers.office_files import ods_content, ods_package, ods_table, to_ods

HEAD = [["Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Thành phần"]]
HEADING = "".join(f"<table:table-cell><text:p>{h}</text:p></table:table-cell>" for h in HEAD[0])
TEXT = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'


def cell(kind: str, value: str, shown: str, more: str = "") -> str:
    name = {"date": "date-value", "boolean": "boolean-value"}.get(kind, "value")
    return (
        f'<table:table-cell office:value-type="{kind}" office:{name}="{value}" calcext:value-type="{kind}" {more}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def person(*cells: str, attributes: str = "") -> str:
    given = [*cells, *[TEXT.format("")] * 3]
    name, birth, sex = TEXT.format("Nguyễn Văn A"), given[0], TEXT.format("Nam")
    return f"<table:table-row {attributes}>{name}{birth}{sex}{''.join(given[1:3])}</table:table-row>"


def read_rows(folder: Path, *rows: str, before: str = "", limits: ReadLimits | None = None) -> Read:
    heading = f"<table:table-row>{HEADING}</table:table-row>"
    table = f'<table:table table:name="Sổ">{before}{heading}{"".join(rows)}</table:table>'
    return read_bytes(folder, ods_package(ods_content(table)), "so.ods", limits=limits)


BIRTHS = [
    (cell("date", "1960-03-05", "05/03/60"), "05/03/1960"),
    (cell("date", "1960-03-05T00:00:00", "5 tháng 3, 1960"), "05/03/1960"),
    (cell("date", "1960-03-05T13:45:00", "05/03/60 13:45"), "05/03/1960 13:45"),
    (cell("date", "1960-03-01", "3/1960"), "03/1960"),
    (cell("date", "1960-01-01", "1960"), "1960"),
    (cell("float", "1960", "1960"), "1960"),
    (cell("float", "22345.5", "22345,5"), "22345.5"),
    (TEXT.format("05/<text:span>03</text:span>/1960"), "05/03/1960"),
    ('<table:table-cell office:value-type="string" office:string-value="1960"/>', "1960"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), BIRTHS)
def test_a_day_keeps_the_precision_it_is_shown_with(tmp_path: Path, given: str, wanted: str) -> None:
    assert read_rows(tmp_path, person(given)).column("birth_date_raw") == [wanted]


NUMBERS = [
    (cell("float", "1060012345", "001060012345"), "001060012345"),
    (cell("float", "1060012345678", "1,06E+12"), "1060012345678"),
    (cell("float", "123456789012", "123.456.789.012"), "123456789012"),
    (cell("currency", "12.50", "12,50 đ"), "12.5"),
    (cell("percentage", "0.5", "50,00%"), "50%"),
    (cell("boolean", "true", "ĐÚNG"), "TRUE"),
    (TEXT.format("001060012345"), "001060012345"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), NUMBERS)
def test_a_number_is_its_value_with_the_zeros_it_shows(tmp_path: Path, given: str, wanted: str) -> None:
    assert read_rows(tmp_path, person(TEXT.format("1960"), given)).column("personal_number_raw") == [wanted]


def test_147_formulas_with_and_without_value_and_errors(tmp_path: Path) -> None:
    formula = 'table:formula="of:=[.A1]"'
    read = read_rows(
        tmp_path,
        person(cell("float", "1960", "1960", formula)),
        person(f"<table:table-cell {formula}/>"),
        person(f'<table:table-cell {formula} office:value-type="string" calcext:value-type="error">'
               "<text:p>#N/A</text:p></table:table-cell>"),
        person(f'<table:table-cell {formula} office:value-type="string"><text:p>Err:502</text:p></table:table-cell>'),
        person(f'<table:table-cell {formula} office:value-type="string" office:string-value=""/>'),
    )  # fmt: skip

    assert read.column("birth_date_raw") == ["1960", "of:=[.A1]", "#N/A", "Err:502", None]
    assert read.rules == [(3, "row.formula_no_value"), (4, "row.formula_error"), (5, "row.formula_error")]


def test_comments_drawings_and_readings_are_no_text(tmp_path: Path) -> None:
    noise = (
        "<office:annotation><text:p>ghi chú</text:p></office:annotation>"
        '<draw:frame xmlns:draw="d"><draw:text-box><text:p>hình</text:p></draw:text-box></draw:frame>'
    )
    given = (
        f'<table:table-cell>{noise}<text:p>19<text:ruby><text:ruby-base>6</text:ruby-base><text:ruby-text>x</text:ruby-text>'
        "</text:ruby>0</text:p></table:table-cell>"
    )  # fmt: skip

    assert read_rows(tmp_path, person(given)).column("birth_date_raw") == ["1960"]


def test_paragraphs_blanks_and_breaks(tmp_path: Path) -> None:
    first, second = '<text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d</text:p>', "<text:p>e</text:p>"
    given = f"<table:table-cell>{first}{second}</table:table-cell>"
    read = read_rows(tmp_path, person(TEXT.format("1960"), TEXT.format(""), given))

    assert read.column("other_raw") == ['{"Thành phần": "a  b\\tc\\nd\\ne"}']


def test_equal_rows_and_cells_are_counted_out(tmp_path: Path) -> None:
    blank = '<table:table-row table:number-rows-repeated="1000"><table:table-cell/></table:table-row>'
    twice = person(TEXT.format("1960"), attributes='table:number-rows-repeated="3"')
    read = read_rows(tmp_path, twice, blank, person(TEXT.format("1970")))

    assert read.lines == [2, 3, 4, 1005]
    assert read.column("birth_date_raw") == ["1960", "1960", "1960", "1970"]
    assert len(set(read.column("record_id"))) == 4


BOMBS = {
    "rows": person(TEXT.format("1960"), attributes='table:number-rows-repeated="9999999"') * 60,
    "cells": person('<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'),
    "both": person('<table:table-cell table:number-columns-repeated="99"><text:p>xxxxxxx</text:p></table:table-cell>',
                   attributes='table:number-rows-repeated="1048576"'),
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "code"), [("rows", "file.expansion"), ("cells", "file.too_many_columns"), ("both", "file.expansion")]
)
def test_a_few_bytes_do_not_become_a_billion_cells(tmp_path: Path, case: str, code: str) -> None:
    read = read_rows(tmp_path, BOMBS[case], limits=ReadLimits(expanded_bytes=5_000_000))

    assert read.code == code


def test_149_what_is_hidden_is_read_and_told(tmp_path: Path) -> None:
    people = [[*p] for p in PEOPLE]
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    columns = '<table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>'
    shown = ods_table([["TT", "Họ tên", "Ngày sinh", "Giới tính"], people[0][:4], people[1][:4]], name="Một")
    shown = shown.replace("<table:table-row>", f"{columns}<table:table-row>", 1)
    first, second, third = shown.split("<table:table-row>", 2)[0], *shown.split("<table:table-row>", 2)[1:]
    filtered = f'{first}<table:table-row>{second}<table:table-row table:visibility="filter">{third}'
    hidden = ods_table(
        [["Họ tên", "Ngày sinh", "Giới tính"], people[2][1:4]], name="Hai", style='table:style-name="ta2"'
    )
    cache = ods_table([["Họ tên", "Ngày sinh", "Giới tính"], people[3][1:4]], name="'file:///x.ods'#$Sổ")
    read = read_bytes(tmp_path, ods_package(ods_content(filtered + hidden + cache, style)), "so.ods")

    assert read.column("full_name_raw") == [p[1] for p in PEOPLE[:3]]
    assert read.rules == [(2, "row.hidden")]
    assert read.reading is not None
    assert {(f.rule_id, f.sheet, f.column) for f in read.reading.findings} == {
        ("column.hidden", "#1", "Giới tính"), ("sheet.hidden", "#2", None), ("file.external_link", None, None),
    }  # fmt: skip


GOOD = to_ods([["Họ tên", "Ngày sinh", "Giới tính"], ["Nguyễn Văn A", "1960", "Nam"]])
CONTENT = ods_content(ods_table([["Họ tên", "Ngày sinh", "Giới tính"], ["Nguyễn Văn A", "1960", "Nam"]]))
SEALED = b"<m:manifest xmlns:m='m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
REFUSED = {
    "162 password": (ods_package(b"\x93\x01", SEALED), "file.password"),
    "162 whole package": (ods_package(b"", more={"encrypted-package": b"x"}), "file.password"),
    "158 macro": (ods_package(CONTENT, more={"Basic/Standard/Module1.xml": b"<x/>"}), "file.macro"),
    "161 no content": (ods_package(CONTENT).replace(b"content.xml", b"kontent.xml"), "file.damaged"),
    "160 cut": (GOOD[:-40], "file.damaged"),
    "XML cut": (ods_package(CONTENT[:-200]), "file.damaged"),
    "165 entity": (ods_package(b'<!DOCTYPE x [<!ENTITY a "b">]>' + CONTENT[38:]), "file.unsafe"),
    "166 deep": (ods_package(b"<a>" * 500), "file.unsafe"),
    "a text": (ods_package(CONTENT, kind="application/vnd.oasis.opendocument.text"), "file.unsupported_kind"),
    "no table": (ods_package(ods_content("")), "file.unsupported_kind"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, case: str) -> None:
    content, code = REFUSED[case]

    assert read_bytes(tmp_path, content, "so.ods").code == code
