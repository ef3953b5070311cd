"""Lines of writing for tests: texts drawn with a plain font, dark on white."""

import numpy as np
from PIL import Image, ImageDraw

from data_samples.pages.fonts import Typeface, faces
from readers.pages import Picture


def written(text: str, size: int = 28, gap: int = 12, margin: int = 8) -> Picture:
    """A grey crop of a text; its lines are parted by newlines."""
    face = next(f for f in faces("dev", "printed") if f.package == "be_vietnam_pro")
    font = Typeface(face).font(size)
    lines = text.split("\n")
    pitch = round(size * 1.3) + gap
    width = round(max(font.getlength(line) for line in lines)) + 2 * margin
    canvas = Image.new("L", (width, pitch * len(lines) + 2 * margin), 255)
    draw = ImageDraw.Draw(canvas)
    for number, line in enumerate(lines):
        draw.text((margin, margin + number * pitch), line, font=font, fill=30)
    return np.asarray(canvas, dtype=np.uint8)
