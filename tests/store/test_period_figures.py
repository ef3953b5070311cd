import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.errors import ContractError, UsageError
from store import audit, load, period_figures, reviews, waiting_rows
from store.audit import Event
from store.engine import Store
from store.period_figures import NATION
from store.reviews import Judgement
from tests.store.conftest import load_two
from tests.store.contents import run
from tests.store.test_report_figures import first

pytestmark = pytest.mark.store

LONG_AGO, SOON = datetime(2000, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(days=3650)
CONTENTS = {NATION: "[1]", "01": "[2]", "33": "[3]"}


def test_batches_of_a_month_begin_with_the_oldest_and_end_before_the_next(loaded_store: Store) -> None:
    found = period_figures.batches(loaded_store, LONG_AGO, SOON)
    assert len(found) == 2
    assert [b.recorded_at for b in found] == sorted(b.recorded_at for b in found)
    last = found[-1].recorded_at
    assert found[-1] in period_figures.batches(loaded_store, last, last + timedelta(microseconds=1))
    assert found[-1] not in period_figures.batches(loaded_store, LONG_AGO, last)
    assert not period_figures.has_batch_before(loaded_store, found[0].recorded_at)
    assert period_figures.has_batch_before(loaded_store, found[0].recorded_at + timedelta(microseconds=1))


def test_rows_and_pairs_wait_until_somebody_decided(store: Store, tmp_path: Path) -> None:
    batch = first(tmp_path)  # seven rows kept out, one pair in review
    load.load_batch(store, batch)
    (before,) = period_figures.waiting(store)
    assert (before.batch_id, before.province_code) == (batch.batch.batch_id, batch.batch.province_code)
    assert (before.rows, before.pairs) == (7, 1)
    (pair,) = reviews.open_reviews(store).to_pylist()
    reviews.decide(store, Judgement(pair["left_record_id"], pair["right_record_id"], "different", "Lan", "x"))
    assert [(w.rows, w.pairs) for w in period_figures.waiting(store)] == [(7, 0)]
    assert [w.rows for w in period_figures.waiting(replace(store, province=batch.batch.province_code))] == [7]
    assert period_figures.waiting(replace(store, province="04")) == []


def test_what_waits_is_what_the_lists_of_rows_and_pairs_hold(store: Store, tmp_path: Path) -> None:
    load_two(store, tmp_path)
    found = period_figures.waiting(store)
    assert sum(w.rows for w in found) == sum(c.undecided + c.accepted for c in waiting_rows.counts(store)) > 0
    assert sum(w.pairs for w in found) == reviews.open_pairs(store).num_rows
    assert [w.recorded_at for w in found] == sorted(w.recorded_at for w in found)


def test_events_are_counted_between_two_moments_by_province(store: Store) -> None:
    for province in ("01", "01", "33", ""):
        audit.record(store, Event("report.written", "period", "x", province_code=province))
    audit.record(store, Event("report.written", "period", "x", province_code="33", outcome="refused"))
    with store.reading() as connection:
        moments = list(connection.exec_driver_sql("SELECT moment FROM audit_events ORDER BY sequence").scalars())
    found = period_figures.events(store, LONG_AGO, SOON)
    assert [(e.outcome, e.province_code, e.events) for e in found] == [
        ("done", "", 1), ("done", "01", 2), ("done", "33", 1), ("refused", "33", 1),
    ]  # fmt: skip
    for low, high in itertools.combinations(range(len(moments)), 2):
        between = period_figures.events(store, moments[low], moments[high])
        assert sum(e.events for e in between) == sum(moments[low] <= m < moments[high] for m in moments)
    assert period_figures.events(store, SOON, SOON) == []
    assert period_figures.events(replace(store, province="01"), LONG_AGO, SOON) == []


def test_figures_are_kept_once_for_all_scopes_or_none(store: Store) -> None:
    assert period_figures.keep(store, "2026-10", CONTENTS)
    assert not period_figures.keep(store, "2026-10", {NATION: "[9]", "04": "[9]"})
    assert period_figures.kept_of_all(store, "2026-10") == CONTENTS
    assert period_figures.kept(store, "33", "2026-10") == "[3]"
    assert period_figures.kept(store, "33", "2026-11") is None
    with store.reading() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM audit_events WHERE action = 'period.counted'")
        assert told.scalar_one() == 1


def test_a_province_sees_its_own_row_and_writes_none(store: Store) -> None:
    period_figures.keep(store, "2026-10", CONTENTS)
    own = replace(store, province="33")
    assert period_figures.kept_of_all(own, "2026-10") == {"33": "[3]"}
    assert period_figures.kept(own, NATION, "2026-10") is None
    with pytest.raises(UsageError, match=r"store\.national_only"):
        period_figures.keep(own, "2026-11", CONTENTS)


@pytest.mark.parametrize(("scope", "month"), [("nation", "2026-1"), ("1", "2026-10"), ("whole", "2026-10")])
def test_a_scope_or_month_that_is_none_is_not_taken(store: Store, scope: str, month: str) -> None:
    with pytest.raises(ContractError):
        period_figures.keep(store, month, {NATION: "[]", scope: "[]"})
    assert period_figures.kept_of_all(store, month) == {}


@pytest.mark.parametrize("change", ["UPDATE period_figures SET content = '[]'", "DELETE FROM period_figures"])
def test_what_was_kept_is_not_changed_by_anybody(loaded_store: Store, change: str) -> None:
    period_figures.keep(loaded_store, "2026-10", CONTENTS)
    with pytest.raises(ContractError, match=r"contract\.append_only"):
        run(loaded_store, change)
    assert period_figures.kept_of_all(loaded_store, "2026-10") == CONTENTS
