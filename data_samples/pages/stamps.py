"""A round red stamp: two rings, a star, words around and across it, ink that did not take everywhere."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from data_samples.pages.fonts import Typeface, faces
from data_samples.pages.pen import Mask

_AROUND = "CÔNG AN XÃ * ỦY BAN NHÂN DÂN * "
_ACROSS = ("ĐÃ XÓA", "CÔNG AN", "ĐĂNG KÝ", "HỘ KHẨU")


def stamp(size: int, stream: np.random.Generator) -> Mask:
    """A stamp on a square of `size` pixels (255 = ink)."""
    canvas = Image.new("L", (size, size))
    draw = ImageDraw.Draw(canvas)
    middle, radius = size / 2, size * 0.46
    for share, width in ((1.0, 0.022), (0.72, 0.012)):
        r = radius * share
        draw.ellipse((middle - r, middle - r, middle + r, middle + r), outline=255, width=max(2, int(size * width)))
    _star(draw, middle, size * 0.12)
    typeface = Typeface(faces("dev", "printed")[5], 600)
    font = typeface.font(size * 0.1)
    for place, letter in enumerate(_AROUND):
        _letter_around(canvas, letter, font, 2 * np.pi * place / len(_AROUND), radius * 0.86)
    if stream.random() < 0.5:
        word = _ACROSS[int(stream.random() * len(_ACROSS))]
        draw.text((middle, middle + size * 0.2), word, font=typeface.font(size * 0.09), fill=255, anchor="mm")
    turned = canvas.rotate(stream.random() * 50 - 25, resample=Image.Resampling.BILINEAR)
    worn = cv2.resize(stream.random((12, 12)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.asarray(turned) * np.clip(0.35 + worn, 0, 1), dtype=np.uint8)


def _star(draw: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    turns = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2 == 0, radius, radius * 0.4)
    draw.polygon(
        [(middle + r * np.cos(t), middle + r * np.sin(t)) for r, t in zip(reach, turns, strict=True)], fill=255
    )


def _letter_around(canvas: Image.Image, letter: str, font: object, turn: float, radius: float) -> None:
    size = canvas.width
    tile = Image.new("L", (size, size))
    ImageDraw.Draw(tile).text((size / 2, size / 2 - radius), letter, font=font, fill=255, anchor="mm")  # type: ignore[arg-type]
    tile = tile.rotate(-np.degrees(turn), resample=Image.Resampling.BILINEAR)
    canvas.paste(255, mask=tile)
