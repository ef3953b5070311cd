"""The lines of writing in the crop of a cell: where ink stands, cut tight, one picture a line.

A crop is grey, its paper white (`readers.crops`). Specks, dotted lines to write on and what is left of ruled lines at
the rim are no writing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from readers.pages import Picture
from readers.struck_words import is_clear, unstruck

_PAPER = 255
_LEAST_CONTRAST = 24
_RIM = 0.12
_LONG, _FLAT, _PARTED = 0.5, 6.0, 0.25
"""Of a piece: share of the width of the crop, and of its height; share of its columns where ink, paper, ink follow."""
_DOTS = 8
_NEAR = 0.3
_OVER = 0.35
"""How far a mark may stand over its letter, as a share of how high the highest letters are."""
_LEAST_MARK, _REACH, _DOTS_PER_LETTER = 3, 0.45, 0.8
_LONGEST = 20
_EMPTY = 0.02
_LOWEST, _LOWEST_DITTO, TALLEST, _PITCH = 0.4, 0.15, 1.4, 1.3
_Flags = npt.NDArray[np.bool_]
_LOW_RUN, _SPECK = 0.45, 0.4
_LOWEST_SPOT, _SPOT, _FEW_SPOTS = 4, 0.006, 2
_FEW, _LEAST_INNER = 16, 64
_A_LETTER, _HIGHEST_LETTER = 0.2, 2.0
_VALLEY = 0.7
_TALL_DOT = 7
"""No dot of a line to write on is as high, in pixels; letters are, however high the cell around them."""


@dataclass(frozen=True)
class CellLines:
    """What is written in a cell.

    Attributes:
        lines: one picture a line, top to bottom, with a margin of paper; none for an empty cell.
        ink: share of the crop that is ink. height: of a line of writing, in pixels of the crop; 0 for an empty cell.
        uncut: numbers of lines that may begin with a word struck out, which was left out; and each as it is with it.
        has_spot: nothing is written there but what may be a ditto mark whose strokes have run together, or dirt.
    """

    lines: tuple[Picture, ...]
    ink: float
    height: float
    uncut: tuple[tuple[int, Picture], ...] = ()
    has_spot: bool = False

    def with_lines(self, told: Mapping[int, Picture]) -> "CellLines":
        """With other pictures of some lines, by number; of them no word is left out."""
        lines = tuple(told.get(number, line) for number, line in enumerate(self.lines))
        return replace(self, lines=lines, uncut=tuple(pair for pair in self.uncut if pair[0] not in told))


def lines_of(crop: Picture, usual: float = 0.0) -> CellLines:
    """The lines of writing in a grey crop.

    Args:
        crop: of one cell.
        usual: height of a line on this page, in pixels of the crop; 0 where it is not known. Ink far lower than that is
            no writing, and what is much taller is several lines that touch each other.
    """
    ink = _writing(crop)
    if not ink.any():
        return CellLines((), 0.0, 0.0, has_spot=_has_spot(crop))
    lowest = _LOWEST_DITTO if _is_low_mark(_components(ink)[2][1:]) else _LOWEST
    bands = [b for b in _bands(ink, usual) if b[1] - b[0] >= lowest * usual and ink[b[0] : b[1]].any()]
    if not bands:
        return CellLines((), 0.0, 0.0)
    height = float(np.median([bottom - top for top, bottom in bands]))
    crop = np.where(_around(ink, height, crop), crop, _PAPER).astype(np.uint8)
    lines: list[Picture] = []
    uncut = []
    for band in bands:
        line, whole = _cut(crop, ink, band)
        pieces = _pieces(line)
        if whole is not None:
            uncut.append((len(lines), whole[:, : whole.shape[1] - line.shape[1] + pieces[0].shape[1]]))
        lines += pieces
    return CellLines(tuple(lines), float(ink.mean()), height, tuple(uncut))


def _around(ink: _Flags, height: float, crop: Picture) -> _Flags:
    """The writing with what is near it: thin strokes of letters are too faint to be told from paper by themselves."""
    near = 2 * max(2, round(_NEAR * height)) + 1
    far = np.asarray(cv2.dilate(ink.astype(np.uint8), np.ones((near, near), np.uint8)) > 0)
    close = np.asarray(cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    other = np.asarray(cv2.dilate((_dark(crop) & ~ink).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    return np.asarray(close | (far & ~other))


def _writing(crop: Picture) -> _Flags:
    """Where ink stands, without what is no writing."""
    dark = _dark(crop)
    dark &= ~_rules(dark)
    count, labels, stats = _components(dark)
    height, width = crop.shape
    kept = np.ones(count, np.bool_)
    kept[0] = False
    x, y, w, h, area = (stats[:, n] for n in range(5))
    tallest = _tallest(h[1:])
    at_rim = (x <= 1) | (y <= 1) | (x + w >= width - 1) | (y + h >= height - 1)
    kept &= ~(at_rim & ((h <= _RIM * height) | (w <= _RIM * height)))
    tiny = kept & ((area < 6) | ((h < 0.12 * tallest) & (w < 0.12 * tallest)))
    kept &= ~tiny
    flat = kept & (w > _FLAT * h) & ((w > _LONG * width) | at_rim)
    for number in np.flatnonzero(flat):
        piece = labels[y[number] : y[number] + h[number], x[number] : x[number] + w[number]] == number
        kept[number] = _is_of_letters(piece)
    kept &= ~_is_dotted(np.asarray(kept), labels, stats, tallest)
    ink = _with_marks(kept, labels, stats, tallest)
    if not (tiny.any() and ink.any()):
        return ink
    return ink | _marks_of_letters(tiny & (area >= _LEAST_MARK), ink, labels, stats)


def _is_of_letters(piece: _Flags) -> bool:
    """A long flat piece: letters that run into each other have paper between their strokes, a rule has none."""
    begins = np.diff(np.pad(piece, ((1, 0), (0, 0))).astype(np.int8), axis=0) == 1
    return float((begins.sum(axis=0) > 1).mean()) >= _PARTED


def _tallest(heights: npt.NDArray[np.int32]) -> int:
    """How high the highest letters are; lines of a script that run into each other are one piece of their height."""
    tallest = int(heights.max(initial=0))
    usual = float(np.median(heights[heights >= _A_LETTER * tallest])) if tallest else 0.0
    return round(min(tallest, _HIGHEST_LETTER * usual))


def _marks_of_letters(tiny: _Flags, ink: _Flags, labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32]) -> _Flags:
    """Dots that belong to letters: a tone below, the dot of an i. They are as small as specks, but stand by letters.

    A row of them is a line to write on.
    """
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    letter = float(np.percentile(heights[np.unique(labels[ink]) - 1], 75))
    reach = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * round(0.1 * letter) + 1, 2 * round(_REACH * letter) + 1))
    by_letters = cv2.dilate(ink.astype(np.uint8), reach) > 0
    x, y, w, h, _ = (stats[:, n] for n in range(5))
    at = np.clip(y + h // 2, 0, ink.shape[0] - 1), np.clip(x + w // 2, 0, ink.shape[1] - 1)
    near = tiny & by_letters[at]
    rows = np.convolve(np.bincount(at[0][near], minlength=ink.shape[0]), np.ones(3, np.int64), "same")
    near &= rows[at[0]] < max(_DOTS, _DOTS_PER_LETTER * ink.shape[1] / max(letter, 1.0))
    return np.asarray(near[labels])


def _components(ink: _Flags) -> tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """How many pieces of ink, the paper as the first; which pixel is of which; statistics of each."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    return count, np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def _rules(dark: _Flags) -> _Flags:
    """What is left of ruled lines: long straight runs at the rim."""
    height, width = dark.shape
    ink = dark.astype(np.uint8)
    found = np.zeros(dark.shape, np.uint8)
    across = np.asarray(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(12, int(0.3 * width))), np.uint8)), np.uint8
    )
    band = max(3, int(0.22 * height))
    found[:band] |= across[:band]
    found[-band:] |= across[-band:]
    down = np.asarray(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(10, int(0.6 * height)), 1), np.uint8)), np.uint8
    )
    side = max(3, min(int(0.3 * height), int(0.12 * width)))
    found[:, :side] |= down[:, :side]
    found[:, -side:] |= down[:, -side:]
    return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)) > 0)


