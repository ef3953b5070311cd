"""Where blocks of labelled lines lie, one person a block, told by the labels that were read on the page.

The lines of a block follow each other evenly, and blocks are of one print: what is misread, or stands elsewhere by
chance, does not fit and is left out. A camera makes blocks further down larger or smaller, and leans them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np

from readers.forms import HeaderField
from readers.page_bend import Floats

_SAME_BLOCK, _STRAY = 0.25, 2
"""Labels mean one block if they mean tops nearer than this share of its lines; a label or two elsewhere are none."""
_FEWEST, _MOST_ODD = 0.5, 0.25
"""Share of a form's labels that a block must show; share of those read there that may be somewhere else."""
_OFF_LINE, _OFF_PITCH = 0.35, 0.15
_STEEPEST, _LEAN, _MOST_LEAN = 0.08, 0.1, 0.25
_ROUNDS = 3


@dataclass(frozen=True)
class SeenLabel:
    """A label that was read: which field of the block, which line of the page, where it begins and its value may."""

    field: int
    line: int
    left: float
    right: float
    middle: float


@dataclass(frozen=True)
class Block:
    """One person's labels.

    Attributes:
        labels: by field. top: middle of the first line at the left. pitch: from line to line. slope: how far lines
        fall to the right, in pixels a pixel. left: where labels at the left begin in the first line. lean: how far
        further right they begin in each line. scale: how large the block is beside the others.
    """

    labels: Mapping[int, SeenLabel]
    top: float
    pitch: float
    slope: float
    left: float
    lean: float = 0.0
    scale: float = 1.0

    def begin(self, line: int) -> float:
        """Where labels at the left of a line begin."""
        return self.left + self.lean * line

    def place(self, off: float, line: int) -> float:
        """What lies so far from the left, in blocks of the usual size."""
        return self.begin(line) + self.scale * off

    def height(self, field: int, x: float, line: int) -> float:
        """The middle of a field at a place from the left: where its label lies, or by the lines of the block."""
        label = self.labels.get(field)
        if label is None:
            return self.top + self.pitch * line + self.slope * (x - self.begin(line))
        return label.middle + self.slope * (x - (label.left + label.right) / 2)


def blocks_of(labels: Sequence[SeenLabel], fields: Sequence[HeaderField], height: float) -> list[Block] | None:
    """The blocks that labels are of, top to bottom; None if they are not sure.

    Args:
        labels: in any order.
        fields: of the form's block.
        height: of a letter.
    """
    pitch = pitch_of(labels, fields, height)
    if pitch is None:
        return None
    parts = [part for part in _parted(labels, fields, pitch) if len({label.field for label in part}) > _STRAY]
    blocks = [_block(part, fields, height) for part in parts]
    sure = [block for block in blocks if block is not None]
    return _scaled(sure, fields) if sure and len(sure) == len(parts) and _alike(sure) else None


def pitch_of(labels: Sequence[SeenLabel], fields: Sequence[HeaderField], height: float) -> float | None:
    """How far lines of a block are from each other: of neighbouring labels on the page."""
    steps = []
    for a, b in pairwise(sorted(labels, key=lambda label: label.middle)):
        lines = fields[b.field].line - fields[a.field].line
        if 1 <= lines <= 2:
            steps.append((b.middle - a.middle) / lines)
    return float(np.median(steps)) if len(steps) >= 3 and np.median(steps) > height else None


def _parted(labels: Sequence[SeenLabel], fields: Sequence[HeaderField], pitch: float) -> list[list[SeenLabel]]:
    """The labels of each block, top to bottom: those that mean about one place for its first line."""
    lines = 1 + max(field.line for field in fields)
    tops = [label.middle - pitch * fields[label.field].line for label in labels]
    parts: list[list[SeenLabel]] = []
    last = -np.inf
    for at in np.argsort(tops, kind="stable"):
        if tops[at] - last > _SAME_BLOCK * lines * pitch:
            parts.append([])
        last = tops[at]
        parts[-1].append(labels[at])
    return parts


