"""Cells of scans: those of waiting rows wait, until the row comes back mended or its batch is undone."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.cells import CELLS
from store import cells, invariants, load
from store.batch import LoadBatch
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import rows

pytestmark = pytest.mark.store

WAITING = made.ids("quarantined a", 1)[0].as_py()


def with_cells(batch: LoadBatch, folder: Path, *columns: str) -> LoadBatch:
    """The batch with cells of its first waiting row and of its first record: the crop is that of the waiting one."""
    [waiting] = pq.read_table(batch.tables.quarantine[0]).to_pylist()
    record = pq.read_table(batch.tables.records[0]).slice(0, 1).to_pylist()[0]
    said = {
        "page": 3, "kind": "cell", "quad": "1,2 9,2 9,8 1,8", "text": "Nam", "is_handwriting": False, "rule": None,
        "readings": "[]",
    }  # fmt: skip
    told = [
        {**said, **{k: row[k] for k in ("record_id", "file_id", "line")}, "raw_column": column, "confidence": sure,
         "is_accepted": crop is None, "crop": crop}
        for row, sure, crop in ((waiting, 0.5, "cGlj"), (record, 1.0, None)) for column in columns
    ]  # fmt: skip
    made_in = folder / "cells"
    made_in.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(told, schema=CELLS.schema), made_in / "part-00000.parquet")
    return replace(batch, tables=replace(batch.tables, cells=[made_in]))


@pytest.fixture
def loaded(store: Store, tmp_path: Path) -> Store:
    batch = made.make(tmp_path, made.Recipe("a", rows=2, quarantined=1))
    load.load_batch(store, with_cells(batch, tmp_path, "sex_raw", "birth_date_raw", "personal_number_raw"))
    return store


def test_cells_of_waiting_rows_wait_and_those_of_loaded_rows_are_kept(loaded: Store) -> None:
    found = cells.waiting(loaded)
    assert found.schema.equals(cells.WAITING_CELLS.schema)
    assert found["raw_column"].to_pylist() == ["birth_date_raw", "personal_number_raw", "sex_raw"]
    assert set(found["record_id"].to_pylist()) == {WAITING}
    assert cells.waiting(loaded, found["batch_id"][0].as_py(), limit=2).num_rows == 2
    assert cells.waiting(loaded, made.ids("no batch", 1)[0].as_py()).num_rows == 0
    assert rows(loaded, "SELECT count(*) FROM cells") == [(6,)]
    assert cells.of_record(loaded, WAITING).num_rows == 3
    assert not invariants.store_check(loaded)


def test_a_row_that_came_back_mended_waits_no_longer(loaded: Store) -> None:
    with loaded.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO corrections (record_id, corrected_record_id, batch_id) "
            f"SELECT r.record_id, '{WAITING}', o.batch_id FROM records r JOIN row_outcomes o USING (record_id) LIMIT 1"
        )
        mended = connection.exec_driver_sql("SELECT encode(uuid_send(record_id), 'hex') FROM corrections").scalar_one()
    assert cells.waiting(loaded).num_rows == 0
    assert cells.of_record(loaded, str(mended)).num_rows in (3, 6)
