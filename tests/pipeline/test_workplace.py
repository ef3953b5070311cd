"""Private places: the holder's own while it lives, removed by whoever comes after a kill."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import workplace

HOLD = """
import sys, time
from pathlib import Path
from pipeline import workplace
place = workplace.new_place(Path(sys.argv[1]))
(place / "clear").write_text("name")
print(place, flush=True)
time.sleep(60)
"""


def held_by_another(home: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_place_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    with workplace.borrowed_place(tmp_path) as place:
        (place / "clear").write_text("x")
        assert place.stat().st_mode & 0o077 == 0
        assert place.parent.stat().st_mode & 0o077 == 0
    assert not list((tmp_path / workplace.FOLDER).iterdir())


def test_it_is_gone_after_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cut"), workplace.borrowed_place(tmp_path) as place:
        raise OSError("cut")
    assert not place.exists()


def test_the_place_of_a_living_process_stays_and_that_of_a_killed_one_goes(tmp_path: Path) -> None:
    process, place = held_by_another(tmp_path)
    try:
        with workplace.borrowed_place(tmp_path):
            assert (place / "clear").exists()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert (place / "clear").exists(), "nobody cleaned up"
        with workplace.borrowed_place(tmp_path):
            assert not place.exists()
    finally:
        process.kill()
    assert not list((tmp_path / workplace.FOLDER).iterdir())


def test_a_file_system_without_locks_goes_by_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, young = tmp_path / workplace.FOLDER / "old", tmp_path / workplace.FOLDER / "young"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))

    def no_locks(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no locks here")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with workplace.borrowed_place(tmp_path) as place:
        assert place.is_dir()
        assert (old.exists(), young.exists()) == (False, True)


def test_sweeping_alone_removes_what_was_left(tmp_path: Path) -> None:
    left = tmp_path / workplace.FOLDER / "left"
    left.mkdir(parents=True)
    workplace.sweep(tmp_path)
    assert not left.exists()
    workplace.sweep(tmp_path / "no home")
