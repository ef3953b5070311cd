"""Tells the paper of a photograph from the desk around it, by its light."""

import cv2
import numpy as np
import numpy.typing as npt

from readers.page_ink import Map
from readers.pages import Picture

_LONG_SIDE = 240
_LIGHTER, _LEAST_PAPER, _WHOLE = 30.0, 0.3, 0.97
"""How much lighter than what lies around it paper is at least, of 255; shares of the picture."""
_RIM, _BESIDE, _ALMOST_ALL = 3, (-4.0, 4.0), 15


def on_paper(picture: Picture, dark: Map) -> Map:
    """The ink of a picture that lies on its paper; the map itself where that is all of it."""
    paper = paper_of(picture, dark.shape)
    return dark if paper.all() else np.where(paper, dark, 0).astype(np.uint8)


def paper_of(picture: Picture, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Where the paper lies, on a map of that shape; everywhere, where nothing around it is darker."""
    grey = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    scale = min(1.0, _LONG_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(cv2.dilate(small, np.ones((3, 3), np.uint8)), 5)
    hull = _lightest(np.asarray(small, dtype=np.uint8))
    if hull is None:
        return np.ones(shape, dtype=np.bool_)
    wide = cv2.resize(hull, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide > 0)


def _lightest(small: Map) -> Map | None:
    """The hull of the large light part of a picture; None where it is all of it, or hardly lighter."""
    least, light = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    del least
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(light, dtype=np.uint8))
    if len(stats) < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    ys, xs = np.nonzero(labels == largest)
    corners = cv2.convexHull(np.stack([xs, ys], axis=1).astype(np.int32))
    hull = np.zeros(small.shape, np.uint8)
    cv2.fillConvexPoly(hull, corners, 1)
    share = float(hull.mean())
    if not _LEAST_PAPER <= share <= _WHOLE:
        return None
    padded = cv2.copyMakeBorder(hull, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    inner = cv2.erode(padded, np.ones((_RIM, _RIM), np.uint8))[1:-1, 1:-1]
    return np.asarray(inner, dtype=np.uint8) if _step_at(small, hull) >= _LIGHTER else None


def _step_at(small: Map, hull: Map) -> float:
    """How much darker it is just beyond the rim of a hull, almost all along: shade over paper sets in by and by."""
    rim = cv2.findContours(hull, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0][0].reshape(-1, 2).astype(np.float64)
    height, width = hull.shape
    middle = np.asarray([width, height]) / 2
    away = (rim - middle) / np.maximum(np.hypot(*(rim - middle).T), 1.0)[:, None]
    inside, beyond = (np.rint(rim + far * away).astype(int) for far in _BESIDE)
    seen = ((beyond >= 0) & (beyond < [width, height])).all(axis=1)
    if not seen.any():
        return 0.0
    lights = [small[at[seen, 1], at[seen, 0]].astype(np.float64) for at in (inside, beyond)]
    return float(np.percentile(lights[0] - lights[1], _ALMOST_ALL))
