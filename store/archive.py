"""The archive of an embedded store: its server's log, file by file, for going back to any moment after a backup.

Switched on and off by `archive.json` in the home, so that whoever starts the server starts it the same way. The files
go into a folder of their own for each life of a store: a restored store begins another one, and so the log of a store
never mixes with that of what it was before.
"""

import json
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import StoreUnavailable
from store import wal_file
from store.cluster import Home
from store.files import write_synced

LIFE_FILE = "sohoa.archive"
"""In the cluster: the folder that this life of the store archives into."""
RECEIVING: Mapping[str, str] = {"wal_level": "replica", "max_wal_senders": "8"}
"""What a server needs to be copied while it works."""
_SECONDS_TO_A_FILE = "300"
_SETTING = "archive.json"
_SIGNS = re.compile(r"['\"`$\\\n]")


@dataclass(frozen=True)
class ArchiveState:
    """`folder` is None when nothing is archived; `kept` and `failed` are counts since the server's statistics began."""

    folder: Path | None
    is_running: bool
    kept: int = 0
    failed: int = 0
    last_kept: datetime | None = None
    last_failed: datetime | None = None


def folder_of(home: Home) -> Path | None:
    """Where the home archives to; None = it does not."""
    try:
        told = json.loads((home.path / _SETTING).read_text(encoding="utf-8"))
        return Path(str(told["folder"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreUnavailable("store.archive_unreadable", file=str(home.path / _SETTING)) from None


def switch(home: Home, folder: Path | None) -> None:
    """Archive to that folder, or no more, from the next start of the server on.

    Raises:
        StoreUnavailable: the folder cannot be written, lies in the store itself, or has signs that a shell reads.
    """
    if folder is None:
        (home.path / _SETTING).unlink(missing_ok=True)
        return
    folder = folder.expanduser().resolve()
    if _SIGNS.search(str(folder)) or _SIGNS.search(sys.executable):
        raise StoreUnavailable("store.archive_signs", folder=str(folder))
    if folder == home.path or home.path in folder.parents:
        raise StoreUnavailable("store.archive_inside", folder=str(folder))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe.{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StoreUnavailable("store.folder_unusable", folder=str(folder), error=error.errno) from None
    write_synced(home.path / _SETTING, json.dumps({"folder": str(folder)}))


def life_of(home: Home) -> Path | None:
    """The folder that the present life of the store archives into; None = nothing of it is archived."""
    try:
        return Path((home.data / LIFE_FILE).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None


def settings(home: Home) -> dict[str, str]:
    """What the server is to be started with; begins the life of a store that has none in the archive."""
    folder = folder_of(home)
    if folder is None:
        return {}
    life = life_of(home)
    if life is None or life.parent != folder:
        life = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        write_synced(home.data / LIFE_FILE, f"{life}\n")
    life.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        **RECEIVING, "archive_mode": "on", "archive_timeout": _SECONDS_TO_A_FILE,
        "archive_command": _command("keep", '"%p"', _quoted(life), '"%f"'),
    }  # fmt: skip


def fetching(folders: list[Path]) -> str:
    """The restore_command that looks into those folders, in that order."""
    return _command("fetch", '"%f"', '"%p"', *map(_quoted, folders))


def _command(verb: str, *given: str) -> str:
    # -I and -S: no settings of the caller, no site packages, a quicker start.
    return " ".join([_quoted(Path(sys.executable)), "-I -S", _quoted(Path(wal_file.__file__).resolve()), verb, *given])


def _quoted(path: Path) -> str:
    """A path in a command of PostgreSQL's; `switch` and `cluster.at` let no sign through that a shell reads."""
    return '"' + str(path).replace("%", "%%") + '"'
