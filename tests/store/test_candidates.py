"""Stored records near a batch, against the plainest possible oracle, whichever way the tables are read."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as t
from schemas.field import TableSpec
from store import candidates, load
from store.copying import copy_out
from store.engine import Store
from tests.store import made_batches as made
from tests.store.conftest import second
from tests.store.test_queries import by_id

pytestmark = pytest.mark.store

ONE_BY_ONE, AS_IT_COMES, WHOLE_TABLES = 0, candidates.PAGES_A_LOOKUP, 1_000_000_000


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> load.LoadBatch:
    return made.make(tmp_path_factory.mktemp("first"), made.Recipe("one", rows=40, quarantined=3))


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory) -> load.LoadBatch:
    return second(tmp_path_factory.mktemp("then"), 1)


def _oracle(keys: set[int], batches: list[load.LoadBatch]) -> dict[str, dict[str, object]]:
    """Every record with one of the keys."""
    members: dict[str, str] = {}
    for batch in batches:
        members |= {r["record_id"]: r["person_id"] for r in made.read(batch.tables.clusters).to_pylist()}
    stored = [r for b in batches for r in made.read(b.tables.block_keys).to_pylist()]
    near = {r["record_id"] for r in stored if r["key"] in keys}
    records = [r for b in batches for r in made.read(b.tables.records).to_pylist()]
    return {
        r["record_id"]: {c: r[c] for c in t.MATCH_RECORDS.column_names if c != "person_id"}
        | {"person_id": members[r["record_id"]]}
        for r in records
        if r["record_id"] in near
    }


@pytest.mark.parametrize("pages", [ONE_BY_ONE, AS_IT_COMES, WHOLE_TABLES])
@pytest.mark.parametrize("picked", [[], [0], [0, 1, 2, 3, 8, 9], list(range(160)), [162, 163, 170]])
def test_match_candidates_equal_the_plain_oracle(
    read_store: Store, first: load.LoadBatch, then: load.LoadBatch, picked: list[int], pages: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(candidates, "PAGES_A_LOOKUP", pages)
    every = pa.concat_tables([made.read(b.tables.block_keys) for b in (first, then)])
    keys = [every["key"][n].as_py() for n in picked] + [12345]
    asked = made.table_of(t.BLOCK_KEYS, len(keys), record_id=made.ids("own", len(keys)), key=pa.array(keys))
    parts = [asked.slice(0, 2), asked.slice(2), asked.slice(0, 1)]
    found = pa.concat_tables([t.MATCH_RECORDS.schema.empty_table(), *candidates.match_candidates(read_store, parts)])
    assert by_id(found) == _oracle(set(keys), [first, then])


def test_a_key_that_too_many_share_brings_nobody(
    read_store: Store, first: load.LoadBatch, then: load.LoadBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = pa.concat_tables([made.read(b.tables.block_keys) for b in (first, then)])
    shared = Counter(every["key"].to_pylist())
    key, records = shared.most_common(1)[0]
    asked = made.table_of(t.BLOCK_KEYS, 1, record_id=made.ids("own", 1), key=pa.array([key]))
    monkeypatch.setattr(candidates, "_LARGEST_BLOCK", records)
    assert list(candidates.match_candidates(read_store, [asked]))
    monkeypatch.setattr(candidates, "_LARGEST_BLOCK", records - 1)
    assert list(candidates.match_candidates(read_store, [asked])) == []


def test_no_candidates_in_an_empty_store(store: Store, then: load.LoadBatch) -> None:
    assert list(candidates.match_candidates(store, [made.read(then.tables.block_keys)])) == []


def test_a_question_sees_one_snapshot_while_a_batch_is_loaded(
    loaded_store: Store, first: load.LoadBatch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.copying.PART_ROWS", 10)
    batch = made.make(tmp_path, made.Recipe("three", rows=30), 2)
    near = candidates.match_candidates(loaded_store, [made.read(b.tables.block_keys) for b in (first, batch)])
    rows = next(iter(near)).num_rows
    load.load_batch(loaded_store, batch)
    assert rows + sum(part.num_rows for part in near) == 40


@pytest.mark.parametrize("pages", [ONE_BY_ONE, WHOLE_TABLES])
def test_where_most_pages_are_wanted_a_partition_is_read_from_front_to_back_and_no_other(
    read_store: Store, first: load.LoadBatch, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every record is a page of its own for the disk."""
    plans: list[str] = []

    def explained(connection: Connection, query: str, spec: TableSpec) -> Iterator[pa.Table]:
        plans.extend(connection.execute(sa.text(f"EXPLAIN {query}")).scalars().all())
        return copy_out(connection, query, spec)

    monkeypatch.setattr(candidates, "copy_out", explained)
    monkeypatch.setattr(candidates, "PAGES_A_LOOKUP", pages)
    assert list(candidates.match_candidates(read_store, [made.read(first.tables.block_keys)]))
    read = {line.split(" on ")[1].split()[0] for line in plans if "Seq Scan on records_" in line}
    if pages == WHOLE_TABLES:
        assert read == {f"records_{first.batch.province_code}"}
        assert any("hashed SubPlan" in line for line in plans)
    else:
        assert not any("SubPlan" in line for line in plans)
        assert any("Nested Loop" in line for line in plans)
