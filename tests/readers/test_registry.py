"""The malformed corpus through the public door: each file has its outcome, and the next one still reads."""

import codecs
import unicodedata
import zlib
from pathlib import Path

import pytest

from readers.reading import ReadLimits
from schemas.errors import FileRefused
from schemas.rules import all_rules
from tests.readers.files import (
    HEADINGS,
    PEOPLE,
    csv_text,
    part_of,
    read_bytes,
    to_cp1258,
    to_tcvn3,
    to_viqr,
    to_viscii,
    to_vni,
    with_part,
    workbook_bytes,
)  # fmt: skip

TEXT = csv_text()
MANY = PEOPLE * 10
BOOK = workbook_bytes()
SHEET = "xl/worksheets/sheet1.xml"


def lines_of(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


ROWS = TEXT.splitlines()

ACCEPTED = {
    "1 UTF-8 BOM": codecs.BOM_UTF8 + TEXT.encode(),
    "2 no BOM": TEXT.encode(),
    "3 UTF-16LE BOM": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "4 UTF-16BE BOM": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "5 UTF-16 without BOM": TEXT.encode("utf-16-le"),
    "5 UTF-16BE without BOM": TEXT.encode("utf-16-be"),
    "6 UTF-32": TEXT.encode("utf-32"),
    "24 BOM doubled": codecs.BOM_UTF8 * 2 + TEXT.encode(),
    "25 NFD": unicodedata.normalize("NFD", TEXT).encode(),
    "41 semicolon": csv_text(separator=";").encode(),
    "42 tab in .csv": csv_text(separator="\t").encode(),
    "43 pipe": csv_text(separator="|").encode(),
    "44 sep= line": ("sep=;\n" + csv_text(separator=";")).encode(),
    "45 sep= that lies": ("sep=;\n" + TEXT).encode(),
    "46 CR only": csv_text(end="\r").encode(),
    "47 mixed line ends": csv_text().replace("\n", "\r\n", 2).replace("Vợ\n", "Vợ\r", 1).encode(),
    "56 trailing empty columns": "".join(line + ",,\n" for line in ROWS).encode(),
    "57 blank rows": "\n\n".join(ROWS).encode(),
    "58 titles above": lines_of("SỔ HỘ KHẨU XÃ ĐÔNG HƯNG", "Năm 1995", "", *ROWS),
    "59 totals and signatures": lines_of(*ROWS, "Tổng cộng,6 người", ",,,,,Người lập biểu,", ",,,,,Trần Văn Ký,"),
    "61 number row": lines_of(ROWS[0], "(1),(2),(3),(4),(5),(6),(7)", *ROWS[1:]),
    "62 heading on every page": lines_of(*ROWS[:4], ROWS[0], *ROWS[4:]),
    "68 without marks": lines_of("stt,ho va ten,ngay sinh,gioi tinh,dan toc,que quan,quan he voi chu ho", *ROWS[1:]),
    "68 older words": lines_of("TT,Tên họ,Ngày sanh,Phái,Sắc tộc,Nguyên quán,Liên hệ với gia trưởng", *ROWS[1:]),
    "68 English": lines_of("No,Full name,Date of birth,Sex,Ethnicity,Native place,Relationship to head", *ROWS[1:]),
    "145 workbook": BOOK,
}  # fmt: skip


TOLD = {"58 titles above": {"place.line_above"}}
"""Notices of some: the place of a title is taken for those who have no residence of their own."""


@pytest.mark.parametrize("case", ACCEPTED)
def test_every_row_of_a_good_file_is_read_to_the_letter(tmp_path: Path, case: str) -> None:
    read = read_bytes(tmp_path, ACCEPTED[case])

    assert read.code is None
    assert [tuple(_nfc(c) for c in p) for p in read.people] == list(PEOPLE)
    assert {rule for _, rule in read.rules} == TOLD.get(case, set())


def _nfc(text: str | None) -> str | None:
    return unicodedata.normalize("NFC", text) if text else text


LEGACY = {
    "7 TCVN3": (to_tcvn3, "tcvn3"), "9 VNI": (to_vni, "vni"), "10 VISCII": (to_viscii, "viscii"),
    "11 Windows-1258": (to_cp1258, "cp1258"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEGACY)
def test_old_encodings_are_found_and_exact(tmp_path: Path, case: str) -> None:
    encode, name = LEGACY[case]
    read = read_bytes(tmp_path, encode(TEXT))

    assert read.code is None
    assert read.people == list(PEOPLE)
    assert read.reading is not None
    assert read.reading.encoding == name
    assert read.notes == {"encoding.legacy"}


def test_12_viqr(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, csv_text([tuple(map(to_viqr, p)) for p in PEOPLE], [*map(to_viqr, HEADINGS)]).encode())

    assert read.people == list(PEOPLE)
    assert read.notes == {"encoding.legacy"}


def test_8_tcvn3_in_a_capital_font(tmp_path: Path) -> None:
    people = [(n, name.upper(), *rest) for n, name, *rest in PEOPLE]
    read = read_bytes(tmp_path, to_tcvn3(csv_text(people)))

    assert read.column("full_name_raw") == [p[1] for p in people]


MOJIBAKE = {
    "14 once": TEXT.encode().decode("latin-1"),
    "15 twice": TEXT.encode().decode("latin-1").encode().decode("latin-1"),
}


@pytest.mark.parametrize("case", MOJIBAKE)
def test_text_encoded_twice_is_mended(tmp_path: Path, case: str) -> None:
    assert read_bytes(tmp_path, MOJIBAKE[case].encode()).people == list(PEOPLE)


def test_18_rows_in_two_encodings(tmp_path: Path) -> None:
    head, *rows = csv_text(MANY).splitlines()
    content = (head + "\n").encode() + b"".join(
        (to_tcvn3(r) if n % 2 else r.encode()) + b"\n" for n, r in enumerate(rows)
    )
    read = read_bytes(tmp_path, content)

    assert [tuple((c or "").lower() for c in p) for p in read.people] == [tuple(c.lower() for c in p) for p in MANY]


def test_19_columns_in_two_encodings(tmp_path: Path) -> None:
    content = b"".join(
        b",".join([n.encode(), to_tcvn3(name), born.encode(), to_tcvn3(sex), to_tcvn3(folk),
                   b'"' + to_vni(place) + b'"', to_tcvn3(relation)]) + b"\n"
        for n, name, born, sex, folk, place, relation in (HEADINGS, *MANY)
    )  # fmt: skip
    read = read_bytes(tmp_path, content)

    assert read.column("native_place_raw") == [p[5] for p in MANY]
    assert read.column("full_name_raw")[:5] == [p[1] for p in MANY[:5]]


def test_20_first_letter_beyond_ascii_far_down(tmp_path: Path) -> None:
    plain = [(str(n), "Le Van Nam", "01/01/1970", "Nam", "Kinh", "Nam Dinh", "Con") for n in range(9_000)]
    heads = ("stt", "ho ten", "ngay sinh", "gioi tinh", "dan toc", "que quan", "quan he")
    utf8 = read_bytes(tmp_path, csv_text([*plain, *PEOPLE], heads).encode())
    tcvn3 = read_bytes(tmp_path, to_tcvn3(csv_text([*plain, *PEOPLE[:5]], heads)))

    assert utf8.people[-6:] == list(PEOPLE)
    assert tcvn3.people[-5:] == list(PEOPLE[:5])


ROW_REJECTED = {
    "16 question marks": (ROWS[1].replace("Nguyễn Văn Bình", "Nguy?n V?n B?nh"), "row.bad_characters"),
    "17 U+FFFD": (ROWS[1].replace("ễ", "\ufffd"), "row.bad_characters"),
    "50 commas without quotes": (ROWS[1].replace('"', ""), "row.too_many_cells"),
    "51 quote never closed": (ROWS[4].replace("Phạm", '"Phạm'), "row.quote_unclosed"),
    "53 too few cells": ("1,Nguyễn Văn Bình,05/03/1960,Nam,Kinh", "row.too_few_cells"),
    "54 too many cells": (ROWS[1] + ",thừa", "row.too_many_cells"),
    "71 cell of 8 MiB": (ROWS[4].replace("tỉnh Cao Bằng", "ă" * (4 << 20)), "row.cell_too_long"),
    "75 run of quotes": (ROWS[4].replace("tỉnh Cao Bằng", '"' * 99_999), "row.quote_unclosed"),
    "139 NUL": (ROWS[4].replace("Cao Bằng", "Cao\x00Bằng"), "row.bad_characters"),
    "34 private use": (ROWS[4].replace("Cao Bằng", "Cao \ue001"), "row.bad_characters"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROW_REJECTED)
def test_a_bad_row_is_named_and_the_others_are_read(tmp_path: Path, case: str) -> None:
    bad, rule = ROW_REJECTED[case]
    read = read_bytes(tmp_path, lines_of(ROWS[0], *ROWS[2:4], bad, *ROWS[5:]))

    assert (4, rule) in read.rules
    assert {line for line, _ in read.rules} == {4}
    assert read.lines == [2, 3, 4, 5, 6]
    assert [p for p, line in zip(read.people, read.lines, strict=True) if line != 4] == [
        *PEOPLE[1:3], *PEOPLE[4:]]  # fmt: skip


BAD_BYTES = {"21 one invalid byte": b"\xe1", "22 overlong": b"\xc0\xaf", "22 surrogate": b"\xed\xa0\x80",
             "23 cut": "ễ".encode()[:2]}  # fmt: skip


@pytest.mark.parametrize("case", BAD_BYTES)
def test_bytes_that_are_no_utf8_spoil_only_their_row(tmp_path: Path, case: str) -> None:
    content = TEXT.encode().replace("Phạm".encode(), b"Ph" + BAD_BYTES[case] + b"m")
    read = read_bytes(tmp_path, content)

    assert read.rules == [(5, "row.bad_characters")]
    assert len(read.people) == len(PEOPLE)


def test_76_every_row_bad(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, csv_text([(*p, "thừa") for p in MANY]).encode())

    assert [rule for _, rule in read.rules] == ["row.too_many_cells"] * len(MANY)


def test_a_line_break_inside_quotes_is_one_row_at_its_first_line(tmp_path: Path) -> None:
    people = [(*p[:5], p[5].replace(", ", ",\n"), p[6]) for p in PEOPLE]
    read = read_bytes(tmp_path, csv_text(people).encode())

    assert read.people == people
    assert read.lines == [2, 4, 6, 8, 9, 11]
    assert read.rules == []


def test_74_blank_rows_cost_nothing_and_keep_the_count(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, (ROWS[0] + "\n" + "\n" * 300_000 + "\n".join(ROWS[1:])).encode())

    assert read.lines == list(range(300_002, 300_008))


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "0 bytes": (b"", "so.csv", "file.empty"),
    "70 BOM only": (codecs.BOM_UTF8, "so.csv", "file.empty"),
    "70 UTF-16 BOM only": (codecs.BOM_UTF16_LE, "so.csv", "file.empty"),
    "70 spaces": (b"  \r\n \t \n", "so.csv", "file.empty"),
    "70 separators only": (b",,,,\n,,,,\n", "so.csv", "file.empty"),
    "70 NULs": (b"\x00" * 5_000, "so.csv", "encoding.binary"),
    "70 header only": ((ROWS[0] + "\n").encode(), "so.csv", "file.no_rows"),
    "13 UTF-7": (csv_text(MANY).encode("utf-7"), "so.csv", "encoding.unknown"),
    "63 one name twice": (csv_text(headings=(*HEADINGS[:4], "Họ và tên", *HEADINGS[5:])).encode(), "so.csv",
                          "header.duplicate"),
    "64 no birth": (csv_text(headings=(*HEADINGS[:2], "Mã thẻ thư viện", *HEADINGS[3:])).encode(), "so.csv",
                    "header.missing_required"),
    "65 blank header": (lines_of(",,,,,,", *ROWS[1:]), "so.csv", "header.not_found"),
    "69 no header": (lines_of(*ROWS[1:]), "so.csv", "header.not_found"),
    "72 line without end": (b"x" * 3_000_000, "so.csv", "file.line_too_long"),
    "73 too many columns": (lines_of(",".join([*HEADINGS, *(f"c{n}" for n in range(2_000))]), "," * 2_006), "so.csv",
                            "file.too_many_columns"),
    "random bytes": (zlib.compress(b"so ho khau" * 999)[2:] * 50, "so.csv", "encoding.binary"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "so.csv", "file.damaged"),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 99, "so.jpg", "file.damaged"),
    "PNG as CSV": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "so.csv", "file.damaged"),
    "163 HTML": (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "so.xls", "header.not_found"),
    "163 XML 2003": (b'<?xml version="1.0"?><Workbook/>', "so.xls", "file.unsupported_kind"),
    "163 DOCX": (with_part(BOOK, "word/document.xml", b"<w/>"), "so.docx", "file.unsupported_kind"),
    "163 ODS": (with_part(BOOK, "content.xml", b"<w/>"), "so.ods", "file.unsupported_kind"),
    "158 macro": (with_part(BOOK, "xl/vbaProject.bin", b"x"), "so.xlsx", "file.macro"),
    "158 macro by name": (BOOK, "so.xlsm", "file.macro"),
    "144 double extension": (TEXT.encode(), "so.csv.exe", "file.unsupported_kind"),
    "160 truncated": (BOOK[: len(BOOK) // 2], "so.xlsx", "file.damaged"),
    "161 no sheet": (with_part(BOOK, SHEET, None), "so.xlsx", "file.damaged"),
    "161 no workbook": (with_part(BOOK, "xl/workbook.xml", None), "so.xlsx", "file.damaged"),
    "161 no relations": (with_part(BOOK, "xl/_rels/workbook.xml.rels", None), "so.xlsx", "file.damaged"),
    "XML cut": (with_part(BOOK, SHEET, part_of(BOOK, SHEET)[:-300]), "so.xlsx", "file.damaged"),
    "165 entities": (with_part(BOOK, SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'), "so.xlsx",
                     "file.unsafe"),
    "165 external entity": (with_part(BOOK, "xl/workbook.xml", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook/>'),
                            "so.xlsx", "file.unsafe"),
    "166 deep XML": (with_part(BOOK, SHEET, b"<worksheet>" + b"<a>" * 5_000), "so.xlsx", "file.unsafe"),
    "216 expansion": (with_part(BOOK, "xl/media/big.bin", b"\x00" * (60 << 20)), "so.xlsx", "file.expansion"),
    "162 password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le") +
                     b"\x00" * 600, "so.xlsx", "file.password"),
    "DOC": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "WordDocument".encode("utf-16-le") + b"\x00" * 600,
            "so.doc", "file.unsupported_kind"),
    "XLS cut": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "Workbook".encode("utf-16-le") + b"\x00" * 600,
                "so.xls", "file.damaged"),
    "ZIP of anything": (with_part(with_part(b"PK\x05\x06" + b"\x00" * 18, "a.txt", b"x"), "b", b"y"), "so.zip",
                        "file.unsupported_kind"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_ledger_is_refused_by_name_and_the_next_file_reads(tmp_path: Path, case: str) -> None:
    content, name, code = REFUSED[case]
    limits = ReadLimits(line_bytes=2_000_000)

    assert read_bytes(tmp_path, content, name, limits=limits).code == code
    assert code in all_rules()
    assert read_bytes(tmp_path, TEXT.encode()).people == list(PEOPLE)


IN_CHILD = {
    "163 DOCX": REFUSED["163 DOCX"], "165 entities": REFUSED["165 entities"], "64 no birth": REFUSED["64 no birth"],
    "random bytes": REFUSED["random bytes"],
}  # fmt: skip


@pytest.mark.parametrize("case", IN_CHILD)
def test_a_refusal_comes_out_of_the_child_as_it_is(tmp_path: Path, case: str) -> None:
    content, name, code = IN_CHILD[case]
    here = read_bytes(tmp_path, content, name).refused
    there = read_bytes(tmp_path, content, name, in_child=True).refused

    assert here is not None
    assert there is not None
    assert (there.code, there.rows) == (code, here.rows)
    assert there.details == {k: str(v) for k, v in here.details.items()}


@pytest.mark.parametrize("content", [TEXT.encode(), BOOK, to_tcvn3(TEXT)], ids=["csv", "xlsx", "tcvn3"])
def test_a_file_reads_the_same_in_the_child(tmp_path: Path, content: bytes) -> None:
    here, there = (read_bytes(tmp_path, content, in_child=in_child) for in_child in (False, True))

    assert there.reading == here.reading
    assert there.records.equals(here.records)
    assert there.findings.equals(here.findings)


def test_a_refusal_for_a_missing_column_counts_the_rows_and_names_the_column(tmp_path: Path) -> None:
    content, name, _ = REFUSED["64 no birth"]
    refused = read_bytes(tmp_path, content, name).refused

    assert refused is not None
    assert refused.rows == len(PEOPLE)
    assert refused.details["found"] == "birth_date_raw"


def test_no_refusal_quotes_a_person(tmp_path: Path) -> None:
    for content, name, _ in REFUSED.values():
        refused = read_bytes(tmp_path, content, name, limits=ReadLimits(line_bytes=2_000_000)).refused
        assert isinstance(refused, FileRefused)
        assert "Nguyễn" not in str(refused)


def test_a_workbook_beyond_the_limit_is_not_opened_and_a_stream_has_no_limit(tmp_path: Path) -> None:
    limits = ReadLimits(file_bytes=10)

    assert read_bytes(tmp_path, BOOK, "so.xlsx", limits=limits).code == "file.too_large"
    assert read_bytes(tmp_path, TEXT.encode(), limits=limits).people == list(PEOPLE)


def test_a_wrong_ending_is_noted(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, BOOK, "so.csv").notes == {"file.kind_mismatch"}
    assert read_bytes(tmp_path, TEXT.encode(), "so.xlsx").notes == {"file.kind_mismatch"}
    assert read_bytes(tmp_path, TEXT.encode(), "so.TXT").notes == set()


def test_a_named_encoding_is_obeyed_and_an_unknown_one_refused(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, to_tcvn3(csv_text(PEOPLE[:5])), encoding="ABC").people == list(PEOPLE[:5])
    assert read_bytes(tmp_path, TEXT.encode(), encoding="ebcdic").code == "encoding.unknown"


def test_ids_are_the_same_on_every_read_and_differ_between_files(tmp_path: Path) -> None:
    once, again = (read_bytes(tmp_path, TEXT.encode()).column("record_id") for _ in range(2))
    other = read_bytes(tmp_path, TEXT.encode() + b"\n").column("record_id")

    assert once == again
    assert not set(once) & set(other)
