"""Numbers every call by which a process leaves a trace, and lets the chosen one kill the process or fail.

Installed in the process of the job alone. Traces are what other processes could find: files opened for writing,
written, synced, renamed, linked, removed, folders made and removed, programs started, and all that goes to PostgreSQL
(connections, statements, COPY, commits, rollbacks). A point goes by its label and by how often that label came before,
so that threads which take turns differently from run to run do not shift all the others.
"""

import builtins
import errno
import io
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq

from tests.chaos import sites

Call = Callable[..., Any]
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_RANDOM = re.compile(r"[0-9a-f]{32,}|(?<=\.)\d+$|(?<=/tmp)[a-z0-9_]{8}|(?<=data\.incomplete\.)\d+")
_EXECUTE = psycopg.Cursor.execute
_ATTEMPT = re.compile(r"/\d{4}(?=/|$)")
_WATCHED = ("rename", "replace", "unlink", "remove", "rmdir", "mkdir", "link", "symlink", "fsync", "truncate", "chmod")
ENDS_SERVER = ("stop_server", "kill_postmaster", "kill_server")
_FULL_DISK = frozenset({"open", "write", "mkdir", "rename", "replace", "link", "fsync"})
"""Calls that need room: on a disk that stays full all of them fail, removals do not."""


@dataclass(frozen=True)
class Fault:
    """What happens at which point.

    Attributes:
        label: of the point. nth: how often this label came before.
        how: kill, torn (half of what is to be written, then kill), fail, cut (the connection), state (an error of
            the server), kill_backend (the server's process behind the connection), stop_server (at once),
            kill_postmaster (alone), kill_server (with all its processes).
        when: before or after the call.
        number: of the error of the system, for `fail`.
        lasting: from now on all calls fail for which that error is likely.
        state: SQLSTATE for `state`.
        pid_file: of the server, for stop_server, kill_postmaster and kill_server.
    """

    label: str
    nth: int = 0
    how: str = "kill"
    when: str = "before"
    number: int = 0
    lasting: bool = False
    state: str = ""
    pid_file: str = ""


