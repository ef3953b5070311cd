"""A run of Airflow and the run folder it opened: whoever clears its first task comes back to the same folder.

Steps lie in that folder; in a new one, tasks that were not cleared would be missed by those that come after them.
"""

import hashlib
import os
import shutil
from pathlib import Path

_PLAN, _BEGINNING = "plan.json", "asked-"


def settled(folder: Path, asked_by: str) -> Path:
    """The folder of this batch that the run opened before; `folder`, which is noted, where it opened none.

    Args:
        folder: a run folder that was just opened. It goes if there is an earlier one.
        asked_by: id of the run of Airflow; it tells one of them from another, and is kept as a digest.
    """
    mark = _mark(folder.parent, asked_by)
    if not _noted(mark, folder.name):
        before = earlier(folder.parent, asked_by)
        if before is not None:
            if before != folder:
                shutil.rmtree(folder, ignore_errors=True)
            return before
        # its folder is past its time, or whoever noted it was killed at that
        temporary = mark.with_name(mark.name + ".part")
        temporary.write_text(folder.name, encoding="ascii")
        temporary.replace(mark)
    return folder


def earlier(runs: Path, asked_by: str) -> Path | None:
    """The folder below `runs` that the run opened before, if it is still there."""
    mark = _mark(runs, asked_by)
    if not mark.exists():
        return None
    folder = runs / mark.read_text("ascii").strip()
    return folder if folder.name.isdigit() and (folder / _PLAN).exists() else None


def _mark(runs: Path, asked_by: str) -> Path:
    return runs / (_BEGINNING + hashlib.sha256(asked_by.encode()).hexdigest()[:32])


def _noted(mark: Path, name: str) -> bool:
    """Note the folder unless another one is noted: two tries of a task at once come to one folder."""
    try:
        descriptor = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(name)
    return True
