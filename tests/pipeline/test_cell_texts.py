"""What is left of the texts of cells: kept while the run folder is, then said to be past, gone or not to be opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import batch_keys, cell_texts, run
from pipeline.settings import Settings
from store.engine import Store, open_store
from store.lineage import Traced, trace
from tests.pipeline.deliveries import FAMILY, ledger
from tests.store.contents import rows

pytestmark = pytest.mark.store


def traced(store: Store) -> list[Traced]:
    """All rows of all persons."""
    persons = rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons ORDER BY 1")
    return [row for (person,) in persons for row in trace(store, str(person))]


def states(found: list[Traced], settings: Settings) -> set[str]:
    told = cell_texts.of_records(found, settings)
    assert set(told) == {row["record_id"] for row in found}
    assert all(bool(each.cells) == (each.state == "kept") for each in told.values())
    return {each.state for each in told.values()}


def test_the_texts_go_with_the_run_folder_and_it_is_said_why(settings: Settings, tmp_path: Path) -> None:
    batch = run.run_batch([ledger(tmp_path / "so.csv", FAMILY)], "01", settings).batch_id
    store = open_store(settings.store_url, settings.home)
    found = traced(store)
    store.close()
    assert len({row["record_id"] for row in found}) == len(FAMILY)
    assert states(found, settings) == {"kept"}
    assert not list((settings.home / "work").iterdir()), "nothing is left in clear"
    assert "Bách" not in repr(cell_texts.of_records(found, settings))
    folder = settings.home / "runs" / batch
    ((sealed,),) = [list(folder.glob("*/read_file/*.sealed"))]
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-40] + bytes(40))
    assert states(found, settings) == {"sealed"}
    sealed.write_bytes(whole)
    assert states(found, replace(settings, home=tmp_path / "elsewhere")) == {"gone"}
    batch_keys.destroy(folder)
    assert states(found, settings) == {"gone"}
    assert states(found, replace(settings, runs_days=0)) == {"past"}
    assert states(found, replace(settings, quarantine_days=0)) == {"past"}


def test_of_what_was_issued_here_there_is_no_cell(settings: Settings) -> None:
    issued = {"record_id": None, "batch_id": None, "file_id": None}
    assert cell_texts.of_records([issued], settings) == {}
