"""Follows the ridges of ink that might be ruled lines, and tells how sure each of them is one.

A line counts by what can be seen of it: where it shows as strongly as it does elsewhere, it speaks for itself; where
bare paper shows in its place, against; where writing stands so close that neither can be told, it says nothing by
itself, and counts as far as the line is as strong as the others. So hair lines beside writing, dotted lines and faint
ones are lines, and rows of letters, which show paper between words, are none.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from readers.page_bend import Floats
from readers.page_ink import Map

BLOCK = 32
_BESIDE, _BESIDE_THICK = (4, 8), 12
"""Pixels from a line to its paper; a line so thick that it has none there must be solid, which lines of writing, as
high as it, are not."""
_APART = 9
_WANDER = 7
_STEP_COSTS, _REST_COSTS = 4.0, 0.4
_OWN_SHARE = 75
"""A line's own strength is this percentile of its ridge: seven tenths of it may be hidden or lost."""
_SHOWS, _PAPER = 0.45, 0.6
_FAINTEST, _OVER_NOISE = 7.0, 4.0
_SURELY = 0.75
_FLOOR, _OF_STRONGEST = 7.0, 0.15

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ridges:
    """Where ink is darker than what lies beside it, lines running along the second axis.

    Attributes:
        run: darkness, averaged along the lines. ridge: how much darker than on both sides. mask: where it clearly is.
    """

    run: Map
    ridge: Map
    mask: Mask


@dataclass(frozen=True)
class Traces:
    """Lines followed.

    Attributes:
        places: where each lies, ascending. offsets: lines x blocks of 32 pixels, how far it is from its place there.
        strengths: how much darker than its surroundings each is. covers: which share of it shows.
        sureness: 0 to 1, that it is a ruled line.
    """

    places: Floats
    offsets: Floats
    strengths: Floats
    covers: Floats
    sureness: Floats

    def only(self, kept: Mask) -> "Traces":
        """Some of them."""
        return Traces(
            self.places[kept], self.offsets[kept], self.strengths[kept], self.covers[kept], self.sureness[kept]
        )


def ridges_of(dark: Map, along: int) -> Ridges:
    """The ridges of an ink map; `along`: pixels over which ink is averaged, more than a gap between dots."""
    run = np.asarray(cv2.blur(dark, (along, 1)), dtype=np.uint8)
    best = np.zeros_like(run)
    solid = np.asarray(cv2.erode(dark, np.ones((1, along), np.uint8)), dtype=np.uint8)
    for ink, far in (*((run, far) for far in _BESIDE), (solid, _BESIDE_THICK)):
        beside = np.zeros_like(run)
        beside[far:] = run[:-far]
        beside[:-far] = np.maximum(beside[:-far], run[far:])
        best = np.maximum(best, cv2.subtract(ink, beside))
    strong = float(np.percentile(best[::4, ::4], 99.7))
    return Ridges(run, np.asarray(best, dtype=np.uint8), np.asarray(best > max(_FLOOR, _OF_STRONGEST * strong)))


def peaks(profile: Floats, least: float) -> npt.NDArray[np.intp]:
    """Places of maxima, none nearer to a higher one than nine pixels."""
    found: list[int] = []
    left = profile.copy()
    while True:
        best = int(np.argmax(left))
        if left[best] < least:
            return np.asarray(sorted(found), dtype=np.intp)
        found.append(best)
        left[max(0, best - _APART) : best + _APART + 1] = 0


def centred(mask: Mask) -> Floats:
    """Length of the ridge at each place, if it wanders by a pixel or two; flat tops a little higher in the middle."""
    near = cv2.dilate(mask.astype(np.uint8), np.ones((5, 1), np.uint8)).sum(axis=1, dtype=np.float64)
    return np.asarray(near + np.convolve(mask.sum(axis=1, dtype=np.float64), (0.05, 0.1, 0.2, 0.1, 0.05), "same"))


