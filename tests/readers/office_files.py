"""One sheet of text, with merged cells, written in every format that is read: the bytes a province might send."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlwt

from tests.readers.files import saved

Cells = Sequence[Sequence[str | None]]
Merged = tuple[int, int, int, int]
"""First row, last row, first column, last column, from 0."""

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_XML_NAMES = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:html="http://www.w3.org/TR/REC-html40"'
)


def spans(merged: Sequence[Merged]) -> dict[tuple[int, int], tuple[int, int]]:
    """Corner of each merged range -> rows and columns it spans."""
    return {(top, left): (bottom - top + 1, right - left + 1) for top, bottom, left, right in merged}


def covered(merged: Sequence[Merged]) -> set[tuple[int, int]]:
    """Cells under a merged range, without its corner."""
    return {
        (row, column)
        for top, bottom, left, right in merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def to_csv(rows: Cells, _: Sequence[Merged] = (), separator: str = ",") -> bytes:
    """Delimited text."""
    target = io.StringIO()
    width = max(map(len, rows))
    writer = csv.writer(target, delimiter=separator, lineterminator="\r\n")
    writer.writerows([[*((c or "") for c in row), *[""] * (width - len(row))] for row in rows])
    return target.getvalue().encode("utf-8-sig")


def to_tsv(rows: Cells, _: Sequence[Merged] = ()) -> bytes:
    """Text with tabs."""
    return to_csv(rows, separator="\t")


def to_xlsx(rows: Cells, merged: Sequence[Merged] = ()) -> bytes:
    """A workbook of today."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for at, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            if text is not None:
                cell = sheet.cell(at, column)
                cell.value, cell.data_type = text, "s"
    for top, bottom, left, right in merged:
        sheet.merge_cells(start_row=top + 1, end_row=bottom + 1, start_column=left + 1, end_column=right + 1)
    return saved(book)


def to_xls(rows: Cells, merged: Sequence[Merged] = ()) -> bytes:
    """An old binary workbook."""
    book, target = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            if text is not None and (at, column) not in spans(merged):
                sheet.write(at, column, text)
    for top, bottom, left, right in merged:
        sheet.write_merge(top, bottom, left, right, rows[top][left])
    book.save(target)
    return target.getvalue()


def ods_table(rows: Cells, merged: Sequence[Merged] = (), name: str = "Sheet1", style: str = "") -> str:
    """The table of a sheet in OpenDocument, blank rows and cells counted instead of written."""
    sizes, under, lines = spans(merged), covered(merged), []
    for at, row in enumerate(rows):
        cells = []
        for column, text in enumerate(row):
            tag = "covered-table-cell" if (at, column) in under else "table-cell"
            rows_, columns = sizes.get((at, column), (1, 1))
            size = f' table:number-rows-spanned="{rows_}" table:number-columns-spanned="{columns}"'
            if text is None:
                cells.append(f"<table:{tag}/>")
            else:
                body = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
                cells.append(f'<table:{tag}{size} office:value-type="string">{body}</table:{tag}>')
        cells.append("<table:table-cell table:number-columns-repeated='1000'/>")
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    lines.append("<table:table-row table:number-rows-repeated='1048000'><table:table-cell/></table:table-row>")
    return f"<table:table table:name={quoteattr(name)} {style}>{''.join(lines)}</table:table>"


def ods_content(tables: str, styles: str = "") -> bytes:
    """content.xml around tables."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    ).encode()


def ods_package(
    content: bytes,
    manifest: bytes = b"<m:manifest xmlns:m='m'/>",
    more: Mapping[str, bytes] | None = None,
    kind: str = ODS_TYPE,
) -> bytes:
    """The package around content.xml."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", kind, zipfile.ZIP_STORED)
        out.writestr("content.xml", content)
        out.writestr("META-INF/manifest.xml", manifest)
        for name, part in (more or {}).items():
            out.writestr(name, part)
    return target.getvalue()


def to_ods(rows: Cells, merged: Sequence[Merged] = ()) -> bytes:
    """An OpenDocument spreadsheet."""
    return ods_package(ods_content(ods_table(rows, merged)))


def to_fods(rows: Cells, merged: Sequence[Merged] = ()) -> bytes:
    """A flat OpenDocument spreadsheet."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {_ODS_NAMES} office:mimetype="{ODS_TYPE}">'
        f"<office:body><office:spreadsheet>{ods_table(rows, merged)}</office:spreadsheet></office:body>"
        "</office:document>"
    ).encode()


def to_html(rows: Cells, merged: Sequence[Merged] = ()) -> bytes:
    """A page of a program of the web, saved as XLS."""
    sizes, under, lines = spans(merged), covered(merged), []
    for at, row in enumerate(rows):
        cells = []
        for column, text in enumerate(row):
            if (at, column) in under:
                continue
            rows_, columns = sizes.get((at, column), (1, 1))
            body = escape(text or "").replace("\n", "<br>") or "&nbsp;"
            cells.append(f"<td rowspan={rows_} colspan='{columns}' style=\"mso-number-format:'\\@'\">{body}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = '<html><head><meta charset="utf-8"><style>td {color: red}</style></head>'
    return f"{head}<body><table>{''.join(lines)}</table>".encode()


def to_xml_2003(rows: Cells, merged: Sequence[Merged] = ()) -> bytes:
    """XML of Excel 2003: blank cells and rows are left out, the next one says where it stands."""
    sizes, under, lines = spans(merged), covered(merged), []
    for at, row in enumerate(rows):
        cells = []
        for column, text in enumerate(row):
            if text is None or (at, column) in under:
                continue
            rows_, columns = sizes.get((at, column), (1, 1))
            size = f' ss:MergeAcross="{columns - 1}" ss:MergeDown="{rows_ - 1}"' if (at, column) in sizes else ""
            body = escape(text).replace("\n", "&#10;")
            cells.append(f'<Cell ss:Index="{column + 1}"{size}><Data ss:Type="String">{body}</Data></Cell>')
        if cells:
            lines.append(f'<Row ss:Index="{at + 1}">{"".join(cells)}</Row>')
    return xml_2003(f'<Worksheet ss:Name="Sheet1"><Table>{"".join(lines)}</Table></Worksheet>')


def xml_2003(sheets: str, styles: str = "") -> bytes:
    """The workbook around worksheets."""
    return (
        f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook {_XML_NAMES}>'
        f"<Styles>{styles}</Styles>{sheets}</Workbook>"
    ).encode()


FORMATS: Mapping[str, Callable[[Cells, Sequence[Merged]], bytes]] = {
    ".csv": to_csv, ".tsv": to_tsv, ".xlsx": to_xlsx, ".xls": to_xls, ".ods": to_ods, ".fods": to_fods,
    ".html": to_html, ".xml": to_xml_2003,
}  # fmt: skip
