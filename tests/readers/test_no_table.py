"""Text in which a line looks like the heading of a ledger, and whose other lines are no rows."""

from pathlib import Path

import pytest

from readers.no_table import is_json
from tests.readers.files import HEADINGS, PEOPLE, csv_text, read_bytes, to_tcvn3

_HEAD = ",".join(HEADINGS[1:])
PYTHON = f"""import csv

def write(out):
    out.write(
{_HEAD}
    )
    for row in people(out):
        total = count(row, 1956)
        if total:
            continue
        print(total)
    return out
"""
SHELL = f"""#!/bin/sh
cat > mau.csv <<EOF
{_HEAD}
EOF
for f in *.csv; do
  iconv -f cp1258 "$f"
done
exit 0
"""
PAGE = f"""Cách điền sổ hộ khẩu
{_HEAD}
Mỗi người một dòng.
Ngày sinh ghi đủ ngày, tháng và năm.
Quan hệ ghi theo chủ hộ.
Không bỏ trống ô nào.
"""


@pytest.mark.parametrize("text", [PYTHON, SHELL, PAGE], ids=["python", "shell", "page"])
def test_a_text_with_a_line_like_a_heading_is_no_ledger(tmp_path: Path, text: str) -> None:
    read = read_bytes(tmp_path, text.encode(), "so.txt")
    assert read.code == "file.no_table"
    assert read.refused is not None
    assert read.refused.details["line"] == text.split("\n").index(_HEAD) + 1


def test_a_program_that_holds_people_in_brackets_is_no_ledger(tmp_path: Path) -> None:
    rows = [f'    ("{p[1]}", {p[2]}, {p[3]})' for p in PEOPLE[:2]]
    text = "\n".join([_HEAD, *rows, "def f():", "  a = 1", "  b = 2", "  return a", "print"])
    assert read_bytes(tmp_path, text.encode(), "so.txt").code == "file.no_table"


@pytest.mark.parametrize(
    "text",
    [
        '{"headings": "Họ và tên,Ngày sinh,Giới tính"}',
        '[\n["Họ và tên", "Ngày sinh", "Giới tính"],\n["Lê An", "1956", "Nam"]\n]\n',
        '["Họ và tên", "Ngày sinh", "Giới tính"]\n["Lê An", "1956", "Nam"]\n',
        '[\n["Họ và tên", "Ngày sinh", "Giới tính"],\n["Lê An", "1956", "Nam"],\n',
    ],
    ids=["object", "list", "line by line", "cut"],
)
def test_json_is_a_kind_that_is_not_read(tmp_path: Path, text: str) -> None:
    read = read_bytes(tmp_path, text.encode(), "so.csv")
    assert read.code == "file.unsupported_kind"
    assert read.refused is not None
    assert read.refused.details["found"] == "JSON"


def test_symbolic_links_of_old_spreadsheets_are_named(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, b'ID;PWXL;N;E\r\nC;Y1;X1;K"STT"\r\nE\r\n', "so.slk")
    assert read.refused is not None
    assert (read.code, read.refused.details["found"]) == ("file.unsupported_kind", "SYLK")


@pytest.mark.parametrize("text", ["", "[", "[Họ và tên],[Ngày sinh]\n", "{x}", _HEAD])
def test_what_only_begins_like_json_is_none(text: str) -> None:
    assert not is_json(text)


def test_json_as_deep_as_can_be_is_json() -> None:
    assert is_json("[" * 200_000)


def test_a_short_ledger_among_titles_and_signatures_stays_one(tmp_path: Path) -> None:
    lines = ["SỔ HỘ KHẨU", "Xã Đông Hưng", "", *csv_text(PEOPLE[:1]).splitlines()]
    lines += ["Cộng: một nhân khẩu", "Đông Hưng hôm nay", "Đã đối chiếu", "Lưu tại xã", "Sao y", "Không tẩy xóa"]
    assert read_bytes(tmp_path, "\n".join(lines).encode()).reading is not None


def test_a_form_that_nobody_filled_in_has_no_rows(tmp_path: Path) -> None:
    text = csv_text([]) + "Người lập biểu\nTrưởng công an xã\nNgày 1 tháng 6 năm 2024\n"
    assert read_bytes(tmp_path, text.encode()).code == "file.no_rows"


def test_a_ledger_of_names_alone_is_no_page_of_text(tmp_path: Path) -> None:
    few = [("", name, *[""] * 4, relation) for _, name, *_, relation in PEOPLE]
    assert read_bytes(tmp_path, csv_text(few).encode()).reading is not None


NOTES = {
    "a letter": "Kính gửi Ủy ban nhân dân huyện, đây là sổ hộ khẩu năm 1990, gồm ba tệp.\nXin cảm ơn.\n",
    "one line": "Sổ hộ khẩu, xã Đông Hưng, năm 1990\n",
    "a list": "Tệp, nội dung\n1. so.csv: thôn 1, thôn 2\n2. so2.csv: thôn 3, 4, 5\n3. so3.csv, so4.csv\nHết\n",
    "words of headings": "Chú\nHọ và tên, ngày sinh, địa chỉ\nViết hoa họ tên.\nViết đủ ngày sinh.\nKhông viết tắt.\n",
}


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES)
def test_a_note_beside_the_ledgers_is_told_and_counts_no_row(tmp_path: Path, text: str) -> None:
    for content in (text.encode(), to_tcvn3(text)):
        read = read_bytes(tmp_path, content, "ghi chú.txt")
        assert read.code in ("header.not_found", "file.no_table")
        assert read.refused is not None
        assert read.refused.rows == 0


def test_the_rows_of_a_ledger_without_heading_are_counted_whatever_they_look_like(tmp_path: Path) -> None:
    rows = csv_text(PEOPLE).split("\n", 1)[1]
    odd = "\n".join(f"{n};x;y;{n}z" for n in range(6)) + "\n"
    for content in (rows.encode(), to_tcvn3(rows), odd.encode()):
        read = read_bytes(tmp_path, content)
        assert read.code == "header.not_found"
        assert read.refused is not None
        assert read.refused.rows == 6
