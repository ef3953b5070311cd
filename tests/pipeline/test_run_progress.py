"""How far a run has come, read off its folder."""

from pathlib import Path

import pytest

from pipeline import draft_runs, run, run_progress
from pipeline.settings import Settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS
from tests.pipeline.deliveries import FAMILY, ledger
from tests.pipeline.test_draft_runs import sent


def test_how_far_a_run_has_come_is_read_off_its_folder(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = sent(settings, tmp_path)
    monkeypatch.setattr(run, "load_settings", lambda: settings)
    assert run_progress.progress("", settings) == run_progress.progress("f" * 32, settings) == ()
    folder = str(draft_runs.open_run(draft.draft_id, settings))
    batch_id = Path(folder).parent.name
    done = [(p.step, p.done, p.of) for p in run_progress.progress(batch_id, settings)]
    assert done == [(step, 0, 1) for step in (*FILE_STEPS, *BATCH_STEPS)]
    (file_id,) = run.new_file_ids(folder)
    for step in FILE_STEPS[:2]:
        run.run_step(step, folder, file_id)
    assert [p.is_done for p in run_progress.progress(batch_id, settings)] == [True, True, *[False] * 8]


def test_a_refused_file_does_not_hold_the_count_back(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "load_settings", lambda: settings)
    (tmp_path / "bad.csv").write_text("không phải sổ\n")
    run.run_batch([ledger(tmp_path / "a.csv", FAMILY), tmp_path / "bad.csv"], "01", settings)
    (folder,) = (settings.home / "runs").glob("*")
    found = run_progress.progress(folder.name, settings)
    assert all(step.is_done for step in found)
    assert {step.of for step in found} == {1, 2}