class Injector:
    """The points of one process. What it says goes to a pipe whose other end the harness holds."""

    def __init__(self, fault: Fault | None, told: int, root: str, *, is_recording: bool = False) -> None:
        self.points: list[str] = []
        self.sites: set[str] = set()
        self._is_recording = is_recording
        self._fault, self._told, self._root = fault, told, root
        self._seen: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._busy = threading.local()
        self._lasting: str | None = None

    def around(self, kind: str, what: str, call: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """The call, with its point before and after it."""
        if getattr(self._busy, "is_busy", False):
            return call()
        label = f"{kind} {self._plain(what)}"
        with self._lock:
            nth, self._seen[label] = self._seen[label], self._seen[label] + 1
            self.points.append(label)
            if self._is_recording:
                self.sites.update(sites.calling())
        fault = self._fault
        is_it = fault is not None and (fault.label, fault.nth) == (label, nth)
        if fault is not None and not is_it and self._lasting is not None and self._lasts_for(kind):
            raise _error(fault.number)
        if fault is None or not is_it:
            return call()
        self._busy.is_busy = True
        try:
            return self._strike(fault, label, call, half)
        finally:
            self._busy.is_busy = False

    def say(self, text: str) -> None:
        """One line to the harness, at once."""
        os.write(self._told, text.encode() + b"\n")

    def _strike(self, fault: Fault, label: str, call: Callable[[], Any], half: Callable[[], Any] | None) -> Any:
        if fault.when == "after":
            done = call()
            self._hit(fault, label)
            return done
        if fault.how == "torn" and half is not None:
            half()
        self._hit(fault, label)
        return call()

    def _hit(self, fault: Fault, label: str) -> None:
        self.say(f"fired {fault.how} {fault.when} {label} #{fault.nth}")
        if fault.how in ("kill", "torn"):
            os.killpg(0, signal.SIGKILL)
            time.sleep(60)
        if fault.how == "fail":
            if fault.lasting:
                self._lasting = label.split(" ", 1)[0]
            raise _error(fault.number)
        if fault.how in ENDS_SERVER:
            _end_server(Path(fault.pid_file), fault.how)

    def _lasts_for(self, kind: str) -> bool:
        assert self._fault is not None
        if self._fault.number == errno.ENOSPC:
            return kind in _FULL_DISK
        return kind == self._lasting

    def _plain(self, what: str) -> str:
        return _ATTEMPT.sub("/#", _RANDOM.sub("*", what.replace(self._root, "~")))

    def is_watched(self, path: object) -> bool:
        """Is it a file that other processes could find? Neither a pipe nor something of the system."""
        if isinstance(path, int):
            mode = os.fstat(path).st_mode
            return stat.S_ISREG(mode) or stat.S_ISDIR(mode)
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        return text.startswith("/dev/shm/") or not text.startswith(("/dev/", "/proc/", "/sys/"))  # noqa: S108


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _end_server(pid_file: Path, how: str) -> None:
    """The server as `pg_ctl stop -m immediate` ends it, or its first process killed, alone or with all its children."""
    victim = int(pid_file.read_text().split("\n")[0])
    if how == "stop_server":
        os.kill(victim, signal.SIGQUIT)
    elif how == "kill_postmaster":
        os.kill(victim, signal.SIGKILL)
    else:
        children = Path(f"/proc/{victim}/task/{victim}/children").read_text().split()
        for process in (victim, *map(int, children)):
            os.kill(process, signal.SIGKILL)
    end = time.monotonic() + 20
    while Path(f"/proc/{victim}/cwd").exists() and time.monotonic() < end:
        time.sleep(0.02)


def install(injector: Injector) -> None:
    """Put the points around the calls of this process."""
    _watch_files(injector)
    _watch_parquet(injector)
    _watch_database(injector)
    _watch_programs(injector)


def _watch_files(injector: Injector) -> None:
    for name in _WATCHED:
        _replace(os, name, _on_path(injector, name, getattr(os, name)))
    plain_open = os.open

    def os_open(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if not flags & _FOR_WRITING or not injector.is_watched(path):
            return plain_open(path, flags, *rest, **named)
        what = os.fsdecode(path)
        return int(injector.around("open", what, lambda: plain_open(path, flags, *rest, **named)))

    os.open = os_open
    opened = _opener(injector, io.open)
    io.open = builtins.open = opened  # type: ignore[assignment]
    # shutil asks for these by name when it decides how to remove a tree
    os.supports_dir_fd |= {os.open, os.unlink, os.rmdir, os.rename}
    shutil._use_fd_functions = True  # type: ignore[attr-defined]


def _on_path(injector: Injector, name: str, plain: Call) -> Call:
    def call(path: Any, *rest: Any, **named: Any) -> Any:
        made = rest[0] if name == "link" and rest else path  # the file itself may have no name yet
        if not injector.is_watched(made):
            return plain(path, *rest, **named)
        what = "descriptor" if isinstance(made, int) else os.fsdecode(made)
        return injector.around(name, what, lambda: plain(path, *rest, **named))

    return call


class _Raw(io.FileIO):
    """A file whose every write is a point."""

    injector: Injector
    what: str

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        plain = super().write
        half = lambda: plain(view[: len(view) // 2])  # noqa: E731
        return int(self.injector.around("write", self.what, lambda: plain(view), half))


def _opener(injector: Injector, plain: Call) -> Call:
    def opened(file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
               errors: str | None = None, newline: str | None = None, *rest: Any, **named: Any) -> Any:  # fmt: skip
        if not set(mode) & set("wax+") or not injector.is_watched(file):
            return plain(file, mode, buffering, encoding, errors, newline, *rest, **named)
        what = "descriptor" if isinstance(file, int) else os.fsdecode(file)
        raw_mode = mode.replace("b", "").replace("t", "")
        if isinstance(file, int):
            raw = _Raw(file, raw_mode, *rest, **named)
        else:
            raw = injector.around("open", what, lambda: _Raw(file, raw_mode, *rest, **named))
        raw.injector, raw.what = injector, what
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        text = io.TextIOWrapper(buffered, encoding or "utf-8", errors, newline)
        text.mode = mode  # type: ignore[misc]
        return text

    return opened


def _watch_parquet(injector: Injector) -> None:
    """Arrow writes in C++; handed a file of ours, its writes are points too."""
    plain, writer = pq.write_table, pq.ParquetWriter

    def write_table(table: Any, where: Any, *rest: Any, **named: Any) -> None:
        if not isinstance(where, str | os.PathLike):
            plain(table, where, *rest, **named)
            return
        with open(where, "wb") as out:  # noqa: PTH123 - the watched one
            plain(table, out, *rest, **named)

    class Writer(writer):  # type: ignore[misc,valid-type]
        def __init__(self, where: Any, *rest: Any, **named: Any) -> None:
            self._ours = open(where, "wb") if isinstance(where, str | os.PathLike) else None  # noqa: PTH123, SIM115
            super().__init__(self._ours or where, *rest, **named)

        def close(self) -> None:
            super().close()
            if self._ours is not None:
                self._ours.close()

    pq.write_table, pq.ParquetWriter = write_table, Writer


def _watch_programs(injector: Injector) -> None:
    plain = subprocess.Popen.__init__

    def started(self: Any, args: Any, *rest: Any, **named: Any) -> None:
        words = [str(a) for a in args]
        what = next((w.rsplit("/", 1)[-1] for w in words if w.rsplit("/", 1)[-1] in ("initdb", "pg_ctl")), "reader")
        injector.around("start", what, lambda: plain(self, args, *rest, **named))

    subprocess.Popen.__init__ = started  # type: ignore[assignment]


def _watch_database(injector: Injector) -> None:
    connection, cursor, copy = psycopg.Connection, psycopg.Cursor, psycopg.Copy
    connect = connection.connect.__func__  # type: ignore[attr-defined]
    connection.connect = classmethod(  # type: ignore[method-assign,assignment]
        lambda cls, *a, **k: injector.around("connect", "store", lambda: connect(cls, *a, **k))
    )
    psycopg.connect = connection.connect  # type: ignore[assignment]
    for name in ("commit", "rollback"):
        plain = getattr(connection, name)
        setattr(connection, name, _on_connection(injector, name, plain))
    execute, copied, write = cursor.execute, cursor.copy, copy.write

    def run(self: Any, query: Any, *rest: Any, **named: Any) -> Any:
        call = _hurt(injector, self.connection, lambda: execute(self, query, *rest, **named))
        return injector.around("sql", _words(query, self), call)

    def copy_in(self: Any, statement: Any, *rest: Any, **named: Any) -> Any:
        call = _hurt(injector, self.connection, lambda: copied(self, statement, *rest, **named))
        return injector.around("copy", _words(statement, self), call)

    def write_in(self: Any, data: Any) -> None:
        injector.around("copy-data", "", _hurt(injector, self.cursor.connection, lambda: write(self, data)))

    cursor.execute, cursor.copy, copy.write = run, copy_in, write_in  # type: ignore[method-assign]


def _on_connection(injector: Injector, name: str, plain: Call) -> Call:
    def call(self: Any) -> Any:
        return injector.around(name, "", _hurt(injector, self, lambda: plain(self)))

    return call


def _hurt(injector: Injector, connection: Any, plain: Callable[[], Any]) -> Callable[[], Any]:
    """The call; if that is the fault, its connection is cut, its server process killed or it is refused before."""
    fault = injector._fault

    def call() -> Any:
        if fault is None or not getattr(injector._busy, "is_busy", False):
            return plain()
        if fault.how == "cut":
            with socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        elif fault.how == "kill_backend":
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        elif fault.how == "state":
            _EXECUTE(
                connection.cursor(), f"DO $$ BEGIN RAISE EXCEPTION 'chaos' USING ERRCODE = '{fault.state}'; END $$"
            )
        return plain()

    return call


def _words(query: Any, cursor: Any) -> str:
    text = query.decode() if isinstance(query, bytes) else query if isinstance(query, str) else query.as_string(cursor)
    return " ".join(text.split())[:60]


def _replace(module: Any, name: str, call: Call) -> None:
    setattr(module, name, call)
