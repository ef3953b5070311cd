"""Pictures of scanned pages for people: the cells that were found, what was read in each, how sure that is.

Green: accepted; amber: somebody has to look, with the confidence in percent; red: a page that fits no form. The picture
names persons, so it is written for its owner alone.
"""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from readers.forms import FormTexts, with_ours
from readers.page_files import read_pages
from readers.page_grid import Unfit
from readers.pages import Page
from readers.reading import ReadLimits
from readers.sandbox import Job, run_job
from readers.scans import ReadCell, ReadPage, read_page

_ACCEPTED, _LOOK, _NO_FORM = (20, 130, 60), (190, 110, 0), (190, 20, 20)
_LONGEST_SIDE = 2400
_SMALLEST, _LARGEST = 11, 26


@dataclass(frozen=True)
class Drawn:
    """What was drawn: names of the files in their folder, one a page, and how many cells are accepted, and not."""

    files: tuple[str, ...]
    accepted: int
    waiting: int

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def draw_file(path: Path, out: Path, limits: ReadLimits, forms: FormTexts = ()) -> Drawn:
    """Draw the pages of a scanned file into the folder `out`, in a child process; with further forms.

    Raises:
        FileRefused: it is no scan, or cannot be read.
    """
    job = Job(
        "readers.page_pictures:draw", str(path.resolve()), str(out.resolve()), "", path.name, None, limits, forms=forms
    )
    return run_job(job, lambda values: Drawn(tuple(values["files"]), values["accepted"], values["waiting"]))


def draw(job: Job, progress: Callable[[int], None]) -> Drawn:
    """What the child does."""
    forms, names = with_ours(job.forms), []
    accepted = waiting = 0
    for page in read_pages(Path(job.path), job.limits):
        progress(page.number)
        read = read_page(page, forms)
        name = f"page-{page.number:04d}.png"
        _save(picture_of(page, read), Path(job.out) / name)
        names.append(name)
        if isinstance(read, ReadPage):
            accepted += sum(cell.verdict.accepted for cell in read.cells)
            waiting += sum(not cell.verdict.accepted for cell in read.cells)
    return Drawn(tuple(names), accepted, waiting)


def picture_of(page: Page, read: ReadPage | Unfit) -> Image.Image:
    """The page with its cells; of a page that fits no form with a red frame and the reason."""
    sheet = Image.fromarray(np.asarray(page.picture)).convert("RGB")
    scale = min(1.0, _LONGEST_SIDE / max(sheet.size))
    sheet = sheet.resize((round(sheet.width * scale), round(sheet.height * scale)))
    brush = ImageDraw.Draw(sheet)
    if isinstance(read, Unfit):
        brush.rectangle((3, 3, sheet.width - 4, sheet.height - 4), outline=_NO_FORM, width=6)
        brush.text((20, 20), f"page.no_form: {read.reason}", fill=_NO_FORM, font=_font(_LARGEST))
        return sheet
    for cell in read.cells:
        _draw(brush, cell, scale)
    return sheet


def _draw(brush: ImageDraw.ImageDraw, cell: ReadCell, scale: float) -> None:
    corners = [(x * scale, y * scale) for x, y in cell.box.quad]
    colour = _ACCEPTED if cell.verdict.accepted else _LOOK
    brush.polygon(corners, outline=colour, width=2)
    if not cell.verdict.text and cell.verdict.accepted:
        return
    height = abs(corners[3][1] - corners[0][1])
    font = _font(int(min(_LARGEST, max(_SMALLEST, height * 0.3))))
    told = cell.verdict.text if cell.verdict.accepted else f"{cell.verdict.text} ({cell.verdict.confidence:.0%})"
    at = (min(x for x, _ in corners) + 3, max(y for _, y in corners) - font.size - 4)
    brush.rectangle(brush.textbbox(at, told, font=font), fill=(255, 255, 255))
    brush.text(at, told, fill=colour, font=font)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(files("fontpkg_be_vietnam_pro").joinpath("files", "BeVietnamPro-Regular.ttf")), size)


def _save(sheet: Image.Image, path: Path) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as target:
        sheet.save(target, "PNG")
