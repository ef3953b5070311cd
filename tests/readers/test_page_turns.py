import cv2
import numpy as np
import pytest

from readers.page_bend import flatten
from readers.page_ink import ink_of
from readers.page_rules import find_rules
from readers.page_turns import head_is_up, letters_of, rows_stand_upright, writing_lies_level
from tests.readers.drawn_tables import Look, draw


@pytest.mark.parametrize("seed", range(3))
def test_the_way_of_writing_and_the_head_are_found(seed: int) -> None:
    flat = flatten(ink_of(draw(Look(seed=seed)).picture).dark)
    assert flat is not None
    for quarters in range(4):
        turned = flat.turned(quarters)
        assert writing_lies_level(letters_of(turned.dark)) is (quarters % 2 == 0)
        rules = find_rules(turned)
        assert rules is not None
        assert rows_stand_upright(rules) is (quarters % 2 == 1)
        if quarters % 2 == 0:
            assert bool(head_is_up(letters_of(turned.dark), rules) > 0) is (quarters == 0)
    assert np.array_equal(flat.turned(4).dark, flat.dark)


def test_the_letters_of_a_turned_page_are_the_letters_turned() -> None:
    dark = ink_of(draw(Look()).picture).dark
    for quarters in range(1, 4):
        turned = np.ascontiguousarray(np.rot90(dark, -quarters))
        assert np.array_equal(letters_of(turned), np.rot90(letters_of(dark), -quarters))


def test_rows_of_dashes_are_no_letters_and_lines_of_writing_are() -> None:
    dark = np.zeros((400, 900), np.uint8)
    cv2.putText(dark, "Nguyen Thi Hoa 12/08/1975", (60, 150), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 200, 2)
    written = letters_of(dark).sum()
    for begin in range(40, 860, 30):
        dark[200:203, begin : begin + 20] = 200
    for begin in range(40, 360, 30):
        dark[begin : begin + 20, 700:703] = 200
    assert letters_of(dark)[200:203].any()
    kept = letters_of(dark, is_dashed=True)
    assert not kept[200:203].any()
    assert not kept[:, 700:703].any()
    assert kept.sum() > 0.6 * written
