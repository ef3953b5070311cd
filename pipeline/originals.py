"""Originals of refused files: kept sealed for a while, so that somebody can look why, and got out by command.

A file that was read has its rows in the store, with the place of each; it is not kept a second time.
"""

import os
import shutil
from pathlib import Path

from pipeline import sealing, workplace
from pipeline.batch_keys import batch_key
from pipeline.context import Run
from pipeline.delivery import PlannedFile
from pipeline.inquiries import asked
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas.errors import UsageError
from store import audit
from store.audit import Event

FOLDER = "originals"


def keep(run: Run, file: PlannedFile) -> None:
    """Seal the original of a refused file into the run folder; one that cannot be read has nothing to keep."""
    source = run.lies(file.path)
    target = _container(run.folder, file.file_id)
    if target.exists() or not source.is_file():
        return
    try:
        with source.open("rb"):
            pass
    except OSError:
        return
    linked = run.steps.clear / FOLDER / file.name
    linked.parent.mkdir(exist_ok=True)
    linked.unlink(missing_ok=True)
    linked.symlink_to(source.resolve())
    sealing.seal_file(linked, target, Place(run.steps.place.key, _name(run.folder, file.file_id)))
    linked.unlink()


def take_out(batch_id: str, alias: str, out: Path, settings: Settings) -> Path:
    """Write the original of a refused file, in clear, to a folder; returns its path.

    Raises:
        UsageError: original.unknown (never kept, removed by retention, or of another batch).
        SettingsError: seal.damaged, batch_key.missing.
    """
    event = Event("original.written", "batch", batch_id)
    with asked(settings) as store, audit.refusals(store, event):
        target, place = _kept(batch_id, alias, settings)
        audit.record(store, event)
    with workplace.borrowed_place(settings.home) as opened:
        sealing.open_folder(target, opened, place)
        return _put(opened / alias, out)


def _kept(batch_id: str, alias: str, settings: Settings) -> tuple[Path, Place]:
    """The container of the newest original of that alias, and where it belongs."""
    found = sorted((settings.home / "runs" / batch_id).glob(f"*/{FOLDER}/*")) if batch_id.isalnum() else []
    for target in reversed(found):
        file_id = target.name.removesuffix(sealing.ENDING)
        place = Place(batch_key(target.parents[2], open_vault(settings)), _name(target.parents[1], file_id))
        if sealing.names_in(target, place) == [alias]:
            return target, place
    raise UsageError("original.unknown", batch=batch_id, file=alias)


def _put(source: Path, out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
        target = out / source.name
        target.unlink(missing_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as written, source.open("rb") as opened:
            shutil.copyfileobj(opened, written)
    except OSError:
        raise UsageError("path.cannot_write", path=str(out)) from None
    return target


def _container(folder: Path, file_id: str) -> Path:
    return folder / FOLDER / f"{file_id}{sealing.ENDING}"


def _name(folder: Path, file_id: str) -> str:
    return f"{folder.parent.name}/{folder.name}/{FOLDER}/{file_id}"
