"""The data key of a batch: made with its first run, kept beside its runs, wrapped by the master key of the home folder.

Whoever destroys it makes all that was sealed under it unreadable for good.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.sealing import KEY_BYTES
from pipeline.vault import Vault
from schemas.errors import SettingsError
from store.files import sync_folder, write_synced

KEY_NAME = "batch.key"
_VERSION = "b1"


def batch_key(folder: Path, vault: Vault) -> bytes:
    """The key of the folder of a batch.

    Raises:
        SettingsError: batch_key.missing (destroyed, or never there), key.other, key.damaged.
    """
    path = folder / KEY_NAME
    try:
        values = json.loads(path.read_text(encoding="ascii"))
        wrapped = str(values["key"])
    except FileNotFoundError:
        raise SettingsError("batch_key.missing", path=str(path)) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError("key.damaged") from None
    return bytes.fromhex(vault.reveal(wrapped, _place(folder)))


def made_batch_key(folder: Path, vault: Vault) -> bytes:
    """The key of the folder of a batch, made if there is none. Raises SettingsError as `batch_key`."""
    path = folder / KEY_NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f"{KEY_NAME}.{os.getpid()}.part")
        _write(new, os.urandom(KEY_BYTES), folder, vault)
        with contextlib.suppress(FileExistsError, FileNotFoundError):  # of two that make one at once, the first wins
            os.link(new, path)
        sync_folder(folder)
    for left in folder.glob(f"{KEY_NAME}.*"):  # its own, and that of a process that was killed here
        left.unlink(missing_ok=True)
    return batch_key(folder, vault)


def wrap_anew(folder: Path, vault: Vault) -> bool:
    """Wrap the key of a folder under the vault's own key; False if it is already. Raises SettingsError."""
    path = folder / KEY_NAME
    values = json.loads(path.read_text(encoding="ascii"))
    if vault.is_current(values["key"]):
        return False
    _write(path, batch_key(folder, vault), folder, vault)
    return True


def destroy(folder: Path) -> bool:
    """Destroy the key of a folder; False if there is none. What was sealed under it opens no more."""
    path = folder / KEY_NAME
    if not path.exists():
        return False
    path.unlink()
    sync_folder(folder)
    return True


def key_folders(home: Path) -> Iterator[Path]:
    """Every folder below the home folder that has a key of its own."""
    for room in ("runs", "retraining", "drafts", "national"):
        yield from sorted(path.parent for path in (home / room).glob(f"*/{KEY_NAME}"))


def _write(path: Path, key: bytes, folder: Path, vault: Vault) -> None:
    write_synced(path, json.dumps({"version": _VERSION, "key": vault.seal(key.hex(), _place(folder))}))


def _place(folder: Path) -> str:
    return f"batch key/{folder.name}"
