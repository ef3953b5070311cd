"""What of matching Spark does: pairs are weighed there, and minimum labels travel along their edges.

The encoded records go to each executor once (about 150 bytes each, with their names): that is what bounds this way, and
docs/scale.md says where. The session comes from `pipeline.spark`; nothing of pyspark is imported here.
"""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.blocking import Candidates
from dedup.memory import FREE, MOST_AT_ONCE
from dedup.scoring import Scored, joined, score_slab, slabs_of
from dedup.weights import Weigher
from pipeline.spark_tables import columns_in_words
from schemas.tables import LEVEL_NAMES

Rows = npt.NDArray[np.int64]
_PAIRS_AT_ONCE = 64 * MOST_AT_ONCE
"""Pairs on their way at a time: some 300 MB."""
_MOST_RECORDS = 20_000_000
"""Records that each executor can be sent: 3 GB. With more of them pairs are weighed here."""
_EDGES = 20
"""How many times more edges than rows make Spark worth its rounds: this process joins ten million a second."""
_PLAIN = ("left", "right", "rule", "weight", "outcome", "basis")
_TYPES = {"left": pa.int64(), "right": pa.int64(), "weight": pa.float64()}
_LEVELS = tuple(f"level{n}" for n in range(len(LEVEL_NAMES)))
_RELATIVES = tuple(f"relative{n}" for n in range(3))
_PAIR = pa.schema([(name, _TYPES.get(name, pa.int8())) for name in (*_PLAIN, *_LEVELS, *_RELATIVES)])
_EDGE = pa.schema([("node", pa.int64()), ("other", pa.int64())])


@dataclass(frozen=True)
class OnSpark:
    """Weighs pairs and joins clusters on Spark.

    Attributes:
        session: of Spark.
        from_rows: fewer pairs are weighed sooner here; of edges it takes `_EDGES` times as many.
    """

    session: Any
    from_rows: int

    def weighed(self, weigher: Weigher, candidates: Candidates, least: float) -> Scored | None:
        """As `Elsewhere.weighed`."""
        pairs, records = len(candidates.left), len(weigher.records.columns)
        if pairs < self.from_rows or not pairs or records > _MOST_RECORDS:
            return None
        shared = self.session.sparkContext.broadcast(_Packed(replace(weigher, pace=FREE)))
        try:
            slabs = slabs_of(candidates, _PAIRS_AT_ONCE)
            return joined([self._weighed(shared, part, least) for part in slabs])
        finally:
            shared.destroy()

    def _weighed(self, shared: Any, part: Candidates, least: float) -> Scored:
        pairs = pa.table({"left": part.left, "right": part.right, "rule": part.rule})
        work = partial(_weigh, shared, least)
        found = self.session.createDataFrame(pairs).mapInArrow(work, columns_in_words(_PAIR))
        return _scored(found.toArrow())

    def components(self, size: int, left: Rows, right: Rows) -> Rows | None:
        """As `Elsewhere.components`."""
        if len(left) < self.from_rows * _EDGES or not len(left):
            return None
        edges = self.session.createDataFrame(pa.table([pa.array(left), pa.array(right)], schema=_EDGE))
        found = minimum_labels(edges).toArrow()
        labels = np.arange(size, dtype=np.int64)
        labels[found["node"].to_numpy()] = found["label"].to_numpy()
        return labels


class _Packed:
    """Becomes on an executor what it holds. PySpark cannot send arrays that are pickled apart where it encrypts."""

    def __init__(self, held: Any) -> None:
        self._held = held

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return pickle.loads, (pickle.dumps(self._held),)


def minimum_labels(edges: Any) -> Any:
    """Label of each node that has an edge, the lowest it is connected with.

    In each round a node takes the lowest label among its own and its neighbours', then the label that this label has
    itself (pointer jumping), until nothing changes.

    Args:
        edges: frame of `node` and `other`.

    Returns:
        Frame of `node` and `label`.
    """
    both = edges.union(edges.selectExpr("other AS node", "node AS other")).localCheckpoint()
    labels = both.groupBy("node").agg({"other": "min"}).selectExpr("node", "least(node, `min(other)`) AS label")
    labels = labels.localCheckpoint()
    while True:
        near = both.join(labels.withColumnsRenamed({"node": "other", "label": "near"}), "other")
        lowest = near.groupBy("node").agg({"near": "min"}).join(labels, "node")
        lowest = lowest.selectExpr("node", "label AS before", "least(label, `min(near)`) AS label").localCheckpoint()
        above = lowest.selectExpr("node AS label", "label AS above")
        jumped = lowest.join(above, "label").selectExpr("node", "before", "above AS label").localCheckpoint()
        labels = jumped.select("node", "label")
        if jumped.filter("before <> label").isEmpty():
            return labels


def _weigh(shared: Any, least: float, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """On an executor: the pairs of each batch scored by themselves."""
    for batch in batches:
        left, right, rule = (batch.column(n).to_numpy() for n in range(3))
        scored = score_slab(shared.value, Candidates(left, right, rule, 0, 0), least)
        columns = [*(getattr(scored, name) for name in _PLAIN), *scored.levels.T, *scored.relatives.T]
        yield pa.record_batch([pa.array(np.ascontiguousarray(column)) for column in columns], schema=_PAIR)


def _scored(table: pa.Table) -> Scored:
    columns = {name: table[name].combine_chunks().to_numpy() for name in table.column_names}
    levels, relatives = (np.stack([columns[name] for name in names], axis=1) for names in (_LEVELS, _RELATIVES))
    kept = np.zeros(table.num_rows, np.bool_)
    return Scored(
        columns["left"], columns["right"], columns["rule"], levels, relatives, columns["weight"], columns["outcome"],
        columns["basis"], kept,
    )  # fmt: skip
