"""Columns of single units of an address."""

import pyarrow as pa
import pytest

from readers.place_columns import is_unit, unit_in, with_unit_word


@pytest.mark.parametrize(
    ("cell", "heading", "expected"),
    [
        ("3", "Tổ", "Tổ 3"), ("Bến Nghé", "Phường", "Phường Bến Nghé"), ("P. Bến Nghé", "Phường", "P. Bến Nghé"),
        ("TT Trâu Quỳ", "Xã", "TT Trâu Quỳ"), ("Hà Nội", "Tỉnh", "Hà Nội"), ("1", "Quận", "Quận 1"),
        ("nt", "Thôn", "nt"), ("thôn Đông", "THÔN", "thôn Đông"), ("12/5A", "Số nhà", "12/5A"),
        ("Tố Hữu", "Đường", "Tố Hữu"),
    ],
)  # fmt: skip
def test_a_cell_takes_the_unit_word_of_its_heading_once(cell: str, heading: str, expected: str) -> None:
    assert with_unit_word(pa.array([cell, None]), heading).to_pylist() == [expected, None]


@pytest.mark.parametrize(
    "heading", ["Tỉnh/TP", "XAPHUONG", "TENXA", "SONHA", "Xã, phường", "Số nhà", "TỔ DÂN PHỐ", "Thôn (ấp)"]
)
def test_headings_of_units(heading: str) -> None:
    assert is_unit(heading)


@pytest.mark.parametrize("heading", ["Nơi thường trú", "", "Xã hội", "Số hộ"])
def test_other_headings(heading: str) -> None:
    assert not is_unit(heading)


def test_headings_of_communes() -> None:
    assert is_unit("Phường", is_commune=True)
    assert not is_unit("Thôn", is_commune=True)


@pytest.mark.parametrize(("heading", "unit"), [
    ("Thường trú - Xã", "xa"), ("Quê quán huyện", "huyen"), ("Nguyên quán (quận, huyện)", "quan huyen"),
    ("Xã (thường trú)", "xa"), ("Nơi thường trú", None), ("Xã", None),
])  # fmt: skip
def test_the_unit_that_a_heading_names_beside_its_place(heading: str, unit: str | None) -> None:
    assert unit_in(heading) == unit
