"""Keys of stored records are made again after the rules changed, once, and are those of all records."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from schemas import tables as t
from schemas.contract import conform
from schemas.errors import StoreMoved
from store import load
from store.engine import Store
from store.keys import ensure_block_keys
from tests.store import made_batches as made

pytestmark = pytest.mark.store


def one_key(records: pa.Table) -> pa.Table:
    conform(records, t.MATCH_RECORDS)
    rows = records.num_rows
    keys = [records["record_id"], pa.array(range(rows), pa.int64())]
    return pa.table(keys, schema=t.BLOCK_KEYS.schema)


def counted(store: Store) -> list[tuple[int, int]]:
    with store.reading() as connection:
        query = "SELECT count(*), count(DISTINCT record_id) FROM block_keys"
        return [(int(a), int(b)) for a, b in connection.execute(sa.text(query))]


def test_an_empty_store_needs_none(store: Store) -> None:
    assert ensure_block_keys(store, one_key, "a") == 0


def test_they_are_made_again_for_every_record_where_another_scheme_made_them(store: Store, tmp_path: Path) -> None:
    ensure_block_keys(store, one_key, "a")
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40, quarantined=3)))
    before = counted(store)
    assert ensure_block_keys(store, one_key, "a") == 0
    assert counted(store) == before != [(40, 40)]
    assert ensure_block_keys(store, one_key, "b") == 40
    assert counted(store) == [(40, 40)]
    assert ensure_block_keys(store, one_key, "b") == 0


def test_they_are_made_again_where_they_are_missing(store: Store, tmp_path: Path) -> None:
    ensure_block_keys(store, one_key, "a")
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    with store.writing() as connection:
        connection.execute(sa.text("TRUNCATE block_keys"))
    assert ensure_block_keys(store, one_key, "a") == 40


def test_a_failure_leaves_them_as_they_were(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    before = counted(store)
    with pytest.raises(ZeroDivisionError):
        ensure_block_keys(store, lambda records: pa.table({"x": [1 // 0]}), "b")
    assert counted(store) == before


def test_a_batch_whose_keys_follow_another_scheme_is_matched_again(store: Store, tmp_path: Path) -> None:
    ensure_block_keys(store, one_key, "a")
    batch = made.make(tmp_path, made.Recipe("one", rows=4))
    with pytest.raises(StoreMoved) as error:
        load.load_batch(store, replace(batch, key_scheme="b"))
    assert error.value.code == "store.other_keys"
    load.load_batch(store, replace(batch, key_scheme="a"))
