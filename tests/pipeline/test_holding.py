import errno
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import holding


def test_a_held_folder_is_left_by_nobody_until_it_is_let_go(tmp_path: Path) -> None:
    folder = holding.new_held(tmp_path / "deep" / "parent")
    assert folder.parent == tmp_path / "deep" / "parent"
    assert folder.stat().st_mode & 0o077 == 0
    assert not holding.is_left(folder)
    assert holding.is_held(folder)
    assert not holding.take(folder), "twice"
    holding.let_go(folder)
    assert holding.is_left(folder)
    assert not holding.is_held(folder)
    holding.let_go(folder)


def test_what_another_process_holds_is_free_when_it_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from pipeline import holding;"
        "print(holding.new_held(Path(sys.argv[1])), flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        assert folder.is_dir()
        assert not holding.is_left(folder)
        assert holding.is_held(folder)
        assert not holding.take(folder)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    assert holding.take(folder)
    holding.let_go(folder)


def test_a_folder_that_was_made_anew_is_not_the_one_that_was_held(tmp_path: Path) -> None:
    folder = holding.new_held(tmp_path)
    folder.rmdir()
    folder.mkdir()
    holding.let_go(folder)
    assert holding.is_left(folder)


def test_a_folder_that_is_gone_is_left_by_nobody(tmp_path: Path) -> None:
    assert not holding.is_left(tmp_path / "nothing")
    assert not holding.is_held(tmp_path / "nothing")


def test_where_locks_are_not_known_a_folder_is_surely_neither_left_nor_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no locks here")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    folder = holding.new_held(tmp_path)
    assert folder.is_dir()
    assert not holding.is_left(folder)
    assert not holding.is_held(folder)
