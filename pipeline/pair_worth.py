"""What a decision about each waiting pair is worth, as a column of a table of pairs (`dedup.worth` says how)."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.compare import NumberLevel
from dedup.worth import OpenPairs, worth
from schemas.thresholds import Costs

WORTH = "worth"
"""The column: a number where a pair waits, null where nobody is asked."""
_SIDES = ("left_record_id", "right_record_id")
_SCORES = ("match_weight", "match_probability", "outcome")
_NUMBER = "number_level"
Tables = Callable[[], Iterator[pa.Table]]


@dataclass(frozen=True)
class Scorer:
    """What scored the pairs: its match threshold, whether levels are those of our comparisons, what things cost."""

    match_weight: float
    is_ours: bool = True
    costs: Costs = field(default_factory=Costs)

    def worth_of(self, waiting: pa.Table, groups: tuple[pa.ChunkedArray, pa.ChunkedArray]) -> npt.NDArray[np.float64]:
        """Worth of pairs that wait, between the clusters or persons that the two sides are in, row by row."""
        names = pa.chunked_array([chunk for side in groups for chunk in side.chunks], pa.string()).unique()
        left, right = (pc.index_in(side, names).to_numpy().astype(np.int64) for side in groups)
        numbers = np.zeros(len(left), np.bool_)
        if self.is_ours:
            numbers = waiting[_NUMBER].to_numpy() == NumberLevel.PERSONAL_SAME
        held = waiting["match_weight"].to_numpy() >= self.match_weight
        pairs = OpenPairs(left, right, waiting["match_probability"].to_numpy(), held, numbers)
        return worth(pairs, self.costs)


def log_odds(probability: float) -> float:
    """A probability as a weight; certainty as a very large one."""
    sure = min(max(probability, 1e-12), 1 - 1e-12)
    return math.log2(sure / (1 - sure))


def with_worth(pairs: Tables, clusters: Tables, scorer: Scorer) -> Iterator[pa.Table]:
    """Tables of pairs with the column `worth` at their end.

    Args:
        pairs: gives the tables anew each time it is called; columns of both ids, weight, probability, outcome, levels.
        clusters: the same of record_id, cluster_id.
        scorer: what scored the pairs.
    """
    wanted = [*_SIDES, *_SCORES, *([_NUMBER] if scorer.is_ours else [])]
    waiting = pa.concat_tables([_waiting(table.select(wanted)) for table in pairs()])
    values = scorer.worth_of(waiting, _clusters_of(waiting, clusters))
    start = 0
    for table in pairs():
        places = np.flatnonzero(_is_open(table).to_numpy())
        column = np.full(table.num_rows, np.nan)
        column[places] = values[start : start + len(places)]
        start += len(places)
        yield table.append_column(WORTH, pa.array(column, from_pandas=True))


def _clusters_of(waiting: pa.Table, clusters: Tables) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The cluster of both sides; only the records of waiting pairs are kept in memory."""
    ids = pa.chunked_array([chunk for side in _SIDES for chunk in waiting[side].chunks], pa.string()).unique()
    found = pa.concat_tables([table.filter(pc.is_in(table["record_id"], ids)) for table in clusters()]).combine_chunks()
    left, right = (found["cluster_id"].take(pc.index_in(waiting[side], found["record_id"])) for side in _SIDES)
    return left, right


def _waiting(table: pa.Table) -> pa.Table:
    return table.filter(_is_open(table))


def _is_open(table: pa.Table) -> pa.ChunkedArray:
    return pc.equal(table["outcome"], "review")
