"""What a decision about a waiting pair is worth: the cost that is saved by asking, less the look.

Without a look the cheaper of two errors is made: to merge two persons, or to leave one in two. Where a guard holds the
pair, only the second is open. One answer may settle other pairs: those between the same two clusters in any case, and,
if the answer is yes, one of each two that lead from both clusters to a third.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.thresholds import Costs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_EDGES_AT_ONCE = 1 << 14
_DEFAULT = Costs()


@dataclass(frozen=True)
class OpenPairs:
    """Pairs that wait, as columns.

    Attributes:
        left, right: number of the cluster (or person) that each of the two records is in.
        probability: that they are one person.
        held: no weight makes it a match without a look.
        same_number: both bear one personal number; whoever the two are, one number too many is in the books.
    """

    left: Ints
    right: Ints
    probability: Floats
    held: Mask
    same_number: Mask


def worth(pairs: OpenPairs, costs: Costs = _DEFAULT) -> Floats:
    """What a look at each pair is worth, in the unit of the costs; below 0 where the look costs more than it saves."""
    p = pairs.probability
    leaving, merging = costs.duplicate * p, costs.merge * (1 - p)
    saved = np.where(pairs.held, leaving, np.minimum(leaving, merging))
    # two persons with one number: the number of one of them is wrong, and nothing but a look finds that out
    saved += np.where(pairs.same_number, costs.duplicate * (1 - p), 0.0)
    beside, around = _settled(pairs.left, pairs.right)
    joined = pairs.left == pairs.right
    looks = np.where(joined, 0.0, beside + p * around)
    return np.asarray(np.where(joined, 0.0, saved) + costs.review * (looks - 1))


def _settled(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Of each pair: others between the same two clusters, and third clusters that both have open pairs with."""
    names, ends = np.unique(np.concatenate((left, right)), return_inverse=True)
    low, high = np.minimum(*np.split(ends, 2)), np.maximum(*np.split(ends, 2))
    size = np.int64(max(len(names), 1))
    edges, place, times = np.unique(low * size + high, return_inverse=True, return_counts=True)
    return times[place] - 1, _thirds(edges, size)[place]


def _thirds(edges: Ints, size: np.int64) -> Ints:
    """How many triangles each edge (lower end * size + higher end, sorted, each once) is in."""
    low, high = np.divmod(edges, size)
    both = np.sort(np.concatenate((edges, high * size + low)))
    starts = np.searchsorted(both // size, np.arange(size + 1))
    degree = np.diff(starts)
    # from the end with fewer neighbours: a name that waits with thousands costs nothing then
    few = np.where(degree[low] <= degree[high], low, high)
    other = low + high - few
    found = np.zeros(len(edges), np.int64)
    for part in _parts(len(edges)):
        many = degree[few[part]]
        edge = np.repeat(np.arange(len(many)), many)
        first = np.repeat(starts[few[part]] - (np.cumsum(many) - many), many)
        third = both[first + np.arange(len(edge))] % size
        wanted = other[part][edge] * size + third
        at = np.minimum(np.searchsorted(both, wanted), max(len(both) - 1, 0))
        closes = (both[at] == wanted) & (third != other[part][edge]) & (third != few[part][edge])
        found[part] = np.bincount(edge[closes], minlength=len(many))
    return found


def _parts(size: int) -> Iterator[slice]:
    return (slice(start, start + _EDGES_AT_ONCE) for start in range(0, size, _EDGES_AT_ONCE))
