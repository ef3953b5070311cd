"""Loads the drafts of the queue, and stopped batches that were let in, on this machine; or has it done.

One after the other, each in a process of its own: a click never waits for a load, and a load that dies takes nothing
with it: its draft is next again.
"""

import logging
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from pipeline import airflow_api, draft_sending, released_batches
from pipeline.settings import Settings
from portal.dispatcher import Dispatcher
from portal.queue_thread import QueueThread
from schemas.errors import SohoaError

_LOG = logging.getLogger(__name__)
_PAUSE = 0.5
_AFTER_A_FAULT = 10.0
_GIVES_WAY = 15
"""Of 19: measured by benchmarks/portal_clicks.py."""


class Loader(QueueThread):
    """The thread that looks into the queue."""

    def __init__(self, settings: Settings) -> None:
        """`settings`: for the whole nation."""
        super().__init__("loader")
        self._settings = settings

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE):
            try:
                draft_id = draft_sending.next_to_load(self._settings)
                released = released_batches.next_to_load(self._settings) if draft_id is None else None
            except (SohoaError, OSError) as wrong:
                _LOG.warning("the queue cannot be read: %s", type(wrong).__name__)
                self._stop.wait(_AFTER_A_FAULT)
                continue
            if draft_id is not None:
                self._load(_load_draft, draft_id)
            elif released is not None:
                self._load(_load_released, released)

    def _load(self, target: Callable[[str, Settings], None], which: str) -> None:
        process: BaseProcess = multiprocessing.get_context("spawn").Process(
            target=target, args=(which, self._settings), name="load"
        )
        process.start()
        process.join()
        if process.exitcode:
            _LOG.warning("a load was cut off with %s; what it loaded is next again", process.exitcode)
            self._stop.wait(_AFTER_A_FAULT)


def _load_draft(draft_id: str, settings: Settings) -> None:
    """Load a draft with what the pages leave: beside a load of equal right a click took twelve times as long."""
    os.nice(_GIVES_WAY)
    draft_sending.load(draft_id, settings)


def _load_released(batch_id: str, settings: Settings) -> None:
    """Load a stopped batch that somebody let in, likewise."""
    os.nice(_GIVES_WAY)
    released_batches.load(batch_id, settings)


@contextmanager
def loading(settings: Settings, *, is_local: bool) -> Iterator[None]:
    """Work the queue off while the block runs: on this machine, or through the Airflow that the settings name.

    Raises:
        SettingsError: as `airflow_api.of_settings`.
    """
    api = None if is_local else airflow_api.of_settings(settings)
    if api is None and not is_local:
        yield
        return
    loader = Loader(settings) if api is None else Dispatcher(settings, api)
    loader.start()
    try:
        yield
    finally:
        loader.stop()
