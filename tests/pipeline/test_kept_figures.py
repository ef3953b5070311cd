import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import kept_figures
from pipeline.gathering import gather
from pipeline.kept_figures import of_batch
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import load, queries, report_figures
from store.batch import LoadBatch
from store.engine import Store, open_store
from tests.store.conftest import second
from tests.store.contents import run as run_sql
from tests.store.made_batches import Recipe, make
from tests.store.test_report_figures import first, stopped

pytestmark = pytest.mark.store


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.store_url, settings.home)
    yield opened
    opened.close()


def loaded(store: Store, tmp_path: Path) -> LoadBatch:
    batch = first(tmp_path / "one")
    load.load_batch(store, batch)
    return batch


def test_figures_are_counted_once_and_told_alike_ever_after(store: Store, tmp_path: Path) -> None:
    batch_id = loaded(store, tmp_path).batch.batch_id
    counted = report_figures.figures(store, batch_id)
    kept = of_batch(store, batch_id)
    assert kept.figures == counted
    assert kept.as_of is not None
    assert kept.before is not None
    assert kept.after is not None
    assert kept.before.sequence >= kept.as_of.sequence
    run_sql(store, "DELETE FROM check_results", "DELETE FROM scored_pairs")
    assert report_figures.figures(store, batch_id) != counted
    assert of_batch(store, batch_id) == kept


def test_a_later_batch_changes_nothing_of_what_is_kept(store: Store, tmp_path: Path) -> None:
    batch_id = loaded(store, tmp_path).batch.batch_id
    kept = of_batch(store, batch_id)
    load.load_batch(store, second(tmp_path / "two", queries.version(store)))
    assert of_batch(store, batch_id) == kept


def test_a_stopped_batch_that_comes_again_is_counted_anew(store: Store, tmp_path: Path) -> None:
    batch = stopped(tmp_path, make(tmp_path / "made", Recipe("stopped", rows=3)))
    load.load_batch(store, batch)
    before = of_batch(store, batch.batch.batch_id)
    load.load_batch(store, replace(batch, notes={"report": "{}"}))
    after = of_batch(store, batch.batch.batch_id)
    assert before.as_of is not None
    assert after.as_of is not None
    assert after.as_of.sequence > before.as_of.sequence
    assert after.figures == before.figures


def test_a_session_of_a_province_reads_what_is_kept_and_keeps_nothing(store: Store, tmp_path: Path) -> None:
    batch = loaded(store, tmp_path)
    province = replace(store, province=batch.batch.province_code)
    counted = of_batch(province, batch.batch.batch_id)
    assert counted.as_of is None
    assert report_figures.note(store, batch.batch.batch_id, kept_figures.NAME) is None
    kept = of_batch(store, batch.batch.batch_id)
    assert of_batch(province, batch.batch.batch_id) == kept
    assert counted.figures == kept.figures


def test_what_is_kept_are_counts_and_pointers(store: Store, tmp_path: Path) -> None:
    batch_id = loaded(store, tmp_path).batch.batch_id
    of_batch(store, batch_id)
    told = json.loads(report_figures.note(store, batch_id, kept_figures.NAME) or "")
    known = {
        "entry",
        "batch",
        "files",
        "figures",
        "as_of",
        "loaded_by",
        "before",
        "after",
        "changes",
        "history",
        "cells",
        "gate_history",
    }
    assert set(told) == known
    assert "001090012345" not in json.dumps(told)
    assert set(told["figures"]["examples"][0]["left"]) == {"file", "sheet", "line", "record_id"}


@pytest.mark.parametrize("batch_id", ["0" * 32, "no id"])
def test_a_batch_that_nobody_knows_is_an_error_and_keeps_nothing(store: Store, batch_id: str) -> None:
    with pytest.raises(UsageError, match=r"batch\.unknown"):
        of_batch(store, batch_id)
    assert report_figures.note(store, batch_id, kept_figures.NAME) is None


def test_figures_that_were_kept_before_changes_were_counted_still_tell(store: Store, tmp_path: Path) -> None:
    batch_id = loaded(store, tmp_path).batch.batch_id
    of_batch(store, batch_id)
    told = json.loads(report_figures.note(store, batch_id, kept_figures.NAME) or "")
    del told["changes"], told["history"], told["cells"]
    report_figures.keep_note(store, batch_id, kept_figures.NAME, json.dumps(told))
    kept = of_batch(store, batch_id)
    assert (kept.changes, kept.history.columns) == (None, {})
    assert {f.changed for f in gather(store, kept).fields} == {None}


def test_a_batch_is_compared_with_those_before_it_for_ever(store: Store, tmp_path: Path) -> None:
    batch_id = loaded(store, tmp_path).batch.batch_id
    earlier = of_batch(store, batch_id)
    assert earlier.history.columns == {}
    later = second(tmp_path / "two", queries.version(store)).batch.batch_id
    load.load_batch(store, second(tmp_path / "three", queries.version(store)))
    kept = of_batch(store, later)
    assert kept.history.last_batch == batch_id
    assert kept.history.last == kept.history.province == kept.history.nation
    assert kept.history.last is not None
    births = kept.history.last.of("birth_date")
    assert births is not None
    assert (births.rows, births.filled, births.valid, births.changed, births.by_hand) == (40, 40, 38, 2, 0)
    assert of_batch(store, batch_id) == earlier
    assert of_batch(store, later) == kept
