"""Draws pages of labelled blocks, one person a block, unlike those of the sample generator, and knows their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from readers.forms import Form
from readers.pages import Picture, Quad
from tests.readers.written import font

LEFT, TOP, WIDTH, SIZE = 110, 330, 1420, 27


@dataclass(frozen=True)
class BlockPage:
    """The picture, where each value may stand by (block, field), and the middle of each label likewise."""

    picture: Picture
    places: dict[tuple[int, str], Quad]


def draw_blocks(
    form: Form, people: Sequence[Mapping[str, str]], pitch: int = 62, degrees: float = 0.0,
    left_out: frozenset[tuple[int, str]] = frozenset(), is_dotted: bool = False,
) -> BlockPage:  # fmt: skip
    """A page with a title, a header line and a block a person; `left_out`: labels that are worn away."""
    sheet = Image.new("L", (WIDTH + 2 * LEFT, 2300), 245)
    brush, face = ImageDraw.Draw(sheet), font(SIZE)
    brush.text((500, 90), form.titles[0], font=font(40), fill=30)
    brush.text((LEFT, 220), "Sổ hộ khẩu số: 123456789", font=face, fill=30)
    lines = 1 + max(f.line for f in form.block)
    places = {}
    for block, person in enumerate(people):
        for field in form.block:
            x, y = LEFT + field.start * WIDTH, TOP + (block * (lines + 2) + field.line) * pitch
            if (block, field.name) not in left_out:
                brush.text((x, y), field.labels[0], font=face, fill=30)
            begin, end = x + face.getlength(field.labels[0]) + 12, LEFT + field.end * WIDTH
            brush.text((begin + 8, y), person.get(field.name, ""), font=face, fill=60)
            for dot in range(int(begin), int(end), 9) if is_dotted else ():
                brush.rectangle((dot, y + SIZE + 10, dot + 1, y + SIZE + 11), fill=90)
            top, bottom = y + SIZE * 0.62 - pitch / 2, y + SIZE * 0.62 + pitch / 2
            places[block, field.name] = ((begin, top), (end, top), (end, bottom), (begin, bottom))
    return _turned(np.asarray(sheet, dtype=np.uint8), places, degrees)


def _turned(page: Picture, places: dict[tuple[int, str], Quad], degrees: float) -> BlockPage:
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    picture = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_AREA, borderValue=245)
    moved: dict[tuple[int, str], Quad] = {}
    for key, quad in places.items():
        a, b, c, d = ((float(x), float(y)) for x, y in np.asarray([(*p, 1.0) for p in quad]) @ turn.T)
        moved[key] = (a, b, c, d)
    return BlockPage(np.repeat(np.asarray(picture, dtype=np.uint8)[:, :, None], 3, axis=2), moved)
