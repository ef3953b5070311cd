"""What a local Spark does with chunks, pairs and faults (`make test-spark`)."""

import os
from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from dedup.cluster import components
from pipeline import engine
from pipeline.engine import Engine, Tables
from pipeline.settings import Settings
from schemas.errors import SystemFailed
from schemas.tables import BLOCK_KEYS

pytestmark = pytest.mark.spark
SECRET = "Nguyễn Thị Không Được Lộ"
_KEYS = pa.table({"record_id": ["a" * 32, "b" * 32, "c" * 32], "key": [1, 2, 3]}, schema=BLOCK_KEYS.schema)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One Spark for all."""
    home = tmp_path_factory.mktemp("spark home")  # a blank in it
    with engine.ended():
        yield engine.engine_for(0, Settings(home, engine="spark", workers=2, spark_from_rows=0, spark_memory_mib=1024))


def twice(rows: pa.Table, beside: pa.Table | None) -> Tables:
    """Each row twice, and the rows of the second table that belong to these."""
    mine = beside.filter(pa.compute.is_in(beside["record_id"], rows["record_id"].combine_chunks())) if beside else rows
    return pa.concat_tables([rows, rows]), mine


def counted(limit: int, rows: pa.Table) -> Tables:
    """The rows of a chunk with how many came together in place of their keys."""
    assert rows.num_rows <= limit
    return (rows.set_column(1, BLOCK_KEYS.schema.field(1), pa.array([rows.num_rows] * rows.num_rows, pa.int64())),)


def fails(rows: pa.Table) -> Tables:
    raise ValueError(f"{SECRET} {rows['record_id'][0]}")


def dies(rows: pa.Table) -> Tables:
    os._exit(9)


def test_rows_are_split_anyhow_and_come_back_by_chunk(spark: Engine) -> None:
    chunks = [(_KEYS, _KEYS.slice(1)), (_KEYS.slice(0, 0), None), (_KEYS.slice(2), _KEYS.slice(0, 0))]
    first, second, third = spark.rows(twice, chunks, (BLOCK_KEYS, BLOCK_KEYS))
    assert sorted(first[0]["key"].to_pylist()) == [1, 1, 2, 2, 3, 3]
    assert first[1].to_pylist() == _KEYS.slice(1).to_pylist()
    assert [table.num_rows for table in second] == [0, 0]
    assert third[0]["key"].to_pylist() == [3, 3]


def test_blocks_are_worked_whole_in_their_order(spark: Engine) -> None:
    long = pa.table({"record_id": [f"{n:032x}" for n in range(70_000)], "key": range(70_000)}, schema=BLOCK_KEYS.schema)
    chunks = [_KEYS, long, _KEYS.slice(1), _KEYS.slice(0, 0)]
    found = [tables[0] for tables in spark.blocks(partial(counted, 70_000), chunks, (BLOCK_KEYS,))]
    for given, made in zip(chunks, found, strict=True):
        assert made["record_id"].equals(given["record_id"])
        assert set(made["key"].to_pylist()) == ({given.num_rows} if given.num_rows else set())


@pytest.mark.parametrize("seed", range(3))
def test_labels_are_those_of_one_machine(spark: Engine, seed: int) -> None:
    draw = np.random.default_rng(seed)
    left, right = draw.integers(0, 300, (2, 200))
    chain = np.arange(300, 340)  # long: where pointer jumping matters
    left, right = np.append(left, chain), np.append(right, chain + 1)
    assert spark.elsewhere is not None
    found = spark.elsewhere.components(400, left, right)
    assert found is not None
    np.testing.assert_array_equal(found, components(400, left, right))


def test_a_fault_is_told_by_its_name_alone(spark: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemFailed) as told:
        list(spark.blocks(fails, [_KEYS], (BLOCK_KEYS,)))
    assert told.value.details == {"error": "ValueError"}
    said = capfd.readouterr()
    assert SECRET not in str(told.value) + said.out + said.err
    assert told.value.__cause__ is None


def test_a_worker_that_dies_ends_the_step_and_not_spark(spark: Engine) -> None:
    with pytest.raises(SystemFailed, match=r"spark\.failed"):
        list(spark.blocks(dies, [_KEYS], (BLOCK_KEYS,)))
    (tables,) = spark.blocks(partial(counted, 3), [_KEYS], (BLOCK_KEYS,))
    assert tables[0].num_rows == 3
