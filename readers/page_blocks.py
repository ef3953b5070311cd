"""Lays a form of labelled blocks on a page without a table: one person a block, the labels read letter by letter.

A label that is misread in one block is taken to stand where it stands in the others. A page whose blocks are not sure
goes to a person whole: a value that was cut at the wrong place would be another one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from readers.forms import Form
from readers.header_labels import Labels
from readers.labelled_lines import Piece, before, labels_of, read_lines
from readers.page_bend import Floats
from readers.page_ink import Ink, ink_of
from readers.page_pieces import Bounds, Written, upside_down, with_room, written_lines
from readers.page_quality import quality_of, writing_measures
from readers.pages import Box, Page, PageGrid, Quad

NO_BLOCKS, DOUBTFUL = "no_blocks", "doubtful_blocks"
_FEWEST, _ENOUGH = 0.4, 0.7
"""Share of a form's labels that a page, and each of its blocks, must show."""
_OFF_LINE, _OFF_PITCH, _OFF_PLACE = 0.35, 0.15, 1.2
_STEEPEST, _LEAN = 0.08, 0.1
_BEFORE_NEXT = 0.3
_SAME_BLOCK, _STRAY = 0.4, 2
_RUNS_ON, _RUNS_OVER = 1.5, 6.0
_NUMBERING = re.compile(r"\W*\d{0,2}\W*")


@dataclass(frozen=True)
class _Label:
    """A label that was read: which field of the block, which line of the page, where it begins and its value may."""

    field: int
    line: int
    left: float
    right: float
    middle: float


@dataclass(frozen=True)
class _Block:
    """One person's labels.

    Attributes:
        top: middle of the first line at the left. pitch: from line to line. left: where labels at the left begin.
        slope: how far lines fall to the right, in pixels a pixel.
    """

    labels: Mapping[int, _Label]
    top: float
    pitch: float
    left: float
    slope: float

    def height(self, field: int, x: float, line: int) -> float:
        """The middle of a field at a place from the left: where its label lies, or by the lines of the block."""
        label = self.labels.get(field)
        if label is None:
            return self.top + self.pitch * line + self.slope * (x - self.left)
        return label.middle + self.slope * (x - (label.left + label.right) / 2)


