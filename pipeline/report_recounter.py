"""Count the rows of original files again and compare a report: `python report_recounter.py REPORT.json FILES...`.

This file stands alone: Python 3.11 and nothing else, no line of sohoa. It reads CSV and other delimited text in any
encoding (only separators, quotes, line ends and digits are looked at), XLSX, DBF, and ZIP archives of them, and counts
data rows by rules of its own: below the heading, a line is a row of the ledger unless it is blank, says a heading
again, numbers the columns, or holds too few cells to be about a person (titles, totals, signatures). A file of any
other kind is said to be not recounted; it is never left out in silence.

It also adds the report up again: each file and the batch, read = loaded + merged + known + quarantined + rejected; the
files make the batch; the rules make the rows kept out; each of the 17 fields tells of all rows that came in; the pages
of failing rows tell of all that did not.

A file is found in the report by its alias, `tep-` and the first 8 digits of its SHA-256 (a DBF: with its memo file).

Exit status: 0 all the same, 1 something differs, 2 called wrongly, 3 the same as far as could be recounted.
"""

import argparse
import csv
import io
import json
import re
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

OUTCOMES = ("loaded", "merged", "known", "quarantined", "rejected")
MEMOS = (".fpt", ".dbt", ".FPT", ".DBT")
SEPARATORS = ";,\t|"
_ALIAS = re.compile(r"tep-([0-9a-f]{8})")
_LOOKED_AT, _MOST_BYTES, _COLUMNS = 2000, 4 << 30, 16_384
_TOTAL = re.compile(r"\W*(?:t[^a-z\s]{1,3}ng|c[^a-z\s]{1,3}ng|tong|cong|total|sum)(?![a-z])", re.IGNORECASE)
_OTHERS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"BM", b"<", b"{")
_NUMBER = re.compile(r"\(?\d{1,3}\)?\.?")

SAID: Mapping[str, tuple[str, str]] = {
    "same": ("khớp", "the same"),
    "differs": ("KHÔNG KHỚP", "DIFFERS"),
    "not_recounted": ("không đếm lại được (loại tệp này)", "not recounted (this kind of file)"),
    "unread": ("không đọc được", "cannot be read"),
    "not_in_report": ("báo cáo không có tệp này", "the report does not have this file"),
    "not_given": ("báo cáo có, không được đưa vào", "in the report, and not given"),
    "sum": ("tổng trong báo cáo không khớp: {}", "a sum of the report does not agree: {}"),
}
_HEAD = ("tệp", "đếm", "báo cáo", "lệch", "kết quả"), ("file", "counted", "report", "difference", "result")
_ENDS = (
    ("{} tệp khớp, {} không khớp, {} không đếm lại được; {} tổng không khớp.", "KẾT LUẬN: {}"),
    ("{} files the same, {} differ, {} not recounted; {} sums disagree.", "RESULT: {}"),
)


@dataclass(frozen=True)
class Line:
    """A file: rows counted (None: they could not be), rows that the report says (None: it does not have the file)."""

    file: str
    alias: str
    counted: int | None
    reported: int | None
    result: str

    @property
    def difference(self) -> int | None:
        """Rows counted less rows reported."""
        return None if self.counted is None or self.reported is None else self.counted - self.reported


class NotRecounted(Exception):  # noqa: N818 - no error: a kind of file that nobody here can count
    """A kind of file that is not read here."""


Row = Sequence[str]


def recount(report: Mapping[str, Any], paths: Sequence[Path]) -> tuple[list[Line], list[str]]:
    """The files against a report, and what does not add up in it.

    Raises:
        OSError: a file is not there.
        KeyError: that is no report of a batch.
    """
    waiting: dict[str, list[Mapping[str, Any]]] = {}
    for file in report["files"]:
        found = _ALIAS.match(file["path"])
        waiting.setdefault(found[1] if found else file["path"], []).append(file)
    lines = [_line(name, contents, waiting) for path in paths for name, contents in _files(path)]
    left = [file for files in waiting.values() for file in files if file["read"] or file["outcome"] != "set_aside"]
    lines += [Line("", file["path"], None, file["read"], "not_given") for file in left]
    return lines, sums(report)


