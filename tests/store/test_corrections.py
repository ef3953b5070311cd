"""A mended row takes the place of the waiting one; the sums of both deliveries stay as they were."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from schemas.errors import SohoaError
from store import candidates, invariants, load, queries, reports
from store.batch import LoadBatch
from store.engine import Store
from store.neighbours import Asked, neighbours
from tests.store import made_batches as made
from tests.store.contents import run

pytestmark = pytest.mark.store


@pytest.fixture
def waiting(store: Store, tmp_path: Path) -> tuple[Store, LoadBatch]:
    """A store with a batch of which three rows wait."""
    batch = made.make(tmp_path / "a", made.Recipe("a", rows=8, quarantined=3), queries.version(store))
    load.load_batch(store, batch)
    return store, batch


def returned(store: Store, folder: Path, claims: dict[int, str], province: str | None = None) -> LoadBatch:
    """A later batch, some rows of which claim to mend rows of an earlier one."""
    batch = made.make(folder, made.Recipe("b", rows=8, quarantined=2), queries.version(store))
    ids = made.read(batch.tables.row_outcomes)["record_id"].to_pylist()
    rows = {"record_id": [ids[at] for at in claims], "corrected_record_id": list(claims.values())}
    table = pa.table({**rows, "batch_id": [batch.batch.batch_id] * len(claims)}, schema=t.CORRECTIONS.schema)
    batch = made.with_table(batch, "corrections", folder / "corrections", t.CORRECTIONS, table)
    return batch if province is None else replace(batch, batch=replace(batch.batch, province_code=province))


def test_rows_that_came_in_or_wait_anew_take_the_place_of_waiting_ones(
    waiting: tuple[Store, LoadBatch], tmp_path: Path
) -> None:
    store, first = waiting
    old = made.read(first.tables.quarantine)["record_id"].to_pylist()
    loaded = made.read(first.tables.records)["record_id"].to_pylist()[0]
    before = reports.outcome_counts(store, first.batch.batch_id)
    batch = returned(store, tmp_path / "b", {0: old[0], 1: old[0], 8: old[1], 2: loaded, 3: "f" * 32})
    load.load_batch(store, batch)
    found = reports.corrections(store, first.batch.batch_id).to_pylist()
    assert sorted(row["corrected_record_id"] for row in found) == sorted([old[0], old[0], old[1]])
    assert {row["batch_id"] for row in found} == {batch.batch.batch_id}
    assert reports.outcome_counts(store, first.batch.batch_id) == before
    assert not invariants.store_check(store)


def test_a_row_of_another_province_mends_nothing(waiting: tuple[Store, LoadBatch], tmp_path: Path) -> None:
    store, first = waiting
    old = made.read(first.tables.quarantine)["record_id"].to_pylist()
    load.load_batch(store, returned(store, tmp_path / "b", {0: old[0]}, province="24"))
    assert reports.corrections(store, first.batch.batch_id).num_rows == 0


def test_a_stored_record_in_whose_place_another_stands_says_nothing(store: Store, tmp_path: Path) -> None:
    first, second = (made.make(tmp_path / n, made.Recipe(n, rows=4), at) for at, n in enumerate("ab"))
    load.load_batch(store, first)
    (old, *others), (new, *_) = (made.read(b.tables.records)["record_id"].to_pylist() for b in (first, second))
    row = {"corrected_record_id": [old], "record_id": [new], "batch_id": [second.batch.batch_id]}
    table = pa.table(row, schema=t.REPLACED_RECORDS.schema)
    load.load_batch(store, made.with_table(second, "replaced_records", tmp_path / "r", t.REPLACED_RECORDS, table))
    found = pa.concat_tables(queries.stored_records(store, pa.array([old, *others]))).to_pylist()
    assert {row["record_id"]: row["full_name"] is None for row in found} == {old: True} | dict.fromkeys(others, False)
    assert {r["empty_reasons"] for r in found if r["record_id"] == old} == {"b" * 17}
    keys = [made.read(first.tables.block_keys)]
    near = pa.concat_tables(candidates.match_candidates(store, keys, pa.array(others[:1])))
    assert set(near["record_id"].to_pylist()) == {*others[1:]}
    nobody = pa.array([], pa.string())
    with neighbours(store, Asked(near["record_id"], nobody, [], pa.array(others[:1]), nobody)) as around:
        found, ties = pa.concat_tables(around.records()).to_pylist(), around.ties().to_pylist()
    silent = {row["record_id"] for row in found if row["full_name"] is None and row["birth_year"] is None}
    assert silent == {others[0]}
    assert all(row["person_id"] for row in found)
    assert ties == []
    with neighbours(store, Asked(nobody, pa.array([new]), [], nobody, nobody)) as around:
        found, ties = pa.concat_tables(around.records()).to_pylist(), around.ties().to_pylist()
    assert {row["record_id"]: row["full_name"] is None for row in found}[old]
    assert ties == [{"left_record_id": new, "right_record_id": old}]
    names = pa.array([old])
    assert queries.match_records_of(store, names)["full_name"].null_count == 0
    for change in ("DELETE FROM replaced_records", "UPDATE replaced_records SET batch_id = record_id"):
        with pytest.raises(SohoaError):
            run(store, change)


def test_a_claimed_row_leads_to_the_record_that_stands_for_it_now(
    waiting: tuple[Store, LoadBatch], tmp_path: Path
) -> None:
    store, first = waiting
    (old, plain, *_), kept_out = (
        made.read(folders)["record_id"].to_pylist() for folders in (first.tables.records, first.tables.quarantine)
    )
    batch = returned(store, tmp_path / "b", {0: kept_out[0], 8: plain})
    new = made.read(batch.tables.row_outcomes)["record_id"].to_pylist()
    row = {"corrected_record_id": [old], "record_id": [new[1]], "batch_id": [batch.batch.batch_id]}
    table = pa.table(row, schema=t.REPLACED_RECORDS.schema)
    load.load_batch(store, made.with_table(batch, "replaced_records", tmp_path / "r", t.REPLACED_RECORDS, table))
    named = [old, plain, kept_out[0], kept_out[1], new[8], "f" * 32]
    claims = made.table_of(
        t.CORRECTIONS, len(named), record_id=made.ids("claims", len(named)), corrected_record_id=pa.array(named)
    )
    found = queries.corrected_records(store, claims, made.PROVINCE).to_pylist()
    asked = dict(zip(claims["record_id"].to_pylist(), named, strict=True))
    told = {(asked[r["record_id"]], r["corrected_record_id"], r["is_live"]) for r in found}
    assert told == {
        (old, old, False), (old, new[1], True), (plain, plain, True), (kept_out[0], new[0], True),
        (new[8], plain, True),
    }  # fmt: skip
    assert queries.corrected_records(store, claims, "24").num_rows == 0


def test_corrections_are_only_added(waiting: tuple[Store, LoadBatch], tmp_path: Path) -> None:
    store, first = waiting
    old = made.read(first.tables.quarantine)["record_id"].to_pylist()
    load.load_batch(store, returned(store, tmp_path / "b", {0: old[0]}))
    for change in ("DELETE FROM corrections", "UPDATE corrections SET batch_id = record_id"):
        with pytest.raises(SohoaError):
            run(store, change)
    assert reports.corrections(store, "no id").num_rows == 0
