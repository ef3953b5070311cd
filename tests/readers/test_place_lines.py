"""Places that lines name without a label."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.place_lines import COMMUNE, DISTRICT, HAMLET, PROVINCE, is_place_line, joined, units_above, units_of

C, D, H, P = COMMUNE, DISTRICT, HAMLET, PROVINCE
LINES: list[tuple[str, list[tuple[int, str]]]] = [
    ("UBND XÃ PHÙ ĐỔNG", [(C, "XÃ PHÙ ĐỔNG")]),
    ("DANH SÁCH NHÂN KHẨU THÔN ĐÔNG XÃ PHÙ ĐỔNG NĂM 2003", [(H, "THÔN ĐÔNG"), (C, "XÃ PHÙ ĐỔNG")]),
    ("Thôn: Đông - Xã: Phù Đổng - TP: Hà Nội", [(H, "Thôn Đông"), (C, "Xã Phù Đổng"), (P, "TP Hà Nội")]),
    ("Xã Phù Đổng, huyện Gia Lâm, Hà Nội", [(C, "Xã Phù Đổng"), (D, "huyện Gia Lâm"), (P, "Hà Nội")]),
    ("Xã/phường: Tân Lập  Huyện/quận: Mộc Châu", [(C, "Tân Lập"), (D, "Mộc Châu")]),
    ("phường 5, quận 3, TP Hồ Chí Minh", [(C, "phường 5"), (D, "quận 3"), (P, "TP Hồ Chí Minh")]),
    ("Tổ dân phố số 5 thành phố Nam Định", [(H, "Tổ dân phố số 5"), (D, "thành phố Nam Định")]),
    ("P. Cát Linh - Q. Đống Đa", [(C, "P. Cát Linh"), (D, "Q. Đống Đa")]),
    ("danh sách hộ nghèo xã Tân Lập tính đến 1/1/2005", [(C, "xã Tân Lập")]),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", []), ("BẢN KHAI NHÂN KHẨU", []), ("Xã: ........ Huyện: ......", []),
    ("TỔ CHỨC", []), ("Khu phố văn hóa", []), ("THÔN TRƯỞNG", []), ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_units_of_a_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert units_of(text) == expected


@pytest.mark.parametrize(
    "texts", [["Thôn Đông"], ["II. Ấp 3, xã Mỹ Hội"], ["A", "KHU PHỐ 3"], ["P. Cát Linh - Q. Đống Đa"]]
)
def test_lines_of_places(texts: list[str]) -> None:
    assert is_place_line(texts)


@pytest.mark.parametrize("text", ["UBND xã Phù Đổng", "Trưởng thôn", "Thôn trưởng: Lê Ba", "Thôn Đông có 12 hộ",
                                  "Nguyễn Văn Xã", "xã Tân Lập, ngày 5 tháng 3 năm 1990"])  # fmt: skip
def test_other_lines(text: str) -> None:
    assert not is_place_line([text])


def test_a_title_that_names_two_communes_says_nothing() -> None:
    assert units_above([["Xã Phù Đổng"], ["Xã Trung Mầu"]]) == {}
    assert units_above([["XÃ PHÙ ĐỔNG"], ["Xã Phù Đổng, huyện Gia Lâm"]]) == {C: "XÃ PHÙ ĐỔNG", D: "huyện Gia Lâm"}
    assert units_above([["CÔNG AN HUYỆN GIA LÂM"]]) == {}
    assert units_above([["DANH SÁCH TẠM TRÚ"], ["Xã Phù Đổng"]]) == {}
    assert joined({D: "huyện B", C: "xã A"}) == "xã A, huyện B"


@given(st.text(max_size=60))
def test_whatever_a_line_says_units_are_parts_of_it(text: str) -> None:
    for _, unit in units_of(text):
        assert unit.split()[-1] in unicodedata.normalize("NFC", text)
