"""`sohoa key rotate`: a new master key. The keys of batches are wrapped anew, sealed names in the store sealed anew.

A key that lies in the home folder is replaced there, the older one kept in keys/older, where it opens what was sealed
before (a backup, say). A key that lies elsewhere is changed by whoever keeps it: the settings name the new file, the
command the older one. Cut at any moment, the same command goes on where it stopped, and nothing is unreadable meanwhile
but, with a key kept elsewhere, until it has gone on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import batch_keys
from pipeline.intake import reveal_name, seal_name
from pipeline.settings import Settings
from pipeline.vault import (
    KEY_FILE,
    MARK_FILE,
    OLDER_KEYS,
    Vault,
    make_key,
    mark_of,
    older_keys,
    read_key,
    write_mark,
)  # fmt: skip
from schemas.errors import UsageError
from store import audit, file_names
from store.audit import Event
from store.engine import Store
from store.files import move, write_synced

_NEXT, _ROTATION = Path("keys/next.key"), Path("keys/rotation.json")


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: keys of batches wrapped anew, names in the store sealed anew, mark of the new key."""

    batches: int
    names: int
    mark: str


def rotate(store: Store, settings: Settings, older: Path | None = None) -> Rotated:
    """Change to a new master key.

    Args:
        store: its sealed names are sealed anew.
        settings: with `key_file`, the new key lies there already.
        older: the key file of before, where the settings name one of their own.

    Raises:
        UsageError: key.older_needed, key.same.
        SettingsError: a key is missing, readable by others, of a wrong size, or not the one of this home folder.
    """
    vault = _of_home(settings) if settings.key_file is None else _of_files(settings, older)
    batches = sum(batch_keys.wrap_anew(folder, vault) for folder in batch_keys.key_folders(settings.home))
    names = _seal_names_anew(store, vault)
    write_mark(settings.home / MARK_FILE, vault.mark)
    audit.record(store, Event("key.rotated", after=(vault.mark,)))
    (settings.home / _ROTATION).unlink(missing_ok=True)
    return Rotated(batches, names, vault.mark)


def _of_home(settings: Settings) -> Vault:
    """The vault of the new key in the home folder; the one of before is kept beside it."""
    current, following, note = settings.home / KEY_FILE, settings.home / _NEXT, settings.home / _ROTATION
    if not note.exists():
        if not following.exists():
            make_key(following)
        write_synced(note, json.dumps({"new": mark_of(read_key(following))}).encode())
    wanted = json.loads(note.read_text(encoding="ascii"))["new"]
    key = read_key(current)
    if mark_of(key) != wanted:
        kept = (settings.older_keys or settings.home / OLDER_KEYS) / f"{mark_of(key)}.key"
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_synced(kept, key)
        move(following, current)
        key = read_key(current)
    return Vault(key, wanted, older_keys(settings))


def _of_files(settings: Settings, older: Path | None) -> Vault:
    if older is None or settings.key_file is None:
        raise UsageError("key.older_needed")
    key, before = read_key(settings.key_file), read_key(older)
    if key == before:
        raise UsageError("key.same")
    return Vault(key, mark_of(key), {**older_keys(settings), mark_of(before): before})


def _seal_names_anew(store: Store, vault: Vault) -> int:
    old = {place: token for place, token in file_names.sealed(store).items() if not vault.is_current(token)}
    file_names.replace_with(store, _sealed_anew(old, vault))
    return len(old)


def _sealed_anew(old: Mapping[tuple[str, str], str], vault: Vault) -> Mapping[tuple[str, str], str]:
    return {
        (batch, file): seal_name(reveal_name(token, batch, file, vault), batch, file, vault)
        for (batch, file), token in old.items()
    }
