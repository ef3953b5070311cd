"""The batches of a province before one, with what their gates saw: in order, none later, none undone."""

import json
from pathlib import Path

import pytest

from store import load, queries, report_figures
from store.earlier_gates import earlier_gates
from store.engine import Store
from tests.store.conftest import second
from tests.store.contents import run as run_sql
from tests.store.test_report_figures import first

pytestmark = pytest.mark.store


def test_the_last_ones_come_in_order_with_their_results(store: Store, tmp_path: Path) -> None:
    one = first(tmp_path / "one")
    load.load_batch(store, one)
    two = second(tmp_path / "two", queries.version(store))
    load.load_batch(store, two)
    ids = [batch.batch.batch_id for batch in (one, two)]
    for number, batch_id in enumerate(ids):
        note = {"validation": {"results": [{"id": "gate.batch.sex", "observed": number}]}, "messages": {}}
        report_figures.keep_note(store, batch_id, "report", json.dumps(note))
    entries = [report_figures.entry(store, batch_id) for batch_id in ids]

    def before(entry: int, province: str = "01", most: int = 9) -> list[str]:
        return [g.batch_id for g in earlier_gates(store, entry, province, "report", most)]

    assert before(entries[0]) == []
    assert before(entries[1]) == ids[:1]
    assert before(entries[1] + 1) == ids
    assert before(entries[1] + 1, most=1) == ids[1:], "the newest of them"
    assert before(entries[1] + 1, province="33") == []
    found = earlier_gates(store, entries[1] + 1, "01", "report", 9)
    assert [g.results[0]["observed"] for g in found] == [0, 1]
    assert {g.state for g in found} == {"loaded"}
    report_figures.keep_note(store, ids[1], "report", "{}")
    assert before(entries[1] + 1) == ids[:1], "what was kept without a gate is no point"
    run_sql(store, "UPDATE batches SET state = 'undone'")
    assert before(entries[1] + 1) == []