def traced(ridges: Ridges, places: npt.NDArray[np.intp], along: tuple[float, float]) -> Traces:
    """The lines at some places followed between two points along them; of two that became one the surer stays."""
    low, high = max(0, int(along[0])), min(int(along[1]) + 1, ridges.ridge.shape[1])
    if not len(places) or high - low < 2 * BLOCK:
        none = np.zeros(0)
        return Traces(none, np.zeros((0, 1)), none, none, none)
    offsets = _followed(ridges.ridge, places, low, high)
    at = np.arange(low, high)
    blocks = np.minimum(at // BLOCK, offsets.shape[1] - 1)
    path = np.clip(places[:, None] + offsets[:, blocks].astype(int), 1, ridges.ridge.shape[0] - 2)
    beside = np.ones((3, 1), np.uint8)
    ridge = np.asarray(cv2.dilate(ridges.ridge, beside)[path, at], dtype=np.float32)
    run = np.asarray(cv2.dilate(ridges.run, beside)[path, at], dtype=np.float32)
    noise = _noise(ridges.ridge[:, low:high])
    own = np.percentile(ridge, _OWN_SHARE, axis=1).astype(np.float64)
    shows = ridge >= _SHOWS * np.maximum(own, 1)[:, None]
    hidden = ~shows & (run >= _PAPER * own[:, None])
    sureness = _sureness(own, shows.mean(axis=1), hidden.mean(axis=1), max(_FAINTEST, _OVER_NOISE * noise))
    covers = np.minimum(ridge / np.maximum(own, 1)[:, None], 1).mean(axis=1, dtype=np.float64)
    return _apart(Traces(places.astype(np.float64), offsets, own, covers, sureness))


def _sureness(own: Floats, shows: Floats, hidden: Floats, least: float) -> Floats:
    """What shows, and of what is hidden as much as the line is as strong as sure ones."""
    sure = own[(shows > _SURELY) & (own >= least)]
    usual = float(np.median(sure)) if len(sure) else float(own.max(initial=1.0))
    found = shows + hidden * np.minimum(1, own / max(usual, 1.0))
    return np.where(own >= least, found, 0.0)


def _noise(ridge: Map) -> float:
    """How strong a ridge chance alone makes on bare paper."""
    rows = cv2.dilate(ridge, np.ones((3, 1), np.uint8))[1::7]
    return float(np.percentile(np.percentile(rows, _OWN_SHARE, axis=1), 25)) if rows.size else 0.0


def _apart(traces: Traces) -> Traces:
    """Without those that follow a surer one."""
    paths = traces.places[:, None] + traces.offsets
    kept: list[int] = []
    for line in np.argsort(-traces.sureness, kind="stable"):
        near = [other for other in kept if abs(traces.places[line] - traces.places[other]) < _BESIDE[0] + 2 * _WANDER]
        if all(np.median(np.abs(paths[line] - paths[other])) >= _BESIDE[0] for other in near):
            kept.append(int(line))
    mask = np.zeros(len(traces.places), dtype=bool)
    mask[kept] = True
    return traces.only(mask)


def followed(ridge: Map, places: npt.NDArray[np.intp], along: tuple[float, float]) -> Floats:
    """How far lines are from their places in each block, where they are followed between two points along them."""
    return _followed(ridge, places, max(0, int(along[0])), min(int(along[1]) + 1, ridge.shape[1]))


def _followed(ridge: Map, places: npt.NDArray[np.intp], low: int, high: int) -> Floats:
    """The paths of most ink near lines, block by block; a step from one offset to the next costs."""
    gain = _gains(ridge, places, low, high)
    lines, blocks, ways = gain.shape
    off = np.arange(ways) - _WANDER
    steps = np.abs(off[:, None] - off) * _STEP_COSTS
    rest = np.abs(off) * _REST_COSTS
    total = gain[:, 0] - rest
    came = np.zeros((blocks, lines, ways), dtype=np.intp)
    for block in range(1, blocks):
        tried = total[:, :, None] - steps
        came[block] = tried.argmax(axis=1)
        total = np.take_along_axis(tried, came[block][:, None], axis=1)[:, 0] + gain[:, block] - rest
    path = np.zeros((blocks, lines), dtype=np.intp)
    path[-1] = total.argmax(axis=1)
    for block in range(blocks - 1, 0, -1):
        path[block - 1] = came[block][np.arange(lines), path[block]]
    return np.asarray(path.T - _WANDER, dtype=np.float64)


def _gains(ridge: Map, places: npt.NDArray[np.intp], low: int, high: int) -> Floats:
    """Mean ridge in each block at each offset: lines x blocks x offsets; nothing outside `low` to `high`."""
    blocks = max(1, ridge.shape[1] // BLOCK)
    inside = ridge[:, : blocks * BLOCK].astype(np.float32)
    inside[:, :low] = 0
    inside[:, high:] = 0
    means = np.pad(inside.reshape(len(ridge), blocks, BLOCK).mean(axis=2), ((_WANDER, _WANDER), (0, 0)))
    rows = places[:, None] + np.arange(2 * _WANDER + 1)
    return np.asarray(means[rows].transpose(0, 2, 1), dtype=np.float64)