def _block(labels: Sequence[SeenLabel], fields: Sequence[HeaderField], height: float) -> Block | None:
    """The block whose lines most of the labels lie on evenly; None if too few do."""
    kept = list(labels)
    while len(kept) >= max((1 - _MOST_ODD) * len(labels), _FEWEST * len(fields)):
        block, apart = _fitted(kept, fields)
        if block is None or block.pitch <= height:
            return None
        often = [sum(other.field == label.field for other in kept) for label in kept]
        if max(often) == 1 and apart.max() <= _OFF_LINE * block.pitch:
            return block if abs(block.slope) < _STEEPEST else None
        kept.pop(int(np.argmax(apart + np.where(np.asarray(often) == max(often), block.pitch * len(fields), 0.0))))
    return None


def _fitted(labels: Sequence[SeenLabel], fields: Sequence[HeaderField]) -> tuple[Block | None, Floats]:
    """The block of these labels, and how far each lies from its line."""
    lines = np.asarray([float(fields[label.field].line) for label in labels])
    middles = np.asarray([label.middle for label in labels])
    at_left = [label for label in labels if fields[label.field].start == 0]
    if len(set(lines.tolist())) < 2 or not at_left:
        return None, np.zeros(len(labels))
    left, lean = _left(at_left, fields)
    off = np.asarray([label.left for label in labels]) - left - lean * lines
    top, pitch, slope = _plane(lines, off, middles)
    block = Block({label.field: label for label in labels}, top, pitch, slope, left, lean)
    return block, np.abs(middles - top - pitch * lines - slope * off)


def _left(labels: Sequence[SeenLabel], fields: Sequence[HeaderField]) -> tuple[float, float]:
    """Where labels at the left begin, and how far further right in each line: the median of what two of them say."""
    told = [
        (b.left - a.left) / (fields[b.field].line - fields[a.field].line)
        for a, b in combinations(labels, 2)
        if fields[b.field].line != fields[a.field].line
    ]
    lean = float(np.median(told)) if len(told) >= 3 else 0.0
    return float(np.median([label.left - lean * fields[label.field].line for label in labels])), lean


def _plane(lines: Floats, off: Floats, middles: Floats) -> tuple[float, float, float]:
    """Height of the first line, of a line, and how far lines fall to the right, through the middles of labels."""
    design = np.column_stack([np.ones(len(lines)), lines, off])
    lean = np.asarray([0.0, 0.0, _LEAN * max(1.0, float(np.ptp(off)))])
    top, pitch, slope = np.linalg.lstsq(np.vstack([design, lean]), np.append(middles, 0.0), rcond=None)[0]
    return float(top), float(pitch), float(slope)


def _alike(blocks: Sequence[Block]) -> bool:
    """Blocks of one print: about as high as each other, and none over another."""
    pitches = np.asarray([b.pitch for b in blocks])
    usual = float(np.median(pitches))
    apart = all(above.top + above.pitch < below.top for above, below in pairwise(blocks))
    return bool((np.abs(pitches / usual - 1) < _OFF_PITCH).all()) and apart


def _scaled(blocks: Sequence[Block], fields: Sequence[HeaderField]) -> list[Block]:
    """The blocks with how large each is: as the labels that it shares with others say."""
    scaled = list(blocks)
    for _ in range(_ROUNDS):
        usual = offs_of(scaled, fields)
        shares = [
            [(label.right - b.begin(fields[k].line)) / usual[k][1] for k, label in b.labels.items()] for b in scaled
        ]
        scaled = [replace(b, scale=float(np.median(s))) for b, s in zip(scaled, shares, strict=True)]
    return scaled


def offs_of(blocks: Sequence[Block], fields: Sequence[HeaderField]) -> dict[int, tuple[float, float]]:
    """Where each label that was seen begins and ends from the left, in blocks of the usual size: the median."""
    found: dict[int, tuple[float, float]] = {}
    for k, field in enumerate(fields):
        seen = [(b.labels[k], b) for b in blocks if k in b.labels]
        if seen:
            offs = [
                ((x.left - b.begin(field.line)) / b.scale, (x.right - b.begin(field.line)) / b.scale) for x, b in seen
            ]
            found[k] = float(np.median([o[0] for o in offs])), float(np.median([o[1] for o in offs]))
    return found
