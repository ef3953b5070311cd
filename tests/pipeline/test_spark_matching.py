"""What of matching goes to Spark; the rounds of labels themselves run in test_spark.py."""

import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedup.blocking import Candidates, candidate_pairs
from dedup.encode import encode
from dedup.matching import load_model
from dedup.memory import FREE
from dedup.scoring import Scored, score_alone, score_first
from dedup.weights import Weigher
from pipeline import spark_matching
from pipeline.spark_matching import OnSpark
from tests.dedup.ledgers import province


class Session:
    """Runs what is sent in this process, two batches at a time."""

    def __init__(self) -> None:
        self.sparkContext = self
        self.destroyed = 0

    def broadcast(self, value: Any) -> Any:
        return SimpleNamespace(value=pickle.loads(pickle.dumps(value)), destroy=self._destroy)  # noqa: S301

    def _destroy(self) -> None:
        self.destroyed += 1

    def createDataFrame(self, table: pa.Table) -> "Session":  # noqa: N802 - Spark's name
        self.table = table
        return self

    def mapInArrow(self, work: Any, columns: str) -> "Session":  # noqa: N802
        half = -(-self.table.num_rows // 2)
        batches: Iterator[pa.RecordBatch] = iter(self.table.to_batches(max_chunksize=half))
        self.table = pa.Table.from_batches(list(work(batches)))
        assert self.table.num_columns == columns.count(",") + 1
        return self

    def toArrow(self) -> pa.Table:  # noqa: N802
        return self.table


@pytest.fixture(scope="module")
def weigher() -> Weigher:
    model = load_model()
    return Weigher.of(encode([province(3, 400)[0]]), model, counted=False)


@pytest.fixture(scope="module")
def candidates(weigher: Weigher) -> Candidates:
    found = candidate_pairs(weigher.records)
    assert len(found.left) > 50
    return found


def test_pairs_weighed_elsewhere_are_those_weighed_here(
    weigher: Weigher, candidates: Candidates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_matching, "_PAIRS_AT_ONCE", 40)
    session = Session()
    away = replace(weigher, pace=replace(FREE, elsewhere=OnSpark(session, 0)))
    same(score_first(weigher, candidates), score_first(away, candidates))
    same(score_alone(weigher, candidates, -np.inf), score_alone(away, candidates, -np.inf))
    assert session.destroyed == 2


def test_few_pairs_and_edges_stay_here_and_so_do_the_pairs_of_too_many_records(
    weigher: Weigher, candidates: Candidates, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = OnSpark(None, len(candidates.left) + 1)
    assert few.weighed(weigher, candidates, 0.0) is None
    assert few.components(9, candidates.left, candidates.right) is None
    monkeypatch.setattr(spark_matching, "_MOST_RECORDS", len(weigher.records.columns) - 1)
    assert OnSpark(None, 0).weighed(weigher, candidates, 0.0) is None
    nothing = np.zeros(0, np.int64)
    assert OnSpark(None, 0).components(3, nothing, nothing) is None


def same(one: Scored, other: Scored) -> None:
    for field in fields(Scored):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
