"""Writes pages as the files that offices send: PNG, JPEG, TIFF (G4 too), PDF of pictures or of text.

PNG and JPEG hold one page, the others any number.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from data_samples.pages.boxes import MadePage
from data_samples.pages.pdf import scanned_pdf, text_pdf
from readers.pages import Picture

FORMATS = ("png", "jpg", "tif", "pdf", "g4", "text_pdf")
"""What `write_file` makes: endings, and two that end like their plain kin."""


def ending(kind: str) -> str:
    """The ending of a file's name."""
    return {"g4": "tif", "text_pdf": "pdf"}.get(kind, kind)


def write_file(path: Path, pages: Sequence[MadePage], kind: str) -> None:
    """Write pages into one file; PNG and JPEG hold one.

    Raises:
        ValueError: an unknown kind, or several pages for a format of one.
    """
    path.write_bytes(file_bytes(pages, kind))


def file_bytes(pages: Sequence[MadePage], kind: str) -> bytes:
    """What `write_file` writes; the same bytes for the same pages."""
    if kind not in FORMATS or not pages or (kind in ("png", "jpg") and len(pages) > 1):
        raise ValueError(kind)
    if kind == "pdf":
        return scanned_pdf([(p.dpi, p.picture.shape, _saved(p, "jpg")) for p in pages])
    if kind == "text_pdf":
        return text_pdf(pages)
    if kind in ("tif", "g4"):
        return _tiff(pages, is_g4=kind == "g4")
    return _saved(pages[0], kind)


def _saved(page: MadePage, kind: str) -> bytes:
    held = io.BytesIO()
    image = Image.fromarray(page.picture)
    if kind == "png":
        image.save(held, "PNG", dpi=(page.dpi, page.dpi), compress_level=3)
    else:
        image.save(held, "JPEG", dpi=(page.dpi, page.dpi), quality=80)
    return held.getvalue()


def _tiff(pages: Sequence[MadePage], is_g4: bool) -> bytes:
    images = [Image.fromarray(black_and_white(p.picture) if is_g4 else p.picture) for p in pages]
    if is_g4:
        images = [image.convert("1", dither=Image.Dither.NONE) for image in images]
    held = io.BytesIO()
    dpi = (pages[0].dpi, pages[0].dpi)
    compression = "group4" if is_g4 else "tiff_lzw"
    images[0].save(held, "TIFF", save_all=True, append_images=images[1:], compression=compression, dpi=dpi)
    return held.getvalue()


def black_and_white(picture: Picture) -> Picture:
    """As a fax or a thrifty scanner stores it: two colours, the threshold following the light."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    light = cv2.blur(grey, (51, 51))
    return np.where(grey.astype(np.int16) < light.astype(np.int16) * 0.82, 0, 255).astype(np.uint8)
