"""Places of titles and of lines between rows, through whole sheets."""

from pathlib import Path

import pyarrow.parquet as pq

from tests.readers.typed_sheets import read_rows

NUMBER, HEAD, HOME = "household_id_raw", "head_name_raw", "permanent_residence_raw"
Rows = list[list[str | None]]
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


def test_a_hamlet_alone_lies_in_the_commune_of_the_title(tmp_path: Path) -> None:
    rows = [["1", "Lê Ba", "1950", "Nam", home] for home in ("Thôn Đông", "nt", "Thôn 3, xã Mỹ Hội", "12 Lê Lợi")]
    found = homes_of(tmp_path, ["THÔN ĐOÀI - XÃ PHÙ ĐỔNG"], [*PLACED, "Địa chỉ"], *rows)
    assert found == ["Thôn Đông, XÃ PHÙ ĐỔNG", "nt", "Thôn 3, xã Mỹ Hội", "12 Lê Lợi"]


def test_each_row_that_was_given_a_place_is_told(tmp_path: Path) -> None:
    rows: Rows = [["Xã Phù Đổng"], [*PLACED, "Nơi thường trú"], ["1", "Lê Ba", "1950", "Nam", None],
                  ["1", "Lê Tư", "1950", "Nam", "Huế"]]  # fmt: skip
    read_rows(tmp_path, rows)
    found = pq.read_table(tmp_path / "findings").to_pylist()
    assert [(f["rule_id"], f["field"]) for f in found] == [("place.line_above", "permanent_residence")]


def test_an_address_that_goes_on_in_the_next_row_is_no_line_of_a_place(tmp_path: Path) -> None:
    found = homes_of(tmp_path, [*PLACED, "Nơi thường trú"], ["1", "Lê Ba", "1950", "Nam", "Thôn Đông, xã Phù Đổng,"],
                     [None, None, None, None, "huyện Gia Lâm"], ["1", "Lê Tư", "1950", "Nam", None])  # fmt: skip
    assert found == ["Thôn Đông, xã Phù Đổng,", "huyện Gia Lâm", None], "the row that goes on is kept out, and told"
