"""Cuts one place out of a page, upright and grey, as recognisers want it: flat paper, no stamp, no line at the rim."""

import cv2
import numpy as np
import numpy.typing as npt

from readers.page_ink import darkness, percentile, percentile_in
from readers.pages import Picture, Quad

_LEAST_HEIGHT, _MOST_SIDE = 48, 2400
_LARGEST_GROWTH = 4.0
_RIM = 0.16
"""Share of the height at each rim where a ruled line may lie."""
_LINE_SHARE = 0.6
_BEYOND = 0.06
_LEAST_RED, _MOSTLY_RED, _FEW_RED = 10.0, 0.45, 0.004
"""Of red ink: by how much less red than other colours is missing, in grey levels and as a share of these; its area."""
_OF_COLOURS, _BESIDE_RED = 1.2, 0.06
"""How far colours are smoothed, pixels; how far the edge of a stamp reaches, as a share of the shorter side."""
_OF_STAMP = 0.3
"""Share of the darkness of ink below which nothing near a stamp is writing; at twice that all of it is."""
_NOTHING = 22


def cut(picture: Picture, quad: Quad, turned: int) -> Picture:
    """The place as upright grey picture (H x W, dark on light), small ones enlarged to 48 pixels of height.

    Args:
        picture: H x W x 3 (RGB) or H x W.
        quad: as of readers.pages: its corners already go round as the text is held.
        turned: degrees the page has to be turned clockwise; the corners say the same, it is taken for the record alone.
    """
    del turned
    width, height = _size(quad)
    grow = min(_LARGEST_GROWTH, max(1.0, _LEAST_HEIGHT / height))
    grow = min(grow, _MOST_SIDE / max(width, height))
    size = (max(4, round(width * grow)), max(4, round(height * grow)))
    piece = _straight(picture, quad, size)
    grey = _without_stamp(piece) if piece.ndim == 3 else piece
    return _without_rules(_flat(grey))


def ink_share(crop: Picture) -> float:
    """How much of a crop is writing, 0 to 1: rims, specks and dotted lines to write on do not count."""
    return float(_writing(crop).mean())


def is_empty(crop: Picture) -> bool:
    """Does nothing stand in it?"""
    kept = _writing(crop)
    height = crop.shape[0]
    return bool(kept.sum() < 0.012 * height * height)


def looks_like_ditto(crop: Picture) -> bool:
    """Is it a ditto mark: one or two small strokes near the middle, or a short level dash, and nothing else?"""
    kept = _writing(crop)
    height = crop.shape[0]
    places = np.argwhere(kept)
    if len(places) < 0.01 * height * height:
        return False
    (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0)
    tall, wide = (bottom - top + 1) / height, (right - left + 1) / height
    pieces = cv2.connectedComponents(kept.astype(np.uint8))[0] - 1
    return bool(pieces <= 3 and tall < 0.36 and wide < 0.75)


def _size(quad: Quad) -> tuple[float, float]:
    a, b, c, d = (np.asarray(p) for p in quad)
    width = (np.linalg.norm(b - a) + np.linalg.norm(c - d)) / 2
    height = (np.linalg.norm(d - a) + np.linalg.norm(c - b)) / 2
    return max(float(width), 2.0), max(float(height), 2.0)


