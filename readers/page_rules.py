"""Finds the ruled lines of a table on a flat page, and follows each as far as it still leaves its place.

A ruled line is a thin ridge of ink that runs on; of all ridges those make the table that cross three others. Lines of
dots, broken lines and faint ones still run on as a whole, which letters and stamps do not.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from readers.page_bend import Flat, Floats
from readers.page_crossings import shown_at_crossings
from readers.page_ink import Map
from readers.page_traces import BLOCK, Mask, Ridges, Traces, centred, followed, peaks, ridges_of, traced

_ALONG = 21
_APART, _ONE_LINE = 9, 12
_LEAST_LENGTH = 110
_CROSSINGS = 3
_NEAR = 16
_WIDE = 13
_MOST_OF_THEM, _OPEN = 0.5, 22
_LEAST_SHOWN = 0.12
_CROSSES, _FEW, _OVER_TABLE, _PARTLY = 0.8, 0.3, 3, 0.35
_AS_MANY = 0.9
_FAR_OFF = 4.0
WEAK, STRONG = 0.4, 0.75
_PARTED, _LEAST_GAP = (0.62, 0.9), 0.06
_LETTERS, _RULED, _WORN = 0.35, 0.5, 0.6
"""What shows no more than the first beside the lines that cross it is no ruled line. Of 1,186 lines of generated pages
all but one showed 0.72 or more, of letters below each other that passed for lines none more than 0.09. What shows more
than the second there is one, if as much as the third can be seen of it elsewhere."""


@dataclass(frozen=True)
class Family:
    """Lines of one direction.

    Attributes:
        places: where each lies, ascending. covers: which share of its length is ink. offsets: lines x blocks of 32
        pixels: how far it is from its place there. is_strong: it is a ruled line, as sure as can be told from ink.
        mask: of all such ridges, lines running along the second axis. sureness: 0 to 1, that it is a ruled line.
    """

    places: Floats
    covers: Floats
    offsets: Floats
    is_strong: Mask
    mask: Mask
    sureness: Floats

    def at(self, line: int, along: Floats) -> Floats:
        """Where line number `line` lies at places along it."""
        blocks = (np.arange(self.offsets.shape[1]) + 0.5) * BLOCK
        return np.asarray(self.places[line] + np.interp(along, blocks, self.offsets[line]))

    def between(self, first: int, last: int) -> "Family":
        """Those from one line to another, both of them too."""
        return self.only(slice(first, last + 1))

    def only(self, kept: Mask | slice) -> "Family":
        """Some of them."""
        return Family(
            self.places[kept], self.covers[kept], self.offsets[kept], self.is_strong[kept], self.mask,
            self.sureness[kept],
        )  # fmt: skip

    def mirrored(self) -> "Family":
        """The same on the page turned upside down."""
        end = self.mask.shape[0] - 1
        return Family(
            end - self.places[::-1], self.covers[::-1], -self.offsets[::-1, ::-1], self.is_strong[::-1],
            self.mask[::-1, ::-1], self.sureness[::-1],
        )  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """The table: level lines, upright lines; `across` left and right, `down` top and bottom of its ruled lines."""

    level: Family
    upright: Family
    across: tuple[float, float]
    down: tuple[float, float]

    def mirrored(self) -> "Rules":
        """The same on the page turned upside down."""
        width, height = self.upright.mask.shape[0] - 1, self.level.mask.shape[0] - 1
        across, down = (width - self.across[1], width - self.across[0]), (height - self.down[1], height - self.down[0])
        return Rules(self.level.mirrored(), self.upright.mirrored(), across, down)


def find_rules(flat: Flat) -> Rules | None:
    """The lines of the largest table on the page that weakly or strongly show; None if there is no table."""
    across = np.ascontiguousarray(flat.dark.T)
    level_ridges, upright_ridges = ridges_of(flat.dark, _ALONG), ridges_of(across, _ALONG)
    rows, columns = (peaks(centred(r.mask), _LEAST_LENGTH) for r in (level_ridges, upright_ridges))
    kept = _table(rows, columns, level_ridges.mask, upright_ridges.mask)
    if kept is None:
        return None
    rows, columns = rows[kept[0]], columns[kept[1]]
    extent = _extent(level_ridges.mask, rows)
    level = _measured(level_ridges, rows, extent)
    if level.is_strong.sum() < _CROSSINGS:
        return None
    upright = _measured(upright_ridges, columns, _span(level))
    if upright.is_strong.sum() < _CROSSINGS:
        level = _without_far_ones(level)
        upright = _measured(upright_ridges, columns, _span(level))
    inside = _crossed(level, upright)
    if inside is not None:
        level = level.between(*inside)
        upright = _measured(upright_ridges, columns, _span(level))
    level = _followed_on(level, level_ridges, extent, upright)
    beside = _beside(upright, level)
    if beside is not None:
        upright = upright.between(*beside)
    upright = _without_letters(across, upright, level)
    if min(level.is_strong.sum(), upright.is_strong.sum()) < _CROSSINGS:
        return None
    level = _with_crossed_ones(flat.dark, level, upright)
    inside = _crossed(level, upright)  # letters no longer pass for lines that cross it
    level = level if inside is None else level.between(*inside)
    if level.is_strong.sum() < _CROSSINGS:
        return None
    ends = _span(level)
    upright = _closed(upright, _reach(level, _span(upright)))
    level = _closed(level, _reach(upright, ends))
    return Rules(level, upright, _span(upright), _span(level))


def _without_far_ones(level: Family) -> Family:
    """Without lines at the ends that lie far off the others: edges of the paper on a desk are as clear as rules."""
    strong = np.flatnonzero(level.is_strong)
    gaps = np.diff(level.places[strong])
    near = np.flatnonzero(gaps <= _FAR_OFF * float(np.median(gaps)))
    kept = level.between(int(strong[near[0]]), int(strong[near[-1] + 1]))
    return kept if kept.is_strong.sum() >= _CROSSINGS else level


def _followed_on(level: Family, ridges: Ridges, extent: tuple[float, float], upright: Family) -> Family:
    """Level lines that were followed only in part, where most are broken, followed from edge to edge of the table."""
    if upright.is_strong.sum() < _CROSSINGS:
        return level
    edges = _span(upright)
    if edges[0] > extent[0] - BLOCK and edges[1] < extent[1] + BLOCK:
        return level
    along = min(edges[0], extent[0]), max(edges[1], extent[1])
    return replace(level, offsets=followed(ridges.ridge, level.places.astype(np.intp), along))


def _crossed(level: Family, upright: Family) -> tuple[int, int] | None:
    """First and last of the strong level lines without bands at the ends that hardly an upright line crosses.

    None if there are no such bands: dotted lines over a table are none of its lines, though letters may seem to cross;
    so what lies above a band that nothing crosses is left out too, where that is one of the first.
    """
    bands = _bands(level, upright)
    if bands is None:
        return None
    before = min(_OVER_TABLE, int(np.argmax(bands.is_whole))) if bands.is_whole.any() else _OVER_TABLE
    over = np.flatnonzero(~bands.crossed[:before])
    return _ends(level, bands.crossed, int(over[-1]) + 1 if len(over) else 0)


def _beside(upright: Family, level: Family) -> tuple[int, int] | None:
    """The same for upright lines: beyond the edge of a table no level line shows, not even in parts."""
    bands = _bands(upright, level)
    return None if bands is None else _ends(upright, bands.crossed | (bands.shown >= _PARTLY), 0)


@dataclass(frozen=True)
class _Bands:
    """Bands between strong lines: whether lines cross each, and how much of those that are strong shows there.

    `is_whole`: as many lines cross it as most of the table: a heading, also where a gap parts it from the rows.
    """

    crossed: Mask
    shown: Floats
    is_whole: Mask


def _bands(lines: Family, crossing: Family) -> _Bands | None:
    strong = np.flatnonzero(lines.is_strong)
    if len(strong) <= _CROSSINGS or len(crossing.places) < _CROSSINGS:
        return None
    shown = np.asarray([_shown(crossing, number) for number in range(len(crossing.places))])
    places = lines.places[strong].astype(int)
    shares = [shown[:, top + 1 : bottom - 1].mean(axis=1) for top, bottom in pairwise(places)]
    counts = np.asarray([(share > _CROSSES).sum() for share in shares])
    crossed = counts >= max(2, _FEW * float(np.percentile(counts, 75)))
    strong_shares = [share[crossing.is_strong | ~crossing.is_strong.any()] for share in shares]
    is_whole = np.asarray([float((share > _CROSSES).mean()) >= _AS_MANY for share in strong_shares])
    return _Bands(crossed, np.asarray([float(share.mean()) for share in strong_shares]), crossed & is_whole)


def _ends(lines: Family, crossed: Mask, first: int) -> tuple[int, int] | None:
    """The strong lines around the bands that are crossed, from a band on; None where these are all, or none is."""
    if not crossed[first:].any():
        return None
    strong = np.flatnonzero(lines.is_strong)
    first, last = first + int(np.argmax(crossed[first:])), len(crossed) - int(np.argmax(crossed[::-1]))
    if first == 0 and last == len(crossed):
        return None
    return int(strong[first]), int(strong[last])


def _with_crossed_ones(dark: Map, level: Family, upright: Family) -> Family:
    """Strong are those that lines cross: full lines of writing pass for ruled ones where a page is worn.

    A line between the first two, or the last on a page upside down, may part the levels of a heading: it stays weak.
    """
    ruled = _without_letters(dark, level, upright)
    known = level.places[level.is_strong]
    is_inner = (level.places > known[1]) & (level.places < known[-2])
    is_crossed = np.isin(level.places, ruled.places[ruled.is_strong])
    return replace(level, is_strong=is_crossed & (level.is_strong | is_inner))


def _without_letters(dark: Map, family: Family, crossing: Family) -> Family:
    """Without letters that stand below or beside each other in every row: they keep off the lines that cross.

    A worn line that shows wherever others cross it is as sure as they are.
    """
    strong, ruled = np.flatnonzero(family.is_strong), np.flatnonzero(crossing.is_strong)
    shown = shown_at_crossings(dark, family, crossing, strong, ruled.tolist())
    is_worn = (shown > _RULED) & (family.sureness > _WORN)
    return replace(family, is_strong=family.is_strong | is_worn).only(shown > _LETTERS)


def _shown(family: Family, line: int) -> Mask:
    """Where along its way a line shows, or a pixel or two beside it."""
    along = np.arange(family.mask.shape[1])
    path = np.clip(family.at(line, along.astype(float)).astype(int), 2, family.mask.shape[0] - 3)
    return np.asarray(family.mask[path, along] | family.mask[path - 2, along] | family.mask[path + 2, along])


def _span(family: Family) -> tuple[float, float]:
    strong = family.places[family.is_strong]
    return float(strong[0]), float(strong[-1])


def _reach(family: Family, known: tuple[float, float]) -> tuple[float, float]:
    """How far most lines of a family run on beyond the outermost lines that cross them."""
    shown = np.zeros(family.mask.shape[1])
    for line in np.flatnonzero(family.is_strong):
        shown += _shown(family, int(line))
    share = np.convolve(shown / max(1, int(family.is_strong.sum())), np.ones(BLOCK // 2) / (BLOCK // 2), "same")
    low, high = int(known[0]), int(known[1])
    least = _MOST_OF_THEM * min(1.0, float(np.median(share[low : high + 1])))
    while low > 0 and share[low - 1] >= least:
        low -= 1
    while high < len(shown) - 1 and share[high + 1] >= least:
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
    sure = np.concatenate([family.sureness[kept], np.ones(len(added))])
    return Family(places[order], covers[order], offsets[order], strong[order], family.mask, sure[order])


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


def _measured(ridges: Ridges, known: npt.NDArray[np.intp], along: tuple[float, float]) -> Family:
    """All lines among those known that at least weakly show between two places along them."""
    low, high = max(0, int(along[0])), int(along[1]) + 1
    places = peaks(centred(ridges.mask[:, low:high]), _LEAST_SHOWN * max(1, high - low))
    places = places[(places >= known[0] - _APART) & (places <= known[-1] + _APART)]
    traces = traced(ridges, places, along)
    traces = traces.only(traces.sureness >= WEAK)
    traces = traces.only(_single(traces))
    strong = traces.sureness > _parting(traces.sureness)
    return Family(traces.places, traces.covers, traces.offsets, strong, ridges.mask, traces.sureness)


def _single(traces: Traces) -> Mask:
    """Of lines so near that nothing can be written between them the surest: a double line is one."""
    kept = np.zeros(len(traces.places), dtype=bool)
    for line in np.argsort(-traces.sureness, kind="stable"):
        kept[line] = not (np.abs(traces.places[kept] - traces.places[line]) < _ONE_LINE).any()
    return kept


def _parting(sureness: Floats) -> float:
    """Where the widest gap parts ruled lines, of which a table has several, from chance ones."""
    ordered = np.sort(sureness)
    middles, gaps = (ordered[1:] + ordered[:-1]) / 2, np.diff(ordered)
    fits = (middles > _PARTED[0]) & (middles < _PARTED[1]) & (gaps > _LEAST_GAP)
    parting = float(middles[fits][np.argmax(gaps[fits])]) if fits.any() else STRONG
    return parting if (sureness > parting).sum() >= _CROSSINGS else STRONG
