import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readers.page_ink import Map
from readers.page_traces import Traces, centred, peaks, ridges_of, traced

LEFT, RIGHT, YS = 40, 760, (60, 120, 180, 240)


def _ruled(strength: int, step: int = 1) -> Map:
    dark = np.zeros((320, 800), np.uint8)
    for y in YS:
        dark[y : y + 2, LEFT:RIGHT:step] = strength
    return dark


def _letters(dark: Map, top: int, every: int = 9) -> Map:
    """A row of letters with room between words."""
    for x in range(LEFT, RIGHT - 4, every):
        if x % 90 < 54:
            dark[top : top + 12, x : x + 2] = 160
            dark[top + 5 : top + 7, x : x + 6] = 160
    return dark


def _all(dark: Map) -> Traces:
    ridges = ridges_of(dark, 21)
    return traced(ridges, peaks(centred(ridges.mask), 80), (LEFT, RIGHT))


@pytest.mark.parametrize("strength", [30, 80, 200])
@pytest.mark.parametrize("step", [1, 4])
def test_faint_strong_and_dotted_lines_are_surely_lines(strength: int, step: int) -> None:
    traces = _all(_ruled(strength * step if step == 1 else min(255, strength * 2), step))
    found = traces.places[traces.sureness > 0.9]
    assert len(found) == len(YS)
    assert np.abs(found - YS).max() <= 2


def test_a_row_of_letters_is_less_sure_than_every_line() -> None:
    traces = _all(_letters(_ruled(160), 146))
    lines = np.abs(traces.places[:, None] - YS).min(axis=1) <= 3
    assert lines.sum() == len(YS)
    assert (~lines).any()
    assert traces.sureness[~lines].max() < traces.sureness[lines].min() - 0.1


def test_a_line_hidden_beside_writing_stays_one() -> None:
    dark = _ruled(60)
    for x in range(LEFT, RIGHT - 4, 8):
        dark[110:130, x : x + 4] = 200
    traces = _all(dark)
    near = np.abs(traces.places - 120) <= 8
    assert traces.sureness[near].max() > 0.6


@settings(max_examples=20, deadline=None)
@given(bend=st.floats(-5, 5), lost=st.floats(0, 0.2))
def test_a_line_is_followed_where_it_leaves_its_place(bend: float, lost: float) -> None:
    dark = np.zeros((320, 800), np.uint8)
    xs = np.arange(LEFT, RIGHT)
    ys = np.rint(150 + bend * np.sin((xs - LEFT) / (RIGHT - LEFT) * np.pi)).astype(int)
    for off in (0, 1):
        dark[ys + off, xs] = 180
    dark[:, 300 : 300 + int(lost * 400)] = 0
    traces = _all(dark)
    best = int(np.argmax(traces.sureness))
    blocks = np.arange(3, 22)
    middles = np.clip(blocks * 32 + 16 - LEFT, 0, len(ys) - 1)
    seen = dark[:, blocks * 32 + 16].any(axis=0)
    assert np.abs(traces.places[best] + traces.offsets[best][blocks] - ys[middles])[seen].max() <= 3


def test_bare_paper_has_no_lines() -> None:
    assert not (_all(np.random.default_rng(2).integers(0, 9, (320, 800)).astype(np.uint8)).sureness > 0.4).any()
