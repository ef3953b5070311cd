"""Partitions by province: rows lie where they belong, each load touches its own, a question reads one."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from store import indexes, load, partitions, queries
from store.copying import parts
from store.engine import Store
from tests.store import made_batches as made
from tests.store.conftest import Superuser
from tests.store.contents import rows

pytestmark = pytest.mark.store

INDEXED = "SELECT indexrelid FROM pg_index WHERE indrelid = CAST(:part AS regclass) ORDER BY 1"


def of_province(folder: Path, seed: str, province: str, seen: int = 0) -> load.LoadBatch:
    """A batch that another province sent."""
    batch = made.make(folder, made.Recipe(seed, rows=20), seen)
    for path in parts(batch.tables.records):
        table = made.read([path.parent])
        at = table.schema.get_field_index("province_code")
        pq.write_table(table.set_column(at, "province_code", pa.repeat(pa.scalar(province), table.num_rows)), path)
    return replace(batch, batch=replace(batch.batch, province_code=province))


def counted(store: Store, part: str) -> int:
    return int(rows(store, f"SELECT count(*) FROM records WHERE tableoid = '{part}'::regclass")[0][0])  # type: ignore[call-overload]


def test_every_record_lies_in_the_partition_of_its_sender(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, of_province(tmp_path / "a", "a", "01"))
    load.load_batch(store, of_province(tmp_path / "b", "b", "79", 1))
    load.load_batch(store, of_province(tmp_path / "c", "c", "99", 2))
    assert [counted(store, f"records_{p}") for p in ("01", "79", "other", "04")] == [20, 20, 20, 0]
    assert rows(store, "SELECT DISTINCT province_code FROM memberships ORDER BY 1") == [("01",), ("79",), ("99",)]


def test_a_load_builds_the_indexes_of_its_own_partition_only(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load.load_batch(store, of_province(tmp_path / "a", "a", "01"))
    monkeypatch.setattr(indexes, "_WORTH_IT_ROWS", 1)
    with store.reading() as connection:
        before = {p: connection.execute(sa.text(INDEXED), {"part": p}).all() for p in ("records_01", "records_79")}
    load.load_batch(store, of_province(tmp_path / "b", "b", "79", 1))
    with store.reading() as connection:
        after = {p: connection.execute(sa.text(INDEXED), {"part": p}).all() for p in ("records_01", "records_79")}
    assert after["records_01"] == before["records_01"]
    assert after["records_79"] != before["records_79"]
    assert counted(store, "records_01") == 20  # a filled partition is not emptied for the sake of another


def test_the_records_of_members_are_looked_up_in_one_partition(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, of_province(tmp_path / "a", "a", "01"))
    load.load_batch(store, of_province(tmp_path / "b", "b", "79", 1))
    query = f"EXPLAIN (ANALYZE, COSTS off, TIMING off) SELECT r.record_id FROM memberships m {queries.of_members()}"
    with store.reading() as connection:
        told = "\n".join(connection.execute(sa.text(query)).scalars())
    assert "on records_04" in told
    assert all("never executed" in line for line in told.splitlines() if "on records_04" in line)
    assert not any("never executed" in line for line in told.splitlines() if "on records_79" in line)


def test_a_partition_is_not_read_by_itself(store: Store, tmp_path: Path, emptied: tuple[Store, Superuser]) -> None:
    load.load_batch(store, of_province(tmp_path / "a", "a", "01"))
    for role in ("load", "match", "review", "report", "erase", "undo", "mask", "audit"):
        found = emptied[1].execute("SELECT has_table_privilege(%s, 'records_01', 'SELECT')", [f"sohoa_{role}"])
        assert found.fetchone() == (False,), role


@pytest.mark.parametrize(
    ("table", "whole"),
    [("records_01", "records"), ("records_other", "records"), ("records", "records"), ("batch_files", "batch_files")],
)
def test_a_partition_knows_its_table(table: str, whole: str) -> None:
    assert partitions.whole_of(table) == whole
