"""Private folders in which steps work on clear data: gone at their end, and after a kill when the next one is made.

Each is held (`holding`) by the process that works in it, however it ends. Whoever makes a new one first removes those
that nobody holds.
"""

import atexit
import contextlib
import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import holding

_LOG = logging.getLogger(__name__)
FOLDER = "work"
_LEFT_OVER_SECONDS = 24 * 3600
_ATTEMPTS = 3
_made: dict[Path, int] = {}
"""Place -> the process that made it: a forked child must not remove its parent's."""


def new_place(home: Path) -> Path:
    """A new private folder below the home folder; those that were left behind are removed first.

    Raises:
        OSError: the home folder cannot be written.
    """
    root = home / FOLDER
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    root.chmod(0o700)
    sweep(home)
    place = holding.new_held(root)
    _made[place] = os.getpid()
    return place


def forget_place(place: Path) -> None:
    """Remove a private folder with all that is in it. One that is gone is gone."""
    if _made.pop(place, 0) == os.getpid():
        _remove(place)
        holding.let_go(place)


@contextmanager
def borrowed_place(home: Path) -> Iterator[Path]:
    """A private folder for the length of a block."""
    place = new_place(home)
    try:
        yield place
    finally:
        forget_place(place)


def sweep(home: Path) -> None:
    """Remove the private folders that a process left behind when it was killed. Age tells it where locks do not."""
    root = home / FOLDER
    for left in root.iterdir() if root.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # its owner has just removed it
            if holding.is_left(left) or (not holding.is_held(left) and _is_old(left)):
                _remove(left)


def _remove(folder: Path) -> None:
    """Remove a folder. A call of the system that fails once leaves nobody's data behind in clear."""
    for _ in range(_ATTEMPTS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
    _LOG.warning("a private folder could not be removed; the next command tries again")


def _is_old(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > _LEFT_OVER_SECONDS


@atexit.register
def _forget_all() -> None:
    for place in list(_made):
        forget_place(place)
