"""A file of the log comes into the archive whole or not at all, and never in the place of another."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store import wal_file

NAME = "000000010000000000000001"


def script(*given: object) -> int:
    """The script as PostgreSQL runs it."""
    return subprocess.run([sys.executable, "-I", "-S", wal_file.__file__, *map(str, given)], check=False).returncode


def test_what_was_kept_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "log").write_bytes(b"one")
    assert script("keep", tmp_path / "log", tmp_path / "archive", NAME) == 0
    assert script("fetch", NAME, tmp_path / "back", tmp_path / "elsewhere", tmp_path / "archive") == 0
    assert (tmp_path / "back").read_bytes() == b"one"
    assert [p.name for p in (tmp_path / "archive").iterdir()] == [NAME]


def test_the_same_file_again_is_done_and_another_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"one")
    assert wal_file.keep(tmp_path / "log", tmp_path, NAME)
    assert wal_file.keep(tmp_path / "log", tmp_path, NAME)
    (tmp_path / "log").write_bytes(b"two")
    assert not wal_file.keep(tmp_path / "log", tmp_path, NAME)
    assert (tmp_path / NAME).read_bytes() == b"one"


def test_of_two_at_once_with_different_content_one_is_refused(tmp_path: Path) -> None:
    for number in range(4):
        given = [tmp_path / f"{number}-{side}" for side in "ab"]
        for path in given:
            path.write_bytes(path.name.encode() * 1000)
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda path, n=number: script("keep", path, tmp_path, f"f{n}"), given))
        kept = (tmp_path / f"f{number}").read_bytes()
        assert sorted(done) == [0, 1]
        assert kept == given[done.index(0)].read_bytes()


@pytest.mark.parametrize(
    "given", [("keep", "/nowhere/log", "/nowhere", NAME), ("fetch", NAME, "/nowhere/x", "/nowhere")]
)
def test_what_cannot_be_done_is_said_by_the_exit_status(given: tuple[str, ...]) -> None:
    assert wal_file.main(list(given)) == 1
