from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import characters
from transforms.characters import (
    APOSTROPHES,
    DASHES,
    blank,
    code_points,
    first_bytes,
    fold_map,
    folded,
    invisible,
    is_settled,
    look_alike_map,
    utf8_of,
)

LONE = {chr(c) for c in range(0xD800, 0xE000)}
CELLS = st.lists(st.text(max_size=12), max_size=6)


def as_bytes(text):
    return np.frombuffer(text.encode(), np.uint8)


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


def test_letters_seen_by_their_bytes_are_such_as_no_cleaning_changes():
    settled = "".join(chr(c) for c in range(0x110000) if chr(c) not in LONE and is_settled(as_bytes(chr(c))))
    changed = characters.invisible() | characters.odd_space() | characters.unsettled() | characters.blank()
    assert {c for c in settled if changed[ord(c)]} == {" "}
    assert set("aĂơửỹĐ1-,.đ") <= set(settled)
    assert not any(is_settled(as_bytes(t)) for t in ("a\u0300", "a\u00a0b", "\u200b", "a\tb", "\u1680", "\u180e"))


@given(st.lists(st.none() | st.text("aĐ  ữ\u0301\u00a0\t"), max_size=6))
def test_the_bytes_of_a_column_are_those_of_its_cells(cells):
    column = pa.array([None, "x", *cells], pa.string()).slice(1)
    data, offsets = utf8_of(column)
    found = [data[start:end].tobytes().decode() for start, end in pairwise(offsets)]
    assert found == ["x", *(c or "" for c in cells)]
    assert first_bytes(column).tolist() == [ord("x"), *(c.encode()[0] if c else 0 for c in cells)]
