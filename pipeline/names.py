"""Original names of files in the store: sealed there, revealed to whoever holds the key."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.intake import reveal_name, seal_name
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas.errors import UsageError
from store import file_names, reports
from store.engine import Store


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
