import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.characters import APOSTROPHES, DASHES, blank, code_points, fold_map, folded, invisible, look_alike_map

CELLS = st.lists(st.text(max_size=12), max_size=6)


@given(CELLS)
def test_there_and_back(cells):
    assert code_points(pa.array(cells, pa.string())).to_array().to_pylist() == cells


@given(CELLS, st.characters())
def test_any_in_row(cells, letter):
    points = code_points(pa.array(cells, pa.string()))
    assert points.any_in_row(points.codes == ord(letter)).tolist() == [letter in c for c in cells]


@given(CELLS, st.characters())
def test_kept(cells, letter):
    points = code_points(pa.array(cells, pa.string()))
    assert points.kept(points.codes != ord(letter)).to_array().to_pylist() == [c.replace(letter, "") for c in cells]


def test_null_rows_hold_nothing():
    points = code_points(pa.array(["a", None, "bc"]))
    assert points.starts.tolist() == [0, 1, 1, 3]


@pytest.mark.parametrize("code", [0x200B, 0xAD, 0x202E, 0xFEFF, 0xE0041, 0xFE0F, 0x00, 0x2060])
def test_invisible(code):
    assert invisible()[code]
    assert folded()[code] == 0


@pytest.mark.parametrize("code", [0x20, 0x09, 0x0A, 0x41, 0x1EC5, 0xFFFD, 0xE000])
def test_visible(code):
    assert not invisible()[code]


def test_no_character_is_both_blank_and_invisible():
    assert not (blank() & invisible()).any()


def test_marks_of_one_kind_fold_together():
    assert {fold_map().get(ord(c), c) for c in APOSTROPHES} == {"'"}
    assert {fold_map().get(ord(c), c) for c in DASHES} == {"-"}


def test_look_alikes_become_letters_or_plain_signs():
    assert all(v.isascii() or v in "Đđăư ĂƯ" for v in look_alike_map().values())
