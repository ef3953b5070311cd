"""What makes the artefacts of a batch unreadable: its key is destroyed first, then its folder goes.

Cut in between, nothing opens any more, and the folder goes with the next call.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.compute as pc

from pipeline import batch_keys, holding, sealing, workplace
from pipeline.artefacts import read_chunks
from pipeline.sealed_steps import SealedSteps
from pipeline.sealing import Place
from pipeline.settings import Settings
from pipeline.vault import Vault, open_vault
from schemas.errors import Refused

SAMPLE = "draw_sample"
_STORED = (("match_records", "stored"), ("survive", "stored"))
"""Tables in which a run keeps records that came from the store, so that they may be of anybody."""


def shred(folder: Path) -> bool:
    """Destroy the key of a folder of a batch and remove the folder; False if there was nothing."""
    if not folder.exists():
        return False
    batch_keys.destroy(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def finish(settings: Settings) -> int:
    """Remove the run folders whose key is destroyed already: a shredding was cut, or files did not go; how many."""
    return sum(map(shred, filter(_is_shredded, (settings.home / "runs").glob("*"))))


def _is_shredded(folder: Path) -> bool:
    """Attempts without the key of their batch: it is made before the first, and versions that had none left Parquet."""
    attempts = list(folder.glob("[0-9]*"))
    if not attempts or (folder / batch_keys.KEY_NAME).exists() or any(map(holding.is_held, attempts)):
        return False
    return not any(folder.rglob("part-*.parquet"))


def folders_with(record_ids: Iterable[str], batches: Iterable[str], settings: Settings) -> list[Path]:
    """Folders of batches whose artefacts hold one of the records: their own, or one that matching took from the store.

    Raises:
        SettingsError: a folder does not open, so that nobody can say what is in it.
    """
    own, wanted = set(batches), set(record_ids)
    vault = open_vault(settings)
    found = []
    for folder in sorted((settings.home / "runs").glob("*")):
        if folder.name in own or _holds(folder, wanted, vault, settings):
            found.append(folder)
    return found


def samples(home: Path) -> Iterator[Path]:
    """Folders of retrainings: their samples may hold anybody, and are drawn anew by the next one."""
    for folder in sorted(path for path in (home / "retraining").glob("[0-9]*") if path.is_dir()):
        if any(path.exists() for path in _of_sample(folder)):
            yield folder


def forget_sample(folder: Path) -> bool:
    """Destroy the sample of a retraining; what was counted and the candidate stay. False if there was none."""
    if not any(path.exists() for path in _of_sample(folder)):
        return False
    batch_keys.destroy(folder)
    for path in _of_sample(folder):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return True


def _of_sample(folder: Path) -> tuple[Path, ...]:
    """What of a retraining names persons: the sealed sample; of older versions, its tables in clear."""
    clear = (folder / SAMPLE / table for table in ("records", "labels", "held_out", "drawn"))
    return folder / f"{SAMPLE}{sealing.ENDING}", *clear


def demand_at_rest(folders: Iterable[Path]) -> None:
    """Refuse to destroy what a process is at work on.

    Raises:
        Refused: erase.running.
    """
    for folder in folders:
        if any(holding.is_held(attempt) for attempt in folder.glob("[0-9]*")):
            raise Refused("erase.running", batch=folder.name)


def _holds(folder: Path, wanted: set[str], vault: Vault, settings: Settings) -> bool:
    if not (folder / batch_keys.KEY_NAME).exists():
        return True  # destroyed, so that it may go; or in clear, of a version that did not seal
    key = batch_keys.batch_key(folder, vault)
    for attempt in sorted(p for p in folder.iterdir() if p.is_dir()):
        with workplace.borrowed_place(settings.home) as place:
            steps = SealedSteps(attempt, place, Place(key, f"{folder.name}/{attempt.name}"))
            for step, table in _STORED:
                for chunk in read_chunks(steps.table(step, None, table), ["record_id"]):
                    if wanted.intersection(pc.unique(chunk["record_id"]).to_pylist()):
                        return True
    return False