def find_blocks(page: Page, forms: Sequence[Form]) -> tuple[Form, PageGrid] | str:
    """The form of blocks that the labels on a page are of, and its boxes; else why there are none.

    Args:
        page: without a table.
        forms: those with blocks are tried.
    """
    blocks = [f for f in forms if f.layout == "blocks"]
    ink = ink_of(page.picture)
    written = written_lines(ink.dark) if blocks else None
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
        self.labels = list(self._labels())

    def _labels(self) -> Iterator[_Label]:
        """All labels of the form's blocks, line by line."""
        known = Labels([replace(self.form, header=self.form.block)])
        numbers = {f.name: number for number, f in enumerate(self.form.block)}
        for at, line in enumerate(read_lines(self.page, self.writing, self.turned)):
            text, starts, found = labels_of(line, known)
            for label in found:
                if label.field in numbers:
                    begin, end = _begin(line, starts, label.start), self._end(line, starts, label.end, text)
                    middle = self.written.lines[at][begin[0]].middle
                    yield _Label(numbers[label.field], at, self._place(at, begin), self._place(at, end), middle)

    def _end(self, line: Sequence[Piece], starts: Sequence[int], letter: int, text: str) -> tuple[int, float]:
        """Where a label ends: in its own piece, if the next one begins behind it."""
        number = max(k for k, start in enumerate(starts) if start < letter)
        inside = text[starts[number] : letter].rstrip()
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
        parted = self._parted()
        blocks = [self._block(labels) for labels in parted or ()]
        sure = [b for b in blocks if b is not None]
        if not sure or len(sure) < len(blocks) or not _alike(sure):
            return None
        places = self._places(sure)
        if places is None:
            return None
        cells = tuple(box for row, block in enumerate(sure) for box in self._boxes(row, block, places))
        first = min(label.line for label in sure[0].labels.values())
        measures = writing_measures(self.ink)
        return PageGrid(
            self.form.form_id, self.turned, cells, quality_of(measures), measures, (), tuple(self.writing[:first])
        )

    def _parted(self) -> list[dict[int, _Label]] | None:
        """The labels of each block, top to bottom: those that mean about one place for its first line.

        A word or two that look like a label elsewhere are no block; None if more of them do.
        """
        pitch = self._pitch()
        if pitch is None:
            return None
        tops = [label.middle - pitch * self.form.block[label.field].line for label in self.labels]
        blocks: list[dict[int, _Label]] = []
        last = -np.inf
        for at in np.argsort(tops, kind="stable"):
            if tops[at] - last > _SAME_BLOCK * pitch:
                blocks.append({})
            label, last = self.labels[at], tops[at]
            if label.field in blocks[-1]:
                return None
            blocks[-1][label.field] = label
        return [b for b in blocks if len(b) > _STRAY]

    def _pitch(self) -> float | None:
        """How far lines of a block are from each other: of neighbouring labels on the page."""
        ordered = sorted(self.labels, key=lambda label: label.middle)
        steps = [
            (b.middle - a.middle) / (self.form.block[b.field].line - self.form.block[a.field].line)
            for a, b in pairwise(ordered)
            if 1 <= self.form.block[b.field].line - self.form.block[a.field].line <= 2
        ]
        return float(np.median(steps)) if len(steps) >= 3 and np.median(steps) > self.written.height else None

    def _block(self, labels: dict[int, _Label]) -> _Block | None:
        """A block whose labels lie on lines that follow each other evenly; None if they do not."""
        if len(labels) < _ENOUGH * len(self.form.block):
            return None
        lines = np.asarray([float(self.form.block[k].line) for k in labels])
        middles = np.asarray([label.middle for label in labels.values()])
        if len(set(lines.tolist())) < 2:
            return None
        left = float(np.median([x.left for k, x in labels.items() if self.form.block[k].start == 0] or [np.nan]))
        if not np.isfinite(left):
            return None
        off = np.asarray([label.left - left for label in labels.values()])
        top, pitch, slope = _plane(lines, off, middles)
        apart = np.abs(middles - top - pitch * lines - slope * off).max()
        is_even = pitch > self.written.height and apart <= _OFF_LINE * pitch and abs(slope) < _STEEPEST
        return _Block(labels, top, pitch, left, slope) if is_even else None

    def _places(self, blocks: Sequence[_Block]) -> dict[int, tuple[float, float]] | None:
        """Where each label begins and ends, from the left of its block; None if one is nowhere, or not in one place."""
        places = {}
        for field in range(len(self.form.block)):
            lefts = [b.labels[field].left - b.left for b in blocks if field in b.labels]
            rights = [b.labels[field].right - b.left for b in blocks if field in b.labels]
            if not rights or np.ptp(rights) > _OFF_PLACE * self.written.height:
                return None
            places[field] = (min(lefts), float(np.median(rights)))
        return places

    def _boxes(self, row: int, block: _Block, places: Mapping[int, tuple[float, float]]) -> Iterator[Box]:
        width = self._width(places)
        for line in range(1 + max(f.line for f in self.form.block)):
            fields = [k for k, f in enumerate(self.form.block) if f.line == line]
            for k, after in zip(fields, [*fields[1:], None], strict=True):
                label = block.labels.get(k)
                begin = label.right if label is not None else block.left + places[k][1]
                if after is not None:
                    follows = block.labels.get(after)
                    due = block.left + places[after][0]
                    end = (due if follows is None else min(due, follows.left)) - _BEFORE_NEXT * self.written.height
                else:
                    end = self._ink_end(block.height(k, begin, line), block.left + width * self.form.block[k].end)
                ends = [(x, block.height(k, x, line)) for x in (begin, end)]
                yield Box("cell", row, self.form.block[k].name, self._strip(ends, block.pitch / 2))

    def _width(self, places: Mapping[int, tuple[float, float]]) -> float:
        """Of a block: as wide as labels that stand further right are off, or as the writing reaches."""
        off = [places[k][0] / f.start for k, f in enumerate(self.form.block) if f.start > 0]
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


def _plane(lines: Floats, off: Floats, middles: Floats) -> tuple[float, float, float]:
    """Height of the first line, of a line, and how far lines fall to the right, through the middles of labels."""
    design = np.column_stack([np.ones(len(lines)), lines, off])
    lean = np.asarray([0.0, 0.0, _LEAN * max(1.0, float(np.ptp(off)))])
    top, pitch, slope = np.linalg.lstsq(np.vstack([design, lean]), np.append(middles, 0.0), rcond=None)[0]
    return float(top), float(pitch), float(slope)


def _alike(blocks: Sequence[_Block]) -> bool:
    """Blocks of one print: as high as each other, and none over another."""
    pitches = np.asarray([b.pitch for b in blocks])
    usual = float(np.median(pitches))
    apart = all(above.top + above.pitch < below.top for above, below in pairwise(blocks))
    return bool((np.abs(pitches / usual - 1) < _OFF_PITCH).all()) and apart
