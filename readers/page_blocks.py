"""Lays a form of labelled blocks on a page without a table: one person a block, the labels read letter by letter.

A label that is misread in one block is taken to stand where it stands in the others. A page whose blocks are not sure
goes to a person whole: a value that was cut at the wrong place would be another one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from readers.block_layout import Block, SeenLabel, blocks_of, offs_of
from readers.forms import Form
from readers.header_labels import Labels, label_due
from readers.labelled_lines import Piece, before, labels_of, read_lines, text_of
from readers.page_ink import Ink, ink_of
from readers.page_paper import on_paper
from readers.page_pieces import Bounds, Written, upside_down, with_room, written_lines
from readers.page_quality import quality_of, writing_measures
from readers.pages import Box, Page, PageGrid, Quad

NO_BLOCKS, DOUBTFUL = "no_blocks", "doubtful_blocks"
_FEWEST, _ENOUGH = 0.4, 0.7
"""Share of a form's labels that a page, and each of its blocks, must show."""
_OFF_PLACE, _NEAR, _FAR, _ON_LINE = 1.2, 1.5, 4.0, 0.4
"""How far a label may lie from where it is due: heights of a letter between blocks, before one was seen, and lines."""
_BEFORE_NEXT, _AGREE = 0.3, 2
_RUNS_ON, _RUNS_OVER = 1.5, 6.0
_NUMBERING = re.compile(r"\W*\d{0,2}\W*")


def find_blocks(page: Page, forms: Sequence[Form]) -> tuple[Form, PageGrid] | str:
    """The form of blocks that the labels on a page are of, and its boxes; else why there are none.

    Args:
        page: without a table.
        forms: those with blocks are tried.
    """
    blocks = [f for f in forms if f.layout == "blocks"]
    ink = ink_of(page.picture)
    written = written_lines(on_paper(page.picture, ink.dark)) if blocks else None
    if written is None:
        return NO_BLOCKS
    best: tuple[int, _Sheet] | None = None
    for way in (written, upside_down(written)):
        for form in blocks:
            sheet = _Sheet(page, ink, way, form)
            if best is None or len(sheet.labels) > best[0]:
                best = len(sheet.labels), sheet
        if best is not None and best[0] >= _ENOUGH * len(best[1].form.block):
            break
    if best is None or best[0] < _FEWEST * len(best[1].form.block):
        return NO_BLOCKS
    grid = best[1].grid()
    return (best[1].form, grid) if grid is not None else DOUBTFUL


