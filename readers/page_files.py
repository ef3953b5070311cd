"""Opens pictures and PDF files as pages, one by one, inside the limits of pixels and pages.

Only what the content says counts, never the name. Nothing in a file is run, and no part of it that lies behind the
picture is looked at. A picture that cannot be read whole is refused: half a page would lose rows in silence.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps

from readers.disk import blame
from readers.page_kinds import PageKind, page_kind
from readers.pages import Page, Picture
from readers.pdf_pages import read_pdf
from readers.picture_ends import end_of_png, has_more_behind
from readers.reading import FileFinding, ReadLimits
from readers.tiff_pages import check_pages
from schemas.errors import FileRefused

Note = Callable[[FileFinding], None]
SHEET = "Trang {}"
_USUAL_DPI = range(50, 1201)
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError, OverflowError, ArithmeticError)


def read_pages(path: Path, limits: ReadLimits, note: Note = lambda finding: None) -> Iterator[Page]:
    """The pages of a PNG, JPEG, TIFF or PDF file, each held alone; `note` hears what a person should know of them.

    Notes: file.picture_turned, file.picture_converted, file.bytes_behind, page.damaged (of a PDF, with its page).

    Raises:
        FileRefused: file.damaged, file.picture_too_large, file.too_many_pages; of a PDF also file.unsafe and
        file.password; file.unsupported_kind for anything else.
    """
    kind = page_kind(path)
    if kind is None:
        raise FileRefused("file.unsupported_kind")
    return read_pdf(path, limits, note) if kind == "PDF" else _pictures(path, kind, limits, note)


def _pictures(path: Path, kind: PageKind, limits: ReadLimits, note: Note) -> Iterator[Page]:
    if kind == "TIFF":
        check_pages(path, limits)
    if kind == "PNG":
        end_of_png(path)
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(path, formats=(kind,)) as image:
            count = getattr(image, "n_frames", 1) if kind == "TIFF" else 1
            if count > limits.pages:
                raise FileRefused("file.too_many_pages", found=count, limit=limits.pages)
            for number in range(1, count + 1):
                if number > 1:
                    image.seek(number - 1)
                yield _page(image, number, limits, note)
        if has_more_behind(path, kind):
            note(FileFinding("file.bytes_behind", detail=kind))
    except MemoryError:
        raise
    except _BROKEN as wrong:
        blame(wrong)
        raise FileRefused("file.damaged") from wrong


def _page(image: Image.Image, number: int, limits: ReadLimits, note: Note) -> Page:
    refuse_size(image.width, image.height, limits)
    image.load()
    sheet = SHEET.format(number)
    if image.getexif().get(ExifTags.Base.Orientation, 1) not in (0, 1):
        note(FileFinding("file.picture_turned", sheet))
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("1", "L", "RGB", "P"):
        note(FileFinding("file.picture_converted", sheet, detail=upright.mode))
    return Page(number, _as_rgb(upright), _dpi(image))


def refuse_size(width: int, height: int, limits: ReadLimits) -> None:
    """Refuse a picture without an area, or with too large a one.

    Raises:
        FileRefused: file.damaged, file.picture_too_large.
    """
    if width < 1 or height < 1:
        raise FileRefused("file.damaged", found=f"{width} x {height}")
    if width * height > limits.pixels or max(width, height) > limits.pixels >> 8:
        raise FileRefused("file.picture_too_large", found=f"{width} x {height}", limit=limits.pixels)


def _as_rgb(image: Image.Image) -> Picture:
    """Any mode as RGB: what is see-through lies on white, 16 bits are cut to 8."""
    if image.mode in _DEEP:
        return _cut_to_8_bits(np.asarray(image))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        image = Image.alpha_composite(white, seen)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)


def _cut_to_8_bits(deep: np.ndarray) -> Picture:
    """Whole numbers of 16 bits by their upper 8; other ranges by their own ends."""
    values = np.nan_to_num(deep.astype(np.float32))
    low, high = (0.0, 65535.0) if 255 < values.max(initial=0) <= 65535 and values.min(initial=0) >= 0 else (
        float(values.min(initial=0)), float(max(values.max(initial=1), 1)))  # fmt: skip
    grey = np.clip((values - low) * (255.0 / max(high - low, 1e-6)), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _dpi(image: Image.Image) -> float | None:
    """As the file says, if that is a number a scanner would write."""
    told = image.info.get("dpi")
    try:
        value = float(told[0]) if told else 0.0
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return value if value == value and int(min(value, 9999)) in _USUAL_DPI else None
