"""The value of a header field is what stands behind its label, wherever that is on the page."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from readers import ocr
from readers.cell_lines import lines_of
from readers.forms import load_forms
from readers.header_fields import HeaderValue, header_values
from readers.heading_words import meanings
from readers.lattice import best_path
from readers.pages import Box, Page, PageGrid, Quad
from tests.readers.written import write
from transforms.text import fold

FORMS = load_forms()
GAP = 300


def _page(*lines: Sequence[str]) -> tuple[Page, PageGrid]:
    """A page of lines, each of pieces that stand far from one another."""
    rows, writing, top = [], [], 0
    for pieces in lines:
        pictures = [write(piece) for piece in pieces]
        left, quads, row = 0, [], np.full((pictures[0].shape[0], 2400), 255, np.uint8)
        for picture in pictures:
            row[:, left : left + picture.shape[1]] = picture
            quads.append(_quad(left, top, left + picture.shape[1], top + picture.shape[0]))
            left += picture.shape[1] + GAP
        rows.append(row)
        writing.append(tuple(quads))
        top += row.shape[0]
    grey = np.vstack(rows)
    return Page(1, np.dstack([grey] * 3), 200), PageGrid("register", 0, (), 1.0, writing=tuple(writing))


def _quad(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _read(value: HeaderValue) -> str:
    return " ".join(best_path(lattice)[0] for lattice in ocr.own().read(lines_of(value.crop).lines))


def _values(*lines: Sequence[str]) -> dict[str, HeaderValue]:
    page, grid = _page(*lines)
    return {value.field.name: value for value in header_values(page, grid, FORMS)}


def test_values_are_found_behind_their_labels_in_any_place_and_order() -> None:
    found = _values(
        ["SỔ HỘ KHẨU GIA ĐÌNH"], ["Chủ hộ: Lê Minh Long", "Số: 6065671"], ["Nơi thường trú:", "Long Hiệp"],
        ["Ngày lập sổ: 27/09/1991", "TRƯỞNG CÔNG AN"],
    )  # fmt: skip
    assert {name: _read(value) for name, value in found.items()} == {
        "head_name_raw": "Lê Minh Long", "household_id_raw": "6065671",
        "permanent_residence_raw": "Long Hiệp", "entry_date_raw": "27/09/1991",
    }  # fmt: skip


def test_a_value_has_room_for_a_mark_over_a_mark() -> None:
    page, grid = _page([""], ["Chủ hộ: XỒNG A SÚA"])
    (left, top), (right, _), (_, bottom), _ = grid.writing[1][0]
    lines = np.flatnonzero((page.picture[int(top) : int(bottom), :, 0] < 128).any(axis=1))
    tight = _quad(left, top + float(lines[0]) + 1, right, top + float(lines[-1]) + 10)
    (value,) = header_values(page, replace(grid, writing=((tight,),)), FORMS)
    assert (value.crop[0] > 200).all()


def test_a_box_holds_label_and_value_and_ends_before_what_stands_apart() -> None:
    page, grid = _page(["Hộ số: 123456", "Bến Tre"])
    (value,) = header_values(page, grid, FORMS)
    (left, top), _, (right, bottom), _ = grid.writing[0][0]
    box = value.box
    assert (box.kind, box.row, box.column) == ("header", None, "household_id_raw")
    assert (box.quad[0], box.quad[2]) == ((left, top), (right, bottom))


@pytest.mark.parametrize("line", [["SỔ HỘ KHẨU GIA ĐÌNH"], ["Nơi thường trú:"], ["Hộ số: ....."], ["Xã Tân Lập"], []])
def test_what_has_no_label_or_no_value_is_no_field(line: list[str]) -> None:
    assert _values(line) == {} if line else header_values(*_empty(), FORMS) == []


def _empty() -> tuple[Page, PageGrid]:
    return Page(1, np.full((50, 50, 3), 255, np.uint8), 200), PageGrid("register", 0, (), 1.0)


@pytest.mark.parametrize("number", ["53371", "14", "20561"])
def test_a_figure_one_at_the_rim_is_no_ruled_line(number: str) -> None:
    label, value = write("Hộ số:", size=20), write(number, size=40)
    above = (value.shape[0] - label.shape[0]) // 2
    label = np.pad(label, ((above, value.shape[0] - label.shape[0] - above), (0, 0)), constant_values=255)
    grey = np.hstack([label, value])
    page, grid = Page(1, np.dstack([grey] * 3), 200), PageGrid("register", 0, (), 1.0)
    inked = grey < 128
    across, down = np.flatnonzero(inked.any(axis=0)), np.flatnonzero(inked.any(axis=1))
    tight = _quad(0.0, float(down[0] - 3), float(across[-1] + 4), float(down[-1] + 3))
    (found,) = header_values(page, replace(grid, writing=((tight,),)), FORMS)
    assert _read(found) == number


@pytest.mark.parametrize("number", ["123456", "802345", "560017"])
@pytest.mark.parametrize("label", ["Hộ số: ", "Hộ số:", "Số hộ khẩu: "])
def test_no_digit_is_cut_off_with_the_label(label: str, number: str) -> None:
    assert _read(_values([label + number])["household_id_raw"]) == number


@pytest.mark.parametrize(("second", "goes_on"), [("tỉnh Bến Tre", True), ("Hộ số: 12345", False), ("DANH SÁCH", False)])
@pytest.mark.parametrize("wide", [True, False])
def test_an_address_goes_on_in_the_next_line_where_its_own_is_full(second: str, goes_on: bool, wide: bool) -> None:
    page, grid = _page(["Nơi thường trú: xã Long Hiệp, huyện Lai Vung"], [second])
    right = grid.writing[0][0][1][0] * (1.1 if wide else 2.0)
    table = Box("cell", 0, "full_name_raw", _quad(0, 300, right, 400))
    value = header_values(page, replace(grid, boxes=(table,)), FORMS)[0]
    assert ("tinh" in fold(_read(value))) is (goes_on and wide)
    assert (value.box.quad[2][1] > grid.writing[1][0][0][1]) is (goes_on and wide)


def test_a_field_that_stands_twice_is_read_once() -> None:
    assert _read(_values(["Hộ số: 123456"], ["Hộ số: 777777"])["household_id_raw"]) == "123456"


def test_the_first_wording_of_each_field_says_what_it_is() -> None:
    for name, value in _values(["Số: 6065671", "Chủ hộ: An"], ["Địa chỉ: Bến Tre"]).items():
        assert [m.raw_column for m in meanings(value.field.labels[0].rstrip(":"))] == [name]
