"""Merged cells: the text in their corner belongs to every cell they cover."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Line = tuple[int, Mapping[int, str]]
"""A row: its line, and its texts by column."""


@dataclass(frozen=True)
class Merge:
    """A merged range, columns from 0, lines from 1."""

    first_line: int
    last_line: int
    first_column: int
    last_column: int

    def columns(self, width: int) -> range:
        """The columns it covers, as far as the sheet is wide."""
        return range(self.first_column, min(self.last_column + 1, width))


class Lender:
    """Lends the text of merged cells to the cells they cover, row by row; remembers ranges that reach further down.

    Of ranges that overlap, which no program writes, the later one counts: a column lends one text at a time, so that
    thousands of overlapping ranges cost no more than the columns there are.
    """

    def __init__(self, merges: list[Merge]) -> None:
        self._merges = merges
        self._next = 0
        self._open: dict[int, tuple[int, str]] = {}

    def add(self, merge: Merge) -> None:
        """A range that begins in a row not yet lent to: ranges come in the order of their first lines."""
        self._merges.append(merge)

    def lend(self, rows: Sequence[Line], width: int) -> dict[int, tuple[tuple[int, str], ...]]:
        """By index of the row: (column, text) of each covered cell that has no text of its own."""
        if not self._merges:
            return {}
        lent: dict[int, tuple[tuple[int, str], ...]] = {}
        for at, (line, cells) in enumerate(rows):
            if self._open:
                self._open = {c: held for c, held in self._open.items() if held[0] >= line}
            self._begin(line, cells, width)
            if self._open:
                texts = tuple((c, text) for c, (_, text) in self._open.items() if c not in cells)
                if texts:
                    lent[at] = texts
        return lent

    def _begin(self, line: int, cells: Mapping[int, str], width: int) -> None:
        while self._next < len(self._merges) and self._merges[self._next].first_line <= line:
            merge = self._merges[self._next]
            self._next += 1
            text = cells.get(merge.first_column, "").strip()
            if merge.first_line == line and text:
                self._open.update(dict.fromkeys(merge.columns(width), (merge.last_line, text)))
