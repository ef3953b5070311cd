"""Open a run folder for what did not come by its paths: a draft of the portal, a delivery of a landing zone."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import binding, offices, run, system_errors
from pipeline.intake import Plan, forget_plan, plan_batch
from pipeline.offices import Reading
from pipeline.settings import Settings


def start_kept(paths: Sequence[Path], place: Path, province: str, settings: Settings, reading: Reading) -> Path:
    """Open a run folder for a delivery that lies below a private place; it goes into the folder, sealed.

    Raises:
        UsageError: as `run.run_batch`.
    """
    with system_errors.translated():
        return start_planned(plan_batch(paths, province, settings, place), settings, reading)


def start_planned(plan: Plan, settings: Settings, reading: Reading) -> Path:
    """Open a run folder for a plan that was made elsewhere; forgets the plan where that fails. For Airflow's runs."""
    try:
        return run.open_folder(plan, settings, reading, is_whole=False)
    except BaseException:
        forget_plan(plan)
        raise


def batch_of(paths: Sequence[Path], province: str, settings: Settings, reading: Reading) -> str:
    """The id of the batch that a delivery would be; nothing is begun. Raises UsageError as `run.run_batch`."""
    plan = plan_batch(paths, province, settings)
    try:
        with run.opened(settings) as store:
            return offices.with_decisions(plan, binding.of_delivery(plan, reading, store).of_batch).batch_id
    finally:
        forget_plan(plan)
