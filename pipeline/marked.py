"""Processes that carry a mark in their environment: found whatever became of their parents, and ended.

Process ids are used again and process groups are left by daemons; an environment stays what it was at the start. The
mark tells of nothing secret.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

_NAME = "SOHOA_SERVICE"
_SERVER = b"postgres"
_PAUSE = 0.2


def environment(mark: str) -> dict[str, str]:
    """What a process needs in its environment to carry the mark, and its children after it."""
    # Else a program that gives itself another title writes it over its environment.
    return {_NAME: mark, "SPT_NOENV": "1"}


def pids(mark: str) -> list[int]:
    """The living processes that carry the mark, but for this one and the embedded server, which others may need."""
    return list(_found(f"{_NAME}={mark}".encode()))


def end(mark: str, seconds: float) -> bool:
    """End all that carry the mark, politely first, by force after `seconds`; False if there were none."""
    if not pids(mark):
        return False
    end_by = time.monotonic() + seconds
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids(mark):
            _signal(pid, number)
        while pids(mark) and (number == signal.SIGKILL or time.monotonic() < end_by):
            time.sleep(_PAUSE)
            if number == signal.SIGKILL:
                for pid in pids(mark):
                    _signal(pid, number)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _found(wanted: bytes) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            carries = wanted in (entry / "environ").read_bytes().split(b"\x00")
            state = (entry / "stat").read_bytes().rsplit(b")", 1)[1].split()[0]
            name = (entry / "comm").read_bytes().strip()
        except OSError:  # another's, or gone meanwhile
            continue
        if carries and state != b"Z" and name != _SERVER:
            yield int(entry.name)
