"""Decides what stands in the cells of a page: what recognisers say and what a column may hold, weighed together.

The fast recogniser reads every line; the slow one only lines of which the fast one, or the column, is unsure. What
might stand there (other paths through the lattices, words of lists, letters of a mask, texts of the same column) are
scored by both recognisers as a whole, plus what each text costs in its column (natural logarithms throughout).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from readers import ocr
from readers.cell_confidence import Evidence, confidence, is_accepted
from readers.cell_lines import CellLines, lines_of
from readers.cell_lists import DITTO, is_listed, listed
from readers.cell_masks import is_well_formed, masked, price
from readers.cell_places import bonus, completed
from readers.cell_words import like, variants, words
from readers.forms import Form
from readers.lattice import Lattice, best_path, log_probability, n_best
from readers.pages import Box, CellReading, CellVerdict, Picture

_SURE_LETTER, _SURE_WORD = 0.80, -9.5
_WEIGHT = 1.0
"""Of what a text costs, beside what the recognisers say."""
_SHARES = (0.6, 0.4)
"""Of the fast and the slow recogniser, where both read."""
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"(?<=[^\W\d]),(?=[^\W\d_])")
_ON_PAGE = 2.0
_LISTED = 8.0
_OF_WORDS = 1.0
_A_WORD = 4.0
"""For each word more: else two words would always be dearer than both as one."""
_ROUNDS = 2
_MOST_OF_A_WORD = 14
_FEW_HEIGHTS = 8
_SHORT = 5
_LOW, _HIGH = 0.6, 1.6
_UNLIKELY = -1e8


@dataclass
class _Line:
    """A line of writing in the making."""

    fast: Lattice
    slow: Lattice | None = None
    texts: dict[str, float] = field(default_factory=dict)


@dataclass
class _Cell:
    """A cell in the making: its lines, its column."""

    kind: str
    column: str
    lines: list[_Line]
    shape: CellLines

    @property
    def text(self) -> str:
        return " ".join(filter(None, (_best(line).strip() for line in self.lines)))


def decide(form: Form, boxes: Sequence[Box], crops: Sequence[Picture], quality: float) -> list[CellVerdict]:
    """What stands in each box of a page.

    Args:
        form: of the page.
        boxes: its boxes.
        crops: the picture of each (`readers.crops`).
        quality: of the page, 0 to 1.
    """
    shapes = _shapes(crops)
    cells = [_Cell(_kind(form, box), box.column, [], shape) for box, shape in zip(boxes, shapes, strict=True)]
    _read_fast(cells)
    doubtful = [cell for cell in cells if cell.lines and not _is_plain(cell)]
    _read_slow(doubtful)
    on_page = _on_page(cells)
    for number in range(_ROUNDS):
        _score(doubtful, on_page, is_first=not number)
    return [_verdict(cell, quality, on_page) for cell in cells]


def _shapes(crops: Sequence[Picture]) -> list[CellLines]:
    """The lines of each crop, looked for a second time once the height of writing on the page is known."""
    first = [lines_of(crop) for crop in crops]
    heights = [shape.height for shape in first if len(shape.lines) == 1]
    if len(heights) < _FEW_HEIGHTS:
        return first
    usual = float(np.median(heights))
    return [
        lines_of(crop, usual) if shape.lines and not _LOW * usual < shape.height < _HIGH * usual else shape
        for crop, shape in zip(crops, first, strict=True)
    ]


def _kind(form: Form, box: Box) -> str:
    try:
        return form.kind_of(box.column)
    except KeyError:
        return "text"


def _read_fast(cells: Sequence[_Cell]) -> None:
    pictures = [line for cell in cells for line in cell.shape.lines]
    lattices = iter(ocr.fast().read(pictures) if pictures else [])
    for cell in cells:
        for _ in cell.shape.lines:
            lattice = next(lattices)
            text = _spaced(best_path(lattice)[0])
            cell.lines.append(_Line(lattice, texts={text: 0.0}))


def _read_slow(cells: Sequence[_Cell]) -> None:
    pictures = [line for cell in cells for line in cell.shape.lines]
    lattices = iter(ocr.slow().read(pictures) if pictures else [])
    for cell in cells:
        for line in cell.lines:
            line.slow = next(lattices)


def _is_plain(cell: _Cell) -> bool:
    """Is the fast recogniser's text surely right: each letter likely, each word known, the column's form kept?"""
    for line in cell.lines:
        text, least = best_path(line.fast)
        if least < _SURE_LETTER or not text:
            return False
    text = cell.text
    if not is_well_formed(text, cell.kind, cell.column):
        return False
    if cell.kind in ("date", "number", "serial") or is_listed(text, cell.column):
        return True
    if cell.kind in ("code", "relation"):
        return text in DITTO
    return all(words().log_frequency(w, cell.kind) > _SURE_WORD for w in _WORD.findall(text))


def _on_page(cells: Sequence[_Cell]) -> Mapping[str, Counter[str]]:
    """Texts of each column that are read plainly on the page: others of the column often say the same."""
    found: dict[str, Counter[str]] = {}
    for cell in cells:
        if cell.lines and len(cell.lines) == 1 and best_path(cell.lines[0].fast)[1] >= _SURE_LETTER:
            found.setdefault(cell.column, Counter())[cell.text] += 1
    return found


def _score(cells: Sequence[_Cell], on_page: Mapping[str, Counter[str]], *, is_first: bool) -> None:
    """Score the texts that each line may hold; a second round starts from the best of the first."""
    asked: list[tuple[_Cell, _Line, list[str]]] = []
    for cell in cells:
        for line in cell.lines:
            proposed = _proposals(cell, line, on_page.get(cell.column, Counter()), is_first=is_first)
            new = [t for t in dict.fromkeys(proposed) if t not in line.texts or is_first]
            if new:
                asked.append((cell, line, new))
    fast = log_probability([(line.fast, t) for _, line, texts in asked for t in texts])
    slow = log_probability([(line.slow or line.fast, t) for _, line, texts in asked for t in texts])
    at = 0
    for cell, line, texts in asked:
        for text in texts:
            both = _SHARES[0] * max(fast[at], _UNLIKELY) + _SHARES[1] * max(slow[at], _UNLIKELY)
            line.texts[text] = both + _WEIGHT * cost(text, cell.kind, cell.column, on_page)
            at += 1


def cost(text: str, kind: str, column: str, on_page: Mapping[str, Counter[str]]) -> float:
    """What a text costs in a column, or (above 0) what speaks for it: natural logarithms."""
    found = price(text, kind, column)
    if kind not in ("date", "number", "serial"):
        found += sum(words().log_frequency(w, kind) for w in _WORD.findall(text)) * _OF_WORDS
        found += bonus(text) if kind == "place" else _odd_middle(text) if kind == "name" else 0.0
        found += sum(-3.0 for c in text if not (c.isalnum() or c in " ,.-/()"))
        found += -2.0 * len(_UNSPACED.findall(text)) + _A_WORD * text.count(" ")
    if is_listed(text, column):
        found += _LISTED
    if text in on_page.get(column, ()):
        found += _ON_PAGE
    return found


def _odd_middle(text: str) -> float:
    """What speaks against a name with "Thi" in its middle: nearly always it is a badly read "Thị"."""
    return -5.0 * sum(word.lower() == "thi" for word in text.split()[1:-1])


def _proposals(cell: _Cell, line: _Line, others: Counter[str], *, is_first: bool) -> Iterator[str]:
    """Texts that the line may hold."""
    if not is_first:
        yield from _composed(cell, line)
        return
    for lattice in (line.fast, line.slow or line.fast):
        for text, _ in n_best(lattice, 4):
            yield text
            yield _spaced(text)
        yield from masked(lattice, cell.kind, 4)
    read = list(dict.fromkeys([_spaced(best_path(lattice)[0]) for lattice in (line.fast, line.slow or line.fast)]))
    yield from read
    if len(cell.lines) == 1:
        yield from listed(cell.column, read)
        yield from (text for text, _ in others.most_common(8))
    if cell.kind not in ("date", "number", "serial"):
        for text in read:
            yield from _with_other_words(text, cell.kind)
            if cell.kind == "place":
                yield from completed(text)
    if max(map(len, read)) <= _SHORT:
        yield from DITTO


def _with_other_words(text: str, kind: str) -> Iterator[str]:
    """The text with one word exchanged for one that it may be."""
    for found in _WORD.finditer(text):
        word = found.group()
        known = words()
        near = sorted({*known.near(word), *variants(word)}, key=lambda w: (-known.log_frequency(w, kind), w))
        same = [w for w in near if len(w) == len(word)]
        for other in dict.fromkeys([*near[:_MOST_OF_A_WORD], *same[:_MOST_OF_A_WORD]]):
            shown = like(other, word)
            if shown != word:
                yield text[: found.start()] + shown + text[found.end() :]


def _composed(cell: _Cell, line: _Line) -> Iterator[str]:
    """Each word of the best texts exchanged for the word that did best in its place; both where they agree."""
    ranked = sorted(line.texts.items(), key=lambda pair: -pair[1])
    best = ranked[0][0]
    pieces = _pieces(best)
    better: dict[int, str] = {}
    for text, _ in ranked[:60]:
        others = _pieces(text)
        if len(others) != len(pieces):
            continue
        for place, (mine, other) in enumerate(zip(pieces, others, strict=True)):
            if mine != other and place not in better:
                better[place] = other
    base = line.texts[best]
    for place, other in better.items():
        yield "".join([*pieces[:place], other, *pieces[place + 1 :]])
    if cell.kind == "place":
        yield from completed(best)
    if base > _UNLIKELY and cell.kind not in ("date", "number", "serial"):
        yield from _with_other_words(best, cell.kind)


def _pieces(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|[\W\d_]+", text)


def _spaced(text: str) -> str:
    """One blank behind a comma between words, as everybody writes and recognisers drop."""
    return re.sub(r"\s+", " ", _UNSPACED.sub(", ", text)).strip()


def _best(line: _Line) -> str:
    return max(line.texts.items(), key=lambda pair: pair[1])[0]


def _verdict(cell: _Cell, quality: float, on_page: Mapping[str, Counter[str]]) -> CellVerdict:
    text = cell.text
    readings = tuple(_readings(cell))
    evidence = _evidence(cell, text, quality, readings, on_page)
    sure = confidence(evidence)
    rule = None if any(r.text == text for r in readings) or not text else cell.kind
    return CellVerdict(text, sure, is_accepted(sure, evidence), evidence.is_handwriting, rule, readings)


def _readings(cell: _Cell) -> Iterator[CellReading]:
    if not cell.lines:
        return
    engines = [(ocr.FAST_NAME, [line.fast for line in cell.lines])]
    if cell.lines[0].slow is not None:
        engines.append((ocr.SLOW_NAME, [line.slow for line in cell.lines if line.slow is not None]))
    for name, lattices in engines:
        read = [best_path(lattice) for lattice in lattices]
        text = " ".join(_spaced(t) for t, _ in read if t)
        yield CellReading(name, text, (), min(least for _, least in read))


def _evidence(
    cell: _Cell, text: str, quality: float, readings: Sequence[CellReading], on_page: Mapping[str, Counter[str]]
) -> Evidence:
    margins = [_margin(line) for line in cell.lines if line.slow is not None]
    known = [words().log_frequency(w, cell.kind) for w in _WORD.findall(text)]
    return Evidence(
        kind=cell.kind, is_empty=not text, least_letter=min((r.confidence for r in readings[:1]), default=1.0),
        slow_letter=min((r.confidence for r in readings[1:]), default=1.0),
        fast_agrees=not readings or readings[0].text == text, slow_read=len(readings) > 1,
        slow_agrees=len(readings) > 1 and readings[1].text == text, margin=min(margins, default=8.0),
        is_well_formed=is_well_formed(text, cell.kind, cell.column), is_listed=is_listed(text, cell.column),
        rarest_word=min(known, default=0.0), repeats=on_page.get(cell.column, Counter())[text],
        letters=len(text), lines=len(cell.lines), height=cell.shape.height, ink=cell.shape.ink, quality=quality,
    )  # fmt: skip


def _margin(line: _Line) -> float:
    """How much better the best text is than the next: a difference of natural logarithms, at most 20."""
    scores = sorted(line.texts.values(), reverse=True)
    return float(np.clip(scores[0] - scores[1], 0, 20)) if len(scores) > 1 else 20.0
