"""Columns that the other columns or the rows below explain, through whole sheets."""

from pathlib import Path

import pytest

from schemas.errors import FileRefused
from tests.readers.typed_sheets import read_rows, told

WHO = ["Nguyễn Văn Tấn", "1962", "Nam"]
HER = ["Lê Thị Hương", "1965", "Nữ"]
HEAD = ["Họ và tên", "Năm sinh", "Giới tính"]


def column(tmp_path: Path, raw: str, heading: str, *cells: str | None) -> list[str | None]:
    _, records = read_rows(tmp_path, [[*HEAD, heading], *([*WHO, cell] for cell in cells)])
    return [r[raw] for r in records]


@pytest.mark.parametrize("heading", ["Địa chỉ", "DIACHI", "Nơi cư trú"])
def test_an_address_is_the_permanent_residence_where_nothing_else_is(tmp_path: Path, heading: str) -> None:
    rows = [[*HEAD, heading], [*WHO, "Thôn Đông, xã Phù Đổng, Gia Lâm, Hà Nội"]]
    reading, records = read_rows(tmp_path, rows)
    assert records[0]["permanent_residence_raw"] == rows[1][3]
    assert told(reading, "header.unsure") == [heading], "a clerk is told what it was taken for"


def test_an_address_beside_the_permanent_residence_stays_ambiguous(tmp_path: Path) -> None:
    reading, records = read_rows(tmp_path, [[*HEAD, "Nơi thường trú", "Địa chỉ"], [*WHO, "Gia Lâm, Hà Nội", "Huế"]])
    assert records[0]["permanent_residence_raw"] == "Gia Lâm, Hà Nội"
    assert told(reading, "header.ambiguous") == ["Địa chỉ"]


def test_a_home_is_the_current_residence(tmp_path: Path) -> None:
    assert column(tmp_path, "current_residence_raw", "Nơi ở", "Tổ 3") == ["Tổ 3"]


def test_columns_of_units_make_an_address(tmp_path: Path) -> None:
    head = [*HEAD, "Số nhà", "Tổ", "Phường", "Quận", "Tỉnh/TP"]
    _, records = read_rows(tmp_path, [head, [*WHO, "5 Lê Lợi", "3", "Bến Nghé", "1", "TP. Hồ Chí Minh"],
                                      [*HER, "nt", "nt", "nt", "nt", "nt"]])  # fmt: skip
    found = [r["permanent_residence_raw"] for r in records]
    assert found == ["5 Lê Lợi, Tổ 3, Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh", "nt"]


def test_a_single_hamlet_is_no_address(tmp_path: Path) -> None:
    reading, records = read_rows(tmp_path, [[*HEAD, "Tổ"], [*WHO, "3"]])
    assert records[0]["permanent_residence_raw"] is None
    assert told(reading, "header.unknown_column") == ["Tổ"]


def test_a_list_of_heads_alone(tmp_path: Path) -> None:
    reading, records = read_rows(tmp_path, [["Họ và tên chủ hộ", "Năm sinh", "Giới tính", "Số hộ"], [*WHO, "12"]])
    only = records[0]
    assert (only["full_name_raw"], only["head_name_raw"], only["relation_raw"]) == (WHO[0], WHO[0], "Chủ hộ")
    assert told(reading, "header.unsure") == ["Họ và tên chủ hộ"]


def test_a_list_of_heads_with_members_is_read_as_before(tmp_path: Path) -> None:
    _, records = read_rows(tmp_path, [["Chủ hộ", *HEAD], ["Nguyễn Văn Tấn", *HER]])
    assert (records[0]["full_name_raw"], records[0]["head_name_raw"]) == (HER[0], "Nguyễn Văn Tấn")
    assert records[0]["relation_raw"] is None


def test_marks_under_the_head(tmp_path: Path) -> None:
    assert column(tmp_path, "relation_raw", "Chủ hộ", "x", None, "X") == ["Chủ hộ", None, "Chủ hộ"]


