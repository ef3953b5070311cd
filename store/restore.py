"""Restore an embedded store from a backup: as it was then, or as it was at any moment that the archive reaches.

The backup is copied into a folder of its own inside the home, started there, brought to the moment and checked; then
it takes the place of the store by renaming. Until then the store that was there is untouched, and afterwards it lies
beside as `data.before-...`. Whenever this is cut off, the home has the old store or the restored one.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from schemas.errors import Refused, StoreUnavailable
from store import archive, backup_files, cluster, embedded, migrate, provision
from store.backup_files import Manifest
from store.cluster import Home
from store.digest import digest_of
from store.engine import open_store
from store.files import move
from store.invariants import violations
from store.trial import Trial

END = "end"
"""Instead of a moment: as far as the archive reaches."""
_ROOM = 1.2


@dataclass(frozen=True)
class Restored:
    """`digest` of the store as it is now; `is_as_backed_up`: it is the backup's. `before`: where the old store lies."""

    taken_at: datetime
    until: datetime | None
    digest: str
    is_as_backed_up: bool
    parts: Mapping[str, int]
    before: Path | None
    is_archived: bool


def restore(home_folder: Path, backup: Path, until: datetime | str | None = None) -> Restored:
    """Make the embedded store of a home what it was.

    Args:
        home_folder: home of the embedded store; may be empty.
        backup: a folder that `make_backup` made.
        until: moment with time zone whose last committed change is the last to be kept; END = all that the archive
            and the present store's log have; None = the moment of the backup.

    Raises:
        Refused: the backup is damaged, of another store or another PostgreSQL, does not reach the moment, or the
            restored store is not sound. The store is what it was.
        StoreUnavailable: the store is in use, there is no room, or the server does not start.
    """
    manifest = backup_files.read_manifest(backup)
    moment = until if isinstance(until, datetime) else None
    _check_moment(manifest, until)
    if until is not None:
        _flush_log(home_folder)
    with embedded.kept_down(home_folder, is_needed=provision.is_used) as home:
        _check_origin(home, manifest)
        trial = Trial(home)
        trial.clear()
        backup_files.check_room(home.path, int(manifest.size * _ROOM))
        try:
            backup_files.copy_checked(backup, manifest, trial.home.data)
            trial.bring_up(None if until is None else _fetched(home, manifest), moment)
            digest, parts = _proven(trial, manifest, is_past=until is not None)
            before = _swap(home, trial)
        finally:
            trial.clear()
    is_archived = archive.folder_of(home) is not None
    return Restored(manifest.taken_at, moment, digest, digest == manifest.digest, parts, before, is_archived)


def clear_trial(home_folder: Path) -> None:
    """Stop and remove what a restore that was killed left behind, if there is something."""
    home = Home(home_folder.expanduser().resolve() / cluster.FOLDER)
    if Trial(home).folder.exists():
        with embedded.kept_down(home_folder, is_needed=lambda server: False):
            Trial(home).clear()


def _check_moment(manifest: Manifest, until: datetime | str | None) -> None:
    if until is None:
        return
    if manifest.life is None:
        raise Refused("store.restore_no_archive")
    if isinstance(until, datetime):
        if until < manifest.taken_at:
            raise Refused("store.restore_too_early", moment=until.isoformat(), taken=manifest.taken_at.isoformat())
        if until > datetime.now(UTC):
            raise Refused("store.restore_in_future", moment=until.isoformat())


def _check_origin(home: Home, manifest: Manifest) -> None:
    found = backup_files.system_id(home.data)
    if found is not None and found != manifest.system_id:
        raise Refused("store.backup_of_another", folder=str(home.path))
    known = embedded.server_version()
    if manifest.server != known:
        raise Refused("store.backup_other_server", found=manifest.server, known=known)


def _flush_log(home_folder: Path) -> None:
    """Let the present store's log reach beyond this moment; one that does not start any more has what it has."""
    if backup_files.system_id(cluster.at(home_folder).data) is not None:
        with contextlib.suppress(StoreUnavailable, psycopg.Error):
            provision.flush_log(embedded.up(home_folder))


def _fetched(home: Home, manifest: Manifest) -> list[Path]:
    """Where the log lies: in the archive, and what had not got there yet in the present store, if it is the same."""
    life = Path(manifest.life or "")
    if not life.is_dir():
        raise Refused("store.restore_archive_missing", folder=str(life))
    return [life, home.data / "pg_wal"] if archive.life_of(home) == life else [life]


def _proven(trial: Trial, manifest: Manifest, *, is_past: bool) -> tuple[str, Mapping[str, int]]:
    """The digest and the rows of the restored store. Raises Refused if it is not sound, or not what was backed up."""
    store = open_store(None, trial.folder)
    try:
        with store.reading() as connection:
            found = digest_of(connection)
            broken = {v.invariant: v.rows for v in violations(connection)}
    finally:
        store.close()
    if not is_past and manifest.revision == migrate.HEAD and found.whole != manifest.digest:
        raise Refused("store.restore_differs")
    if more := sorted(set(broken) - set(manifest.broken)):
        raise Refused("store.restore_unsound", invariants=", ".join(more))
    return found.whole, {name: rows for name, (rows, _) in found.parts.items()}


def _swap(home: Home, trial: Trial) -> Path | None:
    """Put the restored cluster in the place of the old one; cut off in between, the next start finishes it."""
    trial.put_down()
    trial.hand_over_passwords()
    move(trial.home.data, home.proven)
    before = None
    if home.data.exists():
        before = home.path / f"data.before-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"
        move(home.data, before)
    move(home.proven, home.data)
    return before
