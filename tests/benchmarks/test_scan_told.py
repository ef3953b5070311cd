"""Boxes that were found are given what truly stands in them."""

from benchmarks.scan_told import matched, told_of
from data_samples.pages.boxes import TrueBox, rectangle
from readers.pages import Box


def _cell(column: str, left: float, text: str = "x") -> TrueBox:
    return TrueBox("cell", 0, column, text, rectangle(left, 0, left + 10, 10))


def test_a_cell_is_that_whose_middle_lies_in_the_box_and_a_field_that_of_its_name() -> None:
    true = [_cell("a", 0), _cell("b", 10), TrueBox("header", None, "head", "y", rectangle(0, 50, 9, 60))]
    boxes = [
        Box("header", None, "head", rectangle(300, 0, 309, 9)), Box("cell", 0, "b", rectangle(9, 0, 21, 10)),
        Box("cell", 0, "a", rectangle(0, 0, 9, 10)), Box("cell", 0, "c", rectangle(90, 0, 99, 10)),
    ]  # fmt: skip
    assert matched(true, boxes) == [true[2], true[1], true[0], None]


def test_two_cells_in_one_box_leave_that_of_its_column() -> None:
    true = [_cell("b", 0), _cell("a", 10)]
    wide = Box("cell", 0, "b", rectangle(0, 0, 20, 10))
    assert matched(true, [wide]) == [true[0]]


def test_a_page_is_told_on_found_boxes_and_in_those_of_the_truth(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("benchmarks.scan_told._FONTS", ("dev",))
    told = list(told_of(11, 0))
    assert {one.way for one in told} == {"found", "given"}
    said = [one for one in told if one.is_said]
    assert sum(one.is_right for one in said) > 0.6 * len(said)