@pytest.mark.parametrize(("day", "year", "birth"), [
    ("5/3", "1962", "5/3/1962"), ("5-3", "62", "5-3/62"), (None, "1965", "1965"), ("12.9.", "1965", "12.9/1965"),
])  # fmt: skip
@pytest.mark.parametrize("heading", ["Ngày tháng", "Ngày sinh", "Ngày tháng sinh"])
def test_day_and_month_beside_the_year(tmp_path: Path, heading: str, day: str | None, year: str, birth: str) -> None:
    head = ["Họ và tên", heading, "Năm sinh", "Giới tính"]
    _, records = read_rows(tmp_path, [head, [WHO[0], day, year, "Nam"], [WHO[0], "1/2", "1990", "Nam"]])
    assert [r["birth_date_raw"] for r in records] == [birth, "1/2/1990"]


def test_whole_days_beside_years_are_not_joined(tmp_path: Path) -> None:
    head = ["Họ và tên", "Ngày sinh", "Năm sinh", "Giới tính"]
    _, records = read_rows(tmp_path, [head, [WHO[0], "5/3/1962", "1962", "Nam"], [WHO[0], None, "1990", "Nam"]])
    assert [r["birth_date_raw"] for r in records] == ["5/3/1962", "1990"]


def test_day_and_year_below_each_sex(tmp_path: Path) -> None:
    top = "Ngày, tháng, năm sinh"
    rows = [
        ["TT", "Họ và tên", top, None, None, None, "Dân tộc", "Quan hệ với chủ hộ"],
        [None, None, "Nam", None, "Nữ", None], [None, None, "Ngày tháng", "Năm", "Ngày tháng", "Năm"],
        ["1", WHO[0], "5/3", "1962", None, None, "Kinh", "Chủ hộ"],
        ["2", HER[0], None, None, None, "1965", "Kinh", "Vợ"],
    ]  # fmt: skip
    merged = {0: ((3, top), (4, top), (5, top)), 1: ((3, "Nam"), (5, "Nữ"))}
    _, records = read_rows(tmp_path, rows, merged=merged)
    assert [(r["birth_date_raw"], r["sex_raw"]) for r in records] == [("5/3/1962", "Nam"), ("1965", "Nữ")]


def test_an_age_is_kept_and_no_year_is_made_of_it(tmp_path: Path) -> None:
    _, records = read_rows(
        tmp_path, [["Họ và tên", "Tuổi", "Giới tính"], [WHO[0], "45", "Nam"], [HER[0], "1965", "Nữ"]]
    )
    assert [r["birth_date_raw"] for r in records] == ["45 tuổi", "1965"]


def test_an_age_beside_the_birth_stays_aside(tmp_path: Path) -> None:
    assert column(tmp_path, "birth_date_raw", "Tuổi", "45") == ["1962"]


@pytest.mark.parametrize(("heading", "cells", "expected"), [
    ("Giới tính (Nam: 0; Nữ: 1)", ("0", "1.0", "2"), ["Nam", "Nữ", "2"]),
    ("Giới tính (1-Nam, 2-Nữ)", ("1", "2", "Nữ"), ["Nam", "Nữ", "Nữ"]),
    ("Giới tính Nam/Nữ (1 nam, 0 nữ)", ("0", "1", "x"), ["Nữ", "Nam", "x"]),
    ("Giới tính (1: nam)", ("0", "1", "1"), ["0", "1", "1"]),
])  # fmt: skip
def test_digits_that_the_heading_of_the_sex_explains(
    tmp_path: Path, heading: str, cells: tuple[str, ...], expected: list[str]
) -> None:
    rows = [["Họ và tên", "Năm sinh", heading], *([WHO[0], "1962", cell] for cell in cells)]
    _, records = read_rows(tmp_path, rows)
    assert [r["sex_raw"] for r in records] == expected


def test_without_a_birth_or_an_age_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        read_rows(tmp_path, [["Họ và tên", "Giới tính", "Quê quán"], [WHO[0], "Nam", "Huế"]])


def test_parts_of_a_name_below_its_heading(tmp_path: Path) -> None:
    rows = [["Họ và tên", None, "Ngày sinh", None, None, "Giới tính"], ["Họ đệm", "Tên", "Ngày", "Tháng", "Năm", None],
            ["Nguyễn Văn", "Tấn", "5", "3", "1962", "Nam"]]  # fmt: skip
    _, records = read_rows(tmp_path, rows)
    assert (records[0]["full_name_raw"], records[0]["birth_date_raw"]) == ("Nguyễn Văn Tấn", "5/3/1962")


