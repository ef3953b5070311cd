"""Pictures of lines with their texts, cut out of generated pages the way cells are cut out of real ones.

A page of `data_samples.pages` is made with the fonts of training, most of its texts replaced by drawn ones; each of
its boxes, moved a little as found grids are, goes through `readers.crops` and `readers.cell_lines`. What the network
sees in training is so what it sees at work, stains, stamps and remains of ruled lines included.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.line_recogniser.letters import numbers_of
from benchmarks.line_recogniser.texts import Texts
from data_samples.pages.boxes import MadePage, TrueBox
from data_samples.pages.fonts import FontKind, FontSet
from data_samples.pages.render import make_page
from data_samples.pages.rosters import Entry, people_of_page
from readers.cell_lines import lines_of
from readers.crops import cut, with_paper_beside
from readers.forms import Form, known_form
from readers.line_strips import BESIDE, Strip, strip_of
from readers.pages import Picture, Quad

_FORMS = (
    "household_register", "household_register", "household_register_10", "household_book_member", "register",
    "register", "register", "register_1980s", "register_portrait", "register_two_levels",
)  # fmt: skip
_KINDS: tuple[FontKind, ...] = ("printed", "typewriter", "handwriting", "pen")
_KIND_SHARES = (0.34, 0.18, 0.28, 0.20)
_LEVELS, _LEVEL_SHARES = (1, 2, 3, 4, 5), (0.08, 0.17, 0.25, 0.28, 0.22)
_DRAWN, _WIDEST = 0.75, 960
"""Share of texts that are drawn, not those of the generated people; columns of the longest line that is learned."""


def strips(seed: int, font_set: FontSet = "train") -> Iterator[tuple[Strip, list[int]]]:
    """The lines of one drawn page with the numbers of their letters."""
    stream = np.random.default_rng([seed, 77])
    page = _drawn_page(seed, font_set, stream)
    for line, text in lines_with_texts(page, stream, 0.03):
        numbers = numbers_of(text)
        strip = strip_of(line)
        if numbers is not None and 4 * (len(numbers) + 2) < strip.shape[1] + 2 * BESIDE and strip.shape[1] <= _WIDEST:
            yield strip, numbers


def _drawn_page(seed: int, font_set: FontSet, stream: np.random.Generator) -> MadePage:
    form = _FORMS[int(stream.random() * len(_FORMS))]
    kind = _KINDS[int(stream.choice(len(_KINDS), p=_KIND_SHARES))]
    level = _LEVELS[int(stream.choice(len(_LEVELS), p=_LEVEL_SHARES))]
    return make_page(seed, form, level, kind, font_set, _people)


def _people(seed: int, form: Form, stream: np.random.Generator) -> Sequence[Entry]:
    """People of whom most is drawn, enough to fill the page."""
    drawn = Texts(np.random.default_rng([seed, 3]))
    known = people_of_page(seed, form, stream)
    names = sorted({f.name for f in (*form.columns, *form.header, *form.block)})
    return [
        {name: _value(form, name, known[row % len(known)].get(name, ""), drawn) for name in names}
        for row in range(form.rows[1])
    ]


def _value(form: Form, name: str, text: str, drawn: Texts) -> str:
    u = drawn.stream.random()
    if u < 1 - _DRAWN:
        return text
    return drawn.of_kind(form.kind_of(name)) if u < 0.85 else drawn.line()


def lines_with_texts(page: MadePage, stream: np.random.Generator, shift: float) -> Iterator[tuple[Picture, str]]:
    """Each line of the page's boxes and headings that the reader finds too, with what stands on it."""
    in_blocks = known_form(page.form_id).layout == "blocks"
    for box in page.boxes:
        if box.text and not box.lines:
            continue
        crop = cut(page.picture, _moved(box.quad, stream, shift), page.turned)
        if box.kind == "header" or in_blocks:
            crop = with_paper_beside(crop)
        yield from _parted(crop, box.lines or ("",))
    for box in page.headings:
        crop = cut(page.picture, _moved(_wider(box), stream, shift), page.turned)
        yield from _parted(crop, (box.text,))


def _parted(crop: Picture, texts: Sequence[str]) -> Iterator[tuple[Picture, str]]:
    lines = lines_of(crop).lines
    if len(lines) == len(texts):
        yield from zip(lines, texts, strict=True)


def _wider(box: TrueBox) -> Quad:
    """The ink of a heading with some paper around it."""
    a, b, c, d = (np.asarray(p) for p in (box.ink or box.quad))
    up, along = (a - d) * 0.15, (b - a) / max(float(np.linalg.norm(b - a)), 1.0) * float(np.linalg.norm(a - d)) * 0.2
    corners = (a + up - along, b + up + along, c - up + along, d - up - along)
    p, q, r, s = ((float(x), float(y)) for x, y in corners)
    return p, q, r, s


def _moved(quad: Quad, stream: np.random.Generator, shift: float) -> Quad:
    """The quad as a grid that was found has it: each corner somewhat beside."""
    height = float(np.linalg.norm(np.asarray(quad[3]) - np.asarray(quad[0])))
    off = stream.normal(0, shift * height, (4, 2))
    a, b, c, d = ((x + float(dx), y + float(dy)) for (x, y), (dx, dy) in zip(quad, off, strict=True))
    return a, b, c, d
