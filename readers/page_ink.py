"""A page as a map of ink: small, flat in brightness, whatever paper, light and desk were."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from readers.pages import Picture

cv2.setNumThreads(1)

Map = npt.NDArray[np.uint8]
LONG_SIDE = 1700
_STEP = 8
"""The paper's brightness is looked for in tiles of so many pixels."""
_DARKEST_PAPER = 40


@dataclass(frozen=True)
class Ink:
    """How much darker than its paper each place is, 0 to 255; `scale` times as large as the picture."""

    dark: Map
    scale: float
    contrast: float
    noise: float


def ink_of(picture: Picture) -> Ink:
    """The ink of a page, LONG_SIDE pixels long or as long as it is if it is smaller.

    contrast: darkness of strong ink; noise: spread of the bare paper; both of 255.
    """
    grey = picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    if scale < 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    dark = darkness(grey)
    return Ink(dark, scale, float(np.percentile(dark[::3, ::3], 99)), float(np.median(dark[::3, ::3])))


def percentile(grey: Map, share: float) -> float:
    """The same as numpy's of all pixels, from their histogram: they are too many to be sorted for each crop."""
    return percentile_in(cv2.calcHist([grey], [0], None, [256], [0, 256]), share)


def percentile_in(histogram: npt.ArrayLike, share: float) -> float:
    """The percentile of pixels of which a histogram of 256 tells how many have each grey."""
    below = np.cumsum(np.asarray(histogram, dtype=np.int64).ravel())
    place = float(below[-1] - 1) * share / 100
    low = int(place)
    one, other = np.searchsorted(below, (low, min(low + 1, int(below[-1]) - 1)), side="right").tolist()
    return float(one + (other - one) * (place - low))


def darkness(grey: Map, step: int = _STEP) -> Map:
    """Share of the paper's light that is missing at each place, 0 to 255."""
    paper = _paper(grey, step).astype(np.float32)
    missing = (paper - grey) * (255.0 / np.maximum(paper, _DARKEST_PAPER))
    return np.clip(missing, 0, 255).astype(np.uint8)


def _paper(grey: Map, step: int) -> Map:
    height, width = grey.shape
    size = (max(1, width // step), max(1, height // step))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    small = cv2.GaussianBlur(small, (0, 0), 2)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
