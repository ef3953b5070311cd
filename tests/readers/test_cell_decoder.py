"""What is decided for cells: what is written, in print at least; lists and masks force nothing."""

import numpy as np
import pytest

from readers.cell_decoder import decide
from readers.forms import known_form
from readers.pages import Box
from tests.readers.written import write

FORM = known_form("household_register")
QUAD = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
ROW = {
    "serial_raw": "1", "full_name_raw": "Nguyễn Thị Hương", "birth_date_raw": "05/03/1960", "sex_raw": "Nữ",
    "relation_raw": "Chủ hộ", "native_place_raw": "Hải Thịnh, Hải Hậu, Nam Định", "ethnic_group_raw": "Kinh",
    "religion_raw": "Không", "old_id_number_raw": "012345678", "occupation_raw": "Làm ruộng",
}  # fmt: skip


def _decided(row: dict[str, str], quality: float = 0.9) -> dict[str, object]:
    boxes = [Box("cell", 0, column, QUAD) for column in row]
    verdicts = decide(FORM, boxes, [write(text, ruled=True) for text in row.values()], quality)
    return {box.column: verdict for box, verdict in zip(boxes, verdicts, strict=True)}


def test_a_printed_row_is_read_as_it_stands_and_accepted() -> None:
    found = _decided(ROW)
    assert {column: v.text for column, v in found.items()} == ROW  # type: ignore[attr-defined]
    assert sum(v.accepted for v in found.values()) >= len(ROW) - 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(("column", "text"), [("ethnic_group_raw", "Lạ Hoắc"), ("birth_date_raw", "khoảng 1950"),
                                               ("relation_raw", "ở đậu"), ("full_name_raw", "H'Bia Ayun")])  # fmt: skip
def test_a_column_forces_nothing_that_the_ink_does_not_say(column: str, text: str) -> None:
    assert _decided({column: text})[column].text == text  # type: ignore[attr-defined]


def test_an_empty_cell_is_empty_and_no_crop_no_verdict() -> None:
    (verdict,) = decide(FORM, [Box("cell", 0, "notes_raw", QUAD)], [np.full((40, 90), 255, np.uint8)], 0.9)
    assert (verdict.text, verdict.rule, verdict.readings) == ("", None, ())
    assert decide(FORM, [], [], 0.9) == []


def test_what_no_recogniser_read_as_it_is_names_its_rule() -> None:
    for verdict in _decided(ROW, 0.5).values():
        texts = {r.text for r in verdict.readings}  # type: ignore[attr-defined]
        assert verdict.rule is not None or verdict.text in texts or not verdict.text  # type: ignore[attr-defined]
        assert 0 <= verdict.confidence <= 1  # type: ignore[attr-defined]


def test_an_address_of_two_lines_is_weighed_as_one() -> None:
    crop = write("xã Hải Thịnh, huyện Hải", "Hậu, tỉnh Nam Định", ruled=True)
    (verdict,) = decide(FORM, [Box("cell", 0, "native_place_raw", QUAD)], [crop], 0.9)
    assert verdict.text == "xã Hải Thịnh, huyện Hải Hậu, tỉnh Nam Định"


def test_two_small_strokes_are_a_ditto_mark() -> None:
    mark = np.full((60, 200), 255, np.uint8)
    mark[20:28, 96:99] = mark[20:28, 104:107] = 30
    boxes = [Box("cell", row, "native_place_raw", QUAD) for row in range(12)]
    crops = [write("Nam Định", ruled=True) for _ in range(11)]
    *_, last = decide(FORM, boxes, [*crops, mark], 0.9)
    assert last.text == '"'


def test_a_page_written_without_marks_gets_none() -> None:
    names = ("Nguyen Thi Huong", "Tran Van Minh", "Pham Van Duc", "Hoang Thi Lan", "Vu Van Hung", "Do Van Thang",
             "Nguyen Van Thanh", "Tran Thi Nhung", "Hoang Van Cuong", "Vu Thi Hang", "Dang Van Khanh",
             "Nguyen Quang Trung", "Pham Minh Hoang", "Hoang Thi Thanh")  # fmt: skip
    boxes = [Box("cell", row, "full_name_raw", QUAD) for row in range(len(names))]
    verdicts = decide(FORM, boxes, [write(name, ruled=True) for name in names], 0.9)
    assert [verdict.text for verdict in verdicts if not verdict.text.isascii()] == []


def test_a_page_written_with_marks_gets_those_that_a_cell_lost() -> None:
    names = ("Nguyễn Thị Hương", "Trần Văn Minh", "Phạm Văn Đức", "Hoàng Thị Lan", "Vũ Văn Hùng", "Nguyễn Văn Thành",
             "Trần Thị Nhung", "Hoàng Văn Cường", "Nguyen Van Hung", "Tran Thi Lan")  # fmt: skip
    boxes = [Box("cell", row, "full_name_raw", QUAD) for row in range(len(names))]
    verdicts = decide(FORM, boxes, [write(name, ruled=True) for name in names], 0.9)
    assert sum(not verdict.text.isascii() for verdict in verdicts) >= 8
