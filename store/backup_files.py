"""The files of a backup: a copy of the cluster, and a manifest with the checksum of each file and of itself."""

import dataclasses
import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.errors import Refused, StoreUnavailable
from store.files import sync_folder, write_synced

MANIFEST = "sohoa-backup.json"
CLUSTER = "data"
FORMAT = 1
_BLOCK = 1 << 20
_LEFT_OUT = ("postmaster.pid", "postmaster.opts", "pgsql_tmp", "pg_stat_tmp", ".s.PGSQL")


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. No value of a person, but its files are the whole store.

    Attributes:
        taken_at: moment (UTC) that the copy is the state of.
        system_id: identity of the cluster; a store has the same one all its life, also restored.
        server: major version of PostgreSQL, for example 18.
        revision: of the store's tables.
        code_version: of the program that made it.
        store_version: changes committed to the store.
        digest: of the store (`store.digest`).
        parts: rows of each part of the digest.
        broken: rows that break each violated invariant; empty for a sound store.
        life: folder of the archive that goes on from here, or None: only this moment can be gone back to.
        files: size and SHA-256 of each file below `data`, by its path.
    """

    taken_at: datetime
    system_id: int
    server: int
    revision: str
    code_version: str
    store_version: int
    digest: str
    parts: Mapping[str, int]
    broken: Mapping[str, int]
    life: str | None
    files: Mapping[str, tuple[int, str]]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(size for size, _ in self.files.values())


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """Write the manifest; from now on the folder is a backup."""
    told = dataclasses.asdict(manifest) | {"taken_at": manifest.taken_at.isoformat(), "format": FORMAT}
    write_synced(backup / MANIFEST, json.dumps(told | {"sha256": _sum(told)}, indent=1, sort_keys=True))


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        Refused: there is none (store.backup_foreign), or it is damaged or of another form (store.backup_damaged).
    """
    try:
        told: dict[str, Any] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise Refused("store.backup_foreign", folder=str(backup)) from None
    except (OSError, ValueError):
        raise Refused("store.backup_damaged", file=MANIFEST) from None
    try:
        if told.pop("sha256") != _sum(told) or told.pop("format") != FORMAT:
            raise ValueError("sum or format")
        files = {name: (int(size), str(found)) for name, (size, found) in told["files"].items()}
        return Manifest(**told | {"taken_at": datetime.fromisoformat(told["taken_at"]), "files": files})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Refused("store.backup_damaged", file=MANIFEST) from None


def copy_cluster(source: Path, target: Path) -> None:
    """Copy the files of a stopped cluster, synced; without what only a running one has."""
    target.mkdir(mode=0o700)
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith(_LEFT_OUT)]
        here = target / Path(folder).relative_to(source)
        for name in folders:
            (here / name).mkdir(mode=0o700)
        for name in (n for n in names if not n.startswith(_LEFT_OUT)):
            _copy(Path(folder) / name, here / name)
        sync_folder(here)


def sums(cluster: Path) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of each file, by its path."""
    return {str(path.relative_to(cluster)): _read(path) for path in _files(cluster)}


def copy_checked(backup: Path, manifest: Manifest, target: Path) -> None:
    """Copy the cluster of a backup and check each file on the way.

    Raises:
        Refused: a file is missing, one too many, or not what it was; it is named.
    """
    source = backup / CLUSTER
    strange = {str(path.relative_to(source)) for path in _files(source)} ^ set(manifest.files)
    if strange:
        raise Refused("store.backup_damaged", file=min(strange))
    target.mkdir(mode=0o700, parents=True)
    for folder in (p for p in sorted(source.rglob("*")) if p.is_dir()):
        (target / folder.relative_to(source)).mkdir(mode=0o700)
    for name, told in manifest.files.items():
        if _copy(source / name, target / name) != told:
            raise Refused("store.backup_damaged", file=name)
    for folder in (target, *(p for p in target.rglob("*") if p.is_dir())):
        sync_folder(folder)


def system_id(cluster: Path) -> int | None:
    """Identity of a cluster by its control file; None where there is none."""
    try:
        return int(struct.unpack("=Q", (cluster / "global" / "pg_control").read_bytes()[:8])[0])
    except (OSError, struct.error):
        return None


def check_room(folder: Path, wanted: int) -> None:
    """Raises StoreUnavailable if the file system of that folder has less room than is wanted, bytes."""
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    if free < wanted:
        raise StoreUnavailable("store.backup_no_room", folder=str(folder), free=free, needed=wanted)


def _files(cluster: Path) -> Iterator[Path]:
    # A link is no file of a cluster that we made; followed, it would lead out of the backup.
    return (p for p in sorted(cluster.rglob("*")) if p.is_symlink() or not p.is_dir())


def _copy(source: Path, target: Path) -> tuple[int, str]:
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as taken:
        found = _read(source, taken.write)
        taken.flush()
        os.fsync(taken.fileno())
    return found


def _read(path: Path, give: Callable[[bytes], object] = lambda block: None) -> tuple[int, str]:
    size, found = 0, hashlib.sha256()
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                found.update(block)
                give(block)
    except OSError as error:
        raise StoreUnavailable("store.backup_unreadable", file=path.name, error=error.errno) from None
    return size, found.hexdigest()


def _sum(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
