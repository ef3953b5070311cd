"""Hand-made files: delimited text, and workbooks whose every part can be bent before they are packed."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[str]]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def csv_text(rows: Rows, separator: str = ",", end: str = "\n") -> str:
    """Delimited text; only cells that need quotes have them."""
    return "".join(separator.join(quoted(c, separator) for c in row) + end for row in rows)


def quoted(cell: str, separator: str) -> str:
    """A cell in quotes if it needs them."""
    needs = any(mark in cell for mark in (separator, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needs else cell


def letter(position: int) -> str:
    """Excel's name of a 0-based column."""
    name, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(65 + digit) + name
    return name


def text_cell(reference: str, text: str) -> str:
    """A cell of inline text."""
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{reference}" t="inlineStr"><is><t{space}>{escape(text)}</t></is></c>' if text else ""


def sheet_xml(rows: Rows, *, cells: Mapping[tuple[int, int], str] | None = None, first: int = 1, tail: str = "") -> str:
    """A worksheet of text; `cells` gives other XML for (0-based row, column), {r} standing for the reference."""
    other = cells or {}
    lines = []
    for at, row in enumerate(rows):
        made = [
            other[at, c].replace("{r}", f"{letter(c)}{at + first}") if (at, c) in other
            else text_cell(f"{letter(c)}{at + first}", text)
            for c, text in enumerate(row)
        ]  # fmt: skip
        lines.append(f'<row r="{at + first}">{"".join(made)}</row>')
    return (
        f'{HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_REL}"><sheetData>{"".join(lines)}</sheetData>{tail}</worksheet>'
    )


def book_parts(sheets: Mapping[str, str], states: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """The parts of a workbook with these worksheets by name."""
    state = states or {}
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}"'
        + (f' state="{state[name]}"' if name in state else "")
        + f' r:id="rId{n}"/>'
        for n, name in enumerate(sheets, 1)
    )
    rels = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rels}</Relationships>',
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)}
    return {name: text.encode() for name, text in parts.items()}


def add_part(parts: dict[str, bytes], name: str, content: str, kind: str, content_type: str = "") -> None:
    """Add a part that the workbook names: shared strings, styles."""
    parts[name] = content.encode()
    target = name.removeprefix("xl/")
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    new = f'<Relationship Id="rX{len(parts)}" Type="{_REL}/{kind}" Target="{target}"/></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", new).encode()
    if content_type:
        types = parts["[Content_Types].xml"].decode()
        override = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
        parts["[Content_Types].xml"] = types.replace("</Types>", override).encode()


def package(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return target.getvalue()


def workbook(rows: Rows, name: str = "Sheet1") -> bytes:
    """A workbook of one sheet of text."""
    return package(book_parts({name: sheet_xml(rows)}))


def shared_strings(texts: Sequence[str]) -> str:
    """The part xl/sharedStrings.xml."""
    held = "".join(f'<si><t xml:space="preserve">{escape(t)}</t></si>' for t in texts)
    return f'{HEAD}<sst xmlns="{_MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">{held}</sst>'


def styles(formats: Sequence[int]) -> str:
    """The part xl/styles.xml: cell style n has the number format formats[n]."""
    held = "".join(f'<xf numFmtId="{f}" fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/>' for f in formats)
    return (
        f'{HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(formats)}">{held}</cellXfs></styleSheet>'
    )
