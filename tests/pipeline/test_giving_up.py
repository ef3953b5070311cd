"""A file that kills whoever works on it: given up after its tries, the others go on, and everybody can see why."""

import logging
import os
import signal
from pathlib import Path
from typing import NoReturn

import pytest

from pipeline import flight, run, tasks
from pipeline.context import opened_run
from pipeline.settings import Settings
from schemas.errors import FileRefused, SohoaError, SystemFailed
from store import reports
from store.invariants import store_check
from tests.pipeline.deliveries import FAMILY, ledger

pytestmark = pytest.mark.store


@pytest.fixture
def started(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """A run folder of two files, as Airflow's first tasks leave it, and the ids of its files."""
    monkeypatch.setattr(run, "load_settings", lambda: settings)
    monkeypatch.setattr(tasks, "load_settings", lambda: settings)
    ledger(tmp_path / "in" / "mot.csv", FAMILY[:3])
    ledger(tmp_path / "in" / "hai.csv", [("9", *row[1:-1], "") for row in FAMILY[3:]])
    folder = run.start([str(tmp_path / "in")], "01")
    return folder, run.new_file_ids(folder)


def all_steps(folder: str, file_id: str) -> None:
    for step in run.FILE_STEPS:
        run.run_step(step, folder, file_id)


def killed_at(step: str, folder: str, file_id: str) -> None:
    """A process that is killed while it is at this step of the file, as want of memory kills."""
    child = os.fork()
    if not child:

        def die(run: object, file: object) -> NoReturn:
            with opened.working(step, file_id):
                flight.came_to(2)
                os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        with opened_run(Path(folder), run.load_settings()) as opened:
            die(opened, file_id)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def test_the_poisoned_file_is_refused_and_the_other_is_loaded(
    started: tuple[str, list[str]], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    folder, (bad, good) = started
    all_steps(folder, good)
    run.run_step("read_file", folder, bad)
    run.run_step("profile_batch", folder, bad)
    rows = len(FAMILY[:3]) if opened_rows(folder, bad, settings) == 3 else len(FAMILY[3:])
    for _ in range(3):
        killed_at("standardise_records", folder, bad)
    with caplog.at_level(logging.WARNING, "airflow.task"):
        assert [death.cause for death in run.earlier_deaths("standardise_records", folder, bad)] == ["killed"] * 3
        assert tasks.give_up(folder, bad)
    assert "bị dừng đột ngột" in caplog.text
    assert not tasks.give_up(folder, bad), "it has its answer"
    assert not tasks.give_up(folder, good), "it is done"
    for step in run.BATCH_STEPS:
        run.run_step(step, folder)
    with pytest.raises(SohoaError) as refused:
        run.verdict(folder)
    assert refused.value.code == "run.files_refused"
    with opened_run(Path(folder), settings) as made:
        result = run._result_of(made)
    assert [f.reason for f in result.files if f.outcome == "file_rejected"] == ["file.given_up"]
    assert result.counts["rejected"] == rows
    assert result.counts["loaded"] == len(FAMILY) - rows
    assert (Path(folder) / "originals").is_dir(), "its original is kept"


def opened_rows(folder: str, file_id: str, settings: Settings) -> int:
    with opened_run(Path(folder), settings) as made:
        manifest = made.manifest("read_file", file_id)
    return 0 if manifest is None else int(manifest.tables["source_records"])


def test_who_clears_the_tasks_of_such_a_file_has_it_tried_anew(started: tuple[str, list[str]]) -> None:
    folder, (bad, good) = started
    killed_at("read_file", folder, bad)
    assert tasks.give_up(folder, bad)
    with pytest.raises(FileRefused) as still:
        run.run_step("check_records", folder, bad)
    assert still.value.code == "file.given_up"
    all_steps(folder, bad)
    all_steps(folder, good)
    for step in run.BATCH_STEPS:
        run.run_step(step, folder)
    assert run.verdict(folder)["loaded"] == len(FAMILY)


def test_a_full_disk_is_not_the_fault_of_a_file(started: tuple[str, list[str]], settings: Settings) -> None:
    folder, (bad, _) = started
    with pytest.raises(SystemFailed), opened_run(Path(folder), settings) as made, made.working("read_file", bad):
        raise SystemFailed("system.disk_full")
    with pytest.raises(SohoaError) as unfinished:
        run.give_up(folder, bad)
    assert unfinished.value.code == "run.unfinished"
    all_steps(folder, bad)


def test_without_a_record_nothing_is_given_up(started: tuple[str, list[str]]) -> None:
    folder, (bad, _) = started
    with pytest.raises(SohoaError) as unfinished:
        run.give_up(folder, bad)
    assert unfinished.value.code == "run.unfinished"


def given_up(folder: str, file_id: str) -> None:
    killed_at("read_file", folder, file_id)
    assert tasks.give_up(folder, file_id)


def test_a_file_that_is_cleared_after_the_matching_is_matched_too(started: tuple[str, list[str]]) -> None:
    """And the batch is not loaded before it has come through, whichever task is cleared."""
    folder, (bad, good) = started
    given_up(folder, bad)
    all_steps(folder, good)
    for step in ("match_records", "survive", "validate_batch"):
        run.run_step(step, folder)
    run.run_step("read_file", folder, bad)
    with pytest.raises(SohoaError) as unfinished:
        run.run_step("match_records", folder)
    assert unfinished.value.code == "run.unfinished"
    all_steps(folder, bad)
    for step in ("load_batch", "report_batch"):
        run.run_step(step, folder)
    assert run.verdict(folder)["loaded"] == len(FAMILY)


def test_a_delivery_that_was_loaded_without_a_file_is_completed_when_it_is_sent_again(
    started: tuple[str, list[str]], settings: Settings, tmp_path: Path
) -> None:
    folder, (bad, good) = started
    given_up(folder, bad)
    all_steps(folder, good)
    for step in run.BATCH_STEPS:
        run.run_step(step, folder)
    with pytest.raises(FileRefused) as still:
        run.run_step("read_file", folder, bad)
    assert still.value.code == "file.given_up", "its batch is in the store: nothing can be added to it"

    result = run.run_batch([tmp_path / "in"], "01", settings)
    assert result.batch_id != Path(folder).parent.name
    assert [f.outcome for f in result.files].count("already_known") == 1
    with run.opened(settings) as store:
        assert reports.person_count(store) == len(FAMILY)
        assert not store_check(store)
    again = run.run_batch([tmp_path / "in"], "01", settings)
    assert (again.counts["loaded"], again.counts["merged"]) == (0, 0)
