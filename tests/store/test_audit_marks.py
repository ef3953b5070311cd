from pathlib import Path

import pytest

from store import audit, audit_marks, load
from store.audit import Event
from store.engine import Store
from tests.store.made_batches import Recipe, make

pytestmark = pytest.mark.store


def test_the_event_of_a_batch_is_found_whatever_came_later(store: Store, tmp_path: Path) -> None:
    before = audit_marks.newest(store)
    batch = make(tmp_path / "made", Recipe("one", rows=3))
    assert audit_marks.taken_in(store, batch.batch.batch_id) is None
    load.load_batch(store, batch)
    mark = audit_marks.newest(store)
    assert mark is not None
    assert mark.sequence == (before.sequence if before else 0) + 1
    audit.record(store, Event("report.written", "batch", batch.batch.batch_id))
    load.load_batch(store, batch)
    found = audit_marks.taken_in(store, batch.batch.batch_id)
    assert found == (mark, store.acting.account)
    assert len(mark.hash) == 64
    assert mark.moment.endswith("Z")
    newest = audit_marks.newest(store)
    assert newest is not None
    assert newest.sequence == mark.sequence + 2
