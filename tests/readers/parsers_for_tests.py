"""Parsers that misbehave, for the tests of the sandbox; they run in its child process."""

import errno
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from readers.reading import FileReading
from readers.sandbox import Job
from schemas.errors import FileRefused

Progress = Callable[[int], None]


def _nothing(job: Job) -> FileReading:
    return FileReading(job.file_id, job.name, "delimited", None, 0, 0, (), ())


def behave(job: Job, progress: Progress) -> FileReading:
    progress(7)
    return _nothing(job)


def die(job: Job, progress: Progress) -> FileReading:
    progress(7)
    os.abort()


def leave(job: Job, progress: Progress) -> FileReading:
    os._exit(0)


def throw(job: Job, progress: Progress) -> FileReading:
    raise RuntimeError("Nguyễn Văn Bình")


def hang(job: Job, progress: Progress) -> FileReading:
    progress(3)
    time.sleep(60)
    return _nothing(job)


def stream(job: Job, progress: Progress) -> FileReading:
    """Slow, but never silent for long."""
    for rows in range(8):
        time.sleep(0.15)
        progress(rows)
    return _nothing(job)


def bloat(job: Job, progress: Progress) -> FileReading:
    held = [bytearray(64 << 20) for _ in range(64)]
    progress(len(held))
    return _nothing(job)


def call_out(job: Job, progress: Progress) -> FileReading:
    """Raises what the kernel says to a socket, a program and, through ctypes, to a bare system call."""
    import ctypes

    found = []
    for attempt in (lambda: socket.socket(), lambda: subprocess.run(["/bin/true"], check=True)):
        try:
            attempt()
        except PermissionError:
            found.append("refused")
    library = ctypes.CDLL(None, use_errno=True)
    found.append("refused" if library.socket(2, 1, 0) == -1 and ctypes.get_errno() == 13 else "open")
    raise FileRefused("file.unsafe", found=",".join(found))


def look_around(job: Job, progress: Progress) -> FileReading:
    raise FileRefused("file.unsafe", found=",".join(sorted(os.environ)))


def lie(job: Job, progress: Progress) -> FileReading:
    """Write nonsense where the report goes: whatever is open beside the standard streams."""
    for handle in range(3, 16):
        try:
            os.write(handle, b'{"refused": "no.such.rule", "rows": -5, "details": 7}\n[1]\nnull\n{{{\n')
        except OSError:
            continue
    os._exit(0)


def chatter(job: Job, progress: Progress) -> FileReading:
    """A library that prints must not be taken for a report."""
    print('{"refused": "file.empty"}')  # noqa: T201
    return _nothing(job)


def refuse(job: Job, progress: Progress) -> FileReading:
    raise FileRefused("header.missing_required", rows=12, found="sex_raw", line=3)


def write(job: Job, progress: Progress) -> FileReading:
    Path(job.out, "seen").write_bytes(Path(job.path).read_bytes())
    return _nothing(job)


def fill(job: Job, progress: Callable[[int], None]) -> FileReading:
    raise OSError(errno.ENOSPC, "No space left on device", "Nguyễn Thị Mật.csv")


def forbid(job: Job, progress: Callable[[int], None]) -> FileReading:
    raise OSError(errno.EACCES, "Permission denied")
