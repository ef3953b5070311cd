"""Nothing of a person lies in clear in the home folder: after a run, after a killed one, after the next start."""

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline import error_files, run
from pipeline.error_files import Wish
from pipeline.settings import Settings
from pipeline.workplace import FOLDER, sweep
from schemas.errors import SettingsError
from tests.pipeline.deliveries import FAMILY, HEADINGS, NAMELESS, NO_SUCH_DAY, ledger
from transforms.text import fold

pytestmark = pytest.mark.store

ROWS = [*FAMILY, NAMELESS, NO_SUCH_DAY]
CANARIES = tuple(
    form.encode(coding)
    for row in ROWS
    for cell in (row[1], row[8])
    if cell
    for form in {cell, cell.upper(), fold(cell), fold(cell).replace(" ", "")}
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline import batch_steps, file_steps, run
from pipeline.settings import load_settings
step = sys.argv[1]
def killed(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(file_steps if hasattr(file_steps, step) else batch_steps, step, killed)
run.run_batch([Path(sys.argv[2])], "01", load_settings())
"""


def found_in(folder: Path, *, work: bool = True) -> list[str]:
    """Files below a folder that hold a canary, in their name or in their content."""
    files = [p for p in folder.rglob("*") if work or FOLDER not in p.relative_to(folder).parts]
    return [
        p.relative_to(folder).as_posix()
        for p in files
        if any(c in os.fsencode(p.name) or (p.is_file() and c in p.read_bytes()) for c in CANARIES)
    ]


def zipped(tmp_path: Path) -> Path:
    inner = ledger(tmp_path / "in" / "Nguyễn Văn Bách.csv", ROWS)
    with zipfile.ZipFile(tmp_path / "Lê Quang Thạch.zip", "w", zipfile.ZIP_STORED) as archive:
        archive.write(inner, "Nguyễn Văn Bách.csv")
    return tmp_path / "Lê Quang Thạch.zip"


def killed_in(step: str, path: Path, settings: Settings) -> None:
    environment = os.environ | {
        "SOHOA_HOME": str(settings.home), "SOHOA_STORE_URL": str(settings.store_url), "SOHOA_WORKERS": "1",
        "SOHOA_RECEIVED_ON": "2024-06-01",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", KILLED, step, str(path)], env=environment, check=False, cwd=Path.cwd())
    assert done.returncode == -signal.SIGKILL


def test_the_scan_finds_what_lies_in_clear(tmp_path: Path) -> None:
    path = ledger(tmp_path / "home" / "so.csv", ROWS, headings=HEADINGS)
    assert found_in(path.parent) == ["so.csv"]


def test_a_run_leaves_nothing_in_clear_and_its_error_file_is_made_when_asked_for(
    settings: Settings, tmp_path: Path
) -> None:
    result = run.run_batch([zipped(tmp_path)], "01", settings)
    assert result.counts["loaded"] == 5
    assert [f.to_mend for f in result.files] == [2]
    assert found_in(settings.home) == []
    assert not list((settings.home / FOLDER).iterdir())
    (made,) = error_files.of_batch(result.batch_id, tmp_path / "asked", settings, Wish(form="csv"))
    assert found_in(tmp_path / "asked") == [made.paths[0].name]
    assert found_in(settings.home) == []


@pytest.mark.parametrize("step", ["standardise_records", "survive"])
def test_a_killed_run_leaves_clear_only_what_the_next_start_removes(
    settings: Settings, tmp_path: Path, step: str
) -> None:
    path = zipped(tmp_path)
    killed_in(step, path, settings)
    assert found_in(settings.home, work=False) == []
    assert found_in(settings.home), "it was killed while it worked on clear data"
    sweep(settings.home)
    assert found_in(settings.home) == []
    assert run.run_batch([path], "01", settings).counts["loaded"] == 5
    assert found_in(settings.home) == []


def test_sealed_files_that_changed_places_stop_a_step(settings: Settings, tmp_path: Path) -> None:
    made = run.run_batch([ledger(tmp_path / "a.csv", ROWS[:3]), ledger(tmp_path / "b.csv", ROWS[3:])], "01", settings)
    one, other = sorted((settings.home / "runs" / made.batch_id / "0001" / "read_file").iterdir())
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    with pytest.raises(SettingsError, match=r"seal\.damaged"):
        error_files.of_batch(made.batch_id, tmp_path / "asked", settings, Wish())
    assert not list((tmp_path / "asked").rglob("*.xlsx"))
