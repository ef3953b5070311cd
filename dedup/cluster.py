"""Clusters: the records of one person, from the matches, with guards against chains that join two people.

A cluster is kept whole when nothing in it contradicts. Otherwise its matches are taken one by one, the surest first,
and one that would bring a contradiction together becomes a review. A record that fits two people about as well as
each other joins neither: nobody can tell which one it is.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from dedup.elsewhere import Elsewhere
from dedup.encode import Columns

Rows = npt.NDArray[np.int64]
Pairs = tuple[Rows, Rows]
NO_PAIRS: Pairs = (np.zeros(0, np.int64), np.zeros(0, np.int64))
_MARGIN = 6.0
"""log2 odds by which a record must fit one of two contradicting records better than the other to join it."""


@dataclass(frozen=True)
class Edges:
    """Matches: rows of `Records` on both sides, and their weight."""

    left: Rows
    right: Rows
    weight: npt.NDArray[np.float64]

    def take(self, rows: Rows) -> "Edges":
        """The edges of those places."""
        return Edges(self.left[rows], self.right[rows], self.weight[rows])


@dataclass(frozen=True)
class Clustering:
    """Label of each record (the lowest row of its cluster), and which edges were refused."""

    labels: Rows
    refused: npt.NDArray[np.bool_]


def components(size: int, left: Rows, right: Rows) -> Rows:
    """Label of each node: the lowest node it is connected with.

    Minimum labels travel along the edges, with pointer jumping, until nothing changes.
    """
    labels = np.arange(size, dtype=np.int64)
    while True:
        low = np.minimum(labels[left], labels[right])
        before = labels.copy()
        for side in (left, right):
            np.minimum.at(labels, before[side], low)
        labels = np.minimum(labels, labels[labels])
        if np.array_equal(labels, before):
            return labels


def cluster(
    columns: Columns, edges: Edges, largest: int, conflicts: Pairs, ties: Pairs = NO_PAIRS,
    elsewhere: Elsewhere | None = None,
) -> Clustering:  # fmt: skip
    """Join the records of each person.

    Args:
        columns: the encoded records, in the order of their ids.
        edges: the matches between them.
        largest: most records of a cluster that is not taken apart.
        conflicts: pairs of rows that must not come together.
        ties: pairs of rows that are one person whatever else is said: somebody decided so.
        elsewhere: other machines that may find out what hangs together.
    """
    labels = joined(len(columns), edges, ties, elsewhere)
    bad = _contradicting(columns, labels, largest)
    one_label = labels[conflicts[0]] == labels[conflicts[1]]
    bad[labels[conflicts[0][one_label]]] = True
    refused = np.zeros(len(edges.left), np.bool_)
    suspect = np.flatnonzero(bad[labels[edges.left]])
    if len(suspect) == 0:
        return Clustering(labels, refused)
    refused[suspect] = _Parting(columns, edges.take(suspect), largest, conflicts, ties).refused()
    return Clustering(joined(len(columns), edges.take(np.flatnonzero(~refused)), ties, elsewhere), refused)


def joined(size: int, edges: Edges, ties: Pairs = NO_PAIRS, elsewhere: Elsewhere | None = None) -> Rows:
    """Labels when all edges and ties hold."""
    left, right = np.concatenate((ties[0], edges.left)), np.concatenate((ties[1], edges.right))
    found = elsewhere.components(size, left, right) if elsewhere is not None else None
    return components(size, left, right) if found is None else found


def _contradicting(columns: Columns, labels: Rows, largest: int) -> npt.NDArray[np.bool_]:
    """Labels of clusters that hold two personal numbers or two sexes, or too many records."""
    bad = np.bincount(labels, minlength=len(labels)) > largest
    for values in (columns.personal, columns.sex.astype(np.int64)):
        low = np.full(len(labels), np.iinfo(np.int64).max)
        high = np.full(len(labels), np.iinfo(np.int64).min)
        there = values != 0
        np.minimum.at(low, labels[there], values[there])
        np.maximum.at(high, labels[there], values[there])
        bad |= (high > low) & (high != np.iinfo(np.int64).min)
    return bad


@dataclass(frozen=True)
class _Group:
    """What is known of a growing cluster."""

    rows: frozenset[int]
    personal: frozenset[int]
    sexes: frozenset[int]

    def joined(self, other: "_Group") -> "_Group":
        return _Group(*(getattr(self, f.name) | getattr(other, f.name) for f in fields(self)))

    def sound(self, largest: int, parts: tuple["_Group", "_Group"]) -> bool:
        """Whether joining the parts brings no contradiction that one of them does not bear already, by decision."""
        grown = ((g.personal, g.sexes) for g in (self, *parts))
        whole, *halves = ((len(personal), len(sexes)) for personal, sexes in grown)
        fits = all(n <= max(1, *(half[k] for half in halves)) for k, n in enumerate(whole))
        return fits and len(self.rows) <= largest


class _Parting:
    """Takes the few clusters apart that contradict themselves; tied rows stay together."""

    def __init__(self, columns: Columns, edges: Edges, largest: int, conflicts: Pairs, ties: Pairs) -> None:
        self._columns, self._edges, self._largest, self._ties = columns, edges, largest, ties
        self._enemies: dict[int, set[int]] = {}
        for one, other in zip(*(side.tolist() for side in conflicts), strict=True):
            self._enemies.setdefault(one, set()).add(other)
            self._enemies.setdefault(other, set()).add(one)
        self._groups: dict[int, _Group] = {}
        self._parent: dict[int, int] = {}

    def refused(self) -> npt.NDArray[np.bool_]:
        """Which of the edges are refused."""
        edges = self._edges
        torn = self._between_enemies()
        refused = torn.copy()
        for one, other in zip(*(side.tolist() for side in self._ties), strict=True):
            self._join(one, other, settled=True)
        for place in np.lexsort((edges.right, edges.left, -edges.weight)).tolist():
            if not torn[place]:
                refused[place] = not self._join(int(edges.left[place]), int(edges.right[place]))
        return refused

    def _between_enemies(self) -> npt.NDArray[np.bool_]:
        """Edges of a record to one of two contradicting records that it fits hardly better than the other."""
        near: dict[int, dict[int, tuple[float, int]]] = {}
        left, right, weight = self._edges.left.tolist(), self._edges.right.tolist(), self._edges.weight.tolist()
        for place, (one, other, size) in enumerate(zip(left, right, weight, strict=True)):
            near.setdefault(one, {})[other] = near.setdefault(other, {})[one] = (size, place)
        torn = np.zeros(len(left), np.bool_)
        for friends in near.values():
            for row, (size, place) in friends.items():
                rivals = [friends[e][0] for e in self._enemies.get(row, ()) if e in friends]
                torn[place] |= bool(rivals) and size < max(rivals) + _MARGIN
        return torn

    def _join(self, one: int, other: int, *, settled: bool = False) -> bool:
        ends = sorted((self._root(one), self._root(other)))
        if ends[0] == ends[1]:
            return one not in self._enemies.get(other, ())
        parts = (self._groups.get(ends[0]) or self._alone(ends[0]), self._groups.get(ends[1]) or self._alone(ends[1]))
        both = parts[0].joined(parts[1])
        at_odds = any(self._enemies.get(row, set()) & parts[1].rows for row in parts[0].rows)
        fits = both.sound(self._largest, parts) and not at_odds
        if fits or settled:
            self._parent[ends[1]], self._groups[ends[0]] = ends[0], both
        return fits

    def _alone(self, row: int) -> _Group:
        personal, sex = int(self._columns.personal[row]), int(self._columns.sex[row])
        return _Group(
            frozenset([row]), frozenset([personal] if personal else []), frozenset([sex] if sex else []),
        )  # fmt: skip

    def _root(self, row: int) -> int:
        while row in self._parent:
            row = self._parent[row]
        return row
