"""Watches one process from outside: how much memory it and its children hold, and when it is gone.

A program of its own that needs the standard library alone, so that it starts in milliseconds and holds little: where
memory runs out, it is not what the system ends. It reads from its standard input which record is written now (a path a
line, an empty line for none) and writes what it saw beside that record.
"""

# pathlib takes longer to load than all the rest
# ruff: noqa: PTH105, PTH110, PTH123, PTH208
import json
import os
import select
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 0.5
_LAST_SECONDS = 10.0
_GROWN = 1.05
_NEARLY_NONE_MIB = 64.0
_MIB = 1024 * 1024


def beside(record: "Path") -> "Path":
    """Where the watcher of a record writes."""
    return record.with_name(record.name + ".seen")


def seen(record: "Path") -> dict[str, Any]:
    """What the watcher saw of a record; empty where it saw nothing."""
    try:
        return dict(json.loads(beside(record).read_text(encoding="ascii")))
    except (OSError, ValueError):
        return {}


def watch(pid: int, lines: int) -> None:
    """Watch a process until it is gone or says no more."""
    process = os.pidfd_open(pid)
    record, peak, told, kills, waiting = "", 0.0, 0.0, _kills(), b""
    while True:
        ready, _, _ = select.select([process, lines], [], [], _SECONDS)
        if lines in ready:
            read = os.read(lines, 65536)
            *whole, waiting = (waiting + read).split(b"\n")
            for line in whole:
                record, peak, told, kills = line.decode(), 0.0, 0.0, _kills()
            if read:
                continue
            # It closes its files a moment before it is gone.
            ready, _, _ = select.select([process], [], [], _LAST_SECONDS)
        if process in ready or lines in ready:
            if record:
                is_memory = _kills() > kills or _free_mib() < _NEARLY_NONE_MIB
                _write(record, {"peak_mib": round(peak, 1), "is_memory": is_memory, "ended": _moment()})
            return
        peak = max(peak, _held_mib(pid)) if record else 0.0
        if peak > told * _GROWN:
            _write(record, {"peak_mib": round(peak, 1)})
            told = peak


def _held_mib(pid: int) -> float:
    """Resident memory of a process and all below it, MiB."""
    below: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as source:
                below.setdefault(int(source.read().rsplit(b")", 1)[1].split()[1]), []).append(int(name))
        except (OSError, IndexError, ValueError):  # gone meanwhile
            continue
    total, waiting = 0, [pid]
    while waiting:
        each = waiting.pop()
        waiting += below.get(each, [])
        try:
            with open(f"/proc/{each}/statm", "rb") as source:
                total += int(source.read().split()[1])
        except (OSError, IndexError, ValueError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / _MIB


def _kills() -> int:
    """Processes that the system ended for want of memory since it was started, in this group or all of it."""
    total = 0
    for path, name in (("/sys/fs/cgroup/memory.events", "oom_kill "), ("/proc/vmstat", "oom_kill ")):
        try:
            with open(path, encoding="ascii") as source:
                total += sum(int(line.split()[1]) for line in source if line.startswith(name))
        except (OSError, IndexError, ValueError):
            continue
    return total


def _free_mib() -> float:
    try:
        with open("/proc/meminfo", encoding="ascii") as source:
            found = next(line for line in source if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return float("inf")
    return int(found.split()[1]) / 1024


def _moment() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


def _write(record: str, said: dict[str, object]) -> None:
    """Only beside a record that is there: one whose step ended well is gone, and so is its folder perhaps."""
    if not os.path.exists(record):
        return
    target = record + ".seen"
    temporary = target + ".part"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            json.dump(said, out)
        os.replace(temporary, target)
    except OSError:
        return


if __name__ == "__main__":
    watch(int(sys.argv[1]), 0)
