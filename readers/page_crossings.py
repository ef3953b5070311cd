"""Tells ruled lines from letters that stand below each other, by what is seen where other lines cross.

A ruled line runs through the lines that cross it; letters, in whatever row, keep off them. A table typed with even
letters shows columns of ink that are as long and as straight as ruled lines, only not there.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from readers.page_bend import Floats
from readers.page_ink import Map

_BESIDE_CROSSING = np.asarray([[-6, -5, -4], [4, 5, 6]])
"""Pixels along a line where it is looked at: beside the crossing line, not in its ink, and before writing begins."""
_THICKNESS = (-1, 0, 1)
_PAPER = (4, 8)
_USUAL = 75

Numbers = npt.NDArray[np.intp]


class Lines(Protocol):
    """Lines of one direction, as `readers.page_rules.Family` has them."""

    @property
    def places(self) -> Floats:
        """Where each lies."""

    def at(self, line: int, along: Floats) -> Floats:
        """Where line number `line` lies at places along it."""


def shown_at_crossings(dark: Map, lines: Lines, crossing: Lines, strong: Numbers, ruled: Sequence[int]) -> Floats:
    """How dark each line is beside the lines that cross it, 1 for as dark as most of those that are surely ruled.

    Args:
        dark: ink, the lines running along the second axis.
        lines: all of them are looked at.
        crossing: of the other direction.
        strong: numbers of those `lines` that seem ruled.
        ruled: numbers of the `crossing` lines that seem so.
    """
    if not len(ruled):
        return np.ones(len(lines.places))
    seen = np.asarray([_seen(dark, lines, n, crossing, ruled) for n in range(len(lines.places))])
    usual = float(np.percentile(seen[strong], _USUAL)) if len(strong) else 0.0
    return np.clip(seen / usual, 0.0, 1.0) if usual > 0 else np.ones(len(seen))


def _seen(dark: Map, lines: Lines, number: int, crossing: Lines, ruled: Sequence[int]) -> float:
    """How much darker than the paper on both sides a line is beside its crossings, on average."""
    place = lines.places[number : number + 1]
    crossings = np.sort(np.asarray([float(crossing.at(n, place)[0]) for n in ruled]))
    along = (crossings[:, None, None] + _BESIDE_CROSSING).reshape(-1, _BESIDE_CROSSING.shape[1])
    along = np.rint(along[(along > crossings[0]).all(axis=1) & (along < crossings[-1]).all(axis=1)]).astype(int)
    along = np.clip(along, 0, dark.shape[1] - 1)
    path = np.rint(lines.at(number, along.ravel().astype(np.float64))).astype(int).reshape(along.shape)
    path = np.clip(path, max(_PAPER) + 1, dark.shape[0] - max(_PAPER) - 2)
    line = np.max([dark[path + off, along] for off in _THICKNESS], axis=0).astype(np.float64)
    paper = np.min([np.maximum(dark[path - far, along], dark[path + far, along]) for far in _PAPER], axis=0)
    return float((line - paper).mean()) if along.size else 0.0
