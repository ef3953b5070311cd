"""The corrected cells that a run follows: sealed in its folder, with who corrected each, when, and what stood there.

They are kept as long as the texts of the run are: until its time is past or an erasure destroys the key of the batch.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.vault import Vault
from schemas.edits import CellEdit, CellPlace
from store.files import write_synced

_FILE = "edits.sealed"


def keep_with_run(folder: Path, edits: Sequence[CellEdit], key: bytes) -> None:
    """Write the corrections that a run follows into its folder, under the key of its batch; nothing without any."""
    if edits:
        write_synced(folder / _FILE, _vault(key).seal(as_text(edits), _place(folder)))


def of_run(folder: Path, key: bytes) -> tuple[CellEdit, ...]:
    """The corrections that a run follows. Raises SettingsError key.damaged."""
    path = folder / _FILE
    if not path.exists():
        return ()
    return from_text(_vault(key).reveal(path.read_text(encoding="ascii"), _place(folder)))


def as_text(edits: Iterable[CellEdit]) -> str:
    """The corrections as JSON, for a sealed file."""
    return json.dumps([asdict(edit) for edit in edits], ensure_ascii=False)


def from_text(text: str) -> tuple[CellEdit, ...]:
    """The corrections that `as_text` wrote."""
    return tuple(_edit(values) for values in json.loads(text))


def _edit(values: Mapping[str, Any]) -> CellEdit:
    return CellEdit(**{**values, "place": CellPlace(**values["place"])})


def _vault(key: bytes) -> Vault:
    return Vault(key, "batch")


def _place(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}/edits"
