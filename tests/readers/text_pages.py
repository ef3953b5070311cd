"""A page that is a PDF with text in many ways: its picture is always the same, what the text says is not."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_samples.pages.boxes import MadePage, TrueBox
from data_samples.pages.render import make_page
from readers.cell_decoder import decide
from readers.forms import load_forms
from readers.page_grid import Unfit
from readers.pages import Box, CellVerdict, Page, Picture
from readers.pdf_pages import read_pdf
from readers.reading import ReadLimits
from readers.scans import Places, places_of


@dataclass(frozen=True)
class TextPage:
    """What recognisers make of a page: boxes, pictures, verdicts; and the page that it was made from."""

    made: MadePage
    boxes: tuple[Box, ...]
    crops: tuple[Picture, ...]
    verdicts: tuple[CellVerdict, ...]


def page_of(content: bytes, path: Path) -> Page:
    """The one page of a PDF."""
    path.write_bytes(content)
    (page,) = read_pdf(path, ReadLimits(), lambda finding: None)
    return page


def decided(page: Page, made: MadePage) -> TextPage:
    """The page as recognisers read it, its text left aside."""
    found = places_of(page, load_forms())
    assert not isinstance(found, Unfit)
    assert isinstance(found, Places)
    return TextPage(made, found.boxes, found.crops, tuple(decide(found.form, found.boxes, found.crops, found.quality)))


@cache
def made_page() -> MadePage:
    """A page of a register whose names every font has."""
    return make_page(32, "household_register_10", 1, "printed")


def cells_of(made: MadePage) -> dict[tuple[int | None, str], TrueBox]:
    """The cells of a page in which something stands, by row and column."""
    return {(box.row, box.column): box for box in made.boxes if box.kind == "cell" and box.text}
