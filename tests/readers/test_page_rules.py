from itertools import pairwise

import numpy as np
import pytest

from readers.page_bend import Flat
from readers.page_rules import Family, _ends, _parting, _without_far_ones, find_rules

XS, YS = [120, 200, 420, 560, 700, 960], [150, 200, 240, 280, 320, 360, 400]


def _flat(dark: np.ndarray) -> Flat:
    return Flat(dark, np.zeros((2, 2, 2)))


def _table(gap: float = 0.0, step: int = 1) -> np.ndarray:
    """A ruled table; a share of each line is missing, or all but every `step`-th pixel."""
    dice = np.random.default_rng(5)
    dark = np.zeros((600, 1100), np.uint8)
    for y in YS:
        dark[y : y + 2, XS[0] : XS[-1] + 2 : step] = 180
    for x in XS:
        dark[YS[0] : YS[-1] + 2, x : x + 2] = 180
    for y in YS:
        start = int(XS[0] + dice.random() * (1 - gap) * (XS[-1] - XS[0]))
        dark[y - 1 : y + 3, start : start + int(gap * (XS[-1] - XS[0]))] = 0
    return dark


@pytest.mark.parametrize(("gap", "step"), [(0.0, 1), (0.25, 1), (0.0, 3)])
def test_ruled_broken_and_dotted_lines_are_found(gap: float, step: int) -> None:
    rules = find_rules(_flat(_table(gap, step)))
    assert rules is not None
    assert np.abs(rules.level.places[rules.level.is_strong] - YS).max() <= 2
    assert np.abs(rules.upright.places[rules.upright.is_strong] - XS).max() <= 2
    assert rules.across == pytest.approx((XS[0], XS[-1]), abs=3)


def test_a_line_outside_the_table_and_writing_are_none_of_its_lines() -> None:
    dark = _table()
    dark[60:62, 120:900] = 180
    for y in range(210, 400, 40):
        for x in range(215, 400, 9):
            dark[y : y + 14, x : x + 2] = 160
    rules = find_rules(_flat(dark))
    assert rules is not None
    assert len(rules.level.places[rules.level.is_strong]) == len(YS)
    assert len(rules.upright.places[rules.upright.is_strong]) == len(XS)


def test_full_lines_of_writing_are_no_ruled_lines_though_they_are_as_sure() -> None:
    dark = _table(gap=0.2)
    for left, right in pairwise(XS):
        dark[259:262, left + 9 : right - 8] = 180
    rules = find_rules(_flat(dark))
    assert rules is not None
    assert np.abs(rules.level.places[rules.level.is_strong] - YS).max() <= 2


@pytest.mark.parametrize("worn", [1, 2, 4])
def test_a_worn_line_that_others_cross_is_ruled_as_they_are(worn: int) -> None:
    dark = _table()
    for y in (170, 250, 330):
        dark[y : y + 29, XS[worn] : XS[worn] + 2] = 0
    rules = find_rules(_flat(dark))
    assert rules is not None
    assert np.abs(rules.upright.places[rules.upright.is_strong] - XS).max() <= 2


def test_a_table_without_a_frame_is_closed_at_its_open_ends() -> None:
    dark = _table()
    for x in (XS[0], XS[-1]):
        dark[:, x - 1 : x + 3] = 0
    for y in YS:
        dark[y : y + 2, XS[0] : XS[-1]] = 180
    rules = find_rules(_flat(dark))
    assert rules is not None
    assert np.abs(rules.upright.places[rules.upright.is_strong] - XS).max() <= 12


def test_dotted_lines_over_a_table_and_edges_of_paper_beside_it_are_none_of_its_lines() -> None:
    dark = _table()
    for y in (60, 105):
        dark[y : y + 2, XS[0] + 60 : XS[-1] : 4] = 180
    dark[10:590, 60:63] = 150
    rules = find_rules(_flat(dark))
    assert rules is not None
    assert np.abs(rules.level.places[rules.level.is_strong] - YS).max() <= 2
    assert np.abs(rules.upright.places[rules.upright.is_strong] - XS).max() <= 2


def test_upside_down_are_the_lines_of_the_page_turned_so() -> None:
    dark = _table(0.25)
    rules, turned = find_rules(_flat(dark)), find_rules(_flat(np.ascontiguousarray(dark[::-1, ::-1])))
    assert rules is not None
    assert turned is not None
    for one, other in ((rules.mirrored().level, turned.level), (rules.mirrored().upright, turned.upright)):
        assert one.places[one.is_strong] == pytest.approx(other.places[other.is_strong], abs=2)


def test_no_lines_no_table() -> None:
    assert find_rules(_flat(np.zeros((400, 400), np.uint8))) is None


def test_one_line_surer_than_all_others_is_not_the_only_one() -> None:
    worn = np.asarray([0.81, 0.8, 0.82, 0.81, 0.82, 0.81, 0.91, 0.83, 0.79, 0.8, 0.79])
    assert (worn > _parting(worn)).all()
    dashed = np.asarray([0.5, 0.58, 0.62, 0.65, 0.67, 0.73, 0.99, 0.99])
    assert (dashed > _parting(dashed)).sum() == 2
    clear = np.asarray([0.5, 0.6, 0.63, 0.95, 0.96, 0.97, 0.99])
    assert (clear > _parting(clear)).sum() == 4


def _lines(*places: float) -> Family:
    count = len(places)
    every, ones = np.ones(count, np.bool_), np.ones(count)
    return Family(np.asarray(places), ones, np.zeros((count, 3)), every, np.zeros((2000, 96), np.bool_), ones)


@pytest.mark.parametrize(
    ("crossed", "first", "kept"),
    [("110", 3, None), ("000", 0, None), ("111", 0, None), ("011", 1, (1, 3)), ("010", 0, (1, 2)), ("000", 3, None)],
)
def test_bands_that_nothing_crosses_go_at_the_ends(crossed: str, first: int, kept: tuple[int, int] | None) -> None:
    assert _ends(_lines(0, 40, 80, 120), np.asarray([c == "1" for c in crossed]), first) == kept


def test_lines_far_off_the_others_are_left_out_if_enough_are_left() -> None:
    assert _without_far_ones(_lines(0, 400, 440, 480, 520, 1000)).places.tolist() == [400, 440, 480, 520]
    assert _without_far_ones(_lines(0, 400, 900)).places.tolist() == [0, 400, 900]
