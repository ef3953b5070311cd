"""Small pages for tests: their bytes in every kind of file that is read."""

import io

import numpy as np
import pypdfium2
from PIL import Image

from readers.pages import Picture


def sheet(width: int = 120, height: int = 80) -> Picture:
    """A white sheet, its upper left quarter red, so that every turning shows."""
    picture = np.full((height, width, 3), 255, dtype=np.uint8)
    picture[: height // 2, : width // 2] = (200, 20, 20)
    return picture


def as_file(picture: Picture, kind: str, mode: str = "RGB", **options: object) -> bytes:
    """A picture as PNG, JPEG, TIFF or PDF."""
    out = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(out, kind, **options)
    return out.getvalue()


def as_pages(pictures: list[Picture], kind: str, mode: str = "RGB", **options: object) -> bytes:
    """Pictures as the pages of one TIFF or PDF."""
    first, *others = [Image.fromarray(p).convert(mode) for p in pictures]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others, **options)
    return out.getvalue()


def pdf_with_broken_page(pictures: list[Picture], broken: int) -> bytes:
    """A PDF of which one page (0-based) is not there any more."""
    data = as_pages(pictures, "PDF")
    document = pypdfium2.PdfDocument(data)
    out = io.BytesIO()
    document.save(out)
    pages = out.getvalue()
    kids = pages.index(b"/Kids")
    start, end = pages.index(b"[", kids) + 1, pages.index(b"]", kids)
    refs = pages[start:end].split(b"R")[:-1]
    refs[broken] = b" " + b"9" * (len(refs[broken].split()[0])) + b" 0 "
    changed = b"R".join(refs) + b"R"
    return pages[:start] + changed.ljust(end - start)[: max(end - start, len(changed))] + pages[end:]
