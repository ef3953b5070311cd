"""Items 145 to 166: workbooks that are odd, damaged, sealed or something else. Each part is written by hand."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from xml.sax.saxutils import escape

from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.corpus.old_workbooks import as_xls, sealed_package, with_password
from tests.corpus.writers import (
    HEAD,
    add_part,
    book_parts,
    letter,
    package,
    shared_strings,
    sheet_xml,
    styles,
    text_cell,
)
from tests.readers.files import to_tcvn3, to_vni

SECTION = "workbooks"
_SHEET = "xl/worksheets/sheet1.xml"
_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def _table(ledger: Ledger) -> list[list[str]]:
    return [ledger.headings, *ledger.rows]


def _parts(ledger: Ledger, cells: dict[tuple[int, int], str] | None = None, tail: str = "") -> dict[str, bytes]:
    return book_parts({"Sheet1": sheet_xml(_table(ledger), cells=cells, tail=tail)})


def _book(ledger: Ledger, parts: dict[str, bytes] | bytes, **more: object) -> Case:
    content = parts if isinstance(parts, bytes) else package(parts)
    return Case(**{"content": content, "name": "so.xlsx", "lines": ledger.clean(), "secrets": ledger.secrets, **more})  # type: ignore[arg-type]


def _with_sheet(ledger: Ledger, change: Callable[[str], str]) -> dict[str, bytes]:
    parts = _parts(ledger)
    parts[_SHEET] = change(parts[_SHEET].decode()).encode()
    return parts


def _formats(parts: dict[str, bytes], numbers: list[int]) -> None:
    add_part(parts, "xl/styles.xml", styles(numbers), "styles", _STYLES)


@item(145, "Numbers of identity as numbers", "W", SECTION)
def _(rng: Dice) -> Case:
    """The leading zeros are gone; they come back, and that is said."""
    ledger, name = Ledger(rng), rng.choice(("old_id", "personal"))
    at, rule = ledger.at(name), {"old_id": "old_id_number", "personal": "personal_number"}[name] + ".leading_zero"
    form = rng.choice(("{}", "{}.0", "{}"))
    if rng.random() < 0.4:
        content, ending = as_xls(_table(ledger), numbers={at}), ".xls"
    else:
        cells = {
            (i + 1, at): f'<c r="{{r}}"><v>{form.format(int(row[at]))}</v></c>' for i, row in enumerate(ledger.rows)
        }
        content, ending = package(_parts(ledger, cells)), ".xlsx"
    lines: dict[int | tuple[str, int], Line] = {
        2 + i: ledger.good(i, name, rules=() if name == "personal" else (rule,), exact=False)
        for i in range(len(ledger.rows))
    }
    column = rule.split(".")[0]
    lines = {k: Line(v.kept, (rule,), {**v.values, column: ledger.rows[k - 2][at]}) for k, v in lines.items()}  # type: ignore[operator]
    return _book(ledger, content, name="so" + ending, lines=lines)


@item(146, "Date cells", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    at = ledger.at("birth")
    days = [date(*map(int, reversed(p.birth.split("/")))) for p in ledger.people]
    if rng.random() < 0.3:
        return _book(ledger, as_xls(_table(ledger), dates={at: days}), name="so.xls")
    tail = rng.choice(("", ".0"))
    cells = {
        (i + 1, at): f'<c r="{{r}}" s="1"><v>{(day - date(1899, 12, 30)).days}{tail}</v></c>'
        for i, day in enumerate(days)
    }
    parts = _parts(ledger, cells)
    _formats(parts, [0, rng.choice((14, 15, 22))])
    if rng.random() < 0.5:
        form = escape(
            rng.choice(("dd/mm/yyyy", "[$-42A]dd mmmm yyyy", "d-m-yy;@", "yyyy\\-mm\\-dd", '"ngày" dd "tháng" mm'))
        )
        form = form.replace('"', "&quot;")
        xml = styles([0, 164]).replace(
            "<fonts", f'<numFmts count="1"><numFmt numFmtId="164" formatCode="{form}"/></numFmts><fonts'
        )
        parts["xl/styles.xml"] = xml.encode()
    return _book(ledger, parts)


@item(147, "Formulas with and without value, error cells", "R", SECTION)
def _(rng: Dice) -> Case:
    """A kept value is read; a formula without one, or an error in a required cell, keeps its row out."""
    ledger = Ledger(rng)
    bad, good = rng.sample(range(len(ledger.rows)), 2)
    name = rng.choice(("name", "birth", "sex"))
    error = rng.choice(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?"))
    broken = rng.choice(
        (
            '<c r="{r}"><f>VLOOKUP(A1,Z:Z,1)</f></c>',
            f'<c r="{{r}}" t="e"><f>A1/0</f><v>{error}</v></c>',
            f'<c r="{{r}}" t="e"><v>{error}</v></c>',
            '<c r="{r}" t="str"><f>A1&amp;B1</f></c>',
            '<c r="{r}"><f>A1</f><v></v></c>',
        )
    )
    kept = f'<c r="{{r}}" t="str"><f>A1&amp;B1</f><v>{ledger.rows[good][ledger.at("name")]}</v></c>'
    parts = _parts(ledger, {(bad + 1, ledger.at(name)): broken, (good + 1, ledger.at("name")): kept})
    return _book(ledger, parts, lines=ledger.clean(bad) | {2 + bad: Line(False)})


@item(148, "Merged cells", "W", SECTION)
def _(rng: Dice) -> Case:
    """The number of the book (and the address) stands once, merged over the rows of its household."""
    ledger = Ledger(rng, 12)
    names = rng.choice((("household",), ("household", "residence"), ("residence", "native")))
    merged = []
    for book in dict.fromkeys(p.household for p in ledger.people):
        rows = [i for i, p in enumerate(ledger.people) if p.household == book]
        for name in names:
            at = letter(ledger.at(name))
            merged.append(f'<mergeCell ref="{at}{rows[0] + 2}:{at}{rows[-1] + 2}"/>')
            for row in rows[1:]:
                ledger.put(row, **{name: ""})
    tail = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>'
    lines: dict[int | tuple[str, int], Line] = {2 + i: ledger.good(i, exact=False) for i in range(len(ledger.rows))}
    return _book(ledger, _parts(ledger, tail=tail), lines=lines)


@item(149, "Hidden sheets and rows", "W", SECTION)
def _(rng: Dice) -> Case:
    """Hidden rows are people too: read like the others, and said so."""
    ledger = Ledger(rng)
    if rng.random() < 0.5:
        hidden = rng.sample(range(2, len(ledger.rows) + 2), 2)

        def hide(xml: str) -> str:
            for row in hidden:
                xml = xml.replace(f'<row r="{row}">', f'<row r="{row}" hidden="1">')
            return xml

        lines: dict[int | tuple[str, int], Line] = {2 + i: ledger.good(i, exact=False) for i in range(len(ledger.rows))}
        return _book(ledger, _with_sheet(ledger, hide), lines=lines)
    other = Ledger(rng, 3)
    state = rng.choice(("hidden", "veryHidden"))
    parts = book_parts({"Sổ": sheet_xml(_table(ledger)), "Cũ": sheet_xml(_table(other))}, {"Cũ": state})
    lines = {("Sổ", 2 + i): ledger.good(i, exact=False) for i in range(len(ledger.rows))}
    lines |= {("Cũ", 2 + i): other.good(i, exact=False) for i in range(len(other.rows))}
    return _book(ledger, parts, lines=lines)


@item(150, "Many sheets", "W", SECTION)
def _(rng: Dice) -> Case:
    many = rng.choice((12, 25))
    sheets, lines, secrets = {}, {}, []
    for n in range(many):
        ledger = Ledger(rng, 2)
        name = f"Thôn {n + 1}"
        if n % 5 == 4:
            sheets[name] = sheet_xml(rng.choice(([], [["Ghi chú"]])))
            continue
        sheets[name] = sheet_xml(_table(ledger))
        lines |= {(name, 2 + i): ledger.good(i, exact=False) for i in range(len(ledger.rows))}
        secrets += ledger.secrets
    return Case(package(book_parts(sheets)), "so.xlsx", lines, secrets=tuple(secrets), letter="A/W")


@item(151, "Dimension that lies", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    said = rng.choice(("A1", "A1:B2", "A1:XFD1048576", "C5:C6", "", "A1:ZZZZ99999999", "x"))
    return _book(
        ledger, _with_sheet(ledger, lambda x: x.replace("<sheetData>", f'<dimension ref="{said}"/><sheetData>'))
    )


@item(152, "Far stray cell", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    place = rng.choice(("XFD1048576", "A1048576", "AB900000", "Z65536"))
    row = re.sub(r"\D", "", place)
    text = rng.choice(("x", ".", "1", " "))
    stray = f'<row r="{row}">{text_cell(place, text)}</row></sheetData>'
    return _book(ledger, _with_sheet(ledger, lambda x: x.replace("</sheetData>", stray)), rows=-1)


@item(153, "References out of range", "C", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    bad = rng.choice(("ZZZZ99999999", "A0", "A99999999999999999999", "XFE3", "3B", "", "A-1", "\u0661\u0661"))
    row = ledger.pick()

    def bend(xml: str) -> str:
        return (
            xml.replace(f'<c r="B{row + 2}"', f'<c r="{bad}"')
            if rng.random() < 0.5
            else xml.replace(f'<row r="{row + 2}">', f'<row r="{rng.choice(("0", "-3", "99999999999", "x", ""))}">')
        )

    return _book(
        ledger,
        _with_sheet(ledger, bend),
        lines={},
        rows=-1,
        refusable=("file.damaged", "file.unsafe", "file.too_many_columns", "header.not_found"),
    )


@item(154, "Shared string that does not exist", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row, index = ledger.pick(), rng.choice(("99999", "-1", "4294967296", "x", "1e9"))
    texts = [c for cells in _table(ledger) for c in cells]
    width = len(ledger.headings)
    cells = {
        (r, c): f'<c r="{{r}}" t="s"><v>{r * width + c}</v></c>'
        for r in range(len(ledger.rows) + 1)
        for c in range(width)
    }
    cells[row + 1, ledger.at(rng.choice(("name", "birth")))] = f'<c r="{{r}}" t="s"><v>{index}</v></c>'
    parts = _parts(ledger, cells)
    add_part(parts, "xl/sharedStrings.xml", shared_strings(texts), "sharedStrings", _STRINGS)
    return _book(ledger, parts, lines=ledger.clean(row) | {2 + row: Line(False)})


@item(155, "One cell twice", "R", SECTION)
def _(rng: Dice) -> Case:
    """Two texts for one place: nobody can say which, so the row is kept out."""
    ledger = Ledger(rng)
    row = ledger.pick()
    reference = f"{letter(ledger.at('name'))}{row + 2}"
    twice = text_cell(reference, ledger.rows[row][ledger.at("name")]) + text_cell(reference, "Lý Văn Khác")
    parts = _parts(ledger, {(row + 1, ledger.at("name")): twice})
    return _book(ledger, parts, lines=ledger.clean(row) | {2 + row: Line(False)})


@item(156, "Without references, reversed rows, rich text, strict names", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger, kind = Ledger(rng), rng.choice(("no_refs", "reversed", "rich", "strict", "prefix", "phonetic"))
    if kind == "no_refs":
        return _book(
            ledger,
            _with_sheet(ledger, lambda x: re.sub(r'<(c|row) r="[A-Z]*\d+"', r"<\1", x.replace("<c r=", "<c r="))),
        )
    if kind == "reversed":

        def turn(xml: str) -> str:
            rows = re.findall(r"<row .*?</row>", xml, re.S)
            return xml.replace("".join(rows), "".join(reversed(rows)))

        return _book(ledger, _with_sheet(ledger, turn))
    if kind == "strict":
        parts = {
            n: p.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            for n, p in _parts(ledger).items()
        }
        return _book(ledger, parts)
    if kind == "prefix":

        def put(xml: str) -> str:
            xml = re.sub(r"<(/?)(worksheet|sheetData|row|c|is|t)\b", r"<\1x:\2", xml)
            return xml.replace('xmlns="', 'xmlns:x="')

        return _book(ledger, _with_sheet(ledger, put))
    cells = {}
    for i, cell in enumerate(ledger.rows):
        text = cell[ledger.at("name")]
        extra = '<rPh sb="0" eb="1"><t>x</t></rPh>' if kind == "phonetic" else ""
        runs = f'<r><rPr><b/></rPr><t>{text[:3]}</t></r><r><t xml:space="preserve">{text[3:]}</t></r>{extra}'
        cells[i + 1, ledger.at("name")] = f'<c r="{{r}}" t="inlineStr"><is>{runs}</is></c>'
    return _book(ledger, _parts(ledger, cells))


@item(157, "Text of an old font", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, encode = Ledger(rng, rng.choice((8, 20))), rng.choice((to_tcvn3, to_vni))
    rows = [[encode(c).decode("latin-1") for c in row] for row in _table(ledger)]
    if rng.random() < 0.3:
        return _book(ledger, as_xls(rows), name="so.xls", notes=("encoding.legacy",))
    return _book(ledger, package(book_parts({"Sheet1": sheet_xml(rows)})), notes=("encoding.legacy",))


@item(158, "Macro", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    kind = rng.choice(("vba", "name", "macrosheet", "case"))
    parts = _parts(ledger)
    if kind == "vba":
        parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    if kind == "case":
        parts["XL/VBAPROJECT.BIN"] = b"\0" * 30
    if kind == "macrosheet":
        parts["xl/macrosheets/sheet1.xml"] = b"<x/>"
    name = rng.choice(("so.xlsm", "so.XLSM", "so.xltm")) if kind == "name" else "so.xlsx"
    return _book(ledger, parts, name=name, refused=("file.macro",))


@item(159, "External link", "W", SECTION)
def _(rng: Dice) -> Case:
    """A value taken from another workbook: the kept value is read, nothing is fetched, and it is said."""
    ledger = Ledger(rng)
    row = ledger.pick()
    kept = f'<c r="{{r}}" t="str"><f>[1]Sheet1!$B$2</f><v>{ledger.rows[row][ledger.at("name")]}</v></c>'
    parts = _parts(ledger, {(row + 1, ledger.at("name")): kept})
    target = rng.choice(("file:///C:/x.xlsx", "http://x.invalid/a.xlsx", "\\\\server\\x.xlsx"))
    add_part(
        parts,
        "xl/externalLinks/externalLink1.xml",
        f'{HEAD}<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        "externalLink",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml",
    )
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()
    lines: dict[int | tuple[str, int], Line] = {2 + i: ledger.good(i, exact=False) for i in range(len(ledger.rows))}
    return _book(ledger, parts, lines=lines)


@item(160, "Truncated, or with a wrong checksum", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, 12)
    data = ledger.xlsx()
    kind = rng.choice(("cut", "crc", "flip", "xls"))
    if kind == "cut":
        data = data[: rng.randrange(30, len(data) - 30)]
    elif kind == "xls":
        whole = as_xls(_table(ledger))
        return _book(
            ledger,
            whole[: rng.randrange(600, len(whole) // 2)],
            name="so.xls",
            refused=("file.damaged", "file.unsupported_kind", "file.parser_died"),
        )
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo(_SHEET)
            start = info.header_offset + 30 + len(info.filename)
            size, where = info.compress_size, archive.start_dir
        if kind == "crc":
            at = data.index(_SHEET.encode(), where) - 46 + 16
        else:
            at = start + rng.randrange(size // 3, size - 4)
        data = data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :]
    return _book(ledger, data, refused=("file.damaged",))


@item(161, "Parts missing", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    parts = _parts(ledger)
    gone = rng.choice(("xl/workbook.xml", _SHEET, "xl/_rels/workbook.xml.rels"))
    del parts[gone]
    return _book(ledger, parts, refused=("file.damaged", "file.unsupported_kind"))


@item(162, "Password", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    if rng.random() < 0.5:
        return _book(ledger, sealed_package(), name=rng.choice(("so.xlsx", "so.xls")), refused=("file.password",))
    return _book(ledger, with_password(as_xls(_table(ledger))), name="so.xls", refused=("file.password",))


def _html(ledger: Ledger) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in _table(ledger))
    return f'<html><head><meta charset="utf-8"></head><body><table>{rows}</table></body></html>'.encode()


def _xml_2003(ledger: Ledger) -> bytes:
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(c)}</Data></Cell>' for c in row) + "</Row>"
        for row in _table(ledger)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Sheet1"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def _ods(ledger: Ledger) -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(c)}</text:p></table:table-cell>' for c in row
        )
        + "</table:table-row>"
        for row in _table(ledger)
    )
    content = (
        f'{HEAD}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'{HEAD}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return package(
        {"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def _docx(_: Ledger) -> bytes:
    return package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})


@item(163, "Really CSV, HTML, XML 2003, ODS or DOCX", "C/F", SECTION)
def _(rng: Dice) -> Case:
    """Read by its content, exactly, or refused with the kind it is."""
    ledger = Ledger(rng)
    made, name = rng.choice(
        (
            (lambda g: g.csv(";").encode(), "so.xlsx"),
            (lambda g: g.csv("\t").encode(), "so.xls"),
            (_html, "so.xls"),
            (_xml_2003, "so.xls"),
            (_ods, "so.xlsx"),
            (_docx, "so.xlsx"),
            (Ledger.xlsx, "so.xls"),
            (_html, "so.xlsx"),
        )
    )
    lines: dict[int | tuple[str, int], Line] = {} if made is _docx else ledger.clean()
    refused = ("file.unsupported_kind",)
    return _book(
        ledger,
        made(ledger),
        name=name,
        lines=lines,
        refusable=refused,
        **({"refused": refused} if made is _docx else {}),
    )


@item(164, "True BIFF .xls", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, rng.choice((8, 30)))
    table = _table(ledger)
    if rng.random() < 0.3:
        days = [date(*map(int, reversed(p.birth.split("/")))) for p in ledger.people]
        return _book(ledger, as_xls(table, dates={ledger.at("birth"): days}), name="so.xls")
    return _book(ledger, as_xls(table), name=rng.choice(("so.xls", "SO.XLS")))


@item(165, "Nested, repeated or external entities", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    types = rng.choice(
        (
            f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>',
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE x SYSTEM "http://x.invalid/x.dtd">',
            f'<!DOCTYPE x [<!ENTITY b "{"b" * 60_000}">]>',
            '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://x.invalid/p"> %p;]>',
            "<!DOCTYPE worksheet>",
        )
    )
    use = "&l9;" if "l9" in types else "&e;" if "ENTITY e" in types else "&b;" * 1000 if "ENTITY b" in types else "x"
    part = rng.choice((_SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"))
    part = part if part != "[Content_Types].xml" else _SHEET
    parts = _parts(ledger)
    xml = parts[part].decode().replace(HEAD, HEAD + types, 1)
    parts[part] = (xml.replace("</t>", f"{use}</t>", 1) if part == _SHEET else xml).encode()
    return _book(ledger, parts, refused=("file.unsafe", "file.damaged"))


@item(166, "Very deep XML", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger, depth = Ledger(rng), 1_000_000 if rng.is_large else rng.choice((5_000, 60_000))
    deep = "<a>" * depth + "</a>" * depth
    place = rng.choice(("<sheetData>", "</t>"))
    return _book(
        ledger,
        _with_sheet(ledger, lambda x: x.replace(place, deep + place if place == "</t>" else place + deep, 1)),
        refused=("file.unsafe", "file.damaged", "file.expansion"),
    )
