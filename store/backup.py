"""Back up an embedded store: a copy of its cluster, with its digest and the checksum of each file.

A server that archives its log is copied while it works; writers of persons wait while the files are copied, so that
the digest is that of the copy. One that does not archive is stopped for the time of the copy.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import Refused, StoreUnavailable
from store import archive, backup_files, binaries, cluster, embedded, migrate, provision
from store.backup_files import CLUSTER, Manifest
from store.cluster import Home
from store.digest import digest_of
from store.engine import Store, borrowed, open_store
from store.files import move
from store.invariants import violations
from store.load import LOAD_LOCK

_ROOM = 1.1  # the log grows while the files are copied


@dataclass(frozen=True)
class _Said:
    """What the store says at the moment of the copy."""

    taken_at: datetime
    store_version: int
    revision: str
    digest: str
    parts: Mapping[str, int]
    broken: Mapping[str, int]


def make_backup(home_folder: Path, target: Path, code_version: str) -> Manifest:
    """Back the embedded store of a home up into a new folder, which is there when it is whole, or not at all.

    Args:
        home_folder: home of the embedded store.
        target: the backup; must not exist, or be empty.
        code_version: noted in the manifest.

    Raises:
        Refused: the target holds something, or the store changed while its server was stopped.
        StoreUnavailable: there is no store, no room, a page is damaged, or others use a server that has to stop.
    """
    home = cluster.at(home_folder)
    target = target.expanduser().resolve()
    _check(home, target)
    unfinished = target.with_name(f".{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        with borrowed(None, home_folder):
            said, life = _copied(home_folder, home, unfinished / CLUSTER)
        manifest = Manifest(
            system_id=backup_files.system_id(unfinished / CLUSTER) or 0,
            server=int((unfinished / CLUSTER / "PG_VERSION").read_text()), code_version=code_version, life=life,
            files=backup_files.sums(unfinished / CLUSTER), **vars(said),
        )  # fmt: skip
        backup_files.write_manifest(unfinished, manifest)
        move(unfinished, target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return manifest


def _check(home: Home, target: Path) -> None:
    if not (home.data / "PG_VERSION").exists():
        raise StoreUnavailable("store.backup_no_store", folder=str(home.path))
    if target == home.path or home.path in target.parents:
        raise StoreUnavailable("store.archive_inside", folder=str(target))
    try:
        if target.exists() and any(target.iterdir()):
            raise Refused("store.backup_exists", folder=str(target))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable("store.folder_unusable", folder=str(target), error=error.errno) from None
    size = sum(p.stat().st_size for p in home.data.rglob("*") if p.is_file())
    backup_files.check_room(target.parent, int(size * _ROOM))


def _copied(home_folder: Path, home: Home, target: Path) -> tuple[_Said, str | None]:
    store = open_store(None, home_folder)
    try:
        with store.reading() as connection:
            level = connection.execute(sa.text("SHOW wal_level")).scalar_one()
        if level == archive.RECEIVING["wal_level"]:
            life = archive.life_of(home)
            return _while_it_works(store, embedded.up(home_folder), target), str(life) if life else None
        with store.reading() as connection:
            said = _say(connection)
    finally:
        store.close()
    _while_it_is_down(home_folder, target)
    with _opened(home_folder) as store, store.reading() as connection:
        if _version(connection) != said.store_version:
            raise Refused("store.backup_moved")
    return said, None


def _while_it_works(store: Store, server: embedded.Server, target: Path) -> _Said:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock, store.reading() as snapshot:
        lock.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOAD_LOCK})
        try:
            told = f"host='{server.socket}' port={server.port} user={cluster.SUPERUSER}"
            told += f" passfile='{server.home.passfile(cluster.SUPERUSER)}'"
            binaries.run(
                "pg_basebackup", "-D", str(target), "-d", told,
                "-X", "stream", "-c", "fast", "--manifest-checksums=SHA256", code="store.backup_failed",
            )  # fmt: skip
            _version(snapshot)  # the first question fixes what the snapshot sees
        finally:
            lock.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOAD_LOCK})
        return _say(snapshot)


def _while_it_is_down(home_folder: Path, target: Path) -> None:
    with embedded.kept_down(home_folder, is_needed=provision.is_used) as home:
        backup_files.copy_cluster(home.data, target)
    binaries.run("pg_checksums", "--check", "-D", str(target), code="store.backup_failed")


def _say(connection: Connection) -> _Said:
    found = digest_of(connection)
    taken_at = connection.execute(sa.text("SELECT transaction_timestamp()")).scalar_one()
    return _Said(
        taken_at, _version(connection), migrate.revision(connection) or "", found.whole,
        {name: rows for name, (rows, _) in found.parts.items()}, {v.invariant: v.rows for v in violations(connection)},
    )  # fmt: skip


def _version(connection: Connection) -> int:
    return int(connection.execute(sa.text("SELECT version FROM store_version")).scalar_one())


@contextmanager
def _opened(home_folder: Path) -> Iterator[Store]:
    store = open_store(None, home_folder)
    try:
        yield store
    finally:
        store.close()
