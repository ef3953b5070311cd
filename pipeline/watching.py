"""A step watched from outside: metrics and events of lineage, where settings name who wants them; nothing otherwise."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline import lineage_sending, telemetry
from schemas.errors import SohoaError

if TYPE_CHECKING:
    from pipeline.context import Run, Work


class Seen:
    """What a step notes while it works, for whoever tells of it when it has ended."""

    work: "Work | None" = None


@contextmanager
def watched(run: "Run", step: str, file_id: str | None = None) -> Iterator[Seen]:
    """Tell of a step that begins, and how it ended. Whatever goes wrong with that ends no step.

    Args:
        run: the run it belongs to.
        step: its name.
        file_id: of the file, for a step that goes file by file.
    """
    url, province, seen, begun = run.settings.metrics_url, run.plan.province_code, Seen(), time.perf_counter()
    events = lineage_sending.begun(run, step, file_id)
    try:
        yield seen
    except BaseException as wrong:
        cause = wrong.code if isinstance(wrong, SohoaError) else type(wrong).__name__
        telemetry.step_failed(url, step, province, cause)
        lineage_sending.failed(run.settings.lineage, events, cause)
        raise
    if url is None and events is None:
        return
    tables = dict(seen.work.tables) if seen.work else {}
    size = _size(run, step, file_id)
    telemetry.step_done(url, step, province, time.perf_counter() - begun, size, tables)
    lineage_sending.done(run, events, seen.work)


def _size(run: "Run", step: str, file_id: str | None) -> int:
    try:
        return run.steps.container(step, file_id).stat().st_size
    except OSError:  # a step that is cleared meanwhile
        return 0
