"""Clusters of a declared table: chains of matches, cut where they would join what the declaration keeps apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.cluster import Edges, components
from dedup.declared_columns import CodedTable, Ints
from dedup.declared_form import Declaration

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Apart:
    """What keeps records apart: for each unique column its values, 0 = missing; sources that name people once."""

    values: tuple[Ints, ...]
    sources: Ints | None

    @classmethod
    def of(cls, table: CodedTable, declaration: Declaration) -> "Apart":
        """As declared. A unique column counts as folded: case and marks make no second value."""
        columns = [table.columns[name] for name in declaration.unique]
        # a folded value is numbered by its hash, of which equality is all that is asked
        values = tuple(c.hashes[c.codes].view(np.int64) for c in columns)
        return cls(values, table.source.astype(np.int64) if declaration.one_per_source else None)


def declared_clusters(size: int, edges: Edges, apart: Apart) -> tuple[Ints, Mask]:
    """Join records that match.

    Args:
        size: number of records.
        edges: the matches.
        apart: what must not come together.

    Returns:
        Label of each record, the lowest row of its cluster; and which edges were refused, because with surer ones
        they would join records that are kept apart.
    """
    labels = components(size, edges.left, edges.right)
    suspect = np.flatnonzero(_contradicting(labels, apart)[labels[edges.left]])
    refused = np.zeros(len(edges.left), np.bool_)
    if len(suspect) == 0:
        return labels, refused
    groups = _Groups(apart)
    part = edges.take(suspect)
    for place in np.lexsort((part.right, part.left, -part.weight)).tolist():
        refused[suspect[place]] = not groups.join(int(part.left[place]), int(part.right[place]))
    kept = edges.take(np.flatnonzero(~refused))
    return components(size, kept.left, kept.right), refused


def _contradicting(labels: Ints, apart: Apart) -> Mask:
    """Labels of clusters with two values of a unique column, or with a source twice."""
    bad = np.zeros(len(labels), np.bool_)
    for values in apart.values:
        low = np.full(len(labels), np.iinfo(np.int64).max)
        high = np.full(len(labels), np.iinfo(np.int64).min)
        there = values != 0
        np.minimum.at(low, labels[there], values[there])
        np.maximum.at(high, labels[there], values[there])
        bad |= high > low
    if apart.sources is not None:
        order = np.lexsort((apart.sources, labels))
        one_label = labels[order][1:] == labels[order][:-1]
        twice = one_label & (apart.sources[order][1:] == apart.sources[order][:-1])
        bad[labels[order][1:][twice]] = True
    return bad


class _Groups:
    """Growing clusters, of the few that contradict themselves."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._parent: dict[int, int] = {}
        self._holds: dict[int, tuple[frozenset[int], ...]] = {}

    def join(self, one: int, other: int) -> bool:
        """Join the clusters of two records unless they are kept apart."""
        ends = sorted((self._root(one), self._root(other)))
        if ends[0] == ends[1]:
            return True
        first, second = (self._of(e) for e in ends)
        together = tuple(a | b for a, b in zip(first, second, strict=True))
        many = len(self._apart.values)
        if any(len(t) > 1 for t in together[:many]) or (len(first) > many and first[many] & second[many]):
            return False
        self._parent[ends[1]], self._holds[ends[0]] = ends[0], together
        return True

    def _of(self, root: int) -> tuple[frozenset[int], ...]:
        known = self._holds.get(root)
        return known if known is not None else self._alone(root)

    def _alone(self, row: int) -> tuple[frozenset[int], ...]:
        values: Sequence[int] = [int(v[row]) for v in self._apart.values]
        found = [frozenset([v] if v else []) for v in values]
        if self._apart.sources is not None:
            found.append(frozenset([int(self._apart.sources[row])]))
        return tuple(found)

    def _root(self, row: int) -> int:
        while row in self._parent:
            row = self._parent[row]
        return row
