"""Dots that lead from a value to the end of its line are no part of it."""

import pytest

from readers import ocr
from readers.cell_lines import lines_of
from readers.lattice import best_path
from readers.leaders import without_leaders
from tests.readers.written import write


def _without(text: str, ends_in_letters: bool = True) -> str:
    (lattice,) = ocr.own().read(list(lines_of(write(text)).lines))
    return best_path(lattice.part(*without_leaders(lattice, ends_in_letters)))[0].strip()


@pytest.mark.parametrize("value", ["Trần Văn Bình", "280", "Mỏ Cày, Bến Tre", "012345678901"])
@pytest.mark.parametrize("dots", ["....", ".....", " ......", "_____"])
def test_leaders_behind_a_value_are_left_out(value: str, dots: str) -> None:
    assert _without(value + dots) == value


def test_one_dot_behind_a_name_says_nothing_behind_an_address_it_may() -> None:
    assert _without("Trần Văn Bình.") == "Trần Văn Bình"
    assert _without("Tiền Giang.", ends_in_letters=False) == "Tiền Giang."


@pytest.mark.parametrize("value", ["12.03.1954", "TP. Mỹ Tho", "Nguyễn Văn A", "P.5, Q.3", "1-2-1990"])
def test_signs_within_a_value_stay(value: str) -> None:
    assert _without(value) == value
