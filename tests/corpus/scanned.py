"""Real pages of the samples as offices send them: turned, in odd colours, under a wrong name, beside a broken page.

A page of a household is read whole each time, so all its rows must come out; unsure cells keep rows out.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.corpus.cases import Case, Dice

_PAGE = Path(__file__).parents[2] / "data_samples" / "scanned_pages" / "input" / "household_register.jpg"
_ROWS = 6
_BLANK = (1240, 1754)


def turned_by_exif(rng: Dice) -> Case:
    """Pixels on their side, with the word of the camera on how they are to be held."""
    way, turn = rng.choice(((6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)))
    exif = Image.Exif()
    exif[0x0112] = way
    return _case(_saved(_page().transpose(turn), "JPEG", exif=exif), "a.jpg", "file.picture_turned")


def in_odd_colours(rng: Dice) -> Case:
    """As a printer's four inks, half see-through, or in 16 bits of grey."""
    make = rng.choice((_of_four_inks, _see_through, _deep))
    return make()


def under_a_wrong_name(rng: Dice) -> Case:
    """The name says that it is something else."""
    content, names = rng.choice((
        (_PAGE.read_bytes(), ("a.png", "so.xls", "a", "so.csv")),
        (_saved(_page(), "PNG"), ("a.jpg", "so.csv", "so.xlsx", "a.pdf")),
    ))  # fmt: skip
    return _case(content, rng.choice(names))


def beside_a_blank_page(rng: Dice) -> Case:
    """A TIFF of two pages, one of them empty."""
    pages = [_page(), Image.new("RGB", _BLANK, "white")]
    rng.shuffle(pages)
    content = _saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="jpeg")
    return _case(content, "so.tif", "page.no_form")


def beside_a_broken_page(rng: Dice) -> Case:
    """A PDF whose list of pages names one that is not there."""
    whole = _saved(_page(), "PDF", resolution=200)
    count = rng.choice((b"9 0 R", b"8 0 R"))
    return _case(whole.replace(b"/Count 1", b"/Count 2").replace(b" 0 R ]", b" 0 R " + count + b" ]"), "so.pdf")


def _case(content: bytes, name: str, *notes: str) -> Case:
    return Case(content, name, notes=notes, rows=-1, letter="W/R", also=_is_whole)


def _is_whole(seen: Any) -> Iterator[str]:
    if len(seen.rows) < _ROWS:
        yield f"{len(seen.rows)} rows of {_ROWS}"


@cache
def _page() -> Image.Image:
    with Image.open(_PAGE) as image:
        return image.convert("RGB")


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.copy().save(out, kind, **options)  # saving leaves options of its kind in the picture
    return out.getvalue()


def _of_four_inks() -> Case:
    return _case(_saved(_page().convert("CMYK"), "JPEG", quality=90), "a.jpg", "file.picture_converted")


def _see_through() -> Case:
    seen = _page().convert("RGBA")
    seen.putalpha(Image.eval(_page().convert("L"), lambda grey: 255 if grey < 128 else 200))
    return _case(_saved(seen, "PNG"), "a.png", "file.picture_converted")


def _deep() -> Case:
    grey = np.asarray(_page().convert("L"), np.uint16) * 257
    return _case(_saved(Image.fromarray(grey), "PNG"), "a.png")
