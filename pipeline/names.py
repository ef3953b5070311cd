"""Original names of files in the store: sealed there, revealed to whoever holds the key."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.intake import reveal_name, seal_name
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas.errors import UsageError
from store import file_names, reports
from store.engine import Store
from transforms.text import fold

_SHORTEST = 6
"""Letters of a name that is looked for in a path: shorter ones stand in too many other words."""


def seal_stored_names(store: Store, settings: Settings) -> None:
    """Seal the names that stores of older versions kept in clear; nothing to do but the first time.

    A session of one province leaves that to the next one of the nation.
    """
    if store.province is not None:
        return
    pending = file_names.unsealed(store)
    if pending:
        vault = open_vault(settings)
        sealed = {(batch, file): seal_name(name, batch, file, vault) for (batch, file), name in pending.items()}
        file_names.replace_with(store, sealed)


def files_of(store: Store, batch_id: str, settings: Settings, *, reveal: bool) -> Iterator[Mapping[str, Any]]:
    """The files of a batch with their sums; with their original names if they are to be revealed.

    Raises:
        UsageError: batch.unknown.
        SettingsError: the key is missing or another one.
    """
    if reports.batch(store, batch_id) is None:
        raise UsageError("batch.unknown", batch=batch_id)
    vault = open_vault(settings)
    sealed = file_names.of_batch(store, batch_id) if reveal else {}
    for row in reports.batch_files(store, batch_id).to_pylist():
        del row["batch_id"]
        token = sealed.get(row["file"])
        shown = {"path": reveal_name(token, batch_id, row["file"], vault) if token else None} if reveal else {}
        yield {"file": row.pop("file"), **shown, **row}


def clear_naming(store: Store, settings: Settings, batches: Iterable[str], words: Iterable[str]) -> int:
    """Put the alias in the place of each path in which one of the words stands, however it is spelt; returns how many.

    Raises:
        SettingsError: the key is missing or another one.
    """
    wanted, vault, cleared = {_squeezed(w) for w in words if len(_squeezed(w)) >= _SHORTEST}, open_vault(settings), {}
    for batch in batches:
        for file, token in file_names.of_batch(store, batch).items():
            path = _squeezed(reveal_name(token, batch, file, vault))
            if any(word in path for word in wanted):
                cleared[batch, file] = seal_name(file, batch, file, vault)
    file_names.replace_with(store, cleared)
    return len(cleared)


def _squeezed(text: str) -> str:
    """Letters and digits alone: names of files go without marks and with anything between the words."""
    return "".join(c for c in fold(unicodedata.normalize("NFC", text)) if c.isalnum())
