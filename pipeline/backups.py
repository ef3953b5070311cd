"""What an operator does so that a store is never lost: archive its log, back it up, restore it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.context import CODE_VERSION
from pipeline.intake import VIET_NAM_TIME
from pipeline.settings import Settings
from schemas.errors import Refused, UsageError
from store import archive, cluster, embedded, provision
from store import backup as backups
from store import restore as restores

Row = Mapping[str, Any]
_SHOWN = "%d/%m/%Y %H:%M:%S"


def back_up(target: Path, settings: Settings) -> Row:
    """Back the embedded store up; when it was taken, its size in bytes, its digest, what is not sound in it."""
    _embedded_only(settings)
    made = backups.make_backup(settings.home, target, CODE_VERSION)
    return {
        "path": str(target), "time": _local(made.taken_at), "bytes": made.size, "persons": made.parts["persons"],
        "digest": made.digest, "broken": dict(made.broken), "is_archived": made.life is not None,
    }  # fmt: skip


def restore(backup: Path, until: str | None, settings: Settings) -> Row:
    """Restore the embedded store; `until` is a moment (without zone: of Viet Nam), `end`, or None."""
    _embedded_only(settings)
    done = restores.restore(settings.home, backup.expanduser().resolve(), _moment(until))
    return {
        "taken": _local(done.taken_at), "until": until, "persons": done.parts["persons"], "digest": done.digest,
        "is_as_backed_up": done.is_as_backed_up, "before": done.before and str(done.before),
        "is_archived": done.is_archived,
    }  # fmt: skip


def switch_archive(folder: Path | None, settings: Settings) -> Row:
    """Archive the log of the embedded store to that folder, or no more; stops its server if nobody is connected."""
    _embedded_only(settings)
    archive.switch(cluster.at(settings.home), folder)
    embedded.down(settings.home, is_needed=provision.is_used)
    return archive_state(settings)


def archive_state(settings: Settings) -> Row:
    """Whether and where the log is archived, and how that goes."""
    _embedded_only(settings)
    home = cluster.at(settings.home)
    folder, is_running = archive.folder_of(home), embedded.is_running(settings.home)
    if folder is None or not is_running:
        state = archive.ArchiveState(folder, is_running)
    else:
        state = archive.ArchiveState(folder, is_running, *provision.archiver(embedded.up(settings.home)))
    told = asdict(state) | {"folder": folder and str(folder)}
    return {name: _local(value) if isinstance(value, datetime) else value for name, value in told.items()}


def _embedded_only(settings: Settings) -> None:
    if settings.store_url is not None:
        raise Refused("store.backup_by_url")


def _moment(given: str | None) -> datetime | str | None:
    if given is None or given == restores.END:
        return given
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError("store.moment_unreadable", given=given[:40]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIET_NAM_TIME)


def _local(moment: datetime) -> str:
    return moment.astimezone(VIET_NAM_TIME).strftime(_SHOWN)