def _is_dotted(kept: _Flags, labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], tallest: int) -> _Flags:
    """Components of a dotted line to write on: many small ones at one height, which stand over no letters.

    A long line of writing has as many marks at one height.
    """
    small = kept & (stats[:, cv2.CC_STAT_HEIGHT] < max(4, 0.25 * tallest))
    if int(small.sum()) < _DOTS:
        return np.zeros(kept.shape, np.bool_)
    small &= ~_are_over(np.asarray((kept & ~small)[labels]), stats, tallest)
    at = stats[:, cv2.CC_STAT_TOP] + (stats[:, cv2.CC_STAT_HEIGHT] - 1) // 2
    near = np.convolve(np.bincount(at[small], minlength=labels.shape[0]), np.ones(3, np.int64), "same")
    return np.asarray(small & (near[at] >= _DOTS))


def _are_over(letters: _Flags, stats: npt.NDArray[np.int32], tallest: int) -> _Flags:
    """Which components have a letter close below them and none close above them, as marks of letters do."""
    reach, beside = max(2, round(_OVER * tallest)), 2 * round(_OVER * tallest / 4) + 1
    kernel, ink = np.ones((reach, beside), np.uint8), letters.astype(np.uint8)
    has_below = cv2.dilate(ink, kernel, anchor=(beside // 2, 0)) > 0
    has_above = cv2.dilate(ink, kernel, anchor=(beside // 2, reach - 1)) > 0
    x, y, w, h, _ = (stats[:, n] for n in range(5))
    middle = x + w // 2
    return np.asarray(has_below[y + h - 1, middle] & ~has_above[y, middle])


def _dark(crop: Picture) -> _Flags:
    """Darker than half way from the paper to the ink of the crop: what stands at its rim may be a darker ruled line."""
    rim = max(2, round(_RIM * min(crop.shape)))
    inner = crop[rim:-rim, rim:-rim]
    darkest = _darkest(inner if inner.size >= _LEAST_INNER else crop)
    if _PAPER - darkest < _LEAST_CONTRAST:
        return np.zeros(crop.shape, np.bool_)
    return np.asarray(crop < _PAPER - max(_LEAST_CONTRAST, 0.42 * (_PAPER - darkest)))


def _darkest(crop: Picture) -> float:
    """The grey of its ink: of few pixels, because a short text is a thousandth of a wide cell."""
    few = min(crop.size - 1, max(_FEW, crop.size // 5000))
    return float(np.partition(crop, few, axis=None)[few])


def _with_marks(kept: _Flags, labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], tallest: int) -> _Flags:
    """Nothing is left where only dots stand: a row of them is a line to write on."""
    tall = [int(stats[n][cv2.CC_STAT_HEIGHT]) for n in np.flatnonzero(kept)]
    is_low = not tall or max(tall) < min(_TALL_DOT, 0.08 * labels.shape[0]) or (max(tall) < 6 and tallest < 6)
    if is_low and not _is_ditto(stats[kept]):
        return np.zeros(labels.shape, np.bool_)
    return np.asarray(kept[labels])


def _is_ditto(stats: npt.NDArray[np.int32]) -> bool:
    """Two small upright strokes side by side: a clerk's sign for what stands above."""
    if len(stats) != 2:
        return False
    (x, y, w, h, _), (x2, y2, w2, h2, _) = sorted(stats.tolist())
    alike = abs(y - y2) <= 2 and abs(h - h2) <= 2 and x2 - x - w <= 2 * h
    return bool(alike and min(h, h2) >= 4 and h > w and h2 > w2)


def _is_low_mark(stats: npt.NDArray[np.int32]) -> bool:
    """A ditto mark beside specks, or one whose strokes have run together."""
    areas = stats[:, cv2.CC_STAT_AREA]
    large = stats[areas >= _SPECK * areas.max(initial=1)]
    if len(large) != 1:
        return _is_ditto(large)
    _, _, w, h, area = large[0].tolist()
    return bool(h >= 5 and 0.6 * h <= w <= 2 * h and area >= 0.5 * w * h)


def _has_spot(crop: Picture) -> bool:
    """Does a piece of ink stand clear of the rim, as high and wide as a ditto mark whose strokes have run together?"""
    dark = _dark(crop)
    count, _, stats = _components(dark & ~_rules(dark))
    height, width = crop.shape
    x, y, w, h, area = (stats[1:count, n] for n in range(5))
    rim = max(2, round(_RIM * height))
    is_inner = (x > rim) & (y > rim) & (x + w < width - rim) & (y + h < height - rim)
    is_spot = is_inner & (h >= _LOWEST_SPOT) & (w <= 2 * h) & (area >= 0.5 * w * h) & (area >= _SPOT * height * height)
    return 0 < int(is_spot.sum()) <= _FEW_SPOTS


def _bands(ink: _Flags, usual: float) -> Sequence[tuple[int, int]]:
    """Top and bottom of each line of writing: parted by paper, or where lines touch, by the valleys of their ink."""
    rows = ink.sum(1).astype(np.float64)
    return [band for run in _runs(rows) for band in _parted(rows, run, usual)]


def _runs(rows: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Where ink stands in row after row; what is low (marks, dots) belongs to the nearest line."""
    inked = np.concatenate(([False], rows > 0, [False]))
    edges = np.flatnonzero(inked[1:] != inked[:-1])
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    while len(runs) > 1:
        low = min(range(len(runs)), key=lambda i: runs[i][1] - runs[i][0])
        if runs[low][1] - runs[low][0] >= _LOW_RUN * max(b - a for a, b in runs):
            break
        above = runs[low][0] - runs[low - 1][1] if low else len(rows)
        below = runs[low + 1][0] - runs[low][1] if low + 1 < len(runs) else len(rows)
        first = low - 1 if above < below else low
        runs[first : first + 2] = [(runs[first][0], runs[first + 1][1])]
    return runs


def _parted(rows: npt.NDArray[np.float64], run: tuple[int, int], usual: float) -> list[tuple[int, int]]:
    """The lines of a run, which touch each other."""
    top, bottom = run
    count = _line_count(rows[top:bottom])
    smooth = np.convolve(rows, np.ones(5) / 5, "same")
    if usual and (bottom - top) / count > TALLEST * usual:
        wanted = min(4, max(count, math.ceil((bottom - top) / (usual * _PITCH))))
        count = next((n for n in range(wanted, count, -1) if _are_lines(smooth, run, _valleys(smooth, run, n))), count)
    cuts = [top, *_valleys(smooth, run, count)]
    return [_tight(rows, a, b) for a, b in zip(cuts, [*cuts[1:], bottom], strict=True)]


def _valleys(smooth: npt.NDArray[np.float64], run: tuple[int, int], count: int) -> list[int]:
    """Where so many lines of a run are cut."""
    top, bottom = run
    pitch = (bottom - top) / count
    windows = ((int(top + (n - 0.3) * pitch), int(top + (n + 0.3) * pitch) + 1) for n in range(1, count))
    return [low + int(smooth[low:high].argmin()) for low, high in windows]


def _are_lines(smooth: npt.NDArray[np.float64], run: tuple[int, int], cuts: Sequence[int]) -> bool:
    """Does each part have more ink than where it is cut? One line of large writing has its most in its middle."""
    edges = [run[0], *cuts, run[1]]
    peaks = [float(np.percentile(smooth[a:b], 85)) if b > a else 0.0 for a, b in pairwise(edges)]
    return all(smooth[cut] <= _VALLEY * min(peaks[n : n + 2]) for n, cut in enumerate(cuts))


def _line_count(rows: npt.NDArray[np.float64]) -> int:
    """How many lines: the number whose valleys are deepest against its peaks; one where none is deep."""
    best, count = 0.16, 1
    for lines in (2, 3, 4):
        pitch = len(rows) / lines
        if pitch < 10:
            break
        smooth = np.convolve(rows, np.ones(3) / 3, "same")
        valleys = []
        for number in range(1, lines):
            middle = number * pitch
            low, high = int(middle - 0.25 * pitch), int(middle + 0.25 * pitch) + 1
            valleys.append(float(smooth[low:high].min()))
        peaks = [float(np.percentile(smooth[int(n * pitch) : int((n + 1) * pitch)], 85)) for n in range(lines)]
        depth = max(valleys) / max(1.0, min(peaks))
        if depth <= best and (depth < best or depth < _EMPTY):
            best, count = depth, lines
    return count


def _tight(rows: npt.NDArray[np.float64], top: int, bottom: int) -> tuple[int, int]:
    inked = np.flatnonzero(rows[top:bottom])
    return (top + int(inked[0]), top + int(inked[-1]) + 1) if len(inked) else (top, bottom)


def _pieces(line: Picture) -> list[Picture]:
    """A line that is longer than recognisers take, cut at its widest gaps; they squeeze what is longer."""
    height, width = line.shape
    count = -(-width // (_LONGEST * height))
    pieces, start = [], 0
    for number in range(1, count):
        middle = number * width // count
        low, high = middle - 3 * height, middle + 3 * height
        start_of_gap = _gap(line[:, low:high])
        at = low + start_of_gap if start_of_gap is not None else middle
        pieces.append(np.ascontiguousarray(line[:, start:at]))
        start = at
    return [*pieces, np.ascontiguousarray(line[:, start:])]


def _gap(part: Picture) -> int | None:
    """The middle of the widest gap between words; None where there is none."""
    blank = np.concatenate([[False], (part >= _PAPER - _LEAST_CONTRAST).all(0), [False]])
    changes = np.flatnonzero(np.diff(blank.astype(np.int8)))
    runs = [(int(b - a), int(a + b) // 2) for a, b in zip(changes[::2], changes[1::2], strict=True)]
    return max(runs, default=(0, None))[1]


def _cut(crop: Picture, ink: _Flags, band: tuple[int, int]) -> tuple[Picture, Picture | None]:
    """The line with a margin, and the same with the word at its start that may be struck out, if there is one."""
    top, bottom = band
    columns = np.flatnonzero(ink[top:bottom].any(0))
    margin = max(2, (bottom - top) // 10)
    y0, y1 = max(0, top - margin), min(crop.shape[0], bottom + margin)
    first, last = int(columns[0]), int(columns[-1]) + 1
    x1 = min(crop.shape[1], last + margin)
    whole = np.ascontiguousarray(crop[y0:y1, max(0, first - margin) : x1])
    line = ink[top:bottom, first:last]
    struck = unstruck(line)
    if not struck:
        return whole, None
    is_sure = is_clear(line, _PAPER - crop[top:bottom, first:last])
    return np.ascontiguousarray(crop[y0:y1, first + struck : x1]), None if is_sure else whole
