"""Finds how a page is turned: which way its lines of writing run, and which end of the table is the top."""

from itertools import pairwise

import cv2
import numpy as np

from readers.page_ink import Map
from readers.page_rules import Family, Rules

_INK = 70
_JOIN = 13
_LARGEST, _LONGEST, _LOW = 60, 45, 10
_GAP, _DASHES, _THIN = 11, 80, 4
"""Pixels between dashes that belong together, of a row of them at least, and of their thickness at most."""
_EVEN, _UNEVEN, _ALIKE, _FEWEST_GAPS = 0.6, 0.4, 0.1, 4


def writing_lies_level(letters: Map) -> bool:
    """Do lines of writing run level (True) or upright? Joined along the writing, letters become words; across, not."""
    joined = [cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones(size, np.uint8)) for size in ((1, _JOIN), (_JOIN, 1))]
    level, upright = (cv2.connectedComponents(one)[0] for one in joined)
    return level <= upright


def rows_stand_upright(rules: Rules) -> bool:
    """The upright lines stand as evenly as the rows of a table do, and the level ones do not: it lies on its side."""
    return _evenness(rules.upright) >= _EVEN and _evenness(rules.level) <= _UNEVEN


def _evenness(family: Family) -> float:
    """Share of the gaps between ruled lines that are as wide as their neighbour."""
    gaps = np.diff(family.places[family.is_strong])
    if len(gaps) < _FEWEST_GAPS:
        return 0.5
    return float((np.abs(np.diff(np.log(gaps))) < _ALIKE).mean())


def letters_of(dark: Map, longest: int = _LONGEST, widest: int = _LARGEST, is_dashed: bool = False) -> Map:
    """Ink that is no line: small pieces once long runs are taken away.

    Args:
        dark: ink.
        longest: run of ink along a line of writing that letters may make, pixels: worn print joins their serifs.
        widest: pixels of a piece of letters that touch each other.
        is_dashed: lines are dashes, each as short as a stroke of a letter.
    """
    strong = max(_INK * 0.5, 0.35 * float(np.percentile(dark, 99)))
    ink = (dark > strong).astype(np.uint8)
    for size in ((1, longest), (_LONGEST, 1)):
        runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size, np.uint8))
        ink[cv2.dilate(runs, np.ones((5, 5), np.uint8)) > 0] = 0
    if is_dashed:
        ink[(_dashed(ink) | _dashed(ink.T).T) > 0] = 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    wide, tall = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    keep = (wide <= widest) & (tall <= _LARGEST) & (stats[:, cv2.CC_STAT_AREA] >= 4)
    keep &= (wide <= _LARGEST) | (tall * _LOW >= wide)
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.uint8)


def _dashed(ink: Map) -> Map:
    """Thin rows of dashes; a line of writing is a row of strokes too, but a high one."""
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, _GAP), np.uint8))
    runs = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, _DASHES), np.uint8))
    high = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((_THIN + 1, 1), np.uint8))
    return np.asarray(cv2.dilate(cv2.subtract(runs, high), np.ones((3, 3), np.uint8)), dtype=np.uint8)


def head_is_up(letters: Map, rules: Rules) -> float:
    """How sure it is that the table's head is its upper end: above 0 yes, below 0 no; `letters` as of `letters_of`.

    Votes: writing begins at the left of its cell; the first row is full and higher than the others, the last rows are
    empty; more is written above a table than below it.
    """
    ys, xs = (f.places[f.is_strong].astype(int) for f in (rules.level, rules.upright))
    left, right, fills = _gaps(letters, ys, xs)
    vote = 2.0 * _share(right - left)
    if len(fills) >= 4:
        vote += 1.5 * (fills[0] - fills[-1]) + 1.5 * (fills[: len(fills) // 2].mean() - fills[len(fills) // 2 :].mean())
        heights = np.diff(ys)
        usual = float(np.median(heights))
        vote += 2.0 * float(np.clip((heights[0] - heights[-1]) / usual, -1, 1))
    above = float(letters[: ys[0], xs[0] : xs[-1]].sum())
    below = float(letters[ys[-1] :, xs[0] : xs[-1]].sum())
    return vote + 2.0 * (above - below) / (above + below + 400.0)


def _gaps(
    letters: Map, ys: "np.ndarray[tuple[int], np.dtype[np.int64]]", xs: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Free room at the left and right end of each written cell, and which share of each row's cells is written."""
    lefts, rights, fills = [], [], []
    for top, bottom in pairwise(ys):
        written = 0
        for left, right in pairwise(xs):
            cell = letters[top + 3 : bottom - 2, left + 3 : right - 2]
            columns = np.flatnonzero(cell.sum(axis=0)) if cell.size else np.zeros(0)
            if cell.size == 0 or cell.sum() < 12:
                continue
            written += 1
            lefts.append(columns[0])
            rights.append(cell.shape[1] - 1 - columns[-1])
        fills.append(written / (len(xs) - 1))
    return np.asarray(lefts, float), np.asarray(rights, float), np.asarray(fills, float)


def _share(differences: np.ndarray) -> float:
    """Share of those clearly above zero less share of those clearly below."""
    clear = np.abs(differences) > 6
    return float(np.sign(differences[clear]).sum() / max(8, clear.sum()))
