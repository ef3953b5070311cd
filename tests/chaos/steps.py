"""The way Airflow takes: task after task by name, the path of the run folder handed on, a failed task tried again."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import tasks
from pipeline.steps import BATCH_STEPS, FILE_STEPS
from schemas.errors import StoreUnavailable

_RETRIES = 3


def by_steps(job: dict[str, Any], say: Callable[[str], None]) -> int:
    """All tasks of the DAG in its order. `job["folder"]` is what the first task gave before it all was killed."""
    folder = job.get("folder") or _task(lambda: tasks.start(job["paths"], job["province"], [], [], "", "", "manual__1"))
    say(f"folder {folder}")
    for file_id in _task(lambda: tasks.new_file_ids(folder)):
        with suppress(SystemExit):  # a refused file ends its own tasks alone
            for step in FILE_STEPS:
                _task(partial(tasks.run_step, step, folder, file_id))
    for step in BATCH_STEPS:
        _task(partial(tasks.run_step, step, folder))
    sums = _task(lambda: tasks.verdict(folder))
    json.dump({k: v for k, v in sums.items() if k != "report"}, sys.stdout)
    assert Path(sums["report"]).exists()
    return 0


def _task(task: Callable[[], Any]) -> Any:
    """A task with the retries of the DAG, which wait for the store alone."""
    for _ in range(_RETRIES):
        try:
            return task()
        except StoreUnavailable:
            continue
    return task()
