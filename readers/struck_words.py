"""Words that a clerk struck out before writing them anew: what stands behind them is what counts."""

import cv2
import numpy as np
import numpy.typing as npt

_LONG, _SHORT, _LEAST_LEFT = 1.1, 0.85, 0.6
"""Of the height of the line: the shortest stroke through a word, through few letters, and the shortest text left."""
_UPPER, _LOWER = 0.25, 0.8
"""Shares of the height between which a stroke through letters lies: above are bars of capitals, below underlines."""
_BEFORE, _GAP = 0.3, 0.2
"""Of the height: paper before the stroke at most; within which behind it a column of paper must come."""
_CROSSED, _HARDLY_CROSSED = 0.35, 0.22
"""Share of the stroke's columns in which letters stand out above it, and below it; where it goes beyond them."""
_THICKEST = 0.33
_LEAST_BARE, _AS_DARK = 5, 0.8
_Flags = npt.NDArray[np.bool_]
_Stroke = tuple[slice, slice]
"""Its rows and columns."""


def unstruck(ink: _Flags) -> int:
    """The column from which on a line counts: behind a word that is struck out at its start, else the first.

    Args:
        ink: which pixels of one line of writing are ink, cut tight.
    """
    return _behind(ink, _LONG, ends=1, crossed=_CROSSED) or _behind(ink, _SHORT, ends=2, crossed=_HARDLY_CROSSED)


def is_clear(ink: _Flags, dark: npt.NDArray[np.uint8]) -> bool:
    """Is the stroke through the first word as dark between letters as they are? Blur joins letters faintly.

    Args:
        ink: as of `unstruck`.
        dark: how dark the line is at each place, 0 to 255.
    """
    height = len(ink)
    found = _stroke(ink, max(6, round(_LONG * height)), _CROSSED) or _stroke(
        ink, max(6, round(_SHORT * height)), _HARDLY_CROSSED
    )
    if found is None:
        return False
    rows, columns = found
    bare = [c for c in range(columns.start, columns.stop) if _is_bare(ink, rows, c)]
    if len(bare) < _LEAST_BARE:
        return False
    between = dark[max(0, rows.start - 1) : rows.stop + 1, bare].max(axis=0)
    return bool(np.median(between) >= _AS_DARK * np.percentile(dark[:, : columns.stop], 97))


def _behind(ink: _Flags, share: float, ends: int, crossed: float) -> int:
    """The first column behind a struck word; 0 where none is.

    Bars of letters end in letters, so so many ends of the stroke must go beyond the word, both of a short one.
    """
    height, width = ink.shape
    found = _stroke(ink, max(6, round(share * height)), crossed)
    if found is None:
        return 0
    rows, columns = found
    start, end = columns.start, columns.stop
    if start > _BEFORE * height or width - end < _LEAST_LEFT * height:
        return 0
    if sum(_is_bare(ink, rows, column) for column in (start, end - 1)) < ends:
        return 0
    body = ink[round(0.1 * height) : round(0.9 * height)]
    gaps = np.flatnonzero(~body[:, end : end + max(2, round(_GAP * height))].any(0))
    return end + int(gaps[0]) if len(gaps) else 0


def _is_bare(ink: _Flags, rows: slice, column: int) -> bool:
    """Does nothing but the stroke stand in a column?"""
    return not (ink[: max(0, rows.start - 1), column].any() or ink[rows.stop + 1 :, column].any())


def _stroke(ink: _Flags, length: int, crossed: float) -> _Stroke | None:
    """The first long level stroke through letters."""
    height, width = ink.shape
    if width < length * 1.5:
        return None
    # A stroke may rise by a row or two. Beyond the edge of a picture, opening takes none for ended: hence the paper.
    beside = np.pad(cv2.dilate(ink.astype(np.uint8), np.ones((3, 1), np.uint8)), ((0, 0), (length, length)))
    level = cv2.morphologyEx(beside, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))[:, length:-length] > 0
    level[: int(_UPPER * height)] = level[int(_LOWER * height) :] = False
    filled = np.flatnonzero(level.any(0))
    if not len(filled):
        return None
    start = int(filled[0])
    breaks = np.flatnonzero(np.diff(filled) > max(2, 0.1 * height))
    end = int(filled[breaks[0] if len(breaks) else -1]) + 1
    rows = np.flatnonzero(level[:, start:end].any(1))[1:-1]
    if not len(rows) or rows[-1] + 1 - rows[0] > max(4, _THICKEST * height):
        return None
    above, below = ink[: max(0, rows[0] - 1), start:end].any(0), ink[rows[-1] + 2 :, start:end].any(0)
    if min(above.mean(), below.mean()) < crossed:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(start, end)
