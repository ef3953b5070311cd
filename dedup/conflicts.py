"""Pairs inside a cluster that cannot be one person, though a chain of matches joins them.

A chain A - B - C says that A and C are one person without ever comparing them. Here every pair of a cluster is
compared: other sexes, other personal numbers, evidence far below any doubt, or two lines of one household in one file
that are no match by themselves (a book typed twice has such pairs that match, twins have none). Users of other
matchers ask for just that (Splink #3091, Zingg #674, dedupe #926).
"""

import numpy as np
import numpy.typing as npt

from dedup.blocking import pairs_within
from dedup.cluster import NO_PAIRS, Edges, Pairs
from dedup.compare import Compared, NumberLevel, SexLevel, compare
from dedup.encode import Columns
from dedup.weights import Weigher

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
LARGEST = 100
"""Clusters with more records are not looked into: they are too large to be merged anyway."""
_FAR_BELOW = -10.0
"""log2 odds under which a pair inside a cluster contradicts it."""


def conflicts(weigher: Weigher, labels: Rows, edges: Edges, ties: Pairs = NO_PAIRS, apart: Pairs = NO_PAIRS) -> Pairs:
    """Contradicting pairs inside clusters.

    Args:
        weigher: weighs pairs of the records.
        labels: cluster of each record.
        edges: the matches that made the clusters.
        ties: pairs that somebody decided to be one person; they never contradict.
        apart: pairs that somebody decided to be two persons; they always do.

    Returns:
        Rows of both sides, left < right, sorted, each pair once.
    """
    columns, size = weigher.records.columns, len(weigher.records.columns)
    left, right = pairs_within(labels, LARGEST)
    settled = np.isin(left * size + right, np.minimum(*ties) * size + np.maximum(*ties))
    # A record in whose place a mended one stands says nothing, so it contradicts nobody.
    settled |= (columns.names[left, 0] == 0) | (columns.names[right, 0] == 0)
    left, right = left[~settled], right[~settled]
    compared = compare(weigher.records, left, right, weigher.model.names)
    bad = _contradicting(compared) | (weigher.weights(compared, left, right) < _FAR_BELOW)
    bad |= _one_book(columns, left, right) & ~_among(edges, left, right, len(columns))
    decided = np.minimum(*apart) * size + np.maximum(*apart)
    codes = np.union1d(left[bad] * size + right[bad], decided)
    return np.divmod(codes, np.int64(max(size, 1)))


def _contradicting(compared: Compared) -> Mask:
    number = compared.level("number_level")
    numbers = (number == NumberLevel.PERSONAL_DIFFERENT) | (number == NumberLevel.PERSONAL_SLIP)
    return np.asarray(numbers | (compared.level("sex_level") == SexLevel.DIFFERENT))


def _one_book(columns: Columns, left: Rows, right: Rows) -> Mask:
    """Two lines of one household in one file: a book names each member once."""
    one_home = (columns.household[left] != 0) & (columns.household[left] == columns.household[right])
    return np.asarray(one_home & (columns.file[left] == columns.file[right]))


def _among(edges: Edges, left: Rows, right: Rows, size: int) -> Mask:
    return np.isin(left * size + right, edges.left * size + edges.right)
