"""Folders that a living process holds: a lock on the folder itself, which the system lets go when the process dies.

So what a killed process left behind is told from what another one works on, without clocks and without process ids,
which are used again and mean nothing in another container.
"""

import fcntl
import os
import uuid
from pathlib import Path

_HELD: dict[Path, int] = {}


def new_held(parent: Path) -> Path:
    """A new folder below `parent`, for its owner alone, that this process holds until `let_go`."""
    while True:
        folder = parent / uuid.uuid4().hex
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            folder.mkdir(mode=0o700)
            is_held = take(folder)
        except FileNotFoundError:  # taken for a left over one before it was held
            continue
        if is_held or not _knows_locks(folder):
            return folder


def take(folder: Path) -> bool:
    """Hold a folder, unless a living process does, or the file system does not know such locks.

    Raises:
        FileNotFoundError: there is no such folder.
    """
    if folder in _HELD:
        return False
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if folder.exists() and os.path.samestat(os.fstat(descriptor), folder.stat()):
            _HELD[folder] = descriptor
            return True
    except OSError:
        os.close(descriptor)
        return False
    os.close(descriptor)
    return False


def let_go(folder: Path) -> None:
    """Hold a folder no longer; nothing to do if it is not held."""
    descriptor = _HELD.pop(folder, None)
    if descriptor is not None:
        os.close(descriptor)


def is_left(folder: Path) -> bool:
    """Is nobody at work on this folder? False too where locks are not known."""
    if not folder.is_dir() or not take(folder):
        return False
    let_go(folder)
    return True


def is_held(folder: Path) -> bool:
    """Is a living process, this one or another, surely at work on this folder?"""
    if folder in _HELD:
        return True
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as wrong:
        return isinstance(wrong, BlockingIOError)
    finally:
        os.close(descriptor)
    return False


def _knows_locks(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
