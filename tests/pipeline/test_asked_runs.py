"""A run of Airflow whose first task is cleared comes back to the run folder that it opened."""

from pathlib import Path

from pipeline.asked_runs import settled


def opened(runs: Path, number: int) -> Path:
    folder = runs / f"{number:04d}"
    folder.mkdir()
    (folder / "plan.json").write_text("{}")
    return folder


def test_the_same_run_has_one_folder_and_another_run_its_own(tmp_path: Path) -> None:
    first = opened(tmp_path, 1)
    assert settled(first, "manual__1") == first
    assert settled(first, "manual__1") == first
    again = opened(tmp_path, 2)
    assert settled(again, "manual__1") == first
    assert not again.exists()
    assert settled(opened(tmp_path, 3), "manual__2") == tmp_path / "0003"
    assert not [p for p in tmp_path.glob("[0-9]*") if p.is_file()], "numbers are of run folders alone"


def test_a_folder_that_is_gone_or_was_never_noted_is_replaced(tmp_path: Path) -> None:
    first = opened(tmp_path, 1)
    settled(first, "manual__1")
    (first / "plan.json").unlink()
    second = opened(tmp_path, 2)
    assert settled(second, "manual__1") == second
    (mark,) = tmp_path.glob("asked-*")
    mark.write_text("")  # killed while it was noted
    third = opened(tmp_path, 3)
    assert settled(third, "manual__1") == third
    assert settled(opened(tmp_path, 4), "manual__1") == third
