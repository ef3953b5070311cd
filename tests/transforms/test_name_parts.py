import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.name_parts import (
    capital_initials,
    data_rows,
    is_minority_name,
    name_parts,
    starts_of_clans,
    words_of_clans,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("NGUYỄN VĂN AN", "Nguyễn Văn An"),
        ("nguyễn văn an", "Nguyễn Văn An"),
        ("Nguyễn văn An", "Nguyễn Văn An"),
        ("NGUYỄN Văn AN", "Nguyễn Văn An"),
        ("Nguyễn VănAn", "Nguyễn VănAn"),
        ("ksor H'Lan", "ksor H'Lan"),
        ("Y ba Niê", "Y ba Niê"),
        ("ĐẮK LÊ", "Đắk Lê"),
        ("RƠ CHÂM H'YER", "Rơ Châm H'Yer"),
        ("K’BRÊU", "K’Brêu"),
        ("Y-BLIM NIÊ", "Y-Blim Niê"),
        ("Ê\u0306BAN", "Ê\u0306ban"),
        ("LÊ VăN ĐứC", "Lê Văn Đức"),
        ("Lê Ý", "Lê Ý"),
        ("MCDONALD", "Mcdonald"),
    ],
)
def test_capital_initials(written, expected):
    assert capital_initials(written) == expected


@given(st.text("abAB ăÂđĐ'-ÝỳễỄ", max_size=15))
def test_case_of_a_name_is_settled_once(name):
    once = capital_initials(name)
    assert capital_initials(once) == once
    assert once.lower() == name.lower()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Tôn Nữ Thị Hoa", ("Tôn Nữ", "Thị", "Hoa")),
        ("Tôn Thất Tùng", ("Tôn Thất", None, "Tùng")),
        ("Tôn Nữ", ("Tôn", None, "Nữ")),
        ("Tôn Đức Thắng", ("Tôn", "Đức", "Thắng")),
        ("Âu Dương Phong", ("Âu Dương", None, "Phong")),
        ("Nguyễn Phúc Khang", ("Nguyễn", "Phúc", "Khang")),
        ("Nguyễn Phúc Bảo Khang", ("Nguyễn", "Phúc Bảo", "Khang")),
        ("Nguyễn Phúc Vĩnh San", ("Nguyễn Phúc", "Vĩnh", "San")),
        ("Nguyễn Lê Thị Hoa", ("Nguyễn", "Lê Thị", "Hoa")),
        ("Rơ Châm H'Yer", ("Rơ Châm", None, "H'Yer")),
        ("Siu Thị Hoa", ("Siu", "Thị", "Hoa")),
        ("Nay Der", ("Nay", None, "Der")),
        ("Y Thơm Mlô Duôn Du", ("Mlô Duôn Du", None, "Y Thơm")),
        ("Y Thơm", (None, None, "Y Thơm")),
        ("Y Niê", (None, None, "Y Niê")),
        ("H'Bia", (None, None, "H'Bia")),
        ("Ka Dơng", (None, None, "Ka Dơng")),
        ("A Lăng Nhớ", ("A Lăng", None, "Nhớ")),
        ("Thào A Sùng", ("Thào", "A", "Sùng")),
        ("Thị Nở", ("Thị", None, "Nở")),
    ],
)
def test_name_parts(name, parts):
    assert name_parts(name) == parts


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Y Thơm", True), ("Lê H'Bia", True), ("Ksor Hoa", True), ("Lê Thị Hoa", False), ("Giàng A Páo", False)],
)
def test_is_minority_name(name, expected):
    assert is_minority_name(name.split()) is expected


def test_lists_have_no_doubles():
    for name, column in (("clans", "clan"), ("surnames", "surname"), ("compound_surnames", "surname")):
        words = [row[column] for row in data_rows(name)]
        assert len(words) == len(set(words))
        assert all(w == w.strip() != "" for w in words)


def test_words_of_clans():
    assert {"Châm", "Ksor", "Niê", "Neáng"} <= words_of_clans()
    assert {"Rơ", "Siu", "Y"} <= starts_of_clans()
    assert not {"Niê", "Châm", "Nguyễn"} & starts_of_clans()