def test_units_below_two_headings_of_places(tmp_path: Path) -> None:
    rows = [[*HEAD, "Nơi thường trú", None, None, "Quê quán", None, None],
            [None, None, None, "Xã", "Huyện", "Tỉnh", "Xã", "Huyện", "Tỉnh"],
            [*WHO, "Phù Đổng", "Gia Lâm", "Hà Nội", "Yên Khánh", "Ý Yên", "Nam Định"]]  # fmt: skip
    _, records = read_rows(tmp_path, rows)
    assert len(records) == 1
    assert records[0]["permanent_residence_raw"] == "Xã Phù Đổng, Huyện Gia Lâm, Hà Nội"
    assert records[0]["native_place_raw"] == "Xã Yên Khánh, Huyện Ý Yên, Nam Định"


def test_two_columns_of_notes_are_both_read_and_two_of_running_numbers_refuse_nothing(tmp_path: Path) -> None:
    rows = [["STT", *HEAD, "Ghi chú", "STT", "Ghi chú"], ["1", *WHO, "đi B", "7", "chết 1999"]]
    reading, records = read_rows(tmp_path, rows)
    assert (records[0]["notes_raw"], records[0]["serial_raw"]) == ("đi B, chết 1999", "1")
    assert told(reading, "header.ambiguous") == ["STT"]


def test_two_tables_side_by_side_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"header\.duplicate"):
        read_rows(tmp_path, [["STT", *HEAD, "STT", *HEAD], ["1", *WHO, "2", *HER]])


@pytest.mark.parametrize("headings", [
    ("Thường trú - Xã", "Thường trú - Huyện", "Thường trú - Tỉnh"),
    ("Xã (thường trú)", "Huyện (thường trú)", "Tỉnh (thường trú)"), ("Tên xã", "Tên huyện", "Tên tỉnh"),
])  # fmt: skip
def test_headings_that_name_place_and_unit(tmp_path: Path, headings: tuple[str, ...]) -> None:
    _, records = read_rows(tmp_path, [[*HEAD, *headings], [*WHO, "Phù Đổng", "Gia Lâm", "Hà Nội"]])
    assert records[0]["permanent_residence_raw"] == "Xã Phù Đổng, Huyện Gia Lâm, Hà Nội"


def test_years_and_numbers_of_parents_are_not_the_childs(tmp_path: Path) -> None:
    head = [
        "Họ và tên",
        "Ngày sinh",
        "Giới tính",
        "Số định danh",
        "Họ tên cha",
        "Năm sinh",
        "Số CCCD",
        "Họ tên mẹ",
        "Năm sinh",
    ]
    row = ["Nguyễn Văn Tú", None, "Nam", None, "Nguyễn Văn Tấn", "1962", "001062012345", "Lê Thị Hương", "1965"]
    reading, records = read_rows(tmp_path, [head, row])
    assert (records[0]["birth_date_raw"], records[0]["personal_number_raw"]) == (None, None)
    assert "001062012345" in records[0]["other_raw"]
    assert told(reading, "header.unknown_column") == ["Năm sinh", "Số CCCD"]


def test_the_only_year_is_the_persons_wherever_it_stands(tmp_path: Path) -> None:
    _, records = read_rows(tmp_path, [["Họ và tên", "Họ tên cha", "Năm sinh", "Giới tính"],
                                      [WHO[0], "Nguyễn Văn Hùng", "1962", "Nam"]])  # fmt: skip
    assert records[0]["birth_date_raw"] == "1962"


def test_a_table_of_a_household_a_row_is_refused(tmp_path: Path) -> None:
    head = [
        "Họ tên chủ hộ",
        "Ngày sinh chủ hộ",
        "Giới tính",
        "Họ tên vợ/chồng",
        "Con 1",
        "Năm sinh",
        "Con 2",
        "Năm sinh",
    ]
    with pytest.raises(FileRefused, match=r"header\.duplicate"):
        read_rows(tmp_path, [head, [WHO[0], "5/3/1962", "Nam", HER[0], "Tú", "1990", "Lan", "1992"]])
