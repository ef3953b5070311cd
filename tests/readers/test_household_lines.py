"""Heading lines of households: what they say, and what rows below take from them, through a whole file."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readers.household_lines import Above, household_line
from readers.registry import read_file

LINES: list[tuple[str, Above | None]] = [
    ("Hộ số 12: Nguyễn Văn A", Above("12", "Nguyễn Văn A")),
    ("HỘ SỐ 12", Above("12", None)),
    ("Hộ 7 - Chủ hộ: ông Trần Bình, thôn 3", Above("7", "Trần Bình")),
    ("Số hộ: 015", Above("015", None)),
    ("Sổ hộ khẩu số 380100012 (bà Lê Thị Hoa)", Above("380100012", "Lê Thị Hoa")),
    ("Ho so 3: Nguyen Van A", Above("3", "Nguyen Van A")),
    ("Hộ gia đình số 4: Y Bhăm Niê", Above("4", "Y Bhăm Niê")),
    ("Hộ số 5: 4 nhân khẩu", Above("5", None)),
    ("Hồ Văn Ba", None),
    ("Hồ Thị 12", None),
    ("Tổng số: 12 hộ 45 nhân khẩu", None),
    ("Hộ nghèo", None),
    ("Chủ hộ: Nguyễn Văn A", None),
    ("Hộ ông: Phạm Quốc Toản - Sổ HK 220456781", Above("220456781", "Phạm Quốc Toản")),
    ("Hộ bà H'Wiên Niê Kđăm, số sổ: 240123456", Above("240123456", "H'Wiên Niê Kđăm")),
    ("III. Gia đình ông/bà: TRẦN VĂN BÌNH sinh 1950", Above(None, "TRẦN VĂN BÌNH")),
    ("Hộ chị Đinh Thị Nụ: Mã hộ 00123", Above("00123", "Đinh Thị Nụ")),
    ("Ho ong Nguyen Van A so HK 12", Above("12", "Nguyen Van A")),
    ("Ho Ba Cam Tu", None),
    ("Hồ Bà Cẩm Tú", None),
    ("Hộ bà mẹ Việt Nam anh hùng", None),
    ("Hộ khẩu thường trú: Hà Nội", None),
    ("Gia đình chính sách", None),
    ("Chủ hộ (ký, ghi rõ họ tên)", None),
    ("12 hộ", None),
    ("Hộ: Nguyễn Văn Tấn", Above(None, "Nguyễn Văn Tấn")),
    ("II. HỘ TRẦN QUANG KHẢI - thôn Đoài", Above(None, "TRẦN QUANG KHẢI")),
    ("Hộ gia đình Lê Thị Hoa, số sổ: 240123456", Above("240123456", "Lê Thị Hoa")),
    ("HỘ KINH DOANH CÁ THỂ", None),
    ("Hộ nghèo năm 2011", None),
    ("Hộ tập thể", None),
    ("HỘ KHẨU THƯỜNG TRÚ", None),
    ("Hồ Nguyễn Văn Tấn", None),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_what_a_line_says(text: str, expected: Above | None) -> None:
    assert household_line(text) == expected


def read(tmp_path: Path, text: str) -> tuple[pa.Table, list[str], int]:
    path = tmp_path / "so.csv"
    path.write_text(text, "utf-8")
    reading = read_file(path, tmp_path / "out", name="so.csv")
    records, found = (pa.concat_tables(pq.read_table(p) for p in sorted((tmp_path / "out" / n).glob("part-*")))
                      for n in ("source_records", "findings"))  # fmt: skip
    return records, found["rule_id"].to_pylist(), reading.layout_lines


def test_the_rows_below_belong_to_the_household_of_the_line(tmp_path: Path) -> None:
    rows = (
        "STT,Họ và tên,Ngày sinh,Giới tính,Quan hệ\n,Hộ số 12: Nguyễn Văn Ba,,,\n1,Nguyễn Văn Ba,1950,Nam,Chủ hộ\n"
        "2,Lê Thị Hoa,1955,Nữ,Vợ\nHộ số 13,,,,\n1,Trần Tư,1960,Nam,Chủ hộ\n"
    )
    records, rules, layout = read(tmp_path, rows)
    assert records["household_id_raw"].to_pylist() == ["12", "12", "13"]
    assert records["head_name_raw"].to_pylist() == ["Nguyễn Văn Ba", "Nguyễn Văn Ba", None]
    assert rules.count("household.line_above") == 3, "every row that was given the number of its line"
    assert layout == 3


def test_what_a_row_says_itself_counts(tmp_path: Path) -> None:
    rows = (
        "Số hộ,Họ và tên,Ngày sinh,Giới tính,Quan hệ\n12,Nguyễn Văn Ba,1950,Nam,Chủ hộ\n,Hộ số 13,,,\n"
        "14,Trần Tư,1960,Nam,Chủ hộ\n,Trần Sáu,1990,Nam,Con\n"
    )
    records, rules, _ = read(tmp_path, rows)
    assert records["household_id_raw"].to_pylist() == ["12", "14", None]
    assert rules.count("household.line_above") == 0


def test_a_line_that_names_the_head_alone_gives_no_number(tmp_path: Path) -> None:
    rows = (
        "STT,Họ tên chủ hộ và các thành viên,Ngày sinh,Giới tính,Quan hệ,Sổ HK\nI,Hộ ông: Nguyễn Văn Ba,,,,\n"
        "1,Nguyễn Văn Ba,1950,Nam,Chủ hộ,\n2,Lê Thị Hoa,1955,Nữ,Vợ,\nII,Hộ bà Trần Tư,,,,\n"
        "1,Trần Tư,1960,Nữ,Chủ hộ,12\n2,Trần Sáu,1990,Nam,Con,\n"
    )
    records, rules, layout = read(tmp_path, rows)
    assert records["full_name_raw"].to_pylist() == ["Nguyễn Văn Ba", "Lê Thị Hoa", "Trần Tư", "Trần Sáu"]
    assert records["household_id_raw"].to_pylist() == [None, None, "12", None]
    assert records["head_name_raw"].to_pylist() == ["Nguyễn Văn Ba", "Nguyễn Văn Ba", None, None]
    assert rules.count("household.line_above") == 0
    assert layout == 3


def test_head_and_number_in_two_cells(tmp_path: Path) -> None:
    rows = (
        "STT,Họ và tên,Ngày sinh,Giới tính,Quan hệ\nHộ ông Lò Văn Pâng,,,Sổ HK: 012,\n1,Lò Văn Pâng,1950,Nam,Chủ hộ\n"
    )
    records, rules, _ = read(tmp_path, rows)
    assert (records["household_id_raw"].to_pylist(), records["head_name_raw"].to_pylist()) == (["012"], ["Lò Văn Pâng"])
    assert rules.count("household.line_above") == 1
