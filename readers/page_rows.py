"""Tells by its writing whether a band between two level lines is one row, several whose line is lost, or a part of one.

Rows are as high as what is written in them: where a cell goes on in a second line its row is higher than others, and
nothing is wrong with it. What is written once in the middle of a band, and nowhere above or below, is of one row; bands
in which most cells hold one line above another are several rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from readers.page_bend import Floats
from readers.page_form import Bands
from readers.page_ink import Map

_RIM = 3
_LEAST_INK = 12
_DOTS = 2
"""Rows of pixels without ink inside a line of writing: below the dot of an i, between a letter and its mark."""
_ONE_LINE, _MIDDLE = 1.5, 0.16
_HIGH, _LOW, _NONE = 1.4, 0.7, 0.45
_FEW, _SOME, _HARDLY, _RULED = 2, 0.25, 0.34, 3
_WIDE, _STROKE = 4.0, 3
"""Of its height: no number of a column in brackets is as wide, a name is. Pixels of ink below each other that are no
rest of a rule."""
_CLEAR = 0.9
"""From this sureness of all lines on nothing that parts rows is lost: what is high may be so for one of its cells."""


@dataclass(frozen=True)
class Band:
    """What is written between two level lines.

    Attributes:
        height: pixels. inked: cells with writing. in_middle: those with one line of writing, which the middle of the
        band crosses. above, below: those with one line there. several: those with more than one line.
        begins_with_one: the first of them has one line, as a number of a person or a household has.
    """

    height: float
    inked: int
    in_middle: int
    above: int
    below: int
    several: int
    begins_with_one: bool

    @property
    def is_one_row(self) -> bool:
        """Is it a row of its own, as sure as can be told?"""
        return self.in_middle >= max(_FEW, _SOME * self.inked) or self.inked == 0

    @property
    def may_be_one_row(self) -> bool:
        """Does it look like a row whose cells are written from the top on, a few of them going on below?"""
        at_one_side = not (self.above and self.below)
        return self.is_one_row or (self.begins_with_one and at_one_side and self.several <= _HARDLY * self.inked)


def bands_of(letters: Map, corners: Floats) -> list[Band]:
    """What stands in each band of a table.

    Args:
        letters: the flat page without lines (`readers.page_turns.letters_of`).
        corners: level lines x upright lines x (u, v).
    """
    cells = [[_runs(letters, corners, row, column) for column in range(corners.shape[1] - 1)]
             for row in range(corners.shape[0] - 1)]  # fmt: skip
    single = [run[1] - run[0] for row in cells for runs in row if len(runs) == 1 for run in runs]
    usual = float(np.median(single)) if single else 0.0
    heights = np.diff(corners[..., 1].mean(axis=1))
    return [_band(float(height), row, usual) for height, row in zip(heights, cells, strict=True)]


def _runs(letters: Map, corners: Floats, row: int, column: int) -> list[tuple[float, float]]:
    """Lines of writing in a cell, as shares of pixels from its top: first and last row of pixels of each."""
    four = corners[row : row + 2, column : column + 2]
    left, right = four[:, 0, 0].max() + _RIM, four[:, 1, 0].min() - _RIM
    top, bottom = four[0, :, 1].mean() + _RIM, four[1, :, 1].mean() - _RIM
    cell = letters[max(0, int(top)) : max(0, int(bottom)) + 1, max(0, int(left)) : max(0, int(right)) + 1]
    if cell.size == 0 or int(cell.sum()) < _LEAST_INK:
        return []
    on = np.flatnonzero(cell.any(axis=1))
    ends = np.flatnonzero(np.diff(on) > _DOTS + 1)
    firsts, lasts = on[np.concatenate(([0], ends + 1))], on[np.concatenate((ends, [len(on) - 1]))]
    return [(float(a) + _RIM, float(b) + 1 + _RIM) for a, b in zip(firsts, lasts, strict=True)]


def _band(height: float, row: Sequence[Sequence[tuple[float, float]]], usual: float) -> Band:
    inked = [_lines(runs, usual) for runs in row if runs]
    inked = [lines for lines in inked if lines]
    one = [lines[0] for lines in inked if len(lines) == 1 and lines[0][1] - lines[0][0] <= _ONE_LINE * usual]
    low, high = (0.5 - _MIDDLE) * height, (0.5 + _MIDDLE) * height
    middles = [(a + b) / 2 for a, b in one]
    above, below = sum(m < low for m in middles), sum(m > high for m in middles)
    begins = bool(inked) and len(inked[0]) == 1
    return Band(height, len(inked), len(one) - above - below, above, below, len(inked) - len(one), begins)


def _lines(runs: Sequence[tuple[float, float]], usual: float) -> list[tuple[float, float]]:
    """Runs that are high enough for letters; marks that stand alone belong to the run below them."""
    return [run for run in runs if run[1] - run[0] >= usual / 2]


def is_of_numbers(top: float, bottom: float, letters: Map, edges: Floats) -> bool:
    """May a low band under a heading be its row of numbers? Hardly a cell in it is as wide as a name or a date.

    Args:
        top: of the band.
        bottom: of the band.
        letters: as of `bands_of`.
        edges: of the columns.
    """
    wide = 0
    band = letters[max(0, int(top) + _RIM) : max(0, int(bottom) - _RIM)]
    for left, right in pairwise(edges.astype(int)):
        cell = band[:, max(0, left + _RIM) : max(0, right - _RIM)]
        down, across = np.flatnonzero(cell.any(axis=1)), np.flatnonzero(cell.sum(axis=0) >= _STROKE)
        wide += bool(len(across) and int(np.ptp(across)) > _WIDE * (int(np.ptp(down)) + 1))
    return wide < _FEW


def without_lines_in_writing(bands: Bands, letters: Map, corners: Floats) -> Bands:
    """Without lines that were only supposed where rows seem to be of one height, and that cut the writing of one row.

    Args:
        bands: rows of a table.
        letters: as of `bands_of`.
        corners: as of `bands_of`, at the edges of these bands.
    """
    kept = [0]
    for supposed, group in groupby(range(1, len(bands.lines)), key=lambda k: bands.lines[k] < 0):
        numbers = list(group)
        if supposed and numbers[-1] + 1 < len(bands.lines):
            around = corners[[numbers[0] - 1, numbers[-1] + 1]]
            if bands_of_one(letters, around).is_one_row:
                continue
        kept += numbers
    if len(kept) == len(bands.lines):
        return bands
    return replace(bands, edges=bands.edges[kept], lines=tuple(bands.lines[k] for k in kept))


def bands_of_one(letters: Map, corners: Floats) -> Band:
    """What stands in the one band between two level lines."""
    return bands_of(letters, corners)[0]


def with_rows_by_writing(bands: Bands, letters: Map, corners: Floats) -> Bands | None:
    """With bands parted that hold several rows without a line between them: a number for each, one below the other.

    Where more than a few lines part rows, only higher bands than usual may: marks far from their letters look like
    writing above writing. A row begins in the last white gap before its number: what goes on in a second line stands
    above that gap. None where nothing else parts rows and the writing leaves no gap: nobody knows which is whose.

    Args:
        bands: rows of a table.
        letters: as of `bands_of`.
        corners: as of `bands_of`, at the edges of these bands.
    """
    edges, lines = [float(bands.edges[0])], [bands.lines[0]]
    found = bands_of(letters, corners)
    usual = _usual_height(found) if len(found) > _RULED else 0.0
    for number, band in enumerate(found):
        if band.height > _HIGH * usual and band.several > band.inked - band.several and not band.is_one_row:
            parted = _begins(letters, corners[number : number + 2])
            if parted is None and not usual:
                return None
            edges += [float(bands.edges[number]) + place for place in parted or ()]
            lines += [-1] * len(parted or ())
        edges.append(float(bands.edges[number + 1]))
        lines.append(bands.lines[number + 1])
    if len(lines) == len(bands.lines):
        return bands
    return replace(bands, edges=np.asarray(edges), lines=tuple(lines))


def _begins(letters: Map, corners: Floats) -> list[float] | None:
    """Where the second row of a band begins, and each further one, below its top; none where it holds one number."""
    columns = range(corners.shape[1] - 1)
    first = next((runs for runs in (_runs(letters, corners, 0, column) for column in columns) if runs), [])
    inked = np.zeros(int(np.diff(corners[..., 1].mean(axis=1))[0]) + 2 * _RIM, dtype=bool)
    for column in columns:
        for top, bottom in _runs(letters, corners, 0, column):
            inked[int(top) : int(bottom)] = True
    found = []
    for before, after in pairwise(first):
        gap = np.flatnonzero(~inked[int(before[0]) : int(after[0]) + 1])
        if not len(gap):
            return None
        last = gap[np.flatnonzero(np.diff(gap, prepend=-2) > 1)[-1] :]
        found.append(before[0] + float(last.mean()))
    return found


def are_rows(bands: Sequence[Band], sureness: Floats) -> bool:
    """Is each band with writing one row? Higher ones must show it, and none may be too low for what others hold.

    Args:
        bands: of a table.
        sureness: of the lines between them, 0 to 1 (`readers.page_rules.Family`).
    """
    rows, usual = [band for band in bands if band.inked], _usual_height(bands)
    all_seen = bool(len(sureness)) and float(sureness.min()) >= _CLEAR
    high = (band for band in rows if band.height > _HIGH * usual)
    if any(band.height < (_LOW if band.inked else _NONE) * usual for band in bands):
        return False
    return all(band.may_be_one_row if all_seen else band.is_one_row for band in high)


def _usual_height(bands: Sequence[Band]) -> float:
    """Of rows whose cells hold one line each; of all written ones where there are none."""
    rows = [band for band in bands if band.inked]
    plain = [band.height for band in rows if not band.several]
    return float(np.median(plain or [band.height for band in rows] or [0.0]))
