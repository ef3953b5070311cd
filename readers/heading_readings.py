"""What is printed over each column of a page: read, and where that is no heading anybody knows, heard as one that is.

Headings are a small language. Where the recogniser's likeliest letters spell none of its words, the word that is nearly
as likely, and clearly likelier than any that means something else, is what is printed; narrow columns have theirs
printed upright, so a high cell is also read lying on either side.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

import numpy as np

from readers import ocr
from readers.cell_lines import TALLEST, CellLines, lines_of
from readers.forms import Form
from readers.heading_guesses import differences
from readers.heading_words import bare_letters, meanings, names_something, typed_wordings
from readers.lattice import Lattice, best_path, joined, log_probability
from readers.pages import Picture

_USUAL = 25
"""Percentile of the heights of what seems one line that is the height of one: some are two lines that touch."""
_UPRIGHT, _INK = 1.2, 128
"""How much higher than wide the writing is that may be printed upright; grey of what is surely ink."""
_FEWEST_READ, _LEAST_LETTERS, _OF_ITS_LETTERS = 3, 6, 0.7
_AS_LIKELY, _CLEARLY = 1.0, 0.8
"""Natural logarithms a letter: how much less likely than what was read a heading may be, and how much likelier it must
be than the next one that means something else. Of 98 headings of generated pages of levels 4 and 5 that nobody knew as
they were read 17 are within these bounds, and all of them right."""


def headings_read(crops: Mapping[str, Picture], forms: Sequence[Form]) -> dict[str, list[str]]:
    """The lines over each column.

    Args:
        crops: the picture over each, by its name.
        forms: whose wordings may stand there, beside those of hand-typed ledgers.
    """
    shapes = {name: lines_of(crop) for name, crop in crops.items()}
    own = tuple(dict.fromkeys(w for f in forms if f.layout == "table" for c in f.columns for w in c.headings))
    told = {name: _told(crops[name], said, own) for name, said in _said(shapes).items()}
    high = {name: shape for name, shape in _parted(crops, shapes).items() if not is_known(" ".join(told[name]), own)}
    again = {name: _told(crops[name], said, own) for name, said in _said(high).items()}
    return told | {name: lines for name, lines in again.items() if is_known(" ".join(lines), own)}


def _parted(crops: Mapping[str, Picture], shapes: Mapping[str, CellLines]) -> dict[str, CellLines]:
    """Shapes whose one line is much higher than others are, parted: lines set close touch each other."""
    heights = [shape.height for shape in shapes.values() if len(shape.lines) == 1]
    usual = float(np.percentile(heights, _USUAL)) if len(heights) >= _FEWEST_READ else 0.0
    high = [name for name, shape in shapes.items() if usual and shape.height > TALLEST * usual]
    parted = {name: lines_of(crops[name], usual) for name in high}
    return {name: shape for name, shape in parted.items() if len(shape.lines) > len(shapes[name].lines)}


def _said(shapes: Mapping[str, CellLines]) -> dict[str, list[Lattice]]:
    """What the lines of each shape are read as; print is never struck out."""
    lines = {name: shape.with_lines(dict(shape.uncut)).lines for name, shape in shapes.items()}
    found = iter(ocr.own().read([line for own in lines.values() for line in own]))
    return {name: [next(found) for _ in own] for name, own in lines.items()}


def _told(crop: Picture, lattices: Sequence[Lattice], wordings: tuple[str, ...]) -> list[str]:
    """The lines as read where their words are known, else the heading that they are heard as."""
    lines = [best_path(lattice)[0] for lattice in lattices]
    if is_known(" ".join(lines), wordings):
        return lines
    heard = _heard(lattices, wordings)
    if heard is None and _stands(crop):
        heard = next(_lying(crop, wordings), None)
    return lines if heard is None else [heard]


def _stands(crop: Picture) -> bool:
    """Is the writing of a cell higher than wide?"""
    down, across = (np.flatnonzero((crop < _INK).any(axis=axis)) for axis in (1, 0))
    return len(down) > 0 and int(np.ptp(down)) > _UPRIGHT * int(np.ptp(across))


def _lying(crop: Picture, wordings: tuple[str, ...]) -> Iterator[str]:
    """The heading of a cell that is printed upright, from below or from above."""
    turned = {str(turn): lines_of(np.ascontiguousarray(np.rot90(crop, turn))) for turn in (-1, 1)}
    for lattices in _said(turned).values():
        text = " ".join(filter(None, (best_path(lattice)[0].strip() for lattice in lattices)))
        heard = text if is_known(text, wordings) else _heard(lattices, wordings)
        if heard is not None:
            yield heard


def is_known(text: str, wordings: Sequence[str]) -> bool:
    """Does the text name something, as it stands?"""
    return names_something(text) or bare_letters(text) in map(bare_letters, wordings)


def _heard(lattices: Sequence[Lattice], wordings: tuple[str, ...]) -> str | None:
    """The one heading that is about as likely as what was read; None where there is none."""
    written = [lattice for lattice in lattices if best_path(lattice)[0].strip()]
    if not written:
        return None
    lattice = joined(written)
    read = bare_letters(best_path(lattice)[0])
    near = [w for w in _vocabulary(wordings) if _is_near(bare_letters(w), read)]
    asked = [spelling for wording in near for spelling in (wording, wording.upper())]
    if not asked:
        return None
    own, *others = log_probability([(lattice, text) for text in (best_path(lattice)[0], *asked)]).tolist()
    priced = sorted(((own - said) / len(text), text) for said, text in zip(others, asked, strict=True))
    price, best = priced[0]
    rival = next((cost for cost, text in priced if _means(text) != _means(best)), price + _CLEARLY)
    return best if price <= _AS_LIKELY and rival - price >= _CLEARLY else None


def _is_near(wording: str, read: str) -> bool:
    most = round(_OF_ITS_LETTERS * len(wording))
    return (
        len(read) >= _FEWEST_READ
        and len(wording) >= min(_LEAST_LETTERS, len(read))
        and differences(wording, read, most) <= most
    )


@lru_cache(maxsize=4_096)
def _means(wording: str) -> object:
    return frozenset(m.role for m in meanings(wording)) or bare_letters(wording)


@cache
def _vocabulary(wordings: tuple[str, ...]) -> tuple[str, ...]:
    """Wordings of forms, and the longer ones that hand-typed ledgers have, with their marks."""
    longer = (
        h[:1].upper() + h[1:] for h in typed_wordings() if not h.isascii() and len(bare_letters(h)) >= _LEAST_LETTERS
    )
    return tuple(dict.fromkeys((*wordings, *longer)))
