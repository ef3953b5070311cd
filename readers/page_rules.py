"""Finds the ruled lines of a table on a flat page, and follows each as far as it still leaves its place.

A ruled line is a thin ridge of ink that runs on; of all ridges those make the table that cross three others. Lines of
dots, broken lines and faint ones still run on as a whole, which letters and stamps do not.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from readers.page_bend import Flat, Floats
from readers.page_ink import Map

_ALONG_LEVEL, _ALONG_UPRIGHT = 41, 17
_BESIDE = (4, 8)
_APART = 9
_LEAST_LENGTH = 110
_CROSSINGS = 3
_NEAR = 16
_WIDE = 13
_BLOCK = 32
_MOST_OF_THEM, _OPEN = 0.5, 22
_WANDER = 5
WEAK, STRONG = 0.25, 0.55
_PARTED, _LEAST_GAP = (0.28, 0.85), 0.13

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Family:
    """Lines of one direction.

    Attributes:
        places: where each lies, ascending. covers: which share of its length is ink. offsets: lines x blocks of 32
        pixels: how far it is from its place there. is_strong: it is a ruled line, as sure as can be told from ink.
        mask: of all such ridges, lines running along the second axis.
    """

    places: Floats
    covers: Floats
    offsets: Floats
    is_strong: Mask
    mask: Mask

    def at(self, line: int, along: Floats) -> Floats:
        """Where line number `line` lies at places along it."""
        blocks = (np.arange(self.offsets.shape[1]) + 0.5) * _BLOCK
        return np.asarray(self.places[line] + np.interp(along, blocks, self.offsets[line]))


@dataclass(frozen=True)
class Rules:
    """The table: level lines, upright lines; `across` left and right, `down` top and bottom of its ruled lines."""

    level: Family
    upright: Family
    across: tuple[float, float]
    down: tuple[float, float]


def find_rules(flat: Flat) -> Rules | None:
    """The lines of the largest table on the page that weakly or strongly show; None if there is no table."""
    level_ridge = _ridge(flat.dark, _ALONG_LEVEL)
    upright_ridge = _ridge(np.ascontiguousarray(flat.dark.T), _ALONG_UPRIGHT)
    level_mask, upright_mask = _shown(level_ridge), _shown(upright_ridge)
    rows, columns = _candidates(level_mask), _candidates(upright_mask)
    kept = _table(rows, columns, level_mask, upright_mask)
    if kept is None:
        return None
    rows, columns = rows[kept[0]], columns[kept[1]]
    short_ridge = _ridge(flat.dark, _ALONG_UPRIGHT)
    level = _measured(short_ridge, rows, _extent(level_mask, rows))
    ends = _span(level) if len(level.places) else (0.0, 0.0)
    upright = _measured(upright_ridge, columns, ends)
    if len(level.places) < _CROSSINGS or len(upright.places) < _CROSSINGS:
        return None
    upright = _closed(upright, _reach(level, _span(upright)))
    level = _closed(level, _reach(upright, ends))
    return Rules(level, upright, _span(upright), _span(level))


def _span(family: Family) -> tuple[float, float]:
    strong = family.places[family.is_strong]
    return float(strong[0]), float(strong[-1])


def _reach(family: Family, known: tuple[float, float]) -> tuple[float, float]:
    """How far most lines of a family run on beyond the outermost lines that cross them."""
    along = np.arange(family.mask.shape[1])
    shown = np.zeros(len(along))
    for line in np.flatnonzero(family.is_strong):
        path = np.clip(family.at(int(line), along.astype(float)).astype(int), 2, family.mask.shape[0] - 3)
        shown += family.mask[path, along] | family.mask[path - 2, along] | family.mask[path + 2, along]
    share = np.convolve(shown / max(1, int(family.is_strong.sum())), np.ones(_BLOCK // 2) / (_BLOCK // 2), "same")
    low, high = int(known[0]), int(known[1])
    while low > 0 and share[low - 1] >= _MOST_OF_THEM:
        low -= 1
    while high < len(along) - 1 and share[high + 1] >= _MOST_OF_THEM:
        high += 1
    return float(low), float(high)


def _closed(family: Family, ends: tuple[float, float]) -> Family:
    """With a line at each end where the crossing lines end in the open: a table without a frame."""
    first, last = _span(family)
    added = [end for end, far in ((ends[0], first - ends[0]), (ends[1], ends[1] - last)) if far > _OPEN]
    if not added:
        return family
    kept = (family.places > ends[0] + _APART) & (family.places < ends[1] - _APART) | family.is_strong
    places = np.concatenate([family.places[kept], added])
    order = np.argsort(places)
    nearest = [int(np.argmin(np.abs(family.places[kept] - end))) for end in added]
    offsets = np.concatenate([family.offsets[kept], family.offsets[kept][nearest]])
    covers = np.concatenate([family.covers[kept], np.ones(len(added))])
    strong = np.concatenate([family.is_strong[kept], np.ones(len(added), dtype=bool)])
    return Family(places[order], covers[order], offsets[order], strong[order], family.mask)


def _ridge(dark: Map, along: int) -> Map:
    """How much darker a level line through each place is than what lies beside it."""
    run = cv2.blur(dark, (along, 1))
    best = np.zeros_like(run)
    for far in _BESIDE:
        beside = np.zeros_like(run)
        beside[far:] = run[:-far]
        beside[:-far] = np.maximum(beside[:-far], run[far:])
        best = np.maximum(best, cv2.subtract(run, beside))
    return np.asarray(best, dtype=np.uint8)


def _shown(ridge: Map) -> Mask:
    strong = float(np.percentile(ridge[::2, ::2], 99.7))
    return np.asarray(ridge > max(9.0, 0.22 * strong))


def _counts(mask: Mask) -> Floats:
    """Length of the ridge at each place, if it wanders by a pixel or two."""
    near = cv2.dilate(mask.astype(np.uint8), np.ones((5, 1), np.uint8))
    return np.asarray(near.sum(axis=1, dtype=np.float64))


def _candidates(mask: Mask) -> npt.NDArray[np.intp]:
    return _peaks(_centred(mask), _LEAST_LENGTH)


def _centred(mask: Mask) -> Floats:
    """Counts whose flat tops are a little higher in the middle."""
    counts = _counts(mask)
    return counts + np.convolve(mask.sum(axis=1, dtype=np.float64), (0.05, 0.1, 0.2, 0.1, 0.05), "same")


def _peaks(profile: Floats, least: float) -> npt.NDArray[np.intp]:
    """Places of maxima, none nearer to a higher one than _APART."""
    found: list[int] = []
    left = profile.copy()
    while True:
        best = int(np.argmax(left))
        if left[best] < least:
            return np.asarray(sorted(found), dtype=np.intp)
        found.append(best)
        left[max(0, best - _APART) : best + _APART + 1] = 0


def _table(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], level: Mask, upright: Mask
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]] | None:
    """Which lines cross at least three others of the same table; None if there are none."""
    if len(rows) < _CROSSINGS or len(columns) < _CROSSINGS:
        return None
    size = 2 * _NEAR + 1
    near_level = cv2.dilate(level.astype(np.uint8), np.ones((_WIDE, size), np.uint8))[np.ix_(rows, columns)] > 0
    near_upright = cv2.dilate(upright.astype(np.uint8), np.ones((_WIDE, size), np.uint8))[np.ix_(columns, rows)].T > 0
    cross = near_level & near_upright
    seed = int(np.argmax(cross.sum(axis=1)))
    mine = np.zeros(len(rows), bool)
    mine[seed] = True
    theirs = cross[seed]
    for _ in range(20):
        needed = min(_CROSSINGS, int(theirs.sum()))
        more = (cross[:, theirs].sum(axis=1) >= needed) | mine
        others = cross[more].sum(axis=0) >= _CROSSINGS
        if (more == mine).all() and (others == theirs).all():
            break
        mine, theirs = more, others
    mine &= cross[:, theirs].sum(axis=1) >= _CROSSINGS
    if mine.sum() < _CROSSINGS or theirs.sum() < _CROSSINGS:
        return None
    return np.flatnonzero(mine), np.flatnonzero(theirs)


def _extent(mask: Mask, lines: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Where most of the lines begin and end."""
    begins, ends = [], []
    for line in lines:
        along = np.flatnonzero(mask[max(0, line - 3) : line + 4].any(axis=0))
        begins.append(np.percentile(along, 1))
        ends.append(np.percentile(along, 99))
    return float(np.percentile(begins, 40)), float(np.percentile(ends, 60))


