"""Files that hold what stands in ledgers: for their owner alone, complete or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """A file that only its owner may read, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    yield temporary
    temporary.replace(path)


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """A folder for the sheets in the making, which name persons; what a killed attempt left there goes first."""
    folder = path.with_name(path.name + ".sheets")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
