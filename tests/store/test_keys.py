"""Keys of stored records come back after the rules changed, once, and are those of all records."""

from pathlib import Path

import pyarrow as pa
import pytest
import sqlalchemy as sa

from schemas import tables as t
from schemas.contract import conform
from store import load
from store.engine import Store
from store.keys import ensure_block_keys
from tests.store import made_batches as made

pytestmark = pytest.mark.store


def one_key(records: pa.Table) -> pa.Table:
    conform(records, t.MATCH_RECORDS)
    rows = records.num_rows
    keys = [records["record_id"], pa.array([7] * rows, pa.int8()), pa.array(range(rows), pa.int64())]
    return pa.table(keys, schema=t.BLOCK_KEYS.schema)


def counted(store: Store) -> list[tuple[int, int]]:
    with store.reading() as connection:
        query = "SELECT count(*), count(DISTINCT record_id) FROM block_keys"
        return [(int(a), int(b)) for a, b in connection.execute(sa.text(query))]


def test_an_empty_store_needs_none(store: Store) -> None:
    assert ensure_block_keys(store, one_key) == 0


def test_they_are_made_again_for_every_record_where_they_were_emptied(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40, quarantined=3)))
    assert ensure_block_keys(store, one_key) == 0
    with store.writing() as connection:
        connection.execute(sa.text("TRUNCATE block_keys"))
    assert ensure_block_keys(store, one_key) == 40
    assert counted(store) == [(40, 40)]
    assert ensure_block_keys(store, one_key) == 0


def test_a_failure_leaves_none_of_them(store: Store, tmp_path: Path) -> None:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    with store.writing() as connection:
        connection.execute(sa.text("TRUNCATE block_keys"))
    with pytest.raises(ZeroDivisionError):
        ensure_block_keys(store, lambda records: pa.table({"x": [1 // 0]}))
    assert counted(store) == [(0, 0)]
