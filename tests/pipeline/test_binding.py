"""What binds a run is kept in its folder, and corrected cells are sealed there."""

from datetime import date
from pathlib import Path

from pipeline import binding
from pipeline.context import opened_run
from pipeline.intake import open_run, plan_batch
from pipeline.offices import Reading
from pipeline.settings import Settings
from schemas.edits import CellEdit, CellPlace
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, ledger


def test_a_run_finds_in_its_folder_what_it_was_opened_with(store_url: str, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", store_url=store_url, workers=1, received_on=date(2024, 6, 1))
    plan = plan_batch([ledger(tmp_path / "a.csv", FAMILY)], "01", settings)
    edit = CellEdit(CellPlace(plan.files[0].file_id, None, 3, 1), "", "Mướp", "lan", "2026-01-01T00:00:00+00:00")
    store = open_store(settings.store_url, settings.home)
    binds = binding.of_delivery(plan, Reading(headings=["Cột X=full_name"], dates="mdy", edits=[edit]), store)
    store.close()
    assert [d.kind for d in binds.decisions] == ["heading", "dates"]
    assert [d.kind for d in binds.of_batch] == ["heading", "dates", "edit"]
    folder = open_run(plan, settings)
    binding.keep_with_run(folder, binds, settings)
    with opened_run(folder, settings) as run:
        assert binding.decisions_of(run) == binds.of_batch
    assert not [p for p in folder.rglob("*") if p.is_file() and "Mướp".encode() in p.read_bytes()]
