"""Private folders in which steps work on clear data: gone at their end, and after a kill when the next one is made.

Each is locked by the process that works in it; the lock goes with the process, however it ends. Whoever makes a new
one first removes those that nobody holds.
"""

import atexit
import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "work"
_LOCK = ".lock"
_held: dict[Path, tuple[int, int]] = {}
"""Place -> the handle of its lock and the process that made it: a forked child must not remove its parent's."""


def new_place(home: Path) -> Path:
    """A new private folder below the home folder; those that were left behind are removed first.

    Raises:
        OSError: the home folder cannot be written.
    """
    root = home / FOLDER
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    root.chmod(0o700)
    with _locked(root / _LOCK):
        _sweep(root)
        place = root / uuid.uuid4().hex
        handle = os.open(_lock_of(place), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        place.mkdir(mode=0o700)
    _held[place] = (handle, os.getpid())
    return place


def forget_place(place: Path) -> None:
    """Remove a private folder with all that is in it. One that is gone is gone."""
    handle, owner = _held.pop(place, (-1, 0))
    if owner != os.getpid():
        return
    shutil.rmtree(place, ignore_errors=True)
    _lock_of(place).unlink(missing_ok=True)
    os.close(handle)


@contextmanager
def borrowed_place(home: Path) -> Iterator[Path]:
    """A private folder for the length of a block."""
    place = new_place(home)
    try:
        yield place
    finally:
        forget_place(place)


def sweep(home: Path) -> None:
    """Remove the private folders that a process left behind when it was killed."""
    root = home / FOLDER
    if root.is_dir():
        with _locked(root / _LOCK):
            _sweep(root)


def _sweep(root: Path) -> None:
    for place in root.iterdir():
        if place.is_dir() and not _is_held(_lock_of(place)):
            shutil.rmtree(place, ignore_errors=True)
            _lock_of(place).unlink(missing_ok=True)
    for lock in root.glob("*.lock"):
        if lock.name != _LOCK and not lock.with_suffix("").exists() and not _is_held(lock):
            lock.unlink(missing_ok=True)


def _is_held(lock: Path) -> bool:
    try:
        handle = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


@contextmanager
def _locked(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _lock_of(place: Path) -> Path:
    return place.with_name(place.name + ".lock")


@atexit.register
def _forget_all() -> None:
    for place in list(_held):
        forget_place(place)
