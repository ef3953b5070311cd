"""Hears the text layer of a PDF as one more reading of each box, where the picture of the page shows what it says.

What the picture shows is what counts. Where the layer says the same, the text is sure, blanks and all; where it says
what the picture may well show too, its text is taken and a person is asked; where it says something else, a person is
asked about what the picture shows. Of a layer that says something else all over the page nothing is heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readers import ocr
from readers.cell_lines import lines_of
from readers.heading_guesses import differences
from readers.lattice import best_path, joined, log_probability
from readers.page_words import Layer, bare, says_enough, texts_in, trusted
from readers.pages import Box, CellReading, CellVerdict, PageWord, Picture

ENGINE = "pdf"
"""Its name among the engines of a cell, and as the rule of a text that no recogniser reads so."""
_STILL_SHOWN = 5.0
"""A text this much less likely than the likeliest (natural logarithm) may well be what the picture shows."""
_SUREST = 0.999
_SLIPS_OF = 5
"""The end of a header field that is its value differs from what is read there in one letter of so many at most."""


_OF_LABEL = ":;. "
"""What the end of a label leaves before a value beside it."""


@dataclass(frozen=True)
class Heard:
    """The verdicts on the boxes of a page; `is_unlike`: it has a text layer that says something else than it shows."""

    verdicts: tuple[CellVerdict, ...]
    is_unlike: bool


def heard(
    words: Sequence[PageWord], boxes: Sequence[Box], crops: Sequence[Picture], verdicts: Sequence[CellVerdict]
) -> Heard:
    """The verdicts of the recognisers with what the layer says to them.

    Args:
        words: of the layer.
        boxes: of the page.
        crops: the picture of each.
        verdicts: on each.
    """
    told = texts_in(words, [box.quad for box in boxes])
    seen = [verdict.readings[0].text if verdict.readings else "" for verdict in verdicts]
    cells = [n for n, box in enumerate(boxes) if box.kind == "cell"]
    layer = trusted([told[n] for n in cells], [seen[n] for n in cells])
    if layer is None:
        return Heard(tuple(verdicts), says_enough([told[n] for n in cells]))
    texts = [layer.text(text) for text in told]
    ends = [t if box.kind == "cell" else _value(t, s) for box, t, s in zip(boxes, texts, seen, strict=True)]
    every = zip(ends, verdicts, crops, strict=True)
    return Heard(tuple(_with(text, layer, verdict, crop) for text, verdict, crop in every), False)


def _value(text: str, seen: str) -> str:
    """The end of a header field that is its value: the layer has the label too; "" where no end is like it."""
    words = text.split()
    ends = [" ".join(words[n:]) for n in range(len(words))]
    most = len(bare(seen)) // _SLIPS_OF
    off = [differences(bare(end), bare(seen), most) for end in ends]
    best = min(range(len(ends)), key=off.__getitem__, default=None)
    return ends[best] if best is not None and off[best] <= most else ""


def _with(text: str, layer: Layer, verdict: CellVerdict, crop: Picture) -> CellVerdict:
    text = text.lstrip(_OF_LABEL)
    if not bare(text):
        return verdict
    readings = (*verdict.readings, CellReading(ENGINE, text, (), layer.agreement))
    read = (verdict.text, *(r.text for r in verdict.readings[:1]))
    if _plain(text) in map(_plain, read):
        sure = 1 - (1 - verdict.confidence) * (1 - min(layer.agreement, _SUREST))
        return replace(
            verdict, text=text, confidence=sure, accepted=not verdict.handwriting, rule=None, readings=readings
        )
    if bare(text) in map(bare, read):  # the same in other letters: of an old font, or drawn in capitals
        return replace(verdict, readings=readings)
    if _may_be_shown(crop, text):
        return replace(verdict, text=text, accepted=False, rule=ENGINE, readings=readings)
    return replace(verdict, accepted=False, readings=readings)


def _plain(text: str) -> str:
    return "".join(text.split())


def _may_be_shown(crop: Picture, text: str) -> bool:
    """Is it about as likely as the likeliest text of the picture?"""
    lines = lines_of(crop).lines
    if not lines:
        return False
    lattice = joined(ocr.own().read(lines))
    own, other = log_probability([(lattice, best_path(lattice)[0]), (lattice, text)]).tolist()
    return bool(own - other <= _STILL_SHOWN)
