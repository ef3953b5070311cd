"""Tables of households below lines about them: one block a sheet, or block after block, through a whole file."""

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readers.household_blocks import told_above
from readers.registry import read_file

NUMBER, HEAD, HOME = "household_id_raw", "head_name_raw", "permanent_residence_raw"
HEADING = ["STT", "Họ và tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc"]
Rows = list[list[str | None]]


def block(number: str, head: str, home: str, *members: str) -> Rows:
    people = [[str(n), m, "Chủ hộ" if n == 1 else "Con", "1960", "Nam", "Kinh"] for n, m in enumerate(members, 1)]
    return [
        [f"SỔ HỘ KHẨU SỐ: {number}"],
        [f"Họ và tên chủ hộ: {head}"],
        ["Nơi thường trú:", home],
        HEADING,
        *people,
        [],
    ]


def read(tmp_path: Path, *sheets: Rows) -> tuple[pa.Table, list[str]]:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "so.xlsx")
    read_file(tmp_path / "so.xlsx", tmp_path / "out", name="so.xlsx")
    records, found = (
        pa.concat_tables(pq.read_table(p) for p in sorted((tmp_path / "out" / n).glob("part-*")))
        for n in ("source_records", "findings")
    )
    return records, found["rule_id"].to_pylist()


def values(records: pa.Table, *columns: str) -> list[tuple[str | None, ...]]:
    return list(zip(*(records[c].to_pylist() for c in columns), strict=True))


FIRST = block("330123456", "Phan Văn Trị", "Ấp 4, xã Mỹ Hội, huyện Cao Lãnh", "Phan Văn Trị", "Phan Hoàng Phúc")
SECOND = block("330123457", "Thạch Sô Phi", "Ấp 3, xã Mỹ Hội, huyện Cao Lãnh", "Thạch Sô Phi")
WANTED = [
    ("Phan Văn Trị", "330123456", "Phan Văn Trị", "Ấp 4, xã Mỹ Hội, huyện Cao Lãnh"),
    ("Phan Hoàng Phúc", "330123456", "Phan Văn Trị", "Ấp 4, xã Mỹ Hội, huyện Cao Lãnh"),
    ("Thạch Sô Phi", "330123457", "Thạch Sô Phi", "Ấp 3, xã Mỹ Hội, huyện Cao Lãnh"),
]


@pytest.mark.parametrize("sheets", [[[*FIRST, *SECOND]], [FIRST, SECOND]], ids=["block after block", "a sheet each"])
def test_each_row_has_what_its_block_says(tmp_path: Path, sheets: list[Rows]) -> None:
    records, rules = read(tmp_path, *sheets)
    assert values(records, "full_name_raw", NUMBER, HEAD, HOME) == WANTED
    assert rules.count("household.line_above") == 3


def test_what_a_row_says_itself_counts(tmp_path: Path) -> None:
    rows: Rows = [
        ["Nơi thường trú: Thôn Đoài, xã Bình Minh"], ["Số hộ", *HEADING[1:], "Nơi thường trú"],
        ["12", "Lê Ba", "Chủ hộ", "1950", "Nam", "Kinh", None],
        ["13", "Lê Tư", "Chủ hộ", "1950", "Nam", "Kinh", "Thôn Nội"],
    ]  # fmt: skip
    records, rules = read(tmp_path, rows)
    assert values(records, NUMBER, HOME) == [("12", "Thôn Đoài, xã Bình Minh"), ("13", "Thôn Nội")]
    assert rules.count("household.line_above") == 1


@pytest.mark.parametrize("line", [["Chủ hộ: Lê Ba - Số HK: 12"], ["II", "Chủ hộ: Lê Ba; Số hộ khẩu: 12"]])
def test_a_line_of_labels_alone_or_beside_a_running_number(tmp_path: Path, line: list[str | None]) -> None:
    records, _ = read(tmp_path, [HEADING, line, ["1", "Lê Ba", "Chủ hộ", "1950", "Nam", "Kinh"]])
    assert values(records, "full_name_raw", NUMBER, HEAD) == [("Lê Ba", "12", "Lê Ba")]


def test_the_next_household_has_nothing_of_the_one_before(tmp_path: Path) -> None:
    rows: Rows = [*FIRST, ["Chủ hộ: Lê Ba"], HEADING, ["1", "Lê Ba", "Chủ hộ", "1950", "Nam", "Kinh"]]
    records, _ = read(tmp_path, rows)
    assert values(records, NUMBER, HEAD, HOME)[-1] == (None, "Lê Ba", None)


@pytest.mark.parametrize(
    ("titles", "number"),
    [
        ([["SỔ HỘ KHẨU"], ["Số: 330123456"]], "330123456"), ([["SỔ HỘ KHẨU SỐ: 12"]], "12"),
        ([["DANH SÁCH NHÂN KHẨU"], ["Số: 330123456"]], None), ([["Số hộ: 45", "Số khẩu: 180"]], None),
        ([["THEO SỔ HỘ KHẨU"], ["Hộ 45"]], None),
    ],
)  # fmt: skip
def test_the_number_of_a_book_above_the_table(titles: list[list[str]], number: str | None) -> None:
    assert told_above(titles).get(NUMBER) == number


@pytest.mark.parametrize(("titles", "home"), [
    ([["Chủ hộ: Lê Ba"], ["Địa chỉ: Thôn Đông, xã Phù Đổng"]], "Thôn Đông, xã Phù Đổng"),
    ([["Địa chỉ: 5 Lê Lợi"], ["Chủ hộ: Lê Ba"], ["Nơi thường trú: TP Huế"]], "TP Huế"),
    ([["Công an phường 5"], ["Địa chỉ: 12 Lê Lợi - Điện thoại: 123"]], None),
])  # fmt: skip
def test_an_address_above_the_table_is_that_of_a_household_that_is_named(
    titles: list[list[str]], home: str | None
) -> None:
    assert told_above(titles).get(HOME) == home
