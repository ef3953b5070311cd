"""PDF files as pages: each drawn by PDFium at the resolution of the scan in it. No script, form or attachment is run.

PDFium is built without a script engine here; a file that carries scripts, programs or attachments is refused all the
same, because a ledger has none.
"""

import ctypes
import mmap
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pypdfium2
from pypdfium2 import raw

from readers.pages import Page, PageWord, Picture
from readers.reading import FileFinding, ReadLimits
from schemas.errors import FileRefused

_ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_END, _TAIL = b"%%EOF", 1 << 16
_POINTS = 72.0
_LARGEST = 200 * _POINTS
"""Points: a sheet of five metres is no page of a ledger."""
_DRAWN_DPI, _LEAST_DPI, _MOST_DPI = 300.0, 100.0, 400.0
_SCAN_SHARE = 0.5
_MOST_LETTERS = 20_000
_SOFT_HYPHEN = "\xad"


def read_pdf(path: Path, limits: ReadLimits, note: Callable[[FileFinding], None]) -> Iterator[Page]:
    """The pages of a PDF; one that cannot be read is noted as page.damaged and left out.

    Raises:
        FileRefused: file.damaged (also where no page can be read), file.unsafe, file.password, file.too_many_pages,
        file.picture_too_large.
    """
    _refuse_content(path)
    document = _open(path)
    try:
        count = len(document)
        if count > limits.pages:
            raise FileRefused("file.too_many_pages", found=count, limit=limits.pages)
        read = 0
        for number in range(1, count + 1):
            page = _page(document, number, limits)
            if page is None:
                note(FileFinding("page.damaged", f"Trang {number}"))
                continue
            read += 1
            yield page
        if not read:
            raise FileRefused("file.damaged", found="0")
    finally:
        document.close()


def _refuse_content(path: Path) -> None:
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.rfind(_END, max(0, len(content) - _TAIL)) < 0:
            raise FileRefused("file.damaged", found="EOF")
        active = _ACTIVE.search(content)
        if active is not None:
            raise FileRefused("file.unsafe", found=active[1].decode())


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as wrong:
        locked = getattr(wrong, "err_code", None) in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise FileRefused("file.password" if locked else "file.damaged") from wrong
    scripts, files = raw.FPDFDoc_GetJavaScriptActionCount(document), raw.FPDFDoc_GetAttachmentCount(document)
    if scripts > 0 or files > 0:
        document.close()
        raise FileRefused("file.unsafe", found="JavaScript" if scripts > 0 else "EmbeddedFile")
    return document


def _page(document: pypdfium2.PdfDocument, number: int, limits: ReadLimits) -> Page | None:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return None
    try:
        width, height = page.get_size()
        if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST):
            raise FileRefused("file.picture_too_large", found=f"{width:.0f} x {height:.0f}", limit=int(_LARGEST))
        dpi = min(_dpi(page), _POINTS * (limits.pixels / (width * height)) ** 0.5)
        picture = _draw(page, dpi)
        return Page(number, picture, dpi, tuple(_words(page, picture.shape[1], picture.shape[0])))
    except pypdfium2.PdfiumError:
        return None
    finally:
        page.close()


def _dpi(page: pypdfium2.PdfPage) -> float:
    """The resolution of the picture that fills the page, if one does; else what drawn letters need."""
    width, height = page.get_size()
    for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2):
        left, bottom, right, top = found.get_bounds()
        pixels = found.get_px_size()
        if (right - left) * (top - bottom) >= _SCAN_SHARE * width * height and min(pixels) > 0:
            dpi = _POINTS * max(pixels) / max(right - left, top - bottom)
            return float(min(max(dpi, _LEAST_DPI), _MOST_DPI))
    return _DRAWN_DPI


def _draw(page: pypdfium2.PdfPage, dpi: float) -> Picture:
    bitmap = page.render(scale=dpi / _POINTS, may_draw_forms=False, rev_byteorder=True, draw_annots=True)
    try:
        picture = bitmap.to_numpy()
        if picture.ndim == 2 or picture.shape[2] == 1:
            return np.repeat(picture.reshape(picture.shape[0], -1, 1), 3, axis=2)
        return np.ascontiguousarray(picture[:, :, :3])
    finally:
        bitmap.close()


def _words(page: pypdfium2.PdfPage, width: int, height: int) -> Iterator[PageWord]:
    """Words of the text layer that lie on the page: letters between blanks, with the box around them in pixels.

    A layer that cannot be read is none: the page itself is its picture.
    """
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return
    try:
        letters: list[tuple[str, np.ndarray]] = []
        for at in range(min(text.count_chars(), _MOST_LETTERS)):
            letter = _letter(raw.FPDFText_GetUnicode(text, at))
            if letter is None:
                yield from _word(letters)
                letters = []
                continue
            own = _on_picture(page, text.get_charbox(at, loose=True), width, height)
            if own[2] >= 0 and own[3] >= 0 and own[0] < width and own[1] < height:
                letters.append((letter, own))
        yield from _word(letters)
    except pypdfium2.PdfiumError:
        return
    finally:
        text.close()


def _letter(code: int) -> str | None:
    """The letter of a code; None for blanks and what is no letter. Old fonts have letters at the soft hyphen."""
    if code < ord(" ") or code > sys.maxunicode:
        return None
    letter = chr(code)
    return letter if letter == _SOFT_HYPHEN or (letter.isprintable() and not letter.isspace()) else None


def _word(letters: Sequence[tuple[str, np.ndarray]]) -> Iterator[PageWord]:
    if letters:
        boxes = np.stack([box for _, box in letters])
        left, top = (float(v) for v in boxes[:, :2].min(axis=0))
        right, bottom = (float(v) for v in boxes[:, 2:].max(axis=0))
        middles = tuple((float(a + c) / 2, float(b + d) / 2) for a, b, c, d in boxes)
        quad = ((left, top), (right, top), (right, bottom), (left, bottom))
        yield PageWord("".join(letter for letter, _ in letters), quad, middles)


def _on_picture(
    page: pypdfium2.PdfPage, bounds: tuple[float, float, float, float], width: int, height: int
) -> np.ndarray:
    """left, top, right, bottom in pixels of bounds in points, whichever way the page is turned."""
    corners = []
    for x, y in ((bounds[0], bounds[1]), (bounds[2], bounds[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        corners.append((across.value, down.value))
    points = np.asarray(corners, dtype=np.float64)
    return np.append(points.min(axis=0), points.max(axis=0))