def sums(report: Mapping[str, Any]) -> list[str]:
    """What does not add up in a report, each said in a few words."""
    return [*_rows_wrong(report, report["balance"]), *_parts_wrong(report, report["balance"])]


def _rows_wrong(report: Mapping[str, Any], balance: Mapping[str, Any]) -> Iterator[str]:
    """Rows read against their outcomes, the batch against its files and against its recount."""
    for name, told in (("balance", balance), *((f["path"], f) for f in report["files"])):
        counted = sum(told[o] for o in OUTCOMES)
        if counted != told["read"] or told["difference"]:
            yield f"{name}: read {told['read']} ≠ {counted}"
    for what in ("read", *OUTCOMES):
        of_files = sum(file[what] for file in report["files"])
        if of_files != balance[what]:
            yield f"balance: {what} {balance[what]} ≠ {of_files}"
        if report["recount"][what] != balance[what]:
            yield f"recount: {what} {report['recount'][what]} ≠ {balance[what]}"


def _parts_wrong(report: Mapping[str, Any], balance: Mapping[str, Any]) -> Iterator[str]:
    """What the parts of a report tell of all rows against its balance."""
    kept_out, taken = sum(rule["rows"] for rule in report["quarantine"]), balance["loaded"] + balance["merged"]
    if kept_out != balance["quarantined"]:
        yield f"quarantine: {kept_out} ≠ {balance['quarantined']}"
    for field in report["fields"]:
        told = field["filled"] + sum(field["empty"].values())
        if not told == field["rows"] == taken or field["valid"] + field["in_review"] != field["filled"]:
            yield f"fields.{field['name']}: {field['rows']} rows, {told} told, {taken} came in"
    failing = report.get("failing") or {}
    for state in ("quarantined", "rejected") if failing else ():
        if failing[state] != balance[state]:
            yield f"failing: {state} {failing[state]} ≠ {balance[state]}"


def rows_in(name: str, content: bytes) -> int:
    """Data rows of a file.

    Raises:
        NotRecounted: a kind of file that is not read here.
        ValueError: it is damaged.
    """
    if content.startswith(b"PK"):
        return sum(count(sheet) for sheet in _sheets(content))
    if name.lower().endswith(".dbf"):
        return _dbf(content)
    if content.startswith(_OTHERS):
        raise NotRecounted
    return count(_delimited(_text(content)))


