"""What lines of labels say, and that lines of people and of lists say nothing."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.labelled_cells import FIELDS, told_by

NUMBER, HEAD, HOME, FILE = FIELDS[0], FIELDS[1], FIELDS[3], FIELDS[5]
SAID: list[tuple[Sequence[str], dict[str, str]]] = [
    (["Họ và tên chủ hộ: Phan Văn Trị"], {HEAD: "Phan Văn Trị"}),
    (["Nơi thường trú:", "Tổ 4, ấp Mỹ Long, xã Mỹ Hội"], {HOME: "Tổ 4, ấp Mỹ Long, xã Mỹ Hội"}),
    (
        ["Chủ hộ: ông Nguyễn Văn A - Số hộ khẩu: 330123456 - Nơi thường trú: Thôn 3, xã B"],
        {HEAD: "Nguyễn Văn A", NUMBER: "330123456", HOME: "Thôn 3, xã B"},
    ),
    (["Họ tên chủ hộ: LÊ THỊ B Số sổ hộ khẩu: 12 Thôn: 3"], {HEAD: "LÊ THỊ B", NUMBER: "12"}),
    (["Sổ hộ khẩu số: HK 012/1996", "Chủ hộ:", "Nông Văn Dền"], {NUMBER: "HK 012/1996", HEAD: "Nông Văn Dền"}),
    (["Hồ sơ hộ khẩu số: 123; Tờ số: 4; Họ và tên chủ hộ: Y Bhăm Niê"], {FILE: "123", HEAD: "Y Bhăm Niê"}),
    (["Địa chỉ thường trú: số 3, ngõ 5: phố Huế"], {HOME: "số 3, ngõ 5: phố Huế"}),
    (["1. Họ và tên chủ hộ :   TRẦN  BÌNH, sinh năm 1950"], {HEAD: "TRẦN BÌNH"}),
]
NOTHING: list[Sequence[str]] = [
    ["Số hộ: 45", "Số khẩu: 180"], ["1", "Nguyễn Văn A", "Ghi chú: chủ hộ: x"], ["Chủ hộ:"], [],
    ["Họ và tên chủ hộ: ......................"], ["Nơi thường trú: ......"],
    ["Ngày lập: 12/3/2019; Người lập: Trần B"],
    ["Thôn: Đoài", "Xã: Bình Minh"], ["Họ và tên chủ hộ", "Nơi thường trú"], ["lúc 12:30 chủ hộ ký"],
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), SAID)
def test_what_a_line_says(cells: Sequence[str], expected: dict[str, str]) -> None:
    assert told_by(cells) == expected


@pytest.mark.parametrize("cells", NOTHING)
def test_what_says_nothing(cells: Sequence[str]) -> None:
    assert told_by(cells) == {}


def test_beside_other_words_above_a_table_only() -> None:
    cells = ["SỔ HỘ KHẨU", "Họ và tên chủ hộ: Phan Văn Trị", "Mẫu HK08"]
    assert told_by(cells) == {}
    assert told_by(cells, is_whole=False) == {HEAD: "Phan Văn Trị"}


@given(st.lists(st.text(alphabet="aáđ :;-–.,0123\tChủhộSsổkẩu", max_size=60), max_size=6), st.booleans())
def test_law_a_value_stands_in_the_line(cells: list[str], is_whole: bool) -> None:
    line = " ".join(" ".join(cell.split()) for cell in cells)
    for value in told_by(cells, is_whole=is_whole).values():
        assert value
        assert value in line
