"""Straightens a page without ruled lines by its writing: where lines of writing rise, fall or sag, and how much.

The page is looked at tile by tile: at the right slope, lines of writing and the paper between them part most clearly.
A smooth field is laid through what the tiles say, as through pieces of ruled lines (`readers.page_bend`).
"""

import numpy as np
import numpy.typing as npt

from readers.page_bend import STEP, Field, Flat, Floats, laid_flat, weighted_median
from readers.page_ink import Map
from readers.page_turns import letters_of

_STRIP = 8
_WIDE, _LEVELS = 0.28, 6
"""Width of a tile as a share of the page; tiles on top of each other, which overlap by half."""
_COARSE, _FINE = np.linspace(-0.16, 0.16, 65), np.linspace(-0.1, 0.1, 81)
_ROUNDS = 3
_LEAST_TOLD, _FEWEST = 0.15, 4
"""A tile whose lines part less clearly, beside the clearest, says nothing; tiles that have to say something."""
_EDGE = 1e-3


def straightened(dark: Map, letters: Map) -> Flat:
    """The page with its lines of writing level.

    Args:
        dark: ink of a page whose writing runs about level.
        letters: of the page (`readers.page_turns.letters_of`).
    """
    flat = _tilted(dark, _tilt(letters))
    for _ in range(_ROUNDS):
        votes = slopes(letters_of(flat.dark), _FINE)
        if len(votes) < _FEWEST:
            break
        flat = _levelled(dark, flat, votes)
    return flat


def _tilt(letters: Map) -> float:
    """By how many degrees the lines of writing fall to the right, as half of the page says."""
    votes = slopes(letters, _COARSE)
    return float(np.degrees(np.arctan(weighted_median(votes[:, 2], votes[:, 3])))) if len(votes) else 0.0


def slopes(letters: Map, tried: Floats) -> Floats:
    """What the tiles of a page say: N x (x, y, slope, weight)."""
    height, width = letters.shape
    strips = np.add.reduceat(letters, np.arange(0, width, _STRIP), axis=1, dtype=np.float32).T
    wide = max(2, round(_WIDE * len(strips)))
    tall = max(8, 2 * height // (_LEVELS + 1))
    found = []
    for begin in range(0, max(1, len(strips) - wide // 2), max(1, wide // 2)):
        some = strips[begin : begin + wide]
        parts = np.stack([_parting(some, float(slope)) for slope in tried])
        sums = np.concatenate([np.zeros((len(tried), 1)), np.cumsum(parts, axis=1)], axis=1)
        for top in range(0, max(1, height - tall // 2), max(1, tall // 2)):
            told = sums[:, min(top + tall, height - 1)] - sums[:, min(top, height - 1)]
            best = int(np.argmax(told))
            if 0 < best < len(tried) - 1:
                middle = (begin + len(some) / 2) * _STRIP, top + tall / 2
                found.append((*middle, _peak(told, best, tried), float(np.sqrt(told[best] - np.median(told)))))
    votes = np.asarray(found).reshape(-1, 4)
    return np.asarray(votes[votes[:, 3] > _LEAST_TOLD * votes[:, 3].max(initial=0.0) + _EDGE])


def _parting(strips: Floats, slope: float) -> Floats:
    """How clearly lines of a slope and paper part at each height, all strips moved as the slope says."""
    count, height = strips.shape
    moves = np.rint(slope * _STRIP * (np.arange(count) - (count - 1) / 2)).astype(int)
    profile = np.zeros(height, np.float32)
    for strip, move in zip(strips, moves.tolist(), strict=True):
        if move >= 0:
            profile[: height - move] += strip[move:]
        else:
            profile[-move:] += strip[:move]
    return np.asarray(np.diff(profile).astype(np.float64) ** 2)


def _peak(told: Floats, best: int, tried: Floats) -> float:
    """The slope at the top of a parabola through the best and its neighbours."""
    before, at, after = told[best - 1 : best + 2]
    bow = before - 2 * at + after
    return float(tried[best] + (tried[1] - tried[0]) * (0.5 * (before - after) / bow if bow < 0 else 0.0))


def _tilted(dark: Map, degrees: float) -> Flat:
    """The page turned back by so many degrees."""
    height, width = dark.shape
    turn = np.radians(degrees)
    us, vs = np.meshgrid(*(_nodes(side) for side in (width, height)))
    x, y = us - width / 2, vs - height / 2
    back = [x * np.cos(turn) - y * np.sin(turn) + width / 2, x * np.sin(turn) + y * np.cos(turn) + height / 2]
    return laid_flat(dark, np.dstack(back))


def _nodes(side: int) -> npt.NDArray[np.int64]:
    """Nodes of a mesh over a side, so many that blocks of two steps are the same from either end."""
    return np.arange(0, 2 * STEP * (side // (2 * STEP) + 2) + 1, STEP)


def _levelled(dark: Map, flat: Flat, votes: Floats) -> Flat:
    """The page along the lines that votes on slopes tell of."""
    height, width = flat.dark.shape
    field = Field(votes, width, height)
    us, vs = (np.arange(0, side, STEP, dtype=np.float64) for side in (width, height))
    xs, level = field.lines(vs, -STEP, width + STEP)
    ys = np.stack([np.interp(us, xs, level[:, row]) for row in range(len(vs))])
    points = np.dstack([np.tile(us, (len(vs), 1)), ys])
    nodes = flat.to_page(points.reshape(-1, 2)).reshape(points.shape)
    return laid_flat(dark, nodes)
