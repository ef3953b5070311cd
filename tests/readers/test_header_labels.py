"""Labels are found with the slips of a recogniser in them, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.forms import load_forms
from readers.header_labels import FIELDS, Labels, label_due

LABELS = Labels(load_forms())


def _found(*pieces: str) -> list[tuple[str | None, str]]:
    """Fields of a line of pieces, each with the text as far as the next label."""
    text, starts = "", []
    for piece in pieces:
        starts.append(len(text))
        text += piece + " "
    found = LABELS.find(text, starts)
    ends = [*(label.start for label in found[1:]), len(text)]
    return [(label.field, text[label.end : end].strip()) for label, end in zip(found, ends, strict=False)]


@pytest.mark.parametrize(("pieces", "expected"), [
    (("Số:", "6065671"), [("household_id_raw", "6065671")]),
    (("Sối 6564",), [("household_id_raw", "6564")]),
    (("S6 hộ khẩu s6: 12",), [("household_id_raw", "12")]),
    (("Họ và tên chú hộ: Nguyễn Công Phú", "Số CMND chủ hộ: 046042079246"),
     [("head_name_raw", "Nguyễn Công Phú"), ("head_number_raw", "046042079246")]),
    (("Hổ sơ hộ khổusố:2438",), [("residence_file_number_raw", "2438")]),
    (("Điịa ch:", "xóm 3, xã Cam Thuận"), [("permanent_residence_raw", "xóm 3, xã Cam Thuận")]),
    (("Ngàylp số:_27/09/1991",), [("entry_date_raw", "_27/09/1991")]),
    (("Hộ số.47174",), [("household_id_raw", "47174")]),
    (("Hộ số47174",), [("household_id_raw", "47174")]),
    (("chỗ ê hiện nny", "Thôn Trung Hòa"), [("current_residence_raw", "Thôn Trung Hòa")]),
    (("1. Họ và tên chủ hộ: Lê Lợi",), [("head_name_raw", "Lê Lợi")]),
    (("Hộ số: 12 Chủ hộ: Lê Lợi",), [("household_id_raw", "12"), ("head_name_raw", "Lê Lợi")]),
    (("Chủ hộ: Lê Lợi Điện thoại: 0912345678",), [("head_name_raw", "Lê Lợi"), (None, "0912345678")]),
])  # fmt: skip
def test_labels_are_found(pieces: tuple[str, ...], expected: list[tuple[str | None, str]]) -> None:
    assert _found(*pieces) == expected


@pytest.mark.parametrize("pieces", [
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",), ("Độc lập - Tự do - Hạnh phúc",), ("Nguyễn Văn Chủ",), ("12/05/1960",),
    ("Ấp 6, xã Long Hiệp, huyện Dĩ An", "tỉnh Bình Dương"), ("(Ký, ghi rõ họ tên)",), ("TRƯỞNG CÔNG AN XÃ",), ("",),
])  # fmt: skip
def test_what_is_no_label_is_none(pieces: tuple[str, ...]) -> None:
    assert _found(*pieces) == []


@given(st.lists(st.text(max_size=30), max_size=4))
def test_labels_lie_in_the_line_in_order_and_never_over_each_other(pieces: list[str]) -> None:
    text, starts = "", []
    for piece in pieces:
        starts.append(len(text))
        text += piece + " "
    end = 0
    for label in LABELS.find(text, starts):
        assert end <= label.start < label.end <= len(text)
        assert label.field is None or label.field in FIELDS
        end = label.end


@pytest.mark.parametrize(("text", "wordings", "value"), [
    ("4. Sinh ngày: 12/03/1961", ("4. Sinh ngày:", "Ngày, tháng, năm sinh:"), "12/03/1961"),
    ("4.5mh ngoy 12/03/1961", ("4. Sinh ngày:",), "12/03/1961"),
    ("Dán tpc:Kinh", ("5. Dân tộc:", "Dân tộc:"), "Kinh"),
    ("DơntộcKinh", ("Dân tộc:",), "Kinh"),
    ("2. Nom, nù: Nữ", ("2. Nam, nữ:", "Giới tính:"), "Nữ"),
])  # fmt: skip
def test_a_label_whose_place_is_known_may_be_read_badly(text: str, wordings: tuple[str, ...], value: str) -> None:
    found = label_due(text, 0, wordings)
    assert found is not None
    assert text[found[0] :] == value


@pytest.mark.parametrize("text", ["", "12/03/1961", "Nguyễn Văn An", "xã Long Hiệp", ". . . ."])
def test_other_words_are_no_label_wherever_they_stand(text: str) -> None:
    assert label_due(text, 0, ("4. Sinh ngày:", "Ngày, tháng, năm sinh:")) is None


@given(st.text("abcdeghik :.", max_size=30), st.integers(0, 40))
def test_the_end_of_a_label_lies_in_its_line(text: str, start: int) -> None:
    found = label_due(text, start, ("Dân tộc:", "Tôn giáo:"))
    assert found is None or (start < found[0] <= len(text) and found[1] <= 0.45)
