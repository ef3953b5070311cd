"""A child process that has its libraries and waits for its job: its start, most of what a small file takes, is over.

Only whoever reads for somebody who sits and waits keeps one ready (`keep_ready`); it does one job, as any other child,
and another is started once it is done. It leaves by itself when the process that keeps it is gone.
"""

import contextlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

KEEPING_MEMORY = {
    "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}  # fmt: skip
"""For processes that work on columns: memory given back at once is asked for again at once, page by page."""

_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin",
    **KEEPING_MEMORY,
}  # fmt: skip
_ROOT = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path[:0] = sys.argv[1].split('\\n'); from readers.child import main; main(sys.argv[2:])"
_OF_TABLES = ("readers.parsers", "pandas")
"""What every table needs and takes its time to be imported; the libraries of scans are left to scans."""

_lock = Lock()
_waiting: "list[subprocess.Popen[bytes]]" = []
_wanted = 0
_starter = ThreadPoolExecutor(1, "ready")
"""The one thread that starts them: a child ends with its starter, and threads of requests come and go."""


def keep_ready(count: int = 1) -> None:
    """From now on so many children wait for jobs of this process; 0 ends those that wait."""
    global _wanted
    with _lock:
        _wanted = count
        surplus, _waiting[count:] = _waiting[count:], []
    for child in surplus:
        _dismiss(child)
    prepare()


def prepare() -> None:
    """Start what is missing of the children that wait; nobody waits for that."""
    if len(_waiting) < _wanted:
        _starter.submit(_fill)


def _fill() -> None:
    with _lock:  # so that nothing is started any more once nothing is wanted
        while len(_waiting) < _wanted:
            _waiting.append(_started(_OF_TABLES))


def child() -> "subprocess.Popen[bytes]":
    """A child that takes one job on its standard input: one that waits, or one just started."""
    with _lock:
        while _waiting:
            found = _waiting.pop(0)
            if found.poll() is None:
                return found
            _dismiss(found)
    return _started(())


def _started(imports: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    paths = "\n".join(dict.fromkeys([str(_ROOT), *(p for p in sys.path if p)]))
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _START, paths, *imports], env=_ENVIRONMENT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd="/",
    )  # fmt: skip


def _dismiss(child: "subprocess.Popen[bytes]") -> None:
    """Nothing to do: its input ends, and so does it."""
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            with contextlib.suppress(BrokenPipeError):
                stream.close()
    child.kill()
    child.wait()
