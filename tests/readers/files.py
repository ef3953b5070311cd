"""Files for the tests of this room: one small ledger of synthetic people, written in many ways."""

import io
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq

from readers import registry, sandbox
from readers.letters import TCVN3, VISCII, VNI
from readers.parsers import parse_file
from readers.reading import FileReading, ReadLimits
from schemas.decisions import Decision
from schemas.errors import FileRefused
from schemas.tables import CHECK_RESULTS, SOURCE_RECORDS

HEADINGS = ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Quê quán", "Quan hệ với chủ hộ")
PEOPLE = (
    ("1", "Nguyễn Văn Bình", "05/03/1960", "Nam", "Kinh", "xã Đông Hưng, tỉnh Thái Bình", "Chủ hộ"),
    ("2", "Trần Thị Tuyết", "12/11/1962", "Nữ", "Kinh", "huyện Mỹ Đức, tỉnh Hà Tây", "Vợ"),
    ("3", "Nguyễn Đức Thắng", "21/07/1985", "Nam", "Kinh", "xã Đông Hưng, tỉnh Thái Bình", "Con"),
    ("4", "Phạm Hữu Phước", "01/09/1943", "Nam", "Tày", "tỉnh Cao Bằng", "Chủ hộ"),
    ("5", "Đỗ Thị Ngoãn", "30/04/1950", "Nữ", "Mường", "huyện Lạc Sơn, tỉnh Hòa Bình", "Vợ"),
    ("6", "Vũ Quỳnh Ỷ", "17/06/1999", "Nữ", "Kinh", "Phố Huế, thành phố Hà Nội", "Cháu"),
)
RAW = (
    "serial_raw",
    "full_name_raw",
    "birth_date_raw",
    "sex_raw",
    "ethnic_group_raw",
    "native_place_raw",
    "relation_raw",
)
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Read:
    """What came of a file: its reading, records and findings; or the refusal."""

    reading: FileReading | None
    records: pa.Table
    findings: pa.Table
    refused: FileRefused | None = None

    @property
    def code(self) -> str | None:
        return self.refused.code if self.refused else None

    @property
    def people(self) -> list[tuple[str | None, ...]]:
        return [tuple(row.values()) for row in self.records.select(RAW).to_pylist()]

    @property
    def lines(self) -> list[int]:
        return self.records["line"].to_pylist()

    @property
    def rules(self) -> list[tuple[int, str]]:
        """Line and rule of each finding on a row."""
        line_of = dict(zip(self.records["record_id"].to_pylist(), self.lines, strict=True))
        return sorted((line_of[f["record_id"]], f["rule_id"]) for f in self.findings.to_pylist())

    @property
    def notes(self) -> set[str]:
        return {f.rule_id for f in self.reading.findings} if self.reading else set()

    def column(self, name: str) -> list[str | None]:
        return self.records[name].to_pylist()


def read_bytes(folder: Path, content: bytes, name: str = "so.csv", *, encoding: str | None = None,
               limits: ReadLimits | None = None, in_child: bool = False,
               memo: bytes | None = None, decisions: Sequence[Decision] = ()) -> Read:  # fmt: skip
    """Read a file with that content through the public door; its parser runs here unless `in_child`."""
    named = [Decision("encoding", "", encoding)] if encoding else []
    path, out, beside = folder / "given", folder / "out", folder / "memo"
    if memo is not None:
        beside.write_bytes(memo)
    shutil.rmtree(out, ignore_errors=True)
    path.write_bytes(content)
    out.mkdir()
    run = sandbox.run_parser if in_child else _here
    try:
        with patch.object(registry, "run_parser", run):
            reading = registry.read_file(
                path, out, name=name, memo=beside if memo is not None else None, decisions=[*decisions, *named],
                limits=limits or ReadLimits(),
            )  # fmt: skip
    except FileRefused as refused:
        assert not list(out.glob("*/*.parquet"))
        return Read(None, SOURCE_RECORDS.schema.empty_table(), CHECK_RESULTS.schema.empty_table(), refused)
    records, findings = pq.read_table(out / "source_records"), pq.read_table(out / "findings")
    assert records.schema.equals(SOURCE_RECORDS.schema)
    assert findings.schema.equals(CHECK_RESULTS.schema)
    assert reading.rows == records.num_rows
    return Read(reading, records, findings)


def _here(job: sandbox.Job, progress: sandbox.Progress) -> FileReading:
    return parse_file(job, progress)


def csv_text(rows: Rows = PEOPLE, headings: Sequence[str] = HEADINGS, separator: str = ",", end: str = "\n") -> str:
    """A delimited ledger; cells with the separator in quotes."""
    lines = (separator.join(_quoted(c, separator) for c in row) for row in (headings, *rows))
    return end.join(lines) + end


def _quoted(cell: str, separator: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if separator in cell or '"' in cell or "\n" in cell else cell


_TO_TCVN3 = {letter: chr(byte) for byte, letter in TCVN3.items()}
_TO_TCVN3 |= {letter.upper(): code for letter, code in _TO_TCVN3.items() if letter.upper() not in _TO_TCVN3}
_TO_VNI = {letter: code for code, letter in reversed(VNI.items())}
_TO_VISCII = {letter: chr(byte) for byte, letter in VISCII.items()}


def to_tcvn3(text: str) -> bytes:
    """Text in TCVN3, as typed in a small font: a toned capital comes out as the small letter's byte."""
    return "".join(_TO_TCVN3.get(c, c) for c in text).encode("latin-1")


def to_vni(text: str) -> bytes:
    """Text in VNI-Windows."""
    return "".join(_TO_VNI.get(c, c) for c in text).encode("latin-1")


def to_viscii(text: str) -> bytes:
    """Text in VISCII 1.1."""
    return "".join(_TO_VISCII.get(c, c) for c in text).encode("latin-1")


def to_cp1258(text: str) -> bytes:
    """Text in Windows-1258: letters with their quality, tones as combining marks."""
    import unicodedata

    out = []
    for letter in text:
        try:
            out.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(p for p in parts if p in "\u0300\u0309\u0303\u0301\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            out.append((base + tone).encode("cp1258"))
    return b"".join(out)


_VIQR = {"\u0302": "^", "\u0306": "(", "\u031b": "+", "\u0301": "'", "\u0300": "`", "\u0309": "?", "\u0303": "~",
         "\u0323": ".", "đ": "dd", "Đ": "DD"}  # fmt: skip


def to_viqr(text: str) -> str:
    """Text in VIQR, quality before tone."""
    import unicodedata

    out = []
    for letter in text:
        base, *marks = unicodedata.normalize("NFD", letter)
        marks.sort(key=lambda m: m not in "\u0302\u0306\u031b")
        out.append("".join(_VIQR.get(c, c) for c in (base, *marks)))
    return "".join(out)


def workbook_bytes(rows: Rows = PEOPLE, headings: Sequence[str] = HEADINGS) -> bytes:
    """An XLSX workbook of text cells, one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headings, *rows):
        sheet.append(list(row))
    return saved(book)


def saved(book: object) -> bytes:
    """The bytes of an openpyxl workbook."""
    target = io.BytesIO()
    book.save(target)  # type: ignore[attr-defined]
    return target.getvalue()


def with_part(package: bytes, name: str, content: bytes | None) -> bytes:
    """A package with one part put in, replaced or (None) taken out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            if info.filename != name:
                out.writestr(info.filename, source.read(info.filename))
        if content is not None:
            out.writestr(name, content)
    return target.getvalue()


def part_of(package: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return source.read(name)
