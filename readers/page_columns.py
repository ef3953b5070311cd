"""Tells where edges of columns cut through what is written: they are none of the table's, or none of this row's.

The edges of a form may come near those of another table by chance. Where an edge lies on no line that is clear to see,
the writing has a say: it ends before the edge of its column, in most rows.
"""

from itertools import pairwise

import numpy as np

from readers.page_bend import Floats
from readers.page_form import Columns, is_missing
from readers.page_ink import Map
from readers.page_rules import Rules

_CLEAR = 0.82
_BESIDE = np.arange(3, 8)
"""Ink so many pixels beside an edge on both sides: letters of a word stand no farther apart, those of two cells do."""
_NEAR, _CLOSE = 28, 16
_CUT, _FEWEST = 0.3, 3
_MOSTLY_CLEAR, _MOSTLY_MISSING = 0.5, 0.6
"""Share of the rows through which all lines must be seen to go, for those to be one cell through which such a share of
lines does not: a stroke of a letter may stand where a line would."""
_AS_PRINTED, _MOST_CUT = 0.012, 1
"""What fits no worse than this may have one such edge: a word that is longer than its column."""


def cut_writing(columns: Columns, rules: Rules, letters: Map) -> bool:
    """Does an edge that lies on no clear line cut the writing of many of the rows in which something stands near it?

    Args:
        columns: laid over the page.
        rules: its ruled lines.
        letters: the flat page without lines (`readers.page_turns.letters_of`).
    """
    sure = rules.upright.sureness
    doubtful = [k for k, line in enumerate(columns.lines) if 0 < k < len(columns.lines) - 1]
    doubtful = [k for k in doubtful if columns.lines[k] < 0 or sure[columns.lines[k]] < _CLEAR]
    cut = sum(_is_cut(columns, rules, letters, k) for k in doubtful)
    return cut > (_MOST_CUT if columns.cost < _AS_PRINTED else 0)


def _is_cut(columns: Columns, rules: Rules, letters: Map, edge: int) -> bool:
    rows = rules.level.places[rules.level.is_strong].astype(int)
    written = crossed = 0
    for top, bottom in pairwise(rows):
        along = np.arange(max(0, top + 3), min(bottom - 2, letters.shape[0]))
        if not len(along):
            continue
        at = _at(columns, rules, edge, along)
        beside = letters[along[:, None], np.clip(at[:, None] + np.arange(-_NEAR, _NEAR + 1), 0, letters.shape[1] - 1)]
        if not (beside[:, :_NEAR].any() or beside[:, _NEAR + 1 :].any()):
            continue
        written += 1
        crossed += _crosses(letters, along, at)
    return crossed >= _FEWEST and crossed > _CUT * written


def rows_across(columns: Columns, rules: Rules, letters: Map, edges: Floats) -> list[int]:
    """Numbers of the rows that are one cell: no upright line goes through them, all go through others, writing does.

    Args:
        columns: as of `cut_writing`.
        rules: as of `cut_writing`.
        letters: as of `cut_writing`.
        edges: level edges of the rows, top to bottom.
    """
    inner = [line for line in columns.lines[1:-1] if line >= 0]
    if len(inner) < _FEWEST or len(inner) < len(columns.lines) - 2:
        return []
    bands = [(int(top) + 4, int(bottom) - 3) for top, bottom in pairwise(edges)]
    middles = [(top + (bottom - top) // 4, bottom - (bottom - top) // 4) for top, bottom in bands]
    missing = np.asarray([[is_missing(rules.upright, line, *middle) for line in inner] for middle in middles])
    clear = ~missing.any(axis=1)
    return [
        number
        for number in np.flatnonzero(missing.mean(axis=1) >= _MOSTLY_MISSING).tolist()
        if clear.mean() >= _MOSTLY_CLEAR and _goes_on(columns, rules, letters, bands[number])
    ]


def _goes_on(columns: Columns, rules: Rules, letters: Map, band: tuple[int, int]) -> bool:
    """Does writing stand close to an edge of a column on both sides of it?"""
    along = np.arange(max(0, band[0]), min(band[1], letters.shape[0]))
    if not len(along):
        return False
    for edge in range(1, len(columns.lines) - 1):
        at = int(_at(columns, rules, edge, along).mean())
        beside = letters[along[0] : along[-1] + 1, max(0, at - _CLOSE) : at + _CLOSE + 1].max(axis=0)
        if beside[:_CLOSE].any() and beside[_CLOSE + 1 :].any():
            return True
    return False


def _crosses(letters: Map, along: np.ndarray, at: np.ndarray) -> bool:
    """Is there writing close to a way down the page on both sides of it, and not only on it, as rests of a line are?"""
    width = letters.shape[1] - 1
    sides = [np.clip(at[:, None] + beside, 0, width) for beside in (-_BESIDE, _BESIDE)]
    return all(bool(letters[along[:, None], places].any()) for places in sides)


def _at(columns: Columns, rules: Rules, edge: int, along: np.ndarray) -> np.ndarray:
    """Where the edge lies at each row of pixels: as its line does, or as its neighbours with a line do."""
    known = [k for k, line in enumerate(columns.lines) if line >= 0]
    offs = np.asarray([rules.upright.at(columns.lines[k], along.astype(float)) - rules.upright.places[columns.lines[k]]
                       for k in known])  # fmt: skip
    off = np.asarray([np.interp(edge, known, offs[:, j]) for j in range(len(along))])
    return np.asarray(np.rint(columns.edges[edge] + off), np.intp)
