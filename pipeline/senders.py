"""Who sent what a run works on, where that was somebody of the portal: kept in the run folder, sealed.

The tasks of Airflow run under its account; what a load then tells the audit names the person who sent the draft.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from pipeline.acting import acting_as
from pipeline.batch_keys import batch_key
from pipeline.context import Run
from pipeline.settings import Settings
from pipeline.vault import Vault, open_vault
from store.files import write_synced

_FILE = "sender.sealed"


def keep_with_run(folder: Path, name: str, settings: Settings) -> None:
    """Note in a run folder for whom it works."""
    vault = Vault(batch_key(folder.parent, open_vault(settings)), "batch")
    write_synced(folder / _FILE, vault.seal(name, _place(folder)))


@contextmanager
def acting_for(run: Run) -> Iterator[None]:
    """Within the block whoever sent the delivery of a run acts; whoever runs it, where nobody was noted."""
    path = run.folder / _FILE
    name = None
    if path.exists():
        name = Vault(run.steps.place.key, "batch").reveal(path.read_text(encoding="ascii"), _place(run.folder))
    with acting_as(name) if name else nullcontext():
        yield


def _place(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}/{_FILE}"
