"""Events of lineage on their way: to an address of the web, or to a file that they are added to, one a line.

Whoever does not answer is asked again a minute later; the events of that minute are lost, the step is not.
"""

import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import column_lineage, lineage_events
from pipeline.column_lineage import of_ledger, of_step, of_store, spec
from pipeline.lineage_events import Event, Output, StepRun

if TYPE_CHECKING:
    from pipeline.context import Run, Work

_SECONDS, _FORGIVEN = 3.0, 60.0
_LOG = logging.getLogger(__name__)


class _Silence:
    """Until when nobody is asked, because somebody did not answer."""

    until = 0.0


def begun(run: "Run", step: str, file_id: str | None) -> StepRun | None:
    """Tell that a step begins; what its further events are told with, None where nobody wants them."""
    if run.settings.lineage is None:
        return None
    from pipeline.context import CODE_VERSION

    batch = f"{run.plan.batch_id}/{run.folder.name}"
    told = StepRun(step, batch, run.plan.province_code, CODE_VERSION, file_id or "")
    send(run.settings.lineage, lineage_events.started(told))
    return told


def done(run: "Run", told: StepRun | None, work: "Work | None") -> None:
    """Tell that a step ended well, and what it wrote."""
    if told is not None and run.settings.lineage is not None:
        send(run.settings.lineage, lineage_events.completed(told, _outputs(told, work)))


def failed(to: str | None, told: StepRun | None, cause: str) -> None:
    """Tell that a step did not end well."""
    if told is not None and to is not None:
        send(to, lineage_events.failed(told, cause))


def send(to: str, event: Event) -> bool:
    """Send one event; whether it went. Nothing that goes wrong with it is raised."""
    content = json.dumps(event, ensure_ascii=False).encode()
    try:
        if to.startswith("/"):
            _add(Path(to), content)
        elif time.monotonic() >= _Silence.until:
            _post(to, content)
        else:
            return False
    except (OSError, ValueError, urllib.error.URLError) as wrong:
        _Silence.until = time.monotonic() + _FORGIVEN
        _LOG.warning("events of lineage could not be sent: %s", type(wrong).__name__)
        return False
    return True


def _add(file: Path, content: bytes) -> None:
    """One write: lines of several processes do not mix."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, content + b"\n")
    finally:
        os.close(descriptor)


def _post(url: str, content: bytes) -> None:
    request = urllib.request.Request(  # noqa: S310 - its scheme was looked at with the settings
        url, content, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
        return


def _outputs(told: StepRun, work: "Work | None") -> Iterator[Output]:
    if work is None:
        return
    if told.step == "load_batch":
        for table in column_lineage.STORED:
            yield Output(of_store(table), spec(table), column_lineage.made_from("load_batch", table), None)
        return
    for table, rows in work.tables.items():
        origins = column_lineage.made_from(told.step, table)
        if (told.step, table) == ("read_file", "source_records"):
            columns = work.facts.get("reading", {}).get("columns", ())
            origins = column_lineage.read_from(of_ledger(told.province, told.file_id), columns)
        yield Output(of_step(told.step, table), spec(table), origins, rows)
