"""Finds how a page is turned, tilted and bent from the slopes of its ruled lines, and maps it flat.

Pieces of lines vote for the slope of each family of lines at their place; a smooth field is laid through the votes and
followed like a wind: its streamlines are where ruled lines run, also where they are broken or too faint to see. The
flat page has (u, v) where the streamline u of upright lines crosses the streamline v of level ones.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from readers.page_ink import Map

Floats = npt.NDArray[np.float64]
STEP = 16
_LEAST_PIECE = 28.0
_LEAST_PIECES = 12
_GAP = 9
_KNOTS = 9
_STIFFNESS = 0.6
_ROUNDS = 6
_WIDEST_TILT = np.radians(14)


@dataclass(frozen=True)
class Flat:
    """The flat page: its ink, and the nodes of the mesh (every 16 pixels: rows x columns x (x, y) of the ink map)."""

    dark: Map
    nodes: Floats

    def turned(self, quarters: int) -> "Flat":
        """The same, turned clockwise by so many quarters of a circle."""
        return Flat(np.ascontiguousarray(np.rot90(self.dark, -quarters)), np.rot90(self.nodes, -quarters))

    def to_page(self, points: Floats) -> Floats:
        """Points (N x 2: u, v) of the flat page as points (x, y) of the ink map."""
        rows, columns = self.nodes.shape[:2]
        places = np.clip(points / STEP, 0, [columns - 1.001, rows - 1.001])
        at = places.astype(int)
        right, down = (places - at).T[:, :, None]
        u, v = at.T
        top = self.nodes[v, u] * (1 - right) + self.nodes[v, u + 1] * right
        bottom = self.nodes[v + 1, u] * (1 - right) + self.nodes[v + 1, u + 1] * right
        return np.asarray(top * (1 - down) + bottom * down)


def flatten(dark: Map, is_broken: bool = False) -> Flat | None:
    """The page flat, its lines level and upright; None if hardly any line is on it.

    Args:
        dark: ink of the page.
        is_broken: its lines are dashes, which the edges of the paper on a desk are not.
    """
    families = (None if is_broken else _families(dark)) or _families(_joined(dark))
    if families is None:
        return None
    level, upright = families
    height, width = dark.shape
    across = Field(level, width, height)
    down = Field(upright, height, width)
    return laid_flat(dark, _mesh(across, down, width, height))


def laid_flat(dark: Map, nodes: Floats) -> Flat:
    """The page as a mesh lays it flat; nodes: rows x columns x (x, y) of the ink map, every 16 pixels of it."""
    rows, columns = nodes.shape[:2]
    us, vs = np.arange((columns - 1) * STEP + 1), np.arange((rows - 1) * STEP + 1)
    maps = [(_between(vs, rows) @ nodes[:, :, k].astype(np.float32) @ _between(us, columns).T) for k in (0, 1)]
    flat = cv2.remap(dark, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return Flat(np.asarray(flat, dtype=np.uint8), nodes)


def _families(dark: Map) -> tuple[Floats, Floats] | None:
    """The votes for level and for upright lines; None if they are too few."""
    pieces = _pieces(dark)
    if len(pieces) < _LEAST_PIECES:
        return None
    angle = _main_angle(pieces)
    level, upright = _family(pieces, angle), _family(pieces[:, [1, 0, 3, 2]], -angle)
    return None if min(len(level), len(upright)) < _LEAST_PIECES // 2 else (level, upright)


def _joined(dark: Map) -> Map:
    """Dashes and dots joined to lines."""
    gap = np.ones(_GAP, np.uint8)
    level = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, gap[None, :])
    return np.asarray(cv2.max(level, cv2.morphologyEx(dark, cv2.MORPH_CLOSE, gap[:, None])), dtype=np.uint8)


def _pieces(dark: Map) -> Floats:
    """Straight pieces of lines: N x (x1, y1, x2, y2)."""
    found: npt.NDArray[np.float32] | None = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE, 0.8).detect(dark)[0]  # type: ignore[assignment]
    if found is None:
        return np.zeros((0, 4))
    pieces = found.reshape(-1, 4).astype(np.float64)
    return pieces[np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]) >= _LEAST_PIECE]


def _main_angle(pieces: Floats) -> float:
    """The angle of most lines, between -45 and 45 degrees, in radians."""
    across, down = pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]
    angles = (np.arctan2(down, across) + np.pi / 4) % (np.pi / 2) - np.pi / 4
    bins = np.linspace(-np.pi / 4, np.pi / 4, 91)
    votes, _ = np.histogram(angles, bins, weights=np.hypot(across, down) ** 1.5)
    smooth = np.convolve(np.concatenate((votes[-2:], votes, votes[:2])), np.ones(5), "valid")
    best = int(np.argmax(smooth))
    return float((bins[best] + bins[best + 1]) / 2)


def _family(pieces: Floats, angle: float) -> Floats:
    """Pieces near an angle as N x (place along, place across, slope, weight)."""
    along, across = pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]
    turn = (np.arctan2(across, along) - angle + np.pi / 2) % np.pi - np.pi / 2
    near = np.abs(turn) < _WIDEST_TILT
    length = np.hypot(along, across)[near]
    slope = np.tan(turn[near] + angle)
    middle = (pieces[near, :2] + pieces[near, 2:]) / 2
    return np.column_stack([middle, slope, np.minimum(length, 400.0) ** 1.5])


class Field:
    """A smooth slope over the page: hats along the lines, each linear across them."""

    def __init__(self, votes: Floats, length: int, breadth: int) -> None:
        self.length, self.breadth = length, breadth
        design = self._design(votes[:, 0], votes[:, 1])
        weights = votes[:, 3] / votes[:, 3].sum()
        slopes = votes[:, 2]
        self.shape = self._solve(design, slopes, weights)
        for _ in range(_ROUNDS):
            off = np.abs(design @ self.shape - slopes)
            spread = max(0.004, 2.0 * float(weighted_median(off, weights)))
            self.shape = self._solve(design, slopes, weights / (1 + (off / spread) ** 2) ** 2)

    def _design(self, along: Floats, across: Floats) -> Floats:
        place = np.clip(along / self.length, 0, 1) * (_KNOTS - 1)
        hats = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(_KNOTS)))
        lean = (across / self.breadth - 0.5)[:, None]
        return np.hstack([hats, hats * lean])

    def _solve(self, design: Floats, slopes: Floats, weights: Floats) -> Floats:
        share = weights / weights.sum()
        second = np.diff(np.eye(_KNOTS), 2, axis=0)
        first = np.diff(np.eye(_KNOTS), 1, axis=0)
        smooth = np.zeros((2 * _KNOTS, 2 * _KNOTS))
        smooth[:_KNOTS, :_KNOTS] = second.T @ second * 0.004 * _STIFFNESS
        smooth[_KNOTS:, _KNOTS:] = first.T @ first * 0.02 * _STIFFNESS + second.T @ second * 0.01 * _STIFFNESS
        left = design.T @ (design * share[:, None]) + smooth + np.eye(2 * _KNOTS) * 1e-7
        return np.asarray(np.linalg.solve(left, design.T @ (slopes * share)))

    def slope(self, along: Floats, across: Floats) -> Floats:
        """How steep lines are at points."""
        return self._design(along, across) @ self.shape

    def lines(self, starts: Floats, low: float, high: float) -> tuple[Floats, Floats]:
        """Streamlines that pass through `starts` at half the length: places along (ascending), and K x N across."""
        middle = self.length / 2
        after = self._follow(starts, middle, high, float(STEP))
        before = self._follow(starts, middle, low, -float(STEP))
        places = np.concatenate([before[0][:0:-1], after[0]])
        return places, np.concatenate([before[1][:0:-1], after[1]])

    def _follow(self, starts: Floats, begin: float, end: float, step: float) -> tuple[Floats, Floats]:
        places, lines = [begin], [starts]
        while (places[-1] < end) if step > 0 else (places[-1] > end):
            here, now = places[-1], lines[-1]
            half = now + self.slope(np.full(len(now), here), now) * step / 2
            lines.append(now + self.slope(np.full(len(now), here + step / 2), half) * step)
            places.append(here + step)
        return np.asarray(places), np.asarray(lines)


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value below which half of the weight lies."""
    order = np.argsort(values)
    whole = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(whole, whole[-1] / 2)])


