"""Keep or fetch one file of the server's log: PostgreSQL runs this by its path, so it imports nothing of ours.

`keep FILE FOLDER NAME` puts a file into the archive: whole, synced, never over another one.
`fetch NAME TARGET FOLDER...` copies it out of the first folder that has it. Exit 0 = done, 1 = not; PostgreSQL tries
`keep` again until it is done and takes a failed `fetch` for the end of the log.
"""

import contextlib
import filecmp
import os
import shutil
import sys
from pathlib import Path


def keep(source: Path, folder: Path, name: str) -> bool:
    """Is the file in the archive now? False if another content stands there under its name."""
    target, unfinished = folder / name, folder / f".{name}.{os.getpid()}"
    if not target.exists():
        _copy(source, unfinished)
        try:
            # Unlike a rename, a link never takes the place of a file.
            with contextlib.suppress(FileExistsError):
                os.link(unfinished, target)
        finally:
            unfinished.unlink()
        _sync(folder)
    # A server that died between archiving and noting it comes again with the same file.
    return filecmp.cmp(source, target, shallow=False)


def fetch(name: str, target: Path, folders: list[Path]) -> bool:
    """Was the file in one of the folders?"""
    for folder in folders:
        if (folder / name).is_file():
            _copy(folder / name, target)
            return True
    return False


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as given, target.open("wb") as taken:
        shutil.copyfileobj(given, taken, 1 << 20)
        taken.flush()
        os.fsync(taken.fileno())


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def main(given: list[str]) -> int:
    """What PostgreSQL asked for, as an exit status; an error of the file system is a plain "not done"."""
    try:
        if given[0] == "keep":
            done = keep(Path(given[1]), Path(given[2]), given[3])
        else:
            done = fetch(given[1], Path(given[2]), [Path(folder) for folder in given[3:]])
    except OSError as error:
        sys.stderr.write(f"wal_file: {given[0]}: {error.strerror}\n")
        return 1
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
