"""What people decided that a run of a delivery follows: gathered once, kept in its folder, the same for a dry run.

Decisions about how files are read (said now, or remembered for the office), corrected cells, readings of cells of
scans, judgements on rows; and which files were loaded before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import edits, offices, row_judging
from pipeline.batch_keys import batch_key
from pipeline.context import Run
from pipeline.intake import Plan
from pipeline.offices import Reading
from pipeline.settings import Settings
from pipeline.vault import open_vault
from schemas.decisions import Decision
from schemas.edits import CellEdit
from schemas.judged import Judged
from store import cell_judgements, queries, row_judgements
from store.engine import Store
from store.offices import Office


@dataclass(frozen=True)
class Binding:
    """What binds a run.

    Attributes:
        decisions: how files are read, but for corrected cells.
        of_batch: the decisions that make a delivery one of its own, corrected cells among them.
        edits: corrected cells.
        judged: decisions about rows.
        known: file_id -> batch_id of the files that were loaded before.
    """

    decisions: tuple[Decision, ...]
    of_batch: tuple[Decision, ...]
    edits: tuple[CellEdit, ...]
    judged: Judged
    known: Mapping[str, str]


def of_delivery(plan: Plan, reading: Reading, store: Store) -> Binding:
    """What a run of the delivery follows. Raises UsageError decision.unreadable."""
    said, own = reading.decisions, reading.of_this_delivery
    file_ids = [file.file_id for file in plan.files]
    followed = offices.followed(said, Office(plan.province_code, reading.office.strip()), store)
    dates = tuple(d for d in own if d.kind != "edit")
    # Without it the batch would pass for a repetition of the one that was loaded without the file.
    again = (Decision("again", file_id, str(n)) for file_id, n in queries.given_up_files(store, file_ids).items())
    return Binding(
        (*followed, *dates, *cell_judgements.decisions(store, file_ids)),
        (*followed, *own, *again),
        tuple(reading.edits),
        row_judgements.judged(store, plan.province_code),
        queries.known_files(store, file_ids),
    )


def keep_with_run(folder: Path, binds: Binding, settings: Settings) -> None:
    """Write what binds a run into its folder, so that every step and every re-run sees the same."""
    key = batch_key(folder.parent, open_vault(settings))
    offices.keep_with_run(folder, binds.decisions, key)
    row_judging.keep_with_run(folder, binds.judged)
    edits.keep_with_run(folder, binds.edits, key)


def decisions_of(run: Run) -> tuple[Decision, ...]:
    """All decisions that the reading of a run's files follows, corrected cells among them."""
    key = run.steps.place.key
    return (*offices.of_run(run.folder, key), *(edit.decision for edit in edits.of_run(run.folder, key)))