def _straight(picture: Picture, quad: Quad, size: tuple[int, int]) -> Picture:
    """The quad as a rectangle, read from the part of the picture around it alone."""
    corners = np.asarray(quad, dtype=np.float32)
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + 3
    part = picture[low[1] : high[1], low[0] : high[0]]
    if part.size == 0:
        return np.full((size[1], size[0]), 255, dtype=np.uint8)
    target = np.asarray([[0, 0], [size[0] - 1, 0], [size[0] - 1, size[1] - 1], [0, size[1] - 1]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners - low.astype(np.float32), target)
    smaller = (high - low).max() > 1.6 * max(size)
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.warpPerspective(part, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _without_stamp(piece: Picture) -> Picture:
    """Grey; of a piece with red ink its red channel, in which a stamp is nearly as light as paper.

    What of the stamp is still seen there, fainter than writing, is weakened.
    """
    near = _near_red(piece)
    if near is None:
        return np.asarray(cv2.cvtColor(piece, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    red = piece[:, :, 0].astype(np.float32)
    paper = percentile(piece[:, :, 0], 80)
    dark = np.maximum(paper - red, 0.0)
    ink = max(1.0, float(np.percentile(dark[near < 0.5], 99)) if (near < 0.5).any() else float(dark.max()))
    kept = np.clip((dark / ink - _OF_STAMP) / _OF_STAMP, 0, 1)
    lighter = paper - dark * (1 - near * (1 - kept))
    return np.asarray(np.clip(np.where(red > paper, red, lighter), 0, 255), dtype=np.uint8)


def _near_red(piece: Picture) -> npt.NDArray[np.float32] | None:
    """How near to red ink each pixel lies, 0 to 1; None where there is none.

    Pictures are often kept with colours in less detail than light: the edges of a stamp look grey.
    """
    paper = [percentile_in(cv2.calcHist([piece], [k], None, [256], [0, 256]), 80) for k in range(3)]
    if _most_red(piece) + (paper[1] + paper[2]) / 2 - paper[0] <= _LEAST_RED:
        return None
    absorbed = np.asarray(paper, np.float32) - cv2.GaussianBlur(piece, (0, 0), _OF_COLOURS).astype(np.float32)
    other = absorbed[:, :, 1:].mean(axis=2)
    redness = other - absorbed[:, :, 0]
    is_red = (redness > max(_LEAST_RED, 0.35 * float(np.percentile(redness, 99.5)))) & (redness > _MOSTLY_RED * other)
    if is_red.mean() < _FEW_RED:
        return None
    beside = max(3, round(_BESIDE_RED * min(piece.shape[:2]))) | 1
    near = cv2.dilate(is_red.astype(np.float32), np.ones((beside, beside), np.uint8))
    return np.asarray(cv2.GaussianBlur(near, (0, 0), 1.0), np.float32)


def _most_red(piece: Picture) -> float:
    """By how much red passes the mean of green and blue at most, half a step of grey at most too high."""
    red, green, blue = cv2.split(piece)
    return float(cv2.subtract(red, cv2.addWeighted(green, 0.5, blue, 0.5, 0)).max()) + 0.5


def _flat(grey: Picture) -> Picture:
    """Paper becomes 255 everywhere, strong ink keeps its darkness."""
    return np.asarray(255 - darkness(grey, max(4, min(grey.shape) // 6)), dtype=np.uint8)


def _without_rules(crop: Picture) -> Picture:
    """Long straight ink in the rim becomes paper."""
    out = crop.copy()
    for view in (out, out.T):
        _clear_rim(view, max(_NOTHING, 0.3 * (255 - percentile(out, 1))))
    return out


def _clear_rim(view: Picture, strong: float) -> None:
    depth = max(2, min(round(min(view.shape) * _RIM), view.shape[0] // 3))
    for side in (view, view[::-1]):
        ink = (255 - side[: depth + 3].astype(np.int16) > strong).astype(np.uint8)
        filled = cv2.dilate(ink, np.ones((3, 1), np.uint8))[:depth].mean(axis=1)
        lines = np.flatnonzero(filled > _LINE_SHARE)
        if len(lines):
            end = min(depth, int(lines[-1]) + 1)
            crossing = cv2.dilate(ink[end : end + 2].max(axis=0, keepdims=True), np.ones((1, 3), np.uint8))[0] > 0
            side[:end, ~crossing] = 255


def _writing(crop: Picture) -> npt.NDArray[np.bool_]:
    """Ink that is writing: pieces of some size that do not lie in the rim alone; a row of dots is none."""
    height, width = crop.shape
    dark = 255 - crop.astype(np.int16)
    strong = max(45.0, 0.4 * (255 - percentile(crop, 0.5)))
    _, labels, stats, centres = cv2.connectedComponentsWithStats((dark > strong).astype(np.uint8))
    rim = max(2.0, _BEYOND * height)
    tall, wide, areas = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_AREA]
    inside = (centres[:, 1] > rim) & (centres[:, 1] < height - rim) & (centres[:, 0] > rim)
    inside &= centres[:, 0] < width - rim
    speck = (tall < 0.1 * height) & (wide < 0.1 * height)
    rule = (tall < 0.08 * height) & (wide > 0.5 * width)
    keep = inside & ~speck & ~rule & (areas > 3)
    keep[0] = False
    return np.asarray(keep[labels])


def with_paper_beside(crop: Picture) -> Picture:
    """A grey crop with paper on both sides: where no line was ruled, a stroke at the rim is a figure one."""
    side = crop.shape[0] // 2
    return np.pad(crop, ((0, 0), (side, side)), constant_values=255)