class _Sheet:
    """A page read for the labels of one form."""

    def __init__(self, page: Page, ink: Ink, written: Written, form: Form) -> None:
        self.page, self.ink, self.written, self.form = page, ink, written, form
        self.turned = written.quarters * 90 % 360
        self.writing = [tuple(self._quad(with_room(b, written.height)) for b in line) for line in written.lines]
        self.read = list(read_lines(page, self.writing, self.turned))
        self.labels = list(self._labels())

    def _labels(self) -> Iterator[SeenLabel]:
        """All labels of the form's blocks, line by line."""
        known = Labels([replace(self.form, header=self.form.block)])
        numbers = {f.name: number for number, f in enumerate(self.form.block)}
        for at, line in enumerate(self.read):
            for label in labels_of(line, known)[2]:
                if label.field in numbers:
                    yield self._seen(numbers[label.field], at, label.start, label.end)

    def _seen(self, field: int, at: int, start: int, end: int) -> SeenLabel:
        """A label by its letters in a line."""
        line = self.read[at]
        text, starts = text_of(line)
        begins, ends = _begin(line, starts, start), self._end(line, starts, end, text)
        middle = self.written.lines[at][begins[0]].middle
        return SeenLabel(field, at, self._place(at, begins), self._place(at, ends), middle)

    def _end(self, line: Sequence[Piece], starts: Sequence[int], letter: int, text: str) -> tuple[int, float]:
        """Where a label ends: in its own piece, if the next one begins behind it."""
        letter = len(text[:letter].rstrip())  # behind a label may stand pieces in which nothing was read
        number = max(k for k, start in enumerate(starts) if start < letter)
        inside = text[starts[number] : letter]
        whole = len(inside) >= len(line[number].text.rstrip())
        return (number, 1.0) if whole else (number, line[number].cut_before(letter - starts[number]))

    def _place(self, at: int, place: tuple[int, float]) -> float:
        piece = self.written.lines[at][place[0]]
        room = with_room(piece, self.written.height)
        return float(np.clip(room.left + place[1] * (room.right - room.left), piece.left, piece.right))

    def _quad(self, bounds: Bounds) -> Quad:
        half = (bounds.bottom - bounds.top) / 2
        return self._strip([(bounds.left, bounds.middle), (bounds.right, bounds.middle)], half)

    def _strip(self, ends: Sequence[tuple[float, float]], half: float) -> Quad:
        """The quad on the page of a strip between two points of the flat page, so high on both sides of its middle."""
        (x1, y1), (x2, y2) = ends
        points = np.asarray([[x1, y1 - half], [x2, y2 - half], [x2, y2 + half], [x1, y1 + half]])
        most = np.asarray([self.page.picture.shape[1] - 1, self.page.picture.shape[0] - 1], dtype=np.float64)
        found = np.clip((self.written.flat.to_page(points) + 0.5) / self.ink.scale - 0.5, 0, most)
        a, b, c, d = ((float(x), float(y)) for x, y in found)
        return a, b, c, d

    def grid(self) -> PageGrid | None:
        """The boxes of all blocks; None if they are not sure."""
        fields = self.form.block
        blocks = blocks_of(self.labels, fields, self.written.height)
        if blocks is None:
            return None
        blocks = [self._completed(block, offs_of(blocks, fields)) for block in blocks]
        offs = offs_of(blocks, fields)
        if len(offs) < len(fields):
            return None
        seen, blocks = blocks, [self._in_place(block, offs) for block in blocks]
        lost = {k for block, kept in zip(seen, blocks, strict=True) for k in block.labels.keys() - kept.labels.keys()}
        if any(sum(k in block.labels for block in blocks) < _AGREE for k in lost):
            return None
        if not all(len(block.labels) >= _ENOUGH * len(fields) for block in blocks):
            return None
        cells = tuple(box for row, block in enumerate(blocks) for box in self._boxes(row, block, offs))
        first = min(label.line for label in blocks[0].labels.values())
        measures = writing_measures(self.ink)
        return PageGrid(
            self.form.form_id, self.turned, cells, quality_of(measures), measures, (), tuple(self.writing[:first])
        )

    def _in_place(self, block: Block, offs: Mapping[int, tuple[float, float]]) -> Block:
        """With the labels that end where those of the other blocks do: under a stamp one may seem to go on."""
        fields, most = self.form.block, _OFF_PLACE * self.written.height
        near = {k: x for k, x in block.labels.items() if abs(x.right - block.place(offs[k][1], fields[k].line)) <= most}
        return replace(block, labels=near)

    def _completed(self, block: Block, offs: Mapping[int, tuple[float, float]]) -> Block:
        """With labels too badly read to be known anywhere, but that stand where one is due."""
        labels, width = dict(block.labels), self._width(offs)
        for k, field in enumerate(self.form.block):
            if k in labels:
                continue
            x = block.place(offs[k][0] if k in offs else field.start * width, field.line)
            room = (_NEAR if k in offs else _FAR) * self.written.height
            found = self._label_at(k, (x, block.height(k, x, field.line)), (room, _ON_LINE * block.pitch))
            if found is not None:
                labels[k] = found
        return replace(block, labels=labels)

    def _label_at(self, field: int, at: tuple[float, float], room: tuple[float, float]) -> SeenLabel | None:
        """The label of a field that begins near a place, most of its letters right; None if none does."""
        found: list[tuple[float, SeenLabel]] = []
        for number, line in enumerate(self.written.lines):
            near = {k for k, piece in enumerate(line) if abs(piece.middle - at[1]) <= room[1]}
            text, starts = text_of(self.read[number]) if near else ("", [])
            for word in re.finditer(r"\S+", text):
                place = before(self.read[number], starts, word.start())
                if place[0] in near and abs(self._place(number, place) - at[0]) <= room[0]:
                    due = label_due(text, word.start(), self.form.block[field].labels)
                    if due is not None:
                        found.append((due[1], self._seen(field, number, word.start(), due[0])))
        return min(found, key=lambda told: told[0])[1] if found else None

    def _boxes(self, row: int, block: Block, places: Mapping[int, tuple[float, float]]) -> Iterator[Box]:
        width = self._width(places)
        for line in range(1 + max(f.line for f in self.form.block)):
            fields = [k for k, f in enumerate(self.form.block) if f.line == line]
            for k, after in zip(fields, [*fields[1:], None], strict=True):
                label = block.labels.get(k)
                begin = label.right if label is not None else block.place(places[k][1], line)
                if after is not None:
                    follows = block.labels.get(after)
                    due = block.place(places[after][0], line)
                    end = (due if follows is None else min(due, follows.left)) - _BEFORE_NEXT * self.written.height
                else:
                    end = self._ink_end(block.height(k, begin, line), block.place(width * self.form.block[k].end, line))
                ends = [(x, block.height(k, x, line)) for x in (begin, end)]
                yield Box("cell", row, self.form.block[k].name, self._strip(ends, block.pitch / 2))

    def _width(self, places: Mapping[int, tuple[float, float]]) -> float:
        """Of a block: as wide as labels that stand further right are off, or as the writing reaches."""
        off = [places[k][0] / f.start for k, f in enumerate(self.form.block) if f.start > 0 and k in places]
        reach = max(line[-1].right for line in self.written.lines) - min(line[0].left for line in self.written.lines)
        return float(np.median(off)) if off else reach

    def _ink_end(self, middle: float, due: float) -> float:
        """Where a field ends that should at `due`: with the writing that runs on over it."""
        near, most = _RUNS_ON * self.written.height, due + _RUNS_OVER * self.written.height
        for line in self.written.lines:
            for piece in line:
                if abs(piece.middle - middle) < self.written.height and piece.left < due + near:
                    due = max(due, min(piece.right, most))
        return due


def _begin(line: Sequence[Piece], starts: Sequence[int], letter: int) -> tuple[int, float]:
    """Where a label begins, with the number before it."""
    number, share = before(line, starts, letter)
    is_first = _NUMBERING.fullmatch(line[number].text[: max(0, letter - starts[number])]) is not None
    return number, 0.0 if is_first else share
