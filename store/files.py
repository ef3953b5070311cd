"""Files and folders that are whole or absent, also after the power failed."""

import os
from pathlib import Path


def write_synced(path: Path, content: str | bytes) -> None:
    """Write a private file: the old content or the new one, never a part."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    move(unfinished, path)


def append_synced(path: Path, line: str) -> None:
    """Add a line to a private file and make it last; a line that was cut off before is taken away first."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        whole = file.read().rfind(b"\n") + 1
        file.seek(whole)
        file.truncate()
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename within a file system and make it last."""
    source.rename(target)
    for folder in {source.parent, target.parent}:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
