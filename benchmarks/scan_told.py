"""What readers say of generated pages, box by box, with whether it is right: what confidence is learned from.

Each page is read as the product reads it, on the boxes that are found; every second one also in the boxes of the truth.
Two of three are in fonts that the recogniser has never seen ("tune"), the others in those of development.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.scans import holds
from data_samples.pages.boxes import MadePage, TrueBox
from data_samples.pages.fonts import FontKind, FontSet
from data_samples.pages.render import make_page
from readers.cell_confidence import Evidence
from readers.cell_decoder import decided
from readers.crops import cut
from readers.forms import known_form, load_forms
from readers.page_grid import Unfit, find_grid
from readers.pages import Box, Page
from readers.scans import Places, places_of

_KINDS: tuple[FontKind, ...] = (
    "printed", "handwriting", "typewriter", "pen", "handwriting", "printed", "typewriter", "handwriting",
)  # fmt: skip
_FONTS: tuple[FontSet, ...] = ("tune", "tune", "dev")
_LEVELS, _ANY_QUALITY, _STREAM = 5, 0.5, 77


@dataclass(frozen=True)
class Told:
    """A box that was read.

    Attributes:
        page: its number. font_kind, level: of the page. way: on which boxes. evidence: what was known of its text.
        is_right: the text is exactly what stands there, under its own column. is_said: something stands there or was
        read.
    """

    page: int
    evidence: Evidence
    is_right: bool
    is_said: bool = True
    font_kind: FontKind = "printed"
    level: int = 1
    way: Literal["found", "given"] = "given"


def told_of(seed: int, number: int) -> Iterator[Told]:
    """The boxes of page `number` of a run; kinds, fonts and forms are drawn, levels take turns."""
    made = _made(seed, number)
    page = Page(1, made.picture)
    places = places_of(page, load_forms())
    if not isinstance(places, Unfit):
        yield from _read(made, number, places, matched(made.boxes, places.boxes), "found")
    if number % 2 == 0:
        true = [box for box in made.boxes if box.kind in ("cell", "header")]
        yield from _read(made, number, _given(made, true, page, places), true, "given")


def matched(true: Sequence[TrueBox], boxes: Sequence[Box]) -> list[TrueBox | None]:
    """What stands in each box: a cell whose middle it holds, that of its own column first; a field of its name."""
    found: list[TrueBox | None] = [None] * len(boxes)
    for one in true:
        place = _place(one, boxes)
        if place is not None and (found[place] is None or one.column == boxes[place].column):
            found[place] = one
    return found


def _place(one: TrueBox, boxes: Sequence[Box]) -> int | None:
    if one.kind == "header":
        return next((n for n, b in enumerate(boxes) if b.kind == "header" and b.column == one.column), None)
    middle = float(np.mean([x for x, _ in one.quad])), float(np.mean([y for _, y in one.quad]))
    holding = [n for n, b in enumerate(boxes) if b.kind == one.kind and holds([v for p in b.quad for v in p], middle)]
    return min(holding, key=lambda n: boxes[n].column != one.column, default=None)


def _made(seed: int, number: int) -> MadePage:
    stream = np.random.default_rng([seed, number, _STREAM])
    kind = _KINDS[int(stream.integers(len(_KINDS)))]
    fonts = _FONTS[int(stream.integers(len(_FONTS)))]
    forms = load_forms()
    form = forms[int(stream.integers(len(forms)))].form_id
    return make_page(seed * 1_000_000 + number, form, 1 + number % _LEVELS, kind, fonts)


def _given(made: MadePage, true: Sequence[TrueBox], page: Page, places: Places | Unfit) -> Places:
    if isinstance(places, Unfit):
        grid = find_grid(page, load_forms())
        quality = _ANY_QUALITY if isinstance(grid, Unfit) else grid.quality
    else:
        quality = places.quality
    boxes = tuple(Box(box.kind, box.row, box.column, box.quad) for box in true if box.kind != "label")
    crops = tuple(cut(made.picture, box.quad, made.turned) for box in boxes)
    return Places(known_form(made.form_id), boxes, crops, quality)


def _read(
    made: MadePage, number: int, places: Places, true: Sequence[TrueBox | None], way: Literal["found", "given"]
) -> Iterator[Told]:
    read = decided(places.form, places.boxes, places.crops, places.quality)
    for box, one, (verdict, evidence) in zip(places.boxes, true, read, strict=True):
        stands = " ".join(one.text.split()) if one is not None else ""
        is_said = bool(stands or verdict.text)
        is_named = one is not None and one.column == box.column
        is_right = stands == verdict.text and (is_named or not is_said)
        yield Told(number, evidence, is_right, is_said, made.font_kind, made.level, way)
