"""Headings of real ledgers: what the lines at the top of a sheet are read as."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers import heading_roles, heading_words
from readers.heading_words import meanings
from readers.headings import find_heading, is_number_row
from schemas.errors import FileRefused
from schemas.tables import RAW_COLUMNS

DATA = Path(heading_words.__file__).parent / "data"
ROW = ("1", "Nguyễn Văn A", "1/1/1960", "Nam", "Chủ hộ", "Kinh", "Không")

ONE_HEADING = [
    ("Họ và tên", "full_name_raw"), ("HỌ VÀ TÊN", "full_name_raw"), ("ho va ten", "full_name_raw"),
    ("Họ, chữ đệm và tên khai sinh", "full_name_raw"), ("HoTen", "full_name_raw"), ("ho_ten", "full_name_raw"),
    ("Full name", "full_name_raw"), ("3. Họ và tên", "full_name_raw"), ("Họ và tên (3)", "full_name_raw"),
    ("Ngày, tháng, năm sinh", "birth_date_raw"), ("Ng. sinh", "birth_date_raw"), ("NTNS", "birth_date_raw"),
    ("Sinh", "birth_date_raw"), ("Sinh năm/ngày", "birth_date_raw"), ("Ngày s", "birth_date_raw"),
    ("N.sinh", "birth_date_raw"), ("Năm sinh (dương lịch)", "birth_date_raw"), ("DOB", "birth_date_raw"),
    ("Giới tính", "sex_raw"),
    ("GT", "sex_raw"), ("Nam/Nữ", "sex_raw"), ("Phái", "sex_raw"), ("D.tộc", "ethnic_group_raw"),
    ("Q.hệ với chủ hộ", "relation_raw"), ("Quan hệ với chủ hộ", "relation_raw"), ("Số CMND/CCCD", "old_id_number_raw"),
    ("CCCD", "personal_number_raw"), ("Số CCCD của chủ hộ", "head_number_raw"), ("Họ tên chủ hộ", "head_name_raw"),
    ("HKTT", "permanent_residence_raw"), ("Nơi ĐKHK thường trú", "permanent_residence_raw"),
    ("Nơi tạm trú", "temporary_residence_raw"), ("Tạm vắng", "temporary_absence_raw"),
    ("Nguyên quán", "native_place_raw"),
    ("Nơi sinh", "birth_place_raw"), ("Nơi đăng ký khai sinh", "birth_registration_place_raw"),
    ("Ngày cấp CMND", "other_raw"), ("Nơi cấp", "other_raw"), ("Ngày chết", "death_date_raw"),
    ("Ngày tháng năm chết hoặc mất tích", "death_date_raw"), ("Tôn giáo", "religion_raw"),
    ("Nhóm máu", "blood_type_raw"),
    ("Số sổ hộ khẩu", "household_id_raw"), ("Số hồ sơ hộ khẩu", "residence_file_number_raw"),
    ("Bí danh", "other_names_raw"),
    ("Họ và tên cha", "father_name_raw"), ("Mẹ", "mother_name_raw"), ("Vợ (chồng)", "spouse_name_raw"),
    ("Nơi ở trước khi chuyển đến", "other_raw"), ("Trình độ học vấn", "other_raw"), ("Ghi chú", "notes_raw"),
]  # fmt: skip


@pytest.mark.parametrize(("heading", "raw_column"), ONE_HEADING)
def test_a_heading_by_itself(heading: str, raw_column: str) -> None:
    assert meanings(heading)[0].raw_column == raw_column


@pytest.mark.parametrize("heading", ["", "Xyz", "Thâm niên", "Hạng xe", "12345", "Số thẻ thư viện"])
def test_what_no_field_claims(heading: str) -> None:
    assert not [m for m in meanings(heading) if m.raw_column != "other_raw"]


def test_marks_tell_a_year_from_a_man() -> None:
    assert meanings("Ngày sinh năm")[0].part == "year"
    assert meanings("Ngày sinh nam")[0].part == "male"


def roles_of(*lines: tuple[str | None, ...]) -> dict[str, tuple[str, str]]:
    heading = find_heading(lines)
    assert heading is not None
    return {r.heading: r.meaning.role for r in heading.roles if r.meaning is not None}


def test_titles_stand_above_and_numbers_below() -> None:
    heading = find_heading(
        [("SỔ HỘ KHẨU",), ("Xã A, huyện B", None, "Mẫu HK02"), (None,),
         ("STT", "Họ và tên", "Ngày sinh", "Giới tính"), ("(1)", "(2)", "(3)", "(4)"), ROW]
    )  # fmt: skip

    assert heading is not None
    assert (heading.first, heading.last) == (3, 4)


def test_two_lines_with_the_birth_under_the_sex() -> None:
    found = roles_of(
        ("STT", "Họ và tên", "Năm sinh", None, "Quê quán"), (None, None, "Nam", "Nữ", None),
        ("1", "Nguyễn Văn A", "1960", None, "Hà Nội"),
    )  # fmt: skip

    assert found["Năm sinh Nam"] == ("birth_date_raw", "male")
    assert found["Năm sinh Nữ"] == ("birth_date_raw", "female")


def test_a_word_that_goes_on_in_the_next_line_is_read_with_the_line_above() -> None:
    found = roles_of(
        ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Nơi", "Nơi đăng ký khai"),
        (None, None, None, None, "sinh", "sinh"), ("1", "Nguyễn Văn A", "1960", "Nam", "Hà Nội", "Hà Nội"),
    )  # fmt: skip

    assert found["Nơi sinh"] == ("birth_place_raw", "")
    assert found["Nơi đăng ký khai sinh"] == ("birth_registration_place_raw", "")


def test_headings_that_were_not_understood_are_named_by_letter() -> None:
    assert (
        heading_roles.not_understood(roles("Họ và tên", "Chào đời", "Giới tính", "Cột X")) == "B (Chào đời); D (Cột X)"
    )
    assert heading_roles.not_understood(roles("Họ và tên")) is None


def test_two_lines_with_relatives_and_parts_of_a_date() -> None:
    found = roles_of(
        ("STT", "Họ và tên", "Ngày sinh", None, None, "Giới", "Cha", None),
        (None, None, "Ngày", "Tháng", "Năm", None, "Họ và tên", "Năm sinh"),
    )

    assert [found[h][1] for h in ("Ngày sinh Ngày", "Ngày sinh Tháng", "Ngày sinh Năm")] == ["day", "month", "year"]
    assert found["Cha Họ và tên"] == ("father_name_raw", "")
    assert found["Cha Năm sinh"][0] == "other_raw"
    assert found["Họ và tên"] == ("full_name_raw", "")


@pytest.mark.parametrize(
    "headings",
    [
        ("NGAYSINH", "THANGSINH", "NAMSINH"), ("ngay_sinh", "thang_sinh", "nam_sinh"),
        ("Ngày sanh", "Tháng sinh", "Năm sanh"),
    ],
)  # fmt: skip
def test_parts_of_a_date_as_tables_of_databases_name_them(headings: tuple[str, ...]) -> None:
    found = roles_of(("HOTEN", *headings, "TENQH", "TENDT"))
    assert [found[h] for h in headings] == [("birth_date_raw", part) for part in ("day", "month", "year")]
    assert (found["TENQH"][0], found["TENDT"][0]) == ("relation_raw", "ethnic_group_raw")


@pytest.mark.parametrize(("heading", "is_one"), [("Nữ", True), ("nu", True), ("Giới tính nữ", True), ("Nam", False)])
def test_a_column_of_women_alone_tells_the_sex(heading: str, is_one: bool) -> None:
    found = roles_of(("TT", "Họ và tên", heading, "Năm sinh", "Quan hệ"))
    assert (found.get(heading) == ("sex_raw", "female")) is is_one
    assert heading not in roles_of(("TT", "Họ và tên", heading, "Năm sinh", "Giới tính"))


def test_parts_are_parts_only_beside_each_other() -> None:
    found = roles_of(("TT", "Họ đệm", "Tên", "Ngày sinh", "Tháng sinh", "Năm sinh", "Nam", "Nữ"))
    assert found["Tên"] == ("full_name_raw", "given")
    assert [found[h][1] for h in ("Ngày sinh", "Tháng sinh", "Năm sinh")] == ["day", "month", "year"]
    assert (found["Nam"], found["Nữ"]) == (("sex_raw", "male"), ("sex_raw", "female"))

    alone = roles_of(("TT", "Tên", "Năm sinh", "Giới tính", "Nam"))
    assert alone["Tên"] == ("full_name_raw", "")
    assert alone["Năm sinh"] == ("birth_date_raw", "")
    assert "Nam" not in alone


@pytest.mark.parametrize("rows", [[ROW], [ROW] * 9, [("tên hàng", "giá", "số lượng")], [("a", "b")], [], [(None,)]])
def test_rows_of_people_and_other_lists_are_no_heading(rows: list[tuple[str | None, ...]]) -> None:
    assert find_heading(rows) is None


@pytest.mark.parametrize(
    ("cells", "is_one"),
    [(("(1)", "(2)", "(3)"), True), (("A", "B", "1", "2"), True), (("1", "2", "3"), True), (("1", "1960", "3"), False),
     (("1", None, "Nguyễn A"), False), (("5", "6"), False)],
)  # fmt: skip
def test_the_row_of_column_numbers(cells: tuple[str | None, ...], is_one: bool) -> None:
    assert is_number_row(cells) is is_one


def roles(*headings: str) -> tuple[heading_roles.Role, ...]:
    chosen = heading_roles.choose([meanings(h) for h in headings], headings)
    return tuple(heading_roles.Role(at, h, m) for at, (h, m) in enumerate(zip(headings, chosen, strict=True)))


@pytest.mark.parametrize("pair", [("Họ và tên", "HỌ VÀ TÊN"), ("Họ và tên", "Họ tên"), ("Dân tộc", "Dân tộc")])
def test_two_columns_of_one_name_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(FileRefused, match=r"header\.duplicate"):
        heading_roles.without_rivals(roles(*pair), None)


def test_a_second_column_of_birth_speaks_where_the_first_is_silent() -> None:
    kept, notes = heading_roles.without_rivals(roles("Ngày sinh", "Năm sinh"), "S")

    assert [r.meaning.part for r in kept if r.meaning] == ["", heading_roles.ALSO]
    assert [(n.rule_id, n.sheet, n.column) for n in notes] == [("header.ambiguous", "S", "Năm sinh")]


@pytest.mark.parametrize("pair", [("NGAYSINH", "NAMSINH"), ("Ngày sinh", "NAMSINH"), ("NGAYSINH", "Năm sinh")])
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_year_beside_a_day_speaks_second_however_it_is_written(pair: tuple[str, str], is_turned: bool) -> None:
    written = pair[::-1] if is_turned else pair
    kept, notes = heading_roles.without_rivals(roles(*written), None)

    assert {r.heading: r.meaning.part for r in kept if r.meaning} == {pair[0]: "", pair[1]: heading_roles.ALSO}
    assert [n.column for n in notes] == [pair[1]]


def test_a_column_gets_one_notice_only() -> None:
    kept, notes = heading_roles.without_rivals(roles("HOTEN", "NGAYSINH", "NAMSINH", "THANHPHAN"), None)
    told = [*notes, *heading_roles.unknown_columns(kept, None, notes)]

    assert [n.rule_id for n in told if n.column == "NAMSINH"] == ["header.ambiguous"]
    assert [n.rule_id for n in told if n.column == "THANHPHAN"] == ["header.unknown_column"]
    assert len(told) == len({n.column for n in told})


def test_what_is_required_follows_the_rules_that_block_rows() -> None:
    assert heading_roles.required_columns() == ("full_name_raw", "birth_date_raw", "sex_raw")
    assert heading_roles.missing_columns(roles("Họ và tên", "Quê quán")) == ("birth_date_raw", "sex_raw")
    assert heading_roles.missing_columns(roles("Họ và tên", "Năm sinh nam", "Năm sinh nữ")) == ()


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=6), max_size=6))
def test_no_lines_break_the_search(lines: list[list[str | None]]) -> None:
    found = find_heading(lines)
    assert found is None or found.first <= found.last < len(lines)


def test_the_word_list_names_known_columns_and_no_heading_twice() -> None:
    seen = defaultdict(set)
    with (DATA / "headings.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            assert list(row) == ["raw_column", "part", "headings"]  # a comma would cut the list short
            assert row["raw_column"] in RAW_COLUMNS
            for heading in row["headings"].split(";"):
                seen[" ".join(heading.lower().split())].add((row["raw_column"], row["part"]))
    assert [h for h, found in seen.items() if len({raw for raw, _ in found}) > 1] == []


def test_every_pattern_says_why_it_is_there() -> None:
    with (DATA / "heading_patterns.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert all(r["because"] and r["raw_column"] in RAW_COLUMNS for r in rows)


@pytest.mark.parametrize(
    ("name", "raw_column"),
    [
        ("NOITHUONGT", "permanent_residence_raw"),
        ("NOI_TAM_TR", "temporary_residence_raw"),
        ("TINHTRANGH", "marital_status_raw"),
        ("QUANHEVOIC", "relation_raw"),
        ("HO_TEN_CHU", "head_name_raw"),
        ("NOIDANGKYK", "birth_registration_place_raw"),
        ("HOTENVOCHO", "spouse_name_raw"),
        ("NSINH", "birth_date_raw"),
        ("MAHK", "household_id_raw"),
    ],
)
def test_the_names_of_dbf_fields_are_read_though_they_are_cut(name: str, raw_column: str) -> None:
    assert [m.raw_column for m in meanings(name)] == [raw_column]


def test_a_cut_name_that_may_be_two_things_is_not_guessed() -> None:
    assert meanings("NGAYTHANGN") == ()


def test_each_raw_column_of_a_ledger_has_a_heading_that_means_it_alone() -> None:
    written = [raw for raw in RAW_COLUMNS if raw not in ("other_raw", "corrects_raw")]
    for raw in written:
        wording = heading_words.wording_of(raw)
        assert wording is not None, raw
        assert [meaning.role for meaning in meanings(wording)] == [(raw, "")]
    assert heading_words.wording_of("livelihood") is None