def _measured(ridge: Map, known: npt.NDArray[np.intp], along: tuple[float, float]) -> Family:
    """All lines among those known that at least weakly show between two places along them, followed."""
    mask = _shown(ridge)
    low, high = max(0, int(along[0])), int(along[1]) + 1
    places = _peaks(_centred(mask[:, low:high]), WEAK * max(1, high - low))
    places = places[(places >= known[0] - _APART) & (places <= known[-1] + _APART)]
    offsets = [_followed(ridge, int(place), low, high) for place in places]
    inks = [_along_path(ridge, int(place), off, low, high) for place, off in zip(places, offsets, strict=True)]
    full = max((float(np.median(ink)) for ink in inks), default=1.0)
    full = float(np.median([np.median(ink) for ink in inks if np.median(ink) > 0.4 * full])) if inks else 1.0
    covers = np.asarray([float(np.minimum(ink / max(full, 1.0), 1).mean()) for ink in inks])
    blocks = -(-ridge.shape[1] // _BLOCK)
    table = np.asarray(offsets) if offsets else np.zeros((0, blocks))
    return Family(places.astype(np.float64), covers, table, covers > _parting(covers), mask)


def _parting(covers: Floats) -> float:
    """Where the uppermost wide gap parts ruled lines from chance ones."""
    ordered = np.sort(covers)
    middles, gaps = (ordered[1:] + ordered[:-1]) / 2, np.diff(ordered)
    fits = (middles > _PARTED[0]) & (middles < _PARTED[1]) & (gaps > _LEAST_GAP)
    return float(middles[fits][-1]) if fits.any() else STRONG


def _followed(ridge: Map, place: int, low: int, high: int) -> Floats:
    """The path of most ink near a line, block by block; a step from one offset to the next costs."""
    blocks = -(-ridge.shape[1] // _BLOCK)
    first = max(0, place - _WANDER)
    band = ridge[first : place + _WANDER + 1].astype(np.float64).copy()
    band[:, :low] = 0
    band[:, high:] = 0
    padded = np.pad(band, ((0, 2 * _WANDER + 1 - band.shape[0]), (0, blocks * _BLOCK - band.shape[1])))
    gain = padded.reshape(2 * _WANDER + 1, blocks, _BLOCK).mean(axis=2).T
    steps = np.abs(np.arange(2 * _WANDER + 1)[:, None] - np.arange(2 * _WANDER + 1)) * 4.0
    rest = np.abs(np.arange(2 * _WANDER + 1) - (place - first)) * 0.4
    total = gain[0] - rest
    came = np.zeros((blocks, 2 * _WANDER + 1), dtype=int)
    for block in range(1, blocks):
        ways = total[:, None] - steps
        came[block] = ways.argmax(axis=0)
        total = ways.max(axis=0) + gain[block] - rest
    path = [int(total.argmax())]
    for block in range(blocks - 1, 0, -1):
        path.append(int(came[block][path[-1]]))
    return np.asarray(path[::-1], dtype=np.float64) + first - place


def _along_path(ridge: Map, place: int, offsets: Floats, low: int, high: int) -> Floats:
    """The ridge along the line's path, the best within a pixel of it."""
    along = np.arange(low, min(high, ridge.shape[1]))
    path = np.clip(place + offsets[along // _BLOCK].astype(int), 1, ridge.shape[0] - 2)
    return np.asarray(
        np.maximum(np.maximum(ridge[path, along], ridge[path - 1, along]), ridge[path + 1, along]), dtype=np.float64
    )
