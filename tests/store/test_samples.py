"""Samples of the store: whole households, the same ones for the same seed, without what others stand for."""

import pyarrow as pa
import pytest

from schemas import tables as t
from store import samples
from store.engine import Store
from tests.store.contents import rows, run

pytestmark = pytest.mark.store
NOBODY = pa.array([], pa.string())


def drawn(store: Store, share: float, seed: int = 1, also: pa.Array = NOBODY) -> set[str]:
    tables = list(samples.drawn_households(store, share, seed, also))
    assert all(table.schema == t.MATCH_RECORDS.schema for table in tables)
    return {one for table in tables for one in table["record_id"].to_pylist()}


def homes(store: Store) -> dict[str, str]:
    query = "SELECT replace(record_id::text, '-', ''), coalesce(household_key, record_id)::text FROM records"
    return dict(rows(store, query))  # type: ignore[arg-type]


def test_a_share_is_whole_households_and_a_seed_repeats_it(loaded_store: Store) -> None:
    run(loaded_store, "UPDATE records SET household_key = md5((line / 3)::text)::uuid WHERE line % 7 > 0")
    every = homes(loaded_store)
    assert samples.record_count(loaded_store) == len(every)
    assert drawn(loaded_store, 1.0) == set(every)
    assert drawn(loaded_store, 0.0) == set()
    half = drawn(loaded_store, 0.5)
    assert 0 < len(half) < len(every)
    assert half == drawn(loaded_store, 0.5) != drawn(loaded_store, 0.5, seed=2)
    inside = {every[one] for one in half}
    assert half == {one for one, home in every.items() if home in inside}


def test_wanted_records_come_with_their_households(loaded_store: Store) -> None:
    run(loaded_store, "UPDATE records SET household_key = md5((line / 3)::text)::uuid")
    every = homes(loaded_store)
    wanted = sorted(every)[:2]
    found = {one for one, home in every.items() if home in {every[w] for w in wanted}}
    assert len(found) > len(wanted)
    assert drawn(loaded_store, 0.0, also=pa.array(wanted)) == found
    whole = samples.whole_households(loaded_store, pa.array(wanted))
    assert {one for table in whole for one in table["record_id"].to_pylist()} == found


def test_a_replaced_record_is_not_drawn(loaded_store: Store) -> None:
    one, other, *_ = sorted(homes(loaded_store))
    batch = rows(loaded_store, "SELECT batch_id::text FROM batches LIMIT 1")[0][0]
    columns = "record_id, corrected_record_id, batch_id"
    run(loaded_store, f"INSERT INTO replaced_records ({columns}) VALUES ('{one}', '{other}', '{batch}')")
    assert samples.record_count(loaded_store) == len(homes(loaded_store)) - 1
    assert other not in drawn(loaded_store, 1.0)