def count(rows: Iterable[Row]) -> int:
    """Data rows of one table: what stands below its heading and is about somebody."""
    stripped = (tuple(cell.strip() for cell in row) for row in rows)
    shown = (row for row in stripped if any(row))
    first = list(islice(shown, _LOOKED_AT))
    filled = sorted(_filled(row) for row in first)
    wide = filled[-max(1, len(filled) // 20)] if filled else 0  # a few rows may be wider by mistake
    if wide < 2:
        return 0
    start, headings = _below_heading(first, wide)
    return sum(_is_person(row, wide, headings) for row in chain(first[start:], shown))


def _below_heading(rows: Sequence[Row], wide: int) -> tuple[int, Sequence[Row]]:
    """Where the rows below the heading begin, and the lines of the heading; a table may have none."""
    for at, row in enumerate(rows):
        if _filled(row) >= max(2, wide / 2):
            if _with_digits(row) > _filled(row) / 4:
                return at, ()
            end = at + 1
            while end < len(rows) and not _with_digits(rows[end]) and _filled(rows[end]) < wide / 2:
                end += 1
            return end, rows[at:end]
    return 0, ()


def _is_person(row: Row, wide: int, headings: Sequence[Row]) -> bool:
    if any(_repeats(row, heading) for heading in headings):
        return False
    cells = [cell for cell in row if cell]
    filled = len(cells)
    numbers = [cell for cell in cells if _NUMBER.fullmatch(cell)]
    if len(numbers) == filled and filled >= max(3, wide / 2) and _counts_up(numbers):
        return False
    if _TOTAL.match(cells[0]) and filled <= wide / 2:
        return False
    few = 2 if wide >= 5 else 1
    return filled > few or (filled == few > 1 and cells[0].isdigit())


def _repeats(row: Row, heading: Row) -> bool:
    """Most cells say what the heading says above them."""
    pairs = [(a.lower(), b.lower()) for a, b in zip(row, heading, strict=False) if a or b]
    return bool(pairs) and sum(a == b for a, b in pairs) > len(pairs) / 2


def _counts_up(cells: Sequence[str]) -> bool:
    numbers = [int(re.sub(r"\D", "", cell)) for cell in cells]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _filled(row: Row) -> int:
    return sum(map(bool, row))


def _with_digits(row: Row) -> int:
    return sum(any(c.isdigit() for c in cell) for cell in row)


def _text(content: bytes) -> str:
    """The text as far as separators and digits go: bytes of old encodings become some letter or other."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    sample = content[:4096]
    if sample.count(0) > len(sample) / 4:
        return content.decode("utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _delimited(text: str) -> Iterator[Row]:
    csv.field_size_limit(1 << 30)
    head = "\n".join(re.split(r"\r\n|\r|\n", text, maxsplit=400)[:400])
    separator = max(SEPARATORS, key=lambda mark: _fitting(head, mark))
    if not _fitting(head, separator)[0]:
        raise NotRecounted
    return csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)


def _fitting(head: str, separator: str) -> tuple[int, int]:
    """How many lines have the most frequent number of cells that is more than one, and that number."""
    widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=separator)]
    found = [(widths.count(width), width) for width in set(widths) if width > 1]
    return max(found, default=(0, 0))


def _dbf(content: bytes) -> int:
    """Records that are neither deleted nor blank; the header's count is not believed."""
    first, size = struct.unpack("<HH", content[8:12])
    if not size or first >= len(content) + 1:
        raise ValueError("no table")
    records = (content[at : at + size] for at in range(first, len(content), size))
    return sum(record[:1] != b"*" and bool(record[1:].strip(b" \0")) for record in records if record[:1] != b"\x1a")


def _sheets(content: bytes) -> Iterator[list[Row]]:
    """The worksheets of an XLSX workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if "xl/workbook.xml" not in book.namelist():
            raise NotRecounted
        if sum(info.file_size for info in book.infolist()) > _MOST_BYTES:
            raise ValueError("too large")
        parts = _tree(book.read("xl/_rels/workbook.xml.rels"))
        links, texts = {part.get("Id"): str(part.get("Target")) for part in parts}, _shared(book)
        for sheet in _tree(book.read("xl/workbook.xml")).iter():
            target = next((links[v] for k, v in sheet.items() if k.endswith("}id") and v in links), "")
            if _local(sheet) == "sheet" and "worksheet" in target:
                part = book.read(target.lstrip("/") if target.startswith("/") else "xl/" + target)
                yield list(_sheet_rows(part, texts))


def _tree(part: bytes) -> ElementTree.Element:
    if b"<!" in part[:1024]:  # a workbook has no entities of its own; whoever sends some means harm
        raise ValueError("entities")
    return ElementTree.fromstring(part)  # noqa: S314


def _shared(book: zipfile.ZipFile) -> list[str]:
    name = next((n for n in book.namelist() if n.lower() == "xl/sharedstrings.xml"), None)
    if name is None:
        return []
    return [_said(item) for item in _tree(book.read(name)) if _local(item) == "si"]


def _sheet_rows(part: bytes, texts: Sequence[str]) -> Iterator[Row]:
    if b"<!" in part[:1024]:
        raise ValueError("entities")
    for _, row in ElementTree.iterparse(io.BytesIO(part)):  # noqa: S314
        if _local(row) != "row":
            continue
        cells: dict[int, str] = {}
        for at, cell in enumerate(row):
            place = re.match("[A-Z]+", cell.get("r") or "")
            column = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(place[0]))) - 1 if place else at
            if column < _COLUMNS:
                cells[column] = _value(cell, texts)
        yield [cells.get(n, "") for n in range(max(cells, default=-1) + 1)]
        row.clear()


def _value(cell: ElementTree.Element, texts: Sequence[str]) -> str:
    value = next((part.text or "" for part in cell if _local(part) == "v"), "")
    if cell.get("t") == "s" and value:
        return texts[int(value)] if value.isdigit() and int(value) < len(texts) else value
    return _said(cell) if cell.get("t") == "inlineStr" else value


def _said(item: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in item.iter() if _local(part) == "t")


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _files(path: Path) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Each file with its content, and that of its memo where it has one; folders and archives are opened."""
    if path.is_dir():
        for inner in sorted(p for p in path.rglob("*") if p.is_file()):
            yield from _files(inner)
        return
    content = path.read_bytes()
    if content.startswith(b"PK") and b"xl/workbook.xml" not in content and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
            held = {name: archive.read(name) for name in names}
            for name in names:
                memo = next((held[m] for e in MEMOS if (m := name.rpartition(".")[0] + e) in held), None)
                yield f"{path.name}/{name}", (held[name], memo) if memo and _is_dbf(name) else (held[name],)
        return
    memo = next((path.with_suffix(e).read_bytes() for e in MEMOS if path.with_suffix(e).exists()), None)
    yield path.name, (content, memo) if memo and _is_dbf(path.name) else (content,)


def _is_dbf(name: str) -> bool:
    return name.lower().endswith(".dbf")


def _line(name: str, contents: Sequence[bytes], waiting: dict[str, list[Mapping[str, Any]]]) -> Line:
    digest = sha256(b"".join(contents)).hexdigest()[:8]
    told = waiting.get(digest)
    if not told:
        return Line(name, f"tep-{digest}", None, None, "not_in_report")
    reported = told.pop(0)
    alias, said = reported["path"], int(reported["read"])
    if reported["outcome"] == "set_aside":
        return Line(name, alias, 0, said, "same" if not said else "differs")
    try:
        counted = rows_in(name, contents[0])
    except NotRecounted:
        return Line(name, alias, None, said, "not_recounted")
    except (ValueError, KeyError, IndexError, csv.Error, struct.error, zipfile.BadZipFile, ElementTree.ParseError):
        return Line(name, alias, None, said, "unread")
    return Line(name, alias, counted, said, "same" if counted == said else "differs")


def status_of(lines: Sequence[Line], wrong: Sequence[str]) -> int:
    """The exit status: 0, 1 or 3."""
    results = {line.result for line in lines}
    return 1 if wrong or results & {"differs", "not_in_report", "not_given"} else 3 if results - {"same"} else 0


def in_words(lines: Sequence[Line], wrong: Sequence[str], language: int) -> list[str]:
    """The table in Vietnamese (0) or English (1)."""
    table: list[tuple[str, ...]] = [_HEAD[language]]
    for line in lines:
        numbers = (line.counted, line.reported, line.difference)
        name = f"{line.file} = {line.alias}" if line.file else line.alias
        table.append((name, *("–" if n is None else str(n) for n in numbers), SAID[line.result][language]))
    widths = [max(len(row[n]) for row in table) for n in range(5)]
    shown = [
        "  ".join([row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in (1, 2, 3)), row[4]]) for row in table
    ]
    same = sum(line.result == "same" for line in lines)
    other = sum(line.result in ("differs", "not_in_report", "not_given") for line in lines)
    ends, result = _ENDS[language]
    told = ends.format(same, other, len(lines) - same - other, len(wrong))
    return [*shown, *(SAID["sum"][language].format(text) for text in wrong), result.format(told)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Recount; says what it found in Vietnamese and English."""
    parser = argparse.ArgumentParser(description="Recount original files against a report · đếm lại sổ gốc.")
    parser.add_argument("report", type=Path, help="the report's .json")
    parser.add_argument("files", type=Path, nargs="*", help="the original files, folders or ZIP archives")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    told = parser.parse_args(arguments)
    try:
        lines, wrong = recount(json.loads(told.report.read_bytes()), told.files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"cannot be read: {type(error).__name__}\n")
        return 2
    found = {"files": [asdict(line) | {"difference": line.difference} for line in lines], "sums": wrong}
    words = "\n".join([*in_words(lines, wrong, 0), "", *in_words(lines, wrong, 1)])
    sys.stdout.write((json.dumps(found, ensure_ascii=False, indent=1) if told.json else words) + "\n")
    return status_of(lines, wrong)


if __name__ == "__main__":
    sys.exit(main())
