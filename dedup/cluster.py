"""Clusters: the records of one person, from the matches, with guards against chains that join two people.

A cluster is kept whole when nothing in it contradicts. Otherwise its matches are taken one by one, the surest first,
and one that would bring a contradiction together becomes a review.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.encode import Columns

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Matches: rows of `Records` on both sides, and their weight."""

    left: Rows
    right: Rows
    weight: npt.NDArray[np.float64]


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


def cluster(columns: Columns, edges: Edges, largest: int) -> Clustering:
    """Join the records of each person.

    Args:
        columns: the encoded records, in the order of their ids.
        edges: the matches between them; stored records of one person are joined without an edge.
        largest: most records of a cluster that is not taken apart.
    """
    persons = person_codes(columns)
    tied_left, tied_right = _ties(persons)
    left, right = np.concatenate((tied_left, edges.left)), np.concatenate((tied_right, edges.right))
    labels = components(len(columns), left, right)
    bad = _contradicting(columns, persons, labels, largest)
    refused = np.zeros(len(edges.left), np.bool_)
    suspect = np.flatnonzero(bad[labels[edges.left]])
    if len(suspect):
        refused[suspect] = _taken_apart(columns, persons, edges, suspect, largest)
        kept = ~refused
        left = np.concatenate((tied_left, edges.left[kept]))
        right = np.concatenate((tied_right, edges.right[kept]))
        labels = components(len(columns), left, right)
    return Clustering(labels, refused)


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


@dataclass
class _Group:
    """What is known of a growing cluster."""

    size: int
    persons: frozenset[int]
    personal: frozenset[int]
    sexes: frozenset[int]
    stored: bool

    def joined(self, other: "_Group") -> "_Group":
        return _Group(
            self.size + other.size, self.persons | other.persons, self.personal | other.personal,
            self.sexes | other.sexes, self.stored or other.stored,
        )  # fmt: skip

    def sound(self, largest: int) -> bool:
        return max(len(self.persons), len(self.personal), len(self.sexes)) <= 1 and self.size <= largest


def _taken_apart(columns: Columns, persons: Rows, edges: Edges, suspect: Rows, largest: int) -> npt.NDArray[np.bool_]:
    """Which of the suspect edges are refused. Only the few clusters that contradict themselves come here."""
    order = suspect[np.lexsort((edges.right[suspect], edges.left[suspect], -edges.weight[suspect]))]
    torn = _between_persons(persons, edges, suspect)
    groups: dict[int, _Group] = {}
    parent: dict[int, int] = {}
    refused = torn.copy()
    place = np.empty(len(edges.left), np.int64)
    place[suspect] = np.arange(len(suspect))
    for edge in order.tolist():
        if torn[place[edge]]:
            continue
        ends = [_root(parent, _start(columns, persons, groups, int(side[edge]))) for side in (edges.left, edges.right)]
        if ends[0] == ends[1]:
            continue
        both = groups[ends[0]].joined(groups[ends[1]])
        if both.sound(largest):
            parent[max(ends)], groups[min(ends)] = min(ends), both
        else:
            refused[place[edge]] = True
    return refused


def _between_persons(persons: Rows, edges: Edges, suspect: Rows) -> npt.NDArray[np.bool_]:
    """Edges to a stored record inside a cluster that would join two stored persons: nobody can tell which one."""
    nodes = np.concatenate((edges.left[suspect], edges.right[suspect]))
    names, inverse = np.unique(nodes, return_inverse=True)
    half = len(suspect)
    rows = np.flatnonzero(persons[names] >= 0)
    order = rows[np.argsort(persons[names[rows]], kind="stable")]
    same = persons[names[order[1:]]] == persons[names[order[:-1]]] if len(order) else np.zeros(0, np.bool_)
    left = np.concatenate((inverse[:half], order[:-1][same]))
    right = np.concatenate((inverse[half:], order[1:][same]))
    labels = components(len(names), left, right)
    low, high = np.full(len(names), np.iinfo(np.int64).max), np.full(len(names), -1)
    np.minimum.at(low, labels[rows], persons[names[rows]])
    np.maximum.at(high, labels[rows], persons[names[rows]])
    several = (high > low)[labels][inverse[:half]]
    stored = (persons[edges.left[suspect]] >= 0) | (persons[edges.right[suspect]] >= 0)
    return np.asarray(several & stored)


def _start(columns: Columns, persons: Rows, groups: dict[int, _Group], node: int) -> int:
    if node not in groups:
        known = persons[node] >= 0
        groups[node] = _Group(
            1, frozenset([int(persons[node])] if known else []),
            frozenset([int(columns.personal[node])] if columns.personal[node] else []),
            frozenset([int(columns.sex[node])] if columns.sex[node] else []), bool(known),
        )  # fmt: skip
    return node


def _root(parent: dict[int, int], node: int) -> int:
    while node in parent:
        node = parent[node]
    return node
