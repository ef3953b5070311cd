"""Finds what is written above and below a table, line by line."""

import cv2
import numpy as np

from readers.page_ink import Map
from readers.page_rules import Rules

_LEAST_HEIGHT, _MOST_HEIGHT = 5, 70
_HIGHEST_PIECE, _WIDEST_PIECE = 50, 0.5
"""Of letters that touch, in pixels, and as a share of the width of the table: the edge of a desk is wider."""
_ROOM = 0.32
"""How far the box of a piece goes beyond the writing on both sides, as a share of its height."""

_LINES_ABOVE, _LINES_BELOW = 8, 4
_GAP = 1.6
"""Paper between two pieces of writing, at least, as a share of the height of a line."""
_LONGEST_PIECE = 16.0
"""A longer one is cut where its widest gap is: recognisers squeeze what is longer."""
_TALL, _HALF, _LOW_RUNS = 1.75, 0.5, 25
"""Of the height of a line, which is that percentile of all heights: several that slope are one run."""
_SLOPES = (0.0, 0.01, -0.01, 0.02, -0.02, 0.03, -0.03, 0.04, -0.04)

Bounds = tuple[float, float, float, float]


def writing_lines(dark: Map, rules: Rules, edges: tuple[float, float]) -> list[list[Bounds]]:
    """The lines of writing next to a table, top to bottom, each as pieces from the left.

    Args:
        dark: the flat page.
        rules: its ruled lines.
        edges: left and right edge of the table.
    """
    left, right = int(edges[0]), int(edges[1])
    ink = _writing(dark, dark[int(rules.down[0]) : int(rules.down[1]), left:right])
    top, bottom = max(int(rules.down[0]) - 3, 0), int(rules.down[1]) + 4
    margin = max(0, left - (right - left) // 40)
    wide = ink[:, margin : right + (right - left) // 40]
    above = [(a, b) for a, b in _runs(wide[:top])][-_LINES_ABOVE:]
    below = [(a + bottom, b + bottom) for a, b in _runs(wide[bottom:])][:_LINES_BELOW]
    runs = [*above, *below]
    usual = float(np.median([b - a for a, b in runs])) if runs else 0.0
    lowest = float(np.percentile([b - a for a, b in runs], _LOW_RUNS)) if runs else 0.0
    parts = [part for run in runs for part in _sloping(wide, run, lowest)]
    return [pieces for part, run in parts for pieces in _pieces(part, run, margin, usual)]


def _sloping(ink: Map, run: tuple[int, int], usual: float) -> list[tuple[Map, tuple[int, int]]]:
    """A run much higher than others as its lines, which slope so that no level gap parts them; else as it is.

    Each with the ink of its own line alone, so that lines may reach into each other's height.
    """
    top, bottom = run
    if bottom - top <= _TALL * usual:
        return [(ink, run)]
    ys, xs = np.nonzero(ink[top:bottom])
    for slope in _SLOPES:
        level = np.rint(ys - slope * (xs - ink.shape[1] / 2)).astype(int)
        turned = np.zeros((int(level.max() - level.min()) + 1, ink.shape[1]), np.uint8)
        turned[level - level.min(), xs] = 1
        runs = _runs(turned)
        if len(runs) > 1 and all(_HALF * usual <= b - a <= _TALL * usual for a, b in runs):
            return [_alone(ink, top, ys, xs, level - level.min(), own) for own in runs]
    return [(ink, run)]


def _alone(
    ink: Map, top: int, ys: np.ndarray, xs: np.ndarray, level: np.ndarray, own: tuple[int, int]
) -> tuple[Map, tuple[int, int]]:
    """The ink of one line, and its first and last row of pixels."""
    inside = (level >= own[0]) & (level < own[1])
    line = np.zeros_like(ink)
    line[top + ys[inside], xs[inside]] = 1
    return line, (top + int(ys[inside].min()), top + int(ys[inside].max()) + 1)


def _pieces(ink: Map, run: tuple[int, int], left: int, usual: float) -> list[list[Bounds]]:
    """The pieces of writing of a line; of one that is several lines beside each other, each of those."""
    top, bottom = run
    found = _spans(ink[top:bottom], _GAP * min(usual, bottom - top))
    if bottom - top > _TALL * usual and len(found) > 1:
        return [pieces for a, b in found for part in _runs(ink[top:bottom, a:b])
                for pieces in [_boxed(ink, [(a, b)], (top + part[0], top + part[1]), left)]]  # fmt: skip
    return [_boxed(ink, found, run, left)] if found else []


def _boxed(ink: Map, spans: list[tuple[int, int]], run: tuple[int, int], left: int) -> list[Bounds]:
    height = run[1] - run[0]
    room = _ROOM * height
    cut = [part for span in spans for part in _no_longer(ink[run[0] : run[1]], span, _LONGEST_PIECE * height)]
    return [(left + a - room, max(0.0, run[0] - room), left + b + room, run[1] + room) for a, b in cut]


def _spans(line: Map, gap: float) -> list[tuple[int, int]]:
    """Where writing stands in a line, with less than a gap of paper inside."""
    at = np.flatnonzero(line.any(axis=0))
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > gap)
    starts, ends = at[np.concatenate(([0], breaks + 1))], at[np.concatenate((breaks, [len(at) - 1]))] + 1
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def _no_longer(line: Map, span: tuple[int, int], longest: float) -> list[tuple[int, int]]:
    """A piece cut at its widest gaps until none is longer."""
    a, b = span
    if b - a <= longest:
        return [span]
    at = a + np.flatnonzero(line[:, a:b].any(axis=0))
    inner = (at[:-1] > a + (b - a) / 4) & (at[1:] < b - (b - a) / 4)
    gaps = np.where(inner, np.diff(at), 0)
    if not len(gaps) or gaps.max() < 2:
        return [span]
    place = int(np.argmax(gaps))
    return [
        *_no_longer(line, (a, int(at[place]) + 1), longest),
        *_no_longer(line, (int(at[place + 1]), b), longest),
    ]


def _writing(dark: Map, table: Map) -> Map:
    """Ink as strong as that of the table, in pieces no higher than a line of writing: no stamp, no paper's edge."""
    strong = max(22.0, 0.33 * float(np.percentile(table, 97)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((dark > strong).astype(np.uint8))
    heights, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    keep = (heights <= _HIGHEST_PIECE) & (heights >= 3) & (areas >= 5)
    keep &= stats[:, cv2.CC_STAT_WIDTH] <= _WIDEST_PIECE * table.shape[1]
    keep[0] = False
    return np.asarray(keep[labels], dtype=np.uint8)


def _runs(part: Map) -> list[tuple[int, int]]:
    """Lines of writing in a strip, top to bottom."""
    if part.size == 0:
        return []
    profile = cv2.blur(part.sum(axis=1, dtype=np.float32).reshape(-1, 1), (1, 3)).ravel()
    on = np.concatenate([[False], profile > max(3.0, 0.06 * float(np.percentile(profile, 98))), [False]])
    changes = np.flatnonzero(np.diff(on.astype(int)))
    runs = [(int(a), int(b)) for a, b in zip(changes[::2], changes[1::2], strict=True)]
    joined: list[tuple[int, int]] = []
    for run in runs:
        if joined and run[0] - joined[-1][1] <= 4 and run[1] - joined[-1][0] <= _MOST_HEIGHT:
            joined[-1] = (joined[-1][0], run[1])
        else:
            joined.append(run)
    return [r for r in joined if _LEAST_HEIGHT <= r[1] - r[0] <= _MOST_HEIGHT]
