"""The list of batches: sums as the batch has them, rows that still wait, a province's own alone."""

import dataclasses

import pytest
import sqlalchemy as sa

from store import batch_lists, reports
from store.engine import Store
from tests.store.contents import rows

pytestmark = pytest.mark.store


def test_it_says_of_each_batch_what_the_store_says(read_store: Store) -> None:
    found = batch_lists.recent(read_store, 10)
    assert len(found) == 2
    assert [b.recorded_at for b in found] == sorted((b.recorded_at for b in found), reverse=True)
    for listed in found:
        stored = reports.batch(read_store, listed.batch_id)
        assert stored is not None
        assert (listed.state, listed.sums, listed.recorded_at) == (stored.state, stored.sums, stored.recorded_at)
        assert listed == batch_lists.one(read_store, listed.batch_id)


def test_a_row_waits_until_a_later_delivery_mended_it(loaded_store: Store) -> None:
    for each in batch_lists.recent(loaded_store, 10):
        assert each.waiting == each.sums.quarantined > 0
    query = "SELECT record_id, batch_id FROM row_outcomes WHERE outcome = 'quarantined' LIMIT 1"
    ((waits, batch),) = rows(loaded_store, query)
    listed = batch_lists.one(loaded_store, str(batch).replace("-", ""))
    assert listed is not None
    with loaded_store.writing() as connection:
        connection.execute(
            sa.text("INSERT INTO corrections (record_id, corrected_record_id, batch_id) VALUES (:new, :old, :batch)"),
            {"new": "f" * 32, "old": waits, "batch": batch},
        )
    now = batch_lists.one(loaded_store, listed.batch_id)
    assert now is not None
    assert now.waiting == listed.waiting - 1


def test_another_province_has_none_of_them(read_store: Store) -> None:
    own = {b.province_code for b in batch_lists.recent(read_store, 10)}
    other = dataclasses.replace(read_store, province="96")
    assert "96" not in own
    assert batch_lists.recent(other, 10) == []
    for batch in batch_lists.recent(read_store, 10):
        assert batch_lists.one(other, batch.batch_id) is None


@pytest.mark.parametrize("given", ["", "x", "F" * 32, "' OR true --", "f" * 31])
def test_what_is_no_id_finds_nothing(read_store: Store, given: str) -> None:
    assert batch_lists.one(read_store, given) is None
