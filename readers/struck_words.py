"""Words that a clerk struck out before writing them anew: what stands behind them is what counts."""

import cv2
import numpy as np
import numpy.typing as npt

_LONG, _LEAST_LEFT = 1.1, 0.8
"""Of the height of the line: the shortest stroke through a word, and the shortest text that is left beside it."""
_UPPER, _LOWER = 0.25, 0.8
"""Shares of the height between which a stroke through letters lies: above are bars of capitals, below underlines."""
_BEFORE, _GAP = 0.3, 0.12
"""Of the height: paper before the stroke at most, and behind it at least; other long strokes end within letters."""
_CROSSED = 0.35
"""Share of the stroke's columns in which letters stand out above it, and below it."""
_THICKEST = 0.25
_Flags = npt.NDArray[np.bool_]


def unstruck(ink: _Flags) -> int:
    """The column from which on a line counts: behind a word that is struck out at its start, else the first.

    Args:
        ink: which pixels of one line of writing are ink, cut tight.
    """
    height, width = ink.shape
    start, end = _stroke(ink) or (0, 0)
    gap = ink[:, end + 1 : end + 1 + max(2, round(_GAP * height))]
    if not end or start > _BEFORE * height or width - end < _LEAST_LEFT * height or gap.any():
        return 0
    return end


def _stroke(ink: _Flags) -> tuple[int, int] | None:
    """The columns of a long level stroke through letters."""
    height, width = ink.shape
    length = max(8, round(_LONG * height))
    if width < length * 1.5:
        return None
    # Beyond the edge of a picture, opening takes no stroke for ended: hence the paper on both sides.
    beside = np.pad(ink.astype(np.uint8), ((0, 0), (length, length)))
    level = cv2.morphologyEx(beside, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))[:, length:-length] > 0
    level[: int(_UPPER * height)] = level[int(_LOWER * height) :] = False
    columns = np.flatnonzero(level.any(0))
    if not len(columns):
        return None
    start, end = int(columns[0]), int(columns[-1]) + 1
    rows = np.flatnonzero(level.any(1))
    if rows[-1] + 1 - rows[0] > max(3, _THICKEST * height) or len(columns) < 0.9 * (end - start):
        return None
    above, below = ink[: max(0, rows[0] - 1), start:end].any(0), ink[rows[-1] + 2 :, start:end].any(0)
    return (start, end) if min(above.mean(), below.mean()) >= _CROSSED else None
