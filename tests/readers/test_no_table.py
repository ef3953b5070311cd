"""Text in which a line looks like the heading of a ledger, and whose other lines are no rows."""

from pathlib import Path

import pytest

from readers.no_table import is_json
from tests.readers.files import HEADINGS, PEOPLE, csv_text, read_bytes

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
