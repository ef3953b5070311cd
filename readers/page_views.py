"""A page as people see it beside its fields: grey, small enough for a weak line, made anew from its pixels.

It lies with what was read of the file, sealed like it, and only where somebody has to look at the page.
"""

from pathlib import Path

import cv2
import numpy as np

from readers.pages import Page, Picture

FOLDER = "pages"
_LONGEST_SIDE = 1500
_MOST_BYTES = 140_000
_QUALITIES = (50, 35, 20, 10)


def keep(out: Path, page: Page) -> None:
    """Write the view of a page below `out`, under its number and the size of the page that quads are told in."""
    height, width = page.picture.shape[:2]
    path = out / FOLDER / f"{page.number:05d}-{width}x{height}.webp"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(view_of(page.picture))


def view_of(picture: Picture) -> bytes:
    """A picture (H x W x 3 or H x W) as grey WebP of at most 1 500 pixels a side; coarser where it would be large."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim > 2 else picture
    longest = max(grey.shape)
    while True:
        share = min(1.0, _LONGEST_SIDE / longest)
        size = (max(1, round(grey.shape[1] * share)), max(1, round(grey.shape[0] * share)))
        small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))
        for quality in _QUALITIES:
            done, data = cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, quality])
            if done and len(data) <= _MOST_BYTES:
                return bytes(data.tobytes())
        longest = round(longest * 1.4)  # noise does not pack: a smaller picture of it does
