"""A run of the whole job that was killed when its batch was in the store already: finished, not begun anew.

Begun anew, the batch would be known in every row, and nobody would ever be told what became of it: which rows wait,
where the error files are. So the attempt is taken up where it ended, and says what it would have said.
"""

from pathlib import Path

from pipeline import holding
from pipeline.context import opened_run
from pipeline.intake import Plan
from pipeline.settings import Settings
from store import reports
from store.engine import Store

_WHOLE = "whole"
_LAST_BEFORE_LOAD = "validate_batch"


def begin(folder: Path) -> None:
    """Note in a run folder that one process goes through the whole job, and hold the folder."""
    (folder / _WHOLE).touch()
    holding.take(folder)


def end(folder: Path) -> None:
    """The job was gone through, and its result is known to whoever asked for it."""
    (folder / _WHOLE).unlink(missing_ok=True)
    holding.let_go(folder)


def leave(folder: Path) -> None:
    """The job ended in an error: whoever comes next may take it up."""
    holding.let_go(folder)


def unfinished(plan: Plan, settings: Settings, store: Store) -> Path | None:
    """The newest attempt at the batch, now held, if it was cut off between the load and its report; else None.

    Attempts of Airflow are not taken up: its tasks come back to them by themselves.
    """
    runs = settings.home / "runs" / plan.batch_id
    attempts = sorted(p for p in runs.glob("[0-9]*") if p.is_dir())
    if not attempts or not (attempts[-1] / _WHOLE).exists():
        return None
    batch = reports.batch(store, plan.batch_id)
    if batch is None or batch.state != "loaded" or not _is_before_load(attempts[-1], settings):
        return None
    return attempts[-1] if holding.take(attempts[-1]) else None


def _is_before_load(folder: Path, settings: Settings) -> bool:
    """Had this version of the code come through all steps before the load?"""
    with opened_run(folder, settings) as run:
        return run.is_done(_LAST_BEFORE_LOAD)
