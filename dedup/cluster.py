"""Clusters: the records of one person, from the matches, with guards against chains that join two people.

A cluster is kept whole when nothing in it contradicts. Otherwise its matches are taken one by one, the surest first,
and one that would bring a contradiction together becomes a review. A record that fits two people about as well as
each other joins neither: nobody can tell which one it is.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from dedup.encode import Columns

Rows = npt.NDArray[np.int64]
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


def cluster(columns: Columns, edges: Edges, largest: int, conflicts: tuple[Rows, Rows]) -> Clustering:
    """Join the records of each person.

    Args:
        columns: the encoded records, in the order of their ids.
        edges: the matches between them; stored records of one person are joined without an edge.
        largest: most records of a cluster that is not taken apart.
        conflicts: pairs of rows that must not come together.
    """
    persons = person_codes(columns)
    labels = joined(persons, edges)
    bad = _contradicting(columns, persons, labels, largest)
    one_label = labels[conflicts[0]] == labels[conflicts[1]]
    bad[labels[conflicts[0][one_label]]] = True
    refused = np.zeros(len(edges.left), np.bool_)
    suspect = np.flatnonzero(bad[labels[edges.left]])
    if len(suspect) == 0:
        return Clustering(labels, refused)
    refused[suspect] = _Parting(columns, persons, edges.take(suspect), largest, conflicts).refused()
    return Clustering(joined(persons, edges.take(np.flatnonzero(~refused))), refused)


def joined(persons: Rows, edges: Edges) -> Rows:
    """Labels when all edges hold and stored records of one person (`person_codes`) stay together."""
    tied_left, tied_right = _ties(persons)
    left, right = np.concatenate((tied_left, edges.left)), np.concatenate((tied_right, edges.right))
    return components(len(persons), left, right)


def person_codes(columns: Columns) -> Rows:
    """A number for each stored person; -1 where a record has none."""
    has = (columns.persons != 0).any(axis=1)
    codes = np.full(len(columns), -1, np.int64)
    if has.any():
        pairs = np.ascontiguousarray(columns.persons[has]).view("u8,u8").ravel()
        codes[has] = np.unique(pairs, return_inverse=True)[1]
    return codes


def _ties(persons: Rows) -> tuple[Rows, Rows]:
    rows = np.flatnonzero(persons >= 0)
    rows = rows[np.argsort(persons[rows], kind="stable")]
    same = persons[rows[1:]] == persons[rows[:-1]] if len(rows) else np.zeros(0, np.bool_)
    return rows[:-1][same], rows[1:][same]


def _contradicting(columns: Columns, persons: Rows, labels: Rows, largest: int) -> npt.NDArray[np.bool_]:
    """Labels of clusters that hold two persons, two personal numbers or two sexes, or too many records."""
    bad = np.bincount(labels, minlength=len(labels)) > largest
    for values, missing in ((persons, -1), (columns.personal, 0), (columns.sex.astype(np.int64), 0)):
        low = np.full(len(labels), np.iinfo(np.int64).max)
        high = np.full(len(labels), np.iinfo(np.int64).min)
        there = values != missing
        np.minimum.at(low, labels[there], values[there])
        np.maximum.at(high, labels[there], values[there])
        bad |= (high > low) & (high != np.iinfo(np.int64).min)
    return bad


@dataclass(frozen=True)
class _Group:
    """What is known of a growing cluster."""

    rows: frozenset[int]
    persons: frozenset[int]
    personal: frozenset[int]
    sexes: frozenset[int]

    def joined(self, other: "_Group") -> "_Group":
        return _Group(*(getattr(self, f.name) | getattr(other, f.name) for f in fields(self)))

    def sound(self, largest: int) -> bool:
        return max(len(self.persons), len(self.personal), len(self.sexes)) <= 1 and len(self.rows) <= largest


class _Parting:
    """Takes the few clusters apart that contradict themselves; the rows of stored persons stay together."""

    def __init__(
        self, columns: Columns, persons: Rows, edges: Edges, largest: int, conflicts: tuple[Rows, Rows]
    ) -> None:
        self._columns, self._persons, self._edges, self._largest = columns, persons, edges, largest
        self._enemies: dict[int, set[int]] = {}
        for one, other in zip(*(side.tolist() for side in conflicts), strict=True):
            self._enemies.setdefault(one, set()).add(other)
            self._enemies.setdefault(other, set()).add(one)
        self._groups: dict[int, _Group] = {}
        self._parent: dict[int, int] = {}

    def refused(self) -> npt.NDArray[np.bool_]:
        """Which of the edges are refused."""
        edges = self._edges
        torn = _between_persons(self._persons, edges) | self._between_enemies()
        refused = torn.copy()
        self._tie_stored(np.concatenate((edges.left, edges.right)))
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

    def _tie_stored(self, rows: Rows) -> None:
        first: dict[int, int] = {}
        for row in np.unique(rows[self._persons[rows] >= 0]).tolist():
            home = first.setdefault(int(self._persons[row]), row)
            if home != row:
                self._join(home, row, settled=True)

    def _join(self, one: int, other: int, *, settled: bool = False) -> bool:
        ends = sorted((self._root(one), self._root(other)))
        if ends[0] == ends[1]:
            return one not in self._enemies.get(other, ())
        groups = [self._groups.get(e) or self._alone(e) for e in ends]
        both = groups[0].joined(groups[1])
        at_odds = any(self._enemies.get(row, set()) & groups[1].rows for row in groups[0].rows)
        fits = both.sound(self._largest) and not at_odds
        if fits or settled:
            self._parent[ends[1]], self._groups[ends[0]] = ends[0], both
        return fits

    def _alone(self, row: int) -> _Group:
        person, personal, sex = int(self._persons[row]), int(self._columns.personal[row]), int(self._columns.sex[row])
        return _Group(
            frozenset([row]), frozenset([person] if person >= 0 else []),
            frozenset([personal] if personal else []), frozenset([sex] if sex else []),
        )  # fmt: skip

    def _root(self, row: int) -> int:
        while row in self._parent:
            row = self._parent[row]
        return row


def _between_persons(persons: Rows, edges: Edges) -> npt.NDArray[np.bool_]:
    """Edges to a stored record inside a cluster that would join two stored persons: nobody can tell which one."""
    names, inverse = np.unique(np.concatenate((edges.left, edges.right)), return_inverse=True)
    half, here = len(edges.left), persons[names]
    labels = joined(here, Edges(inverse[:half], inverse[half:], edges.weight))
    rows = np.flatnonzero(here >= 0)
    low, high = np.full(len(names), np.iinfo(np.int64).max), np.full(len(names), -1)
    np.minimum.at(low, labels[rows], here[rows])
    np.maximum.at(high, labels[rows], here[rows])
    several = (high > low)[labels][inverse[:half]]
    stored = (persons[edges.left] >= 0) | (persons[edges.right] >= 0)
    return np.asarray(several & stored)
