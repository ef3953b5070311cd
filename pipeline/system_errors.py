"""What the operating system refuses, as an error of ours: one sentence, no path, exit code 3; nothing was lost by it.

The text of the system quotes paths, and a path may hold the name of a person.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from schemas.errors import SystemFailed

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_OURS = ("pipeline", "store", "readers", "dedup", "quality", "transforms", "schemas")


@contextmanager
def translated() -> Iterator[None]:
    """Raise SystemFailed for what the system refuses: system.disk_full, system.denied or system.failed."""
    try:
        yield
    except OSError as wrong:
        raise as_ours(wrong) from None


def as_ours(wrong: OSError) -> SystemFailed:
    """The error with the system's name of it and the place in the code."""
    code = "disk_full" if wrong.errno in _FULL else "denied" if wrong.errno in _DENIED else "failed"
    name = errno.errorcode.get(wrong.errno or 0, type(wrong).__name__)
    return SystemFailed("system." + code, error=name, place=_place(wrong))


def _place(wrong: OSError) -> str:
    """The innermost line of ours that met it."""
    trace, found = wrong.__traceback__, ""
    while trace is not None:
        path = PurePath(trace.tb_frame.f_code.co_filename)
        if path.parent.name in _OURS and path.name != "system_errors.py":
            found = f"{path.parent.name}/{path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
