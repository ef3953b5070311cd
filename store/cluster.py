"""The files of the embedded server: its folder, first initialisation, settings and socket."""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import StoreUnavailable
from store import binaries

FOLDER = "store"
PORT = 5432
SUPERUSER = "postgres"
_SOCKET_PATH_BYTES = 100  # sockaddr_un holds 108 with its end mark
_MIB = 1 << 20

_SETTINGS: Mapping[str, str] = {
    "max_wal_size": "4GB", "wal_compression": "pglz", "checkpoint_timeout": "15min",
    # Rows copied into a table that is new in its transaction are then synced themselves instead of being logged.
    "wal_level": "minimal", "max_wal_senders": "0",
    "work_mem": "32MB", "effective_io_concurrency": "16", "random_page_cost": "1.5",
    # /dev/shm of a container is often 64 MiB, too small for a parallel index build.
    "dynamic_shared_memory_type": "mmap", "max_parallel_maintenance_workers": "1",
    "max_connections": "120", "timezone": "UTC", "jit": "off", "password_encryption": "scram-sha-256",
    "log_line_prefix": "%m [%p] %u@%d ",
    # Errors quote values and rows, which may be personal data: they go to the caller, never to the log.
    "log_min_messages": "log", "log_min_error_statement": "panic", "log_error_verbosity": "terse",
}  # fmt: skip


@dataclass(frozen=True)
class Home:
    """A folder that holds one embedded server and its passwords (mode 0600)."""

    path: Path

    @property
    def data(self) -> Path:
        """The database cluster."""
        return self.path / "data"

    @property
    def proven(self) -> Path:
        """A restored cluster that was checked and is about to become the store (`store.restore`)."""
        return self.path / "data.proven"

    @property
    def pid_file(self) -> Path:
        """What the running server says of itself: pid, folder, start, port, socket folder, address, shm, state."""
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.path / "server.log"

    def passfile(self, role: str) -> Path:
        """The password file of one role, as libpq reads it."""
        return self.path / f"{role}.pgpass"


def at(folder: Path) -> Home:
    """The home in that folder, which is made if need be.

    Raises:
        StoreUnavailable: the path cannot be used or belongs to another user.
    """
    home = Home(folder.expanduser().resolve() / FOLDER)
    if re.search(r"['\"`$\\\n]", str(home.path)):
        raise StoreUnavailable("store.path_signs")  # pg_ctl hands the path to a shell
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = home.path.stat().st_uid
    except OSError as error:
        raise StoreUnavailable("store.folder_unusable", folder=str(home.path), error=error.errno) from None
    if owner != os.geteuid():
        raise StoreUnavailable("store.wrong_owner", folder=str(home.path), owner=owner, user=os.geteuid())
    return home


def initialise(home: Home) -> None:
    """Make the cluster unless it is there: either whole or absent, whenever this is cut off."""
    passfile = home.passfile(SUPERUSER)
    _finish_restore(home)
    if (home.data / "PG_VERSION").exists() and passfile.exists():
        return
    if home.data.exists() and any(home.data.iterdir()):
        home.data.rename(home.path / f"data.incomplete.{time.time_ns()}")
    unfinished = home.path / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    password = secrets.token_urlsafe(24)
    word = home.path / "password.new"
    _write_private(word, password)
    _write_private(passfile, f"*:*:*:{SUPERUSER}:{password}\n")
    try:
        binaries.run(
            "initdb", "-D", str(unfinished), "-U", SUPERUSER, "--pwfile", str(word), "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--data-checksums",
        )  # fmt: skip
        with (unfinished / "postgresql.conf").open("a") as lines:
            lines.write("\ninclude_if_exists = 'sohoa.conf'\ninclude_if_exists = '../postgresql.local.conf'\n")
        unfinished.rename(home.data)
    finally:
        word.unlink(missing_ok=True)


def _finish_restore(home: Home) -> None:
    """A restore that was cut off between its two renames has put the old cluster away: its proven one is the store."""
    if not home.data.exists() and (home.proven / "PG_VERSION").exists():
        home.proven.rename(home.data)


def write_settings(home: Home, socket: Path, more: Mapping[str, str]) -> None:
    """Write sohoa.conf, at each start anew, with `more` settings; `postgresql.local.conf` beside the cluster wins."""
    shared = max(128, min(1024, _memory() // _MIB // 8))
    settings = {
        "listen_addresses": "", "port": str(PORT), "unix_socket_directories": f'"{socket}"',
        "unix_socket_permissions": "0700", "shared_buffers": f"{shared}MB",
        "maintenance_work_mem": f"{shared // 2}MB", **_SETTINGS, **more,
    }  # fmt: skip
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    (home.data / "sohoa.conf").write_text("".join(lines))


def socket_folder(home: Home) -> Path:
    """Where the server listens: the cluster itself, or a private folder if that path is too long or odd."""
    inside = home.data
    name = str(inside)
    fits = len(os.fsencode(inside)) + len(f"/.s.PGSQL.{PORT}") <= _SOCKET_PATH_BYTES
    if fits and name.isascii() and not re.search(r"[\s,%?#&@]", name):
        return inside
    digest = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:12]
    outside = Path("/tmp") / f"sohoa-{os.geteuid()}-{digest}"  # noqa: S108 - checked below; the same for all processes
    outside.mkdir(mode=0o700, exist_ok=True)
    found = outside.lstat()
    if outside.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise StoreUnavailable("store.socket_not_private", folder=str(outside))
    return outside


def write_passfile(home: Home, role: str, password: str) -> None:
    """Keep the password of a role where only this user reads it, complete or not at all."""
    unfinished = home.path / f"{role}.pgpass.new"
    _write_private(unfinished, f"*:*:*:{role}:{password}\n")
    unfinished.replace(home.passfile(role))


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _memory() -> int:
    """Bytes of memory this machine or container may use."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total
