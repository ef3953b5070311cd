"""Tables of households below lines about them: one block a sheet, or block after block, through a whole file."""

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readers.household_blocks import told_above
from readers.registry import read_file
from tests.readers.typed_sheets import read_rows

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


PLACED = ["Số hộ", "Họ và tên", "Năm sinh", "Giới tính"]


def homes_of(tmp_path: Path, *rows: list[str | None]) -> list[str | None]:
    _, found = read_rows(tmp_path, rows)
    return [r[HOME] for r in found]


def test_the_place_of_a_title_is_that_of_rows_without_one(tmp_path: Path) -> None:
    titles: Rows = [["UBND XÃ PHÙ ĐỔNG"], ["DANH SÁCH NHÂN KHẨU"], ["Huyện Gia Lâm, Hà Nội"]]
    found = homes_of(tmp_path, *titles, [*PLACED, "Nơi thường trú"], ["1", "Lê Ba", "1950", "Nam", None],
                     ["1", "Lê Tư", "1950", "Nam", "Huế"])  # fmt: skip
    assert found == ["XÃ PHÙ ĐỔNG, Huyện Gia Lâm, Hà Nội", "Huế"]


def test_a_title_of_a_district_or_of_two_communes_places_nobody(tmp_path: Path) -> None:
    row = ["1", "Lê Ba", "1950", "Nam"]
    assert homes_of(tmp_path / "a", ["CÔNG AN HUYỆN GIA LÂM"], PLACED, row) == [None]
    assert homes_of(tmp_path / "b", ["Xã Phù Đổng, xã Trung Mầu"], PLACED, row) == [None]


def test_lines_of_hamlets_between_rows(tmp_path: Path) -> None:
    found = homes_of(
        tmp_path, ["XÃ PHÙ ĐỔNG - HUYỆN GIA LÂM"], PLACED, ["Thôn Đông"], ["1", "Lê Ba", "1950", "Nam"],
        ["B", "THÔN ĐOÀI"], ["1", "Lê Tư", "1950", "Nam"], ["Hộ số 2: Vũ Năm, ấp 3"], [None, "Vũ Năm", "1950", "Nam"],
        ["Hộ số 3: Vũ Sáu"], [None, "Vũ Sáu", "1950", "Nam"],
    )  # fmt: skip
    above = "XÃ PHÙ ĐỔNG, HUYỆN GIA LÂM"
    assert found == [f"{first}, {above}" for first in ("Thôn Đông", "THÔN ĐOÀI", "ấp 3", "THÔN ĐOÀI")]


def test_a_hamlet_ends_the_household_above(tmp_path: Path) -> None:
    _, found = read_rows(tmp_path, [PLACED, ["Hộ số 2: Vũ Năm"], [None, "Vũ Năm", "1950", "Nam"], ["Thôn Đông"],
                                    [None, "Lê Ba", "1950", "Nam"]])  # fmt: skip
    assert [(r[NUMBER], r[HEAD], r[HOME]) for r in found] == [("2", "Vũ Năm", None), (None, None, "Thôn Đông")]


@pytest.mark.parametrize(("titles", "home"), [
    ([["Chủ hộ: Lê Ba"], ["Địa chỉ: Thôn Đông, xã Phù Đổng"]], "Thôn Đông, xã Phù Đổng"),
    ([["Địa chỉ: 5 Lê Lợi"], ["Chủ hộ: Lê Ba"], ["Nơi thường trú: TP Huế"]], "TP Huế"),
    ([["Công an phường 5"], ["Địa chỉ: 12 Lê Lợi - Điện thoại: 123"]], None),
])  # fmt: skip
def test_an_address_above_the_table_is_that_of_a_household_that_is_named(
    titles: list[list[str]], home: str | None
) -> None:
    assert told_above(titles).get(HOME) == home