def _mesh(across: Field, down: Field, width: int, height: int) -> Floats:
    """Where level and upright streamlines cross; a margin keeps the corners of a turned page inside."""
    margin = STEP * int(0.1 * max(width, height) / STEP)
    us, vs = (_marks(-margin, length + margin) for length in (width, height))
    xs, level = across.lines(vs, -2.0 * margin, width + 2.0 * margin)
    ys, upright = down.lines(us, -2.0 * margin, height + 2.0 * margin)
    x, y = np.meshgrid(us, vs)
    for _ in range(5):
        for row in range(len(vs)):
            y[row] = np.interp(x[row], xs, level[:, row])
        for column in range(len(us)):
            x[:, column] = np.interp(y[:, column], ys, upright[:, column])
    return np.dstack([x, y])


def _marks(low: int, high: int) -> Floats:
    """Nodes from `low` past `high`, so many that blocks of two steps are the same from either end."""
    count = -(-(high - low) // STEP)
    return low + STEP * np.arange(count + count % 2 + 1, dtype=np.float64)


def _between(places: npt.NDArray[np.int64], nodes: int) -> npt.NDArray[np.float32]:
    """Weights that take values at nodes to each place: places x nodes."""
    return np.asarray(np.maximum(0, 1 - np.abs(places[:, None] / STEP - np.arange(nodes))), dtype=np.float32)
