"""What a process was at when it died: step, file, rows, memory peak, kept where its death does not reach.

Each step at work has a record in the run folder, held (a lock) by its process; a step that ends well removes its
record. A process that is killed, by a person or for want of memory, can say nothing: its record still says how far it
came, and beside it a watcher, a small process of its own, wrote how much memory it held and when it was gone. Records
name files by their aliases and hold no value of a person.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from pipeline import flight_watcher
from schemas.errors import SohoaError

FOLDER = "flight"
_RECORD_BYTES = 1024
_ENDING = ".json"


@dataclass(frozen=True)
class Death:
    """A step that did not end well.

    Attributes:
        step: its name.
        file: alias of the file; empty for a step of the whole batch.
        file_id: digest of the file; empty as above.
        rows: rows that were done when it was last heard of.
        peak_mib: most memory of the process and its children, MiB; 0 where nobody looked.
        cause: running, killed, memory, time, system, or the code of the error.
        place: line of ours that failed, for an error.
        began, ended: UTC, ISO; `ended` is empty where nobody saw it.
    """

    step: str
    file: str
    file_id: str
    rows: int
    peak_mib: float
    cause: str
    place: str
    began: str
    ended: str


class _Watch:
    """The watcher of this process, started with its first step."""

    pid = 0
    process: subprocess.Popen[str] | None = None
    records: list["_Record"] = []  # noqa: RUF012 - of the process: one step within another


class _Record:
    """The record of the step at work: a small file that is written in place."""

    def __init__(self, path: Path, said: dict[str, Any]) -> None:
        self.path = path
        self.said = said
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with contextlib.suppress(OSError):  # a file system without locks: age and pid are all there is
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self.write()

    def write(self) -> None:
        with contextlib.suppress(OSError):  # a full disk: the step meets it where it matters
            os.pwrite(self._file, json.dumps(self.said).encode().ljust(_RECORD_BYTES), 0)

    def close(self, *, is_well: bool) -> None:
        os.close(self._file)
        with contextlib.suppress(OSError):
            for path in (self.path, flight_watcher.beside(self.path)) if is_well else ():
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def recorded(folder: Path, step: str, file: str = "", file_id: str = "") -> Iterator[None]:
    """Keep a record of a step of a run folder while the block goes on.

    Args:
        folder: the run folder.
        step: name of the step.
        file: alias of the file, for a step that goes file by file.
        file_id: its digest.
    """
    said = {"step": step, "file": file, "file_id": file_id, "rows": 0, "pid": os.getpid(), "began": _now()}
    try:
        record = _Record(folder / FOLDER / f"{uuid.uuid4().hex}{_ENDING}", said)
    except OSError:  # no room for a record is no reason not to try the step
        yield
        return
    _Watch.records.append(record)
    _tell(str(record.path))
    try:
        yield
    except BaseException as wrong:
        record.said |= {"cause": _cause_of(wrong), "place": _place_of(wrong), "ended": _now()}
        record.write()
        raise
    finally:
        _tell("")
        _Watch.records.remove(record)
        record.close(is_well="cause" not in record.said)


def came_to(rows: int) -> None:
    """The step at work in this process has done that many rows."""
    if _Watch.records and _Watch.pid == os.getpid():
        record = _Watch.records[-1]
        record.said["rows"] = rows
        record.write()


def deaths(folder: Path) -> list[Death]:
    """The steps of a run folder that did not end well, or are at work, in the order in which they began."""
    found = (_death(path) for path in (folder / FOLDER).glob(f"*{_ENDING}"))
    return sorted((death for death in found if death is not None), key=lambda death: death.began)


def _death(path: Path) -> Death | None:
    try:
        with path.open("rb") as source:
            said = json.loads(source.read())
            is_held = _is_held(source)
    except (OSError, ValueError):  # removed meanwhile, or killed at its first line
        return None
    seen = flight_watcher.seen(path)
    cause = said.get("cause") or ("running" if is_held else "memory" if seen.get("is_memory") else "killed")
    return Death(
        said["step"], said["file"], said["file_id"], said["rows"], seen.get("peak_mib", 0.0), cause,
        said.get("place", ""), said["began"], said.get("ended") or seen.get("ended", ""),
    )  # fmt: skip


def _is_held(source: IO[bytes]) -> bool:
    try:
        fcntl.flock(source, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    fcntl.flock(source, fcntl.LOCK_UN)
    return False


def _tell(path: str) -> None:
    """Tell the watcher which record is written now; it is started anew in a forked child or after it ended."""
    if _Watch.pid != os.getpid() or _Watch.process is None or _Watch.process.poll() is not None:
        if not path:
            return
        _Watch.pid, _Watch.process = os.getpid(), _started()
    process = _Watch.process
    if process is not None and process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.write(path + "\n")
            process.stdin.flush()


def _started() -> subprocess.Popen[str] | None:
    """The watcher; None where the system has no room for it: the step is more than its record."""
    command = [sys.executable, "-I", "-S", flight_watcher.__file__, str(os.getpid())]
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True, env={},
        )  # fmt: skip
    except OSError:
        return None


def _cause_of(wrong: BaseException) -> str:
    if isinstance(wrong, SohoaError):
        return wrong.code
    if isinstance(wrong, MemoryError):
        return "memory"
    if isinstance(wrong, OSError):
        return "system"
    if type(wrong).__name__ == "AirflowTaskTimeout":
        return "time"
    return "stopped" if isinstance(wrong, KeyboardInterrupt | SystemExit) else "error"


def _place_of(wrong: BaseException) -> str:
    """Kind of the error and the innermost line of ours; never its text, which may quote a value."""
    trace, place = wrong.__traceback__, ""
    root = Path(__file__).resolve().parents[1]
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(root) and ".venv" not in path.parts and path.name not in ("flight.py", "context.py"):
            place = f"{path.relative_to(root)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(wrong).__name__} {place}".strip()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
