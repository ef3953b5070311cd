import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.page_bend import Flat, Floats
from readers.page_crossings import shown_at_crossings
from readers.page_ink import Map
from readers.page_rules import find_rules

XS, YS = (120, 300, 480, 660, 840), tuple(range(150, 536, 22))
LETTERS = (200, 240, 380)


class _Straight:
    def __init__(self, places: tuple[int, ...]) -> None:
        self.places: Floats = np.asarray(places, dtype=np.float64)

    def at(self, line: int, along: Floats) -> Floats:
        return np.full(len(along), self.places[line])


def _typed(strength: int = 180, dash: int = 0) -> Map:
    """A table, and strokes of letters below each other in every row, as a typewriter sets them."""
    dark = np.zeros((660, 960), np.uint8)
    for y in YS:
        dark[y : y + 2, XS[0] : XS[-1] + 2] = strength
    for x in XS:
        dark[YS[0] : YS[-1] + 2, x : x + 2] = strength
        if dash:
            dark[YS[0] + 1 : YS[-1] : dash, x : x + 2] = 0
    for x in LETTERS:
        for y in YS[:-1]:
            dark[y + 7 : y + 16, x : x + 2] = 220
    return dark


@pytest.mark.parametrize("strength", [40, 90, 220])
@pytest.mark.parametrize("dash", [0, 4])
def test_lines_show_at_crossings_and_letters_do_not(strength: int, dash: int) -> None:
    dark = np.ascontiguousarray(_typed(strength, dash).T)
    shown = shown_at_crossings(dark, _Straight(XS + LETTERS), _Straight(YS), np.arange(8), range(len(YS)))
    assert shown[:5].min() > 0.7
    assert shown[5:].max() < 0.2


@settings(max_examples=20, deadline=None)
@given(lost=st.integers(0, 4), seed=st.integers(0, 9))
def test_a_line_that_is_worn_at_some_crossings_shows_at_the_others(lost: int, seed: int) -> None:
    dark = _typed()
    for y in np.random.default_rng(seed).choice(YS[1:-1], lost, replace=False):
        dark[y - 7 : y + 9, XS[2] : XS[2] + 2] = 0
    shown = shown_at_crossings(np.ascontiguousarray(dark.T), _Straight(XS), _Straight(YS), np.arange(5), range(len(YS)))
    assert shown[2] >= 0.9 * (1 - lost / (len(YS) - 2))


@pytest.mark.parametrize("crossing", [(), (120,)])
def test_where_nothing_crosses_every_line_stays(crossing: tuple[int, ...]) -> None:
    crosses, numbers = _Straight(crossing), range(len(crossing))
    shown = shown_at_crossings(_typed(), _Straight(YS), crosses, np.arange(len(YS)), numbers)
    assert (shown == 1).all()


@pytest.mark.parametrize("turned", [0, 2])
def test_a_table_typed_with_even_letters_has_no_more_columns_than_are_ruled(turned: int) -> None:
    rules = find_rules(Flat(np.ascontiguousarray(np.rot90(_typed(), turned)), np.zeros((2, 2, 2))))
    assert rules is not None
    upright = rules.upright if turned == 0 else rules.mirrored().upright
    assert len(upright.places[upright.is_strong]) == len(XS)
    assert np.abs(upright.places[upright.is_strong] - XS).max() <= 2
