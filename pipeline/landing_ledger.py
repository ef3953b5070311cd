"""What became of everything that was seen in a landing zone: one sealed ledger a zone, in the home folder.

Names of files may be names of persons, so the ledger is sealed with the master key; outside of it an entry goes by a
digest. Whoever looks at a zone holds its folder, so that two looks at once do not tell two stories.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline import holding
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas.errors import SystemFailed

FOLDER = "landing"
_FILE = "ledger.sealed"
WAITING = ("new", "growing", "incomplete", "differs", "undeclared", "unsafe", "too_large", "failed")
"""States of what is not fetched: seen once; changing or open; short of its manifest; other than its manifest says, or
with files that it does not name; links, or names that lead out of the zone; larger than allowed; not to be fetched."""
SETTLED = ("opened", "sent", "known")
"""States of what is: a run folder is open; its run was asked for; the store had all of it before."""


@dataclass(frozen=True)
class Entry:
    """One delivery of a zone.

    Attributes:
        name: its name in the zone: of a file, or of a folder.
        stamp: digest of names, sizes and times of its files at the last look.
        state: of WAITING or SETTLED.
        since: UTC, ISO: the first look at which it was as it is.
        files, size: of the last look; bytes.
        batch_id, folder: the batch and its run folder, once it was fetched.
        before: batches of earlier contents under the same name.
    """

    name: str = field(repr=False)
    stamp: str
    state: str
    since: str
    files: int = 0
    size: int = 0
    batch_id: str = ""
    folder: str = ""
    before: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it goes by outside of the ledger."""
        return hashlib.sha256(self.name.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def read(zone: str, settings: Settings) -> dict[str, Entry]:
    """The entries of a zone by name; empty at its first look. Raises SettingsError: the key is another one."""
    path = _path(zone, settings)
    if not path.exists():
        return {}
    told = open_vault(settings).reveal(path.read_text(encoding="ascii"), f"landing/{zone}")
    entries = (Entry(**{**values, "before": tuple(values["before"])}) for values in json.loads(told))
    return {entry.name: entry for entry in entries}


def write(zone: str, entries: Mapping[str, Entry], settings: Settings) -> None:
    """Keep the entries of a zone, complete or not at all."""
    path = _path(zone, settings)
    told = json.dumps([asdict(entry) for entry in entries.values()])
    sealed = open_vault(settings).seal(told, f"landing/{zone}")
    temporary = path.with_name(path.name + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


@contextmanager
def held(zone: str, settings: Settings) -> Iterator[None]:
    """Hold a zone for a look.

    Raises:
        SystemFailed: landing.busy: another process looks at it now; may pass.
    """
    folder = _path(zone, settings).parent
    if not holding.take(folder):
        raise SystemFailed("landing.busy", zone=zone)
    try:
        yield
    finally:
        holding.let_go(folder)


def _path(zone: str, settings: Settings) -> Path:
    folder = settings.home / FOLDER / zone
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / _FILE
