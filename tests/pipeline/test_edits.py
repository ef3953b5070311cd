"""Corrected cells on their way: sealed with the run, in the store as corrected, and named by the trace."""

from pathlib import Path
from typing import Any

import pytest

from pipeline import edits, person_trace
from pipeline.offices import Reading
from pipeline.run import run_batch
from pipeline.settings import Settings
from readers import registry
from readers.edited_cells import EDITED
from schemas.edits import CellEdit, CellPlace
from schemas.errors import SettingsError, UsageError
from store import reports
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger

_BY, _AT = "cán bộ Lan", "2026-01-01T00:00:00+00:00"


def corrected(path: Path, line: int, position: int, before: str, after: str) -> CellEdit:
    return CellEdit(CellPlace(registry.digest(path), None, line, position), before, after, _BY, _AT)


def persons(settings: Settings) -> list[dict[str, Any]]:
    store = open_store(settings.store_url, settings.home)
    try:
        return [row for chunk in reports.golden_persons(store) for row in chunk.to_pylist()]
    finally:
        store.close()


def test_corrections_lie_sealed_and_open_with_the_key_of_their_batch_alone(tmp_path: Path) -> None:
    made = [CellEdit(CellPlace("a" * 32, "Sổ 1", 3, 2), "nu", "Nữ", _BY, _AT)]
    edits.keep_with_run(tmp_path, made, b"k" * 32)
    assert edits.of_run(tmp_path, b"k" * 32) == tuple(made)
    assert not [p for p in tmp_path.iterdir() if "Nữ".encode() in p.read_bytes() or b"Lan" in p.read_bytes()]
    with pytest.raises(SettingsError):
        edits.of_run(tmp_path, b"o" * 32)


def test_a_corrected_row_comes_in_with_the_corrected_value_and_the_trace_names_the_correction(
    settings: Settings, tmp_path: Path
) -> None:
    path = ledger(tmp_path / "a.csv", [*FAMILY, NO_SUCH_DAY])
    edit = corrected(path, 7, 3, "31/02/1978", "21/02/1978")
    done = run_batch([path], "01", settings, reading=Reading(edits=(edit,)))
    assert (done.counts["loaded"], done.counts["quarantined"]) == (6, 0)
    (person,) = [row for row in persons(settings) if row["full_name"] == "Lê Thị Bưởi"]
    (row,) = [r for r in person_trace.trace(person["person_id"], "birth_date", settings, "kiểm tra") if r["is_golden"]]
    assert EDITED in row["rules"]
    (cell,) = row["cells"]
    assert (cell["letter"], cell["text"], cell["before"], cell["corrected_by"], cell["corrected_at"]) == (
        "D", "21/02/1978", "31/02/1978", _BY, _AT,
    )  # fmt: skip
    told = person_trace.in_words([row], "vi")[0][1][0]["cell_text"]
    assert "31/02/1978" in told
    assert _BY in told


def test_nothing_of_a_correction_lies_in_clear_below_the_home_folder(settings: Settings, tmp_path: Path) -> None:
    path = ledger(tmp_path / "a.csv", FAMILY)
    run_batch([path], "01", settings, reading=Reading(edits=(corrected(path, 3, 1, "Trần Thị Mận", "Trần Thị Mướp"),)))
    found = [p for p in (settings.home / "runs").rglob("*") if p.is_file() and "Mướp".encode() in p.read_bytes()]
    assert found == []


def test_an_order_of_dates_is_followed_where_the_file_does_not_show_its_own(settings: Settings, tmp_path: Path) -> None:
    months = [(*row[:3], f"0{at}/0{at + 1}/1950", *row[4:]) for at, row in enumerate(FAMILY, 1)]
    path = ledger(tmp_path / "a.csv", months)
    run_batch([path], "01", settings, reading=Reading(dates="mdy"))
    births = {(row["birth_month"], row["birth_day"]) for row in persons(settings)}
    assert births == {(at, at + 1) for at in range(1, 6)}
    with pytest.raises(UsageError):
        run_batch([path], "01", settings, reading=Reading(dates="ydm"))
