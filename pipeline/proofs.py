"""Written proofs of what was removed: what, how many, when, by which rule. They hold nothing of any person."""

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.artefacts import read_json, write_json

FOLDER = "proofs"


def begin(home: Path, kind: str, content: Mapping[str, Any]) -> Path:
    """Say under the next free name what is about to be removed; returns its path. No proof is ever written over.

    One that stays `begun` is of a removal that was cut: the next one says what was left to do.

    Raises:
        OSError: it cannot be written; do not remove anything.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in itertools.count(1):
        path = folder / f"{kind}-{number:06d}.json"
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        write_json(path, {**content, "state": "begun", "begun_at": _now()})
        return path
    raise AssertionError("unreachable")


def finish(path: Path, content: Mapping[str, Any]) -> None:
    """Say what was removed, in the place of what was about to be. Raises OSError."""
    write_json(path, {**content, "state": "done", "begun_at": read_json(path)["begun_at"], "done_at": _now()})


def find(home: Path, kind: str, key: str, value: object) -> Path | None:
    """The first proof of a kind that says so; None if none does."""
    for path in sorted((home / FOLDER).glob(f"{kind}-*.json")):
        if path.stat().st_size and read_json(path).get(key) == value:
            return path
    return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
