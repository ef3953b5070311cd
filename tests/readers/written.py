"""Pictures of writing for tests: black text on white paper in the font of our reports."""

from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from readers.pages import Picture


def font(size: int) -> ImageFont.FreeTypeFont:
    """Be Vietnam Pro of that size."""
    return ImageFont.truetype(str(files("fontpkg_be_vietnam_pro").joinpath("files", "BeVietnamPro-Regular.ttf")), size)


def write(*lines: str, size: int = 30, room: tuple[int, int] = (14, 10), ruled: bool = False) -> Picture:
    """A crop with those lines of text; with ruled lines at its rim where asked for."""
    face = font(size)
    widths = [int(face.getlength(line)) for line in lines] or [60]
    width, height = max(widths) + 2 * room[0], int(len(lines) * size * 1.45) + 2 * room[1]
    sheet = Image.new("L", (max(width, 80), max(height, 40)), 255)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((room[0], room[1] + number * size * 1.45), line, font=face, fill=20)
    if ruled:
        draw.rectangle((1, 1, sheet.width - 2, sheet.height - 2), outline=40, width=2)
    return np.asarray(sheet, dtype=np.uint8).copy()
