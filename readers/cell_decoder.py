"""Decides what stands in the cells of a page: what recognisers say and what a column may hold, weighed together.

Our own recogniser reads every line; the second one only lines of which the first, or the column, is unsure. What
might stand there (other paths through the lattices, words of lists, letters of a mask, texts of the same column) are
scored by both recognisers as a whole, plus what each text costs in its column (natural logarithms throughout).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from readers import ocr
from readers.cell_confidence import Evidence, confidence, is_accepted
from readers.cell_costs import OnPage, cost
from readers.cell_in_the_making import CellInTheMaking, spaced
from readers.cell_lines import TALLEST, CellLines, lines_of
from readers.cell_lists import DITTO, is_listed, listed
from readers.cell_masks import OF_DIGITS, is_well_formed, masked, regrouped
from readers.cell_places import known_units, parted
from readers.cell_words import words
from readers.forms import Form, Kind
from readers.lattice import Lattice, best_path, joined, least_letters, n_best
from readers.leaders import without_leaders
from readers.missed_cells import missed
from readers.page_echoes import KINDS, echoes
from readers.pages import Box, CellReading, CellVerdict, Picture
from readers.pen_writing import sameness, sameness_of_texts, unevenness
from readers.respelling import respelt, weighed
from readers.second_looks import looks_at
from readers.struck_lines import with_words_that_are_read

_SURE_LETTER, _SURE_WORD = 0.80, -9.5
_SURE_AMONG_RIVALS, _RIVAL = 0.97, -2.0
"""A word that is about as usual with other marks has to be seen more clearly."""
_OF_DIGITS = re.compile(r"[\d/.\- ]{4,}")
_WORD = re.compile(r"[^\W\d_]+")
_ENDS = re.compile(r"^[\W_]+|(?:\s+[\W\d_JlI|]|[^\w.)])+$")
_GROWN = re.compile(r"(?<=[^\W\d_A-ZĐ])(?=[A-ZĐ])|(?<=[^\W\d_])[-.](?=[^\W\d_])")
_ENDS_IN_LETTERS = ("name", "number", "serial")
_NO_DIGITS = " .,-_:/|"
_ROUNDS, _BARE = 2, 6
_FEW_HEIGHTS, _SOME_LETTERS, _ENOUGH = 8, 3, 30
_SHORT = 5
_UNMARKED = 0.75
"""Share of names and places without any mark, from which on a page is one that was written without."""
_TRUSTED, _HEARD = 3.0, 2.0
_LOW = 0.6
_MARK, _OF_MARK = '"', 12.0
_LIKE_MARK = re.compile(r"[\"'’`1lIiJ|!/\\ .,:;nr]{1,3}")
"""What recognisers take two small strokes for."""


def decide(form: Form, boxes: Sequence[Box], crops: Sequence[Picture], quality: float) -> list[CellVerdict]:
    """What stands in each box of a page.

    Args:
        form: of the page.
        boxes: its boxes.
        crops: the picture of each (`readers.crops`).
        quality: of the page, 0 to 1.
    """
    return [verdict for verdict, _ in decided(form, boxes, crops, quality)]


def decided(
    form: Form, boxes: Sequence[Box], crops: Sequence[Picture], quality: float
) -> list[tuple[CellVerdict, Evidence]]:
    """As `decide`, each verdict with what is known of its text."""
    shapes = with_words_that_are_read(_shapes(crops), ocr.own())
    cells = [
        CellInTheMaking(kind_in(form, box.column), box.column, shape, row=box.row)
        for box, shape in zip(boxes, shapes, strict=True)
    ]
    _read_first(cells)
    _tell_low(cells)
    _tell_unmarked(cells)
    doubtful = [cell for cell in cells if cell.first is not None and not _is_plain(cell)]
    _look_again(doubtful)
    _read_second([*doubtful, *_sample(cells, doubtful)])
    on_page = _on_page(cells)
    _score(doubtful, on_page)
    _hear(doubtful, cells, on_page)
    for cell, is_missed in zip(cells, missed([cell.seen for cell in cells]), strict=True):
        cell.is_missed = is_missed
    page = _Known(quality, _page_letter(cells), _sameness(cells), *_likeness(cells), on_page)
    return [_verdict(cell, page, least) for cell, least in zip(cells, _least_letters(cells), strict=True)]


@dataclass(frozen=True)
class _Known:
    """What is known of a page: `quality` to `unevenness` as of Evidence, and its plain texts."""

    quality: float
    letter: float
    sameness: float
    text_sameness: float
    unevenness: float
    columns: Mapping[str, OnPage]


def _sample(cells: Sequence[CellInTheMaking], others: Sequence[CellInTheMaking]) -> Sequence[CellInTheMaking]:
    """Cells from all over the page, beside the others, by whose letters handwriting is told from print."""
    taken = set(map(id, others))
    rest = [cell for cell in cells if id(cell) not in taken and len(cell.text) >= _SOME_LETTERS]
    wanted = max(0, _ENOUGH - sum(len(cell.text) >= _SOME_LETTERS for cell in others))
    return rest[:: max(1, len(rest) // wanted)][:wanted] if wanted else ()


def _page_letter(cells: Sequence[CellInTheMaking]) -> float:
    """The median probability, to the second recogniser, of the least likely letter of texts; 1 where there are few.

    It knows print alone, while ours was taught handwriting too.
    """
    read = [best_path(cell.second) for cell in cells if cell.second is not None]
    least = [probability for text, probability in read if len(text) >= _SOME_LETTERS]
    return float(np.median(least)) if len(least) >= _FEW_HEIGHTS else 1.0


def _sameness(cells: Sequence[CellInTheMaking]) -> float:
    """How alike the same digits are, over cells that hold nothing else; 0 where few can be compared."""
    found = ((cell.shape.lines[0], cell.first) for cell in cells if cell.first and len(cell.shape.lines) == 1)
    told = [(line, lattice) for line, lattice in found if _OF_DIGITS.fullmatch(best_path(lattice)[0])]
    return sameness(told[:: max(1, len(told) // _ENOUGH)]) or 0.0


def _likeness(cells: Sequence[CellInTheMaking]) -> tuple[float, float]:
    """How alike texts are that the page repeats, 0 where few do; how unevenly letters stand, 1 where few are seen."""
    found = [(cell.shape.lines[0], cell.first) for cell in cells if cell.first and len(cell.shape.lines) == 1]
    told = unevenness(lattice for _, lattice in found)
    return sameness_of_texts(
        (line, best_path(lattice)[0]) for line, lattice in found
    ) or 0.0, 1.0 if told is None else told


def _least_letters(cells: Sequence[CellInTheMaking]) -> Iterator[float]:
    """Of the text of each cell, to the first recogniser; 1 where nothing stands."""
    least = iter(least_letters([(cell.first, cell.text) for cell in cells if cell.first is not None and cell.text]))
    yield from (next(least) if cell.first is not None and cell.text else 1.0 for cell in cells)


def _shapes(crops: Sequence[Picture]) -> list[CellLines]:
    """The lines of each crop, looked for a second time once the height of writing on the page is known."""
    first = [lines_of(crop) for crop in crops]
    heights = [shape.height for shape in first if len(shape.lines) == 1]
    if len(heights) < _FEW_HEIGHTS:
        return first
    usual = float(np.median(heights))
    return [
        lines_of(crop, usual) if shape.lines and not _LOW * usual < shape.height < TALLEST * usual else shape
        for crop, shape in zip(crops, first, strict=True)
    ]


def _tell_low(cells: Sequence[CellInTheMaking]) -> None:
    """Tell which cells hold only what is lower than letters and digits are."""
    heights = [cell.shape.height for cell in cells if len(cell.shape.lines) == 1]
    usual = float(np.median(heights)) if heights else 0.0
    for cell in cells:
        cell.is_low = len(cell.shape.lines) == 1 and cell.shape.height < _LOW * usual


def _tell_unmarked(cells: Sequence[CellInTheMaking]) -> None:
    """Tell every cell of a page whose names and places have no mark: who wrote without marks did so throughout."""
    read = [best_path(cell.first)[0] for cell in cells if cell.first is not None and cell.kind in KINDS]
    texts = [text for text in read if sum(map(str.isalpha, text)) >= _BARE]
    if len(texts) >= _FEW_HEIGHTS and sum(map(str.isascii, texts)) >= _UNMARKED * len(texts):
        for cell in cells:
            cell.is_unmarked = True


def kind_in(form: Form, column: str) -> Kind:
    """Kind of a column of a page; text where its form does not know it."""
    try:
        return form.kind_of(column)
    except KeyError:
        return "text"


def _read_first(cells: Sequence[CellInTheMaking]) -> None:
    for cell, lattices in _read(ocr.own(), cells):
        cell.by_line = [_between_leaders(cell, number, lattice) for number, lattice in enumerate(lattices)]
        cell.first = joined(cell.by_line)
        cell.texts = {spaced(best_path(cell.first)[0]): 0.0}


def _between_leaders(cell: CellInTheMaking, number: int, lattice: Lattice) -> Lattice:
    """A line of a cell without dots that lead to its value or on from it; its picture is cut there too."""
    steps = len(lattice.log_probs)
    first, last = without_leaders(lattice, cell.kind in _ENDS_IN_LETTERS)
    if (first, last) == (0, steps):
        return lattice
    line = cell.shape.lines[number]
    left, right = (ocr.own().place_of(line, place / steps) for place in (first, last))
    cell.shape = cell.shape.with_lines({number: np.ascontiguousarray(line[:, max(0, left) : max(left + 1, right)])})
    return lattice.part(first, last)


def _look_again(cells: Sequence[CellInTheMaking]) -> None:
    """Our own recogniser looks at unsure lines of doubtful cells again."""
    lines = [(cell, *pair) for cell in cells for pair in zip(cell.shape.lines, cell.by_line, strict=True)]
    found = iter(looks_at(ocr.own(), [line for _, line, _ in lines], [lattice for _, _, lattice in lines]))
    for cell in cells:
        looks = [(lattice, *next(found)) for lattice in cell.by_line]
        if any(len(own) > 1 for own in looks):
            cell.looks = tuple(joined([own[min(n, len(own) - 1)] for own in looks]) for n in (1, 2))


def _read_second(cells: Sequence[CellInTheMaking]) -> None:
    for cell, lattices in _read(ocr.second(), cells):
        cell.second = joined(lattices)


def _read(
    engine: ocr.OwnRecogniser | ocr.SecondRecogniser, cells: Sequence[CellInTheMaking]
) -> Iterator[tuple[CellInTheMaking, list[Lattice]]]:
    """The lines of each cell that has any."""
    written = [cell for cell in cells if cell.shape.lines]
    pictures = [line for cell in written for line in cell.shape.lines]
    lattices = iter(engine.read(pictures) if pictures else [])
    for cell in written:
        yield cell, [next(lattices) for _ in cell.shape.lines]


def _is_plain(cell: CellInTheMaking) -> bool:
    """Is the first recogniser's text surely right: each letter likely, each word known, the column's form kept?"""
    least, text = min((best_path(lattice)[1] for lattice in cell.lattices), default=0.0), cell.text
    if cell.is_low and cell.kind not in OF_DIGITS:
        return False
    if least < _SURE_LETTER or not text or not is_well_formed(text, cell.kind, cell.column):
        return False
    if cell.kind in OF_DIGITS or is_listed(text, cell.column):
        return True
    if cell.kind in ("code", "relation"):
        return text in DITTO
    found = _WORD.findall(text)
    if least < _SURE_AMONG_RIVALS and any(words().rivalry(word, cell.kind) > _RIVAL for word in found):
        return False
    return all(words().log_frequency(word, cell.kind) > _SURE_WORD for word in found)


def _on_page(cells: Sequence[CellInTheMaking]) -> Mapping[str, OnPage]:
    """Texts of each column that are read plainly on the page: others of the column often say the same."""
    found: dict[str, OnPage] = {}
    for cell in cells:
        if cell.first is None or best_path(cell.first)[1] < _SURE_LETTER:
            continue
        if cell.kind not in OF_DIGITS or is_well_formed(cell.text, cell.kind, cell.column):
            found.setdefault(cell.column, OnPage()).add(cell.text)
    return found


def _score(cells: Sequence[CellInTheMaking], on_page: Mapping[str, OnPage]) -> None:
    """Score the texts that each cell may hold: what was read first, then what the best of it may be word by word."""
    for cell in cells:
        cell.texts.clear()
    _weigh([(cell, _proposals(cell, on_page.get(cell.column, OnPage()).texts)) for cell in cells], on_page)
    for cell in filter(_is_mark, cells):
        cell.texts[_MARK] = max(cell.texts.values()) + _OF_MARK
        cell.spelt.add(_MARK)
    for _ in range(_ROUNDS):
        spelt = [cell for cell in cells if cell.kind not in OF_DIGITS and cell.text not in cell.spelt]
        told = respelt([cell.asked for cell in spelt])
        for cell in spelt:
            cell.spelt.add(cell.text)
        more = [_mended(cell.text, cell.kind) for cell in spelt]
        _weigh([(cell, [*texts, *parts]) for cell, texts, parts in zip(spelt, told, more, strict=True)], on_page)


def _hear(cells: Sequence[CellInTheMaking], every: Sequence[CellInTheMaking], on_page: Mapping[str, OnPage]) -> None:
    """Weigh for doubtful cells what likely right ones of the page say in columns of their kind."""
    doubtful = set(map(id, cells))
    trusted = {
        id(cell): cell.text
        for cell in every
        if cell.kind in KINDS and cell.text and (id(cell) not in doubtful or _margin(cell) >= _TRUSTED)
    }
    said = {kind: Counter(trusted[id(c)] for c in every if c.kind == kind and id(c) in trusted) for kind in KINDS}
    hearing = [cell for cell in cells if cell.kind in KINDS]
    _weigh([(cell, echoes(cell.text, cell.kind, said[cell.kind])) for cell in hearing], on_page)
    for cell in hearing:
        for text in cell.texts:
            if said[cell.kind][text] > (trusted.get(id(cell)) == text):  # what it says itself is no echo
                cell.texts[text] += _HEARD


def _is_mark(cell: CellInTheMaking) -> bool:
    """A ditto mark: lower than any letter, and read as one or two strokes."""
    read = (best_path(lattice)[0] for lattice in cell.lattices)
    return cell.is_low and cell.kind not in OF_DIGITS and any(map(_LIKE_MARK.fullmatch, read))


def _weigh(asked: Sequence[tuple[CellInTheMaking, Iterable[str]]], on_page: Mapping[str, OnPage]) -> None:
    new = [
        (cell, text)
        for cell, texts in asked
        for text in dict.fromkeys(texts)
        if text not in cell.texts and cell.may_hold(text)
    ]
    said = weighed([(cell.seen_as, text) for cell, text in new])
    weights = {id(cell): cell.asked.weight for cell, _ in asked}
    for (cell, text), own in zip(new, said.tolist(), strict=True):
        cell.texts[text] = own + weights[id(cell)] * cost(text, cell.kind, cell.column, on_page)


def _proposals(cell: CellInTheMaking, others: Counter[str]) -> Iterator[str]:
    """Texts that the cell may hold."""
    read = list(dict.fromkeys(spaced(best_path(lattice)[0]) for lattice in cell.lattices))
    yield from read
    if not read[0]:  # ours was taught stains too: where it sees no letter, only marks may stand
        yield from DITTO
        return
    for lattice in cell.looks:
        yield spaced(best_path(lattice)[0])
    for lattice in cell.lattices:
        for text, _ in n_best(lattice, 4):
            yield text.strip()
            yield spaced(text)
        yield from masked(lattice, cell.kind, 4)
    for text in read:
        yield from _mended(text, cell.kind)
    yield from listed(cell.column, read)
    yield from (text for text, _ in others.most_common(8))
    if max(map(len, read)) <= _SHORT:
        yield from DITTO


def _mended(text: str, kind: str) -> Iterator[str]:
    """The text with what a ruled line left at its ends taken off, what was not seen put in, the first letter larger."""
    if kind == "date":
        yield from regrouped(text)
    if kind in OF_DIGITS:
        yield text.strip(_NO_DIGITS)
        return
    yield _ENDS.sub("", text)
    yield _GROWN.sub(" ", text)
    yield text[:1].swapcase() + text[1:]
    if kind == "place":
        yield from parted(text)


def _verdict(cell: CellInTheMaking, page: _Known, least: float) -> tuple[CellVerdict, Evidence]:
    text = cell.text
    readings = tuple(_readings(cell))
    evidence = replace(_evidence(cell, text, readings, page), least_of_text=least)
    sure = confidence(evidence)
    rule = None if any(r.text == text for r in readings) or not text else cell.kind
    verdict = CellVerdict(text, sure, is_accepted(sure, evidence), evidence.is_handwriting, rule, readings)
    return verdict, evidence


def _readings(cell: CellInTheMaking) -> Iterator[CellReading]:
    for name, lattice in zip((ocr.own().name, ocr.second().name), cell.lattices, strict=False):
        text, least = best_path(lattice)
        yield CellReading(name, spaced(text), (), least)


def _evidence(cell: CellInTheMaking, text: str, readings: Sequence[CellReading], page: _Known) -> Evidence:
    found = _WORD.findall(text)
    known = [words().log_frequency(w, cell.kind) for w in found]
    rivalry = max((words().rivalry(w, cell.kind) for w in found), default=-12.0)
    on_this = page.columns.get(cell.column, OnPage())
    return Evidence(
        kind=cell.kind, is_empty=not text, least_letter=min((r.confidence for r in readings[:1]), default=1.0),
        second_letter=min((r.confidence for r in readings[1:]), default=1.0),
        first_agrees=not readings or readings[0].text == text, second_read=len(readings) > 1,
        second_agrees=len(readings) > 1 and readings[1].text == text,
        margin=_margin(cell) if len(readings) > 1 else 8.0,
        is_well_formed=is_well_formed(text, cell.kind, cell.column), is_listed=is_listed(text, cell.column),
        rarest_word=min(known, default=0.0), repeats=on_this.texts[text],
        letters=len(text), lines=len(cell.shape.lines), height=cell.shape.height, ink=cell.shape.ink,
        quality=page.quality,
        rivalry=rivalry, is_bare=text.isascii() and sum(map(str.isalpha, text)) >= _BARE, is_mark=text in DITTO,
        units=len(known_units(text)) if cell.kind == "place" else 0, style=min(0.0, on_this.price(text)),
        page_letter=page.letter, sameness=page.sameness, text_sameness=page.text_sameness,
        unevenness=page.unevenness, is_header=cell.row is None, is_missed=cell.is_missed,
    )  # fmt: skip


def _margin(cell: CellInTheMaking) -> float:
    """How much better the best text is than the next: a difference of natural logarithms, at most 20."""
    scores = sorted(cell.texts.values(), reverse=True)
    return float(np.clip(scores[0] - scores[1], 0, 20)) if len(scores) > 1 else 20.0
