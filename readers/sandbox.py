"""Runs each parser in a child process, so that a hostile file can kill, hang or bloat only its own reader.

The child has no network, no programs, no environment of ours, an address space that may grow by a fixed amount, and
must report progress in time; what it says is read as JSON and nothing else. `readers.child` is the other side.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from readers import ready_children
from readers.disk import NO_FAULT_OF_THE_FILE
from readers.reading import FileReading, ReadLimits
from schemas import rules
from schemas.decisions import Decision
from schemas.errors import FileRefused

Result = TypeVar("Result")
_LONGEST_MESSAGE = 16 << 20
_STARTING_SECONDS = 60.0
_MEMORY_MARKS = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"out of memory", b"Cannot allocate memory")


@dataclass(frozen=True)
class Job:
    """What a child has to do: parser (``module:function``), file, output folder, name, limits, decisions, forms."""

    parser: str
    path: str
    out: str
    file_id: str
    name: str
    encoding: str | None
    limits: ReadLimits
    memo: str | None = None
    decisions: tuple[Decision, ...] = ()
    forms: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def from_json(text: str) -> "Job":
        """The job that `to_json` described."""
        values = json.loads(text)
        decisions = tuple(Decision(**d) for d in values["decisions"])
        forms = tuple((form_id, text) for form_id, text in values["forms"])
        return Job(**{**values, "limits": ReadLimits(**values["limits"]), "decisions": decisions, "forms": forms})

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))


Progress = Callable[[int], None]


def run_parser(job: Job, progress: Progress = lambda rows: None) -> FileReading:
    """Run the parser of a job in a child process; `progress` hears the rows read so far.

    Raises:
        FileRefused: what the parser found; file.parser_died, file.parser_timeout, file.parser_memory.
        OSError: the disk is full or broken, which is no fault of the file.
    """
    return run_job(job, FileReading.from_json, progress)


def run_job(job: Job, from_json: Callable[[dict[str, Any]], Result], progress: Progress = lambda rows: None) -> Result:
    """Run a job in a child process; its result is made of the plain values that the child reports.

    Raises:
        FileRefused: what the child found; file.parser_died, file.parser_timeout, file.parser_memory.
        OSError: the disk is full or broken, which is no fault of the file.
    """
    child = ready_children.child()
    try:
        _tell(child, job)
        said = _listen(child, job.limits.seconds, progress)
    finally:
        _end(child)
        ready_children.prepare()
    return _result(said, job, from_json)


def _tell(child: "subprocess.Popen[bytes]", job: Job) -> None:
    """Hand the job over on its standard input: a command line, with the path in it, could be read by every user."""
    assert child.stdin is not None  # noqa: S101 - a pipe by construction
    with contextlib.suppress(BrokenPipeError), child.stdin as stdin:
        stdin.write(job.to_json().encode() + b"\n")


@dataclass
class _Said:
    """What came from a child: its last message, the tail of its errors, rows so far, how it ended."""

    last: Mapping[str, Any] | None = None
    errors: bytes = b""
    rows: int = 0
    timed_out: bool = False
    returned: int | None = None


def _listen(child: "subprocess.Popen[bytes]", seconds: float, progress: Progress) -> _Said:
    said, waiting = _Said(), b""
    deadline = time.monotonic() + max(seconds, _STARTING_SECONDS)
    assert child.stdout is not None  # noqa: S101 - both are pipes by construction
    assert child.stderr is not None  # noqa: S101
    with selectors.DefaultSelector() as ready:
        for stream in (child.stdout, child.stderr):
            ready.register(stream, selectors.EVENT_READ)
        while ready.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                said.timed_out = True
                return said
            for key, _ in ready.select(left):
                data = os.read(key.fd, 1 << 16)
                if not data:
                    ready.unregister(key.fileobj)
                elif key.fileobj is child.stderr:
                    said.errors = (said.errors + data)[-8192:]
                else:
                    deadline = time.monotonic() + seconds
                    waiting = _take_messages(waiting + data, said)
                    progress(said.rows)
    said.returned = child.wait(timeout=max(0.1, deadline - time.monotonic()))
    return said


def _take_messages(data: bytes, said: _Said) -> bytes:
    *lines, rest = data.split(b"\n")
    for line in lines:
        message = _message(line)
        if "rows" in message and len(message) == 1:
            said.rows = int(message["rows"])
        else:
            said.last = message
    return rest if len(rest) < _LONGEST_MESSAGE else b""


def _message(line: bytes) -> Mapping[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Kill the child with all it may have started."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            child.kill()
        child.wait()
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            stream.close()


def _result(said: _Said, job: Job, from_json: Callable[[dict[str, Any]], Result]) -> Result:
    if said.timed_out:
        raise FileRefused("file.parser_timeout", rows=said.rows, limit=job.limits.seconds)
    last = said.last or {}
    if last.get("failed") in NO_FAULT_OF_THE_FILE:
        raise OSError(last["failed"], os.strerror(last["failed"]))
    if "refused" in last:
        raise _refusal(last)
    if said.returned == 0 and "reading" in last:
        try:
            return from_json(last["reading"])
        except (TypeError, KeyError, AttributeError) as wrong:
            raise FileRefused("file.parser_died", rows=said.rows, found="report") from wrong
    if any(mark in said.errors for mark in _MEMORY_MARKS) or said.returned == -signal.SIGKILL:
        raise FileRefused("file.parser_memory", rows=said.rows, limit=job.limits.memory_bytes)
    raise FileRefused("file.parser_died", rows=said.rows, found=last.get("error", said.returned))


def _refusal(message: Mapping[str, Any]) -> FileRefused:
    """The refusal a child reports: a known rule, a count, short details."""
    code, details = str(message["refused"]), message.get("details")
    if code not in rules.all_rules():
        return FileRefused("file.parser_died", found="report")
    plain = {str(k)[:40]: str(v)[:500] for k, v in (details if isinstance(details, dict) else {}).items()}
    plain.pop("code", None)
    rows = message.get("rows")
    return FileRefused(code, rows=rows if isinstance(rows, int) and rows >= 0 else 0, **plain)
