"""Brings the drafts of the queue to Airflow and sees what becomes of them, in a thread beside the pages.

While Airflow is down the drafts wait, and go out by themselves when it is back. It is asked less often the longer it
does not answer.
"""

import logging

from pipeline import draft_runs, released_batches
from pipeline.airflow_api import AirflowApi
from pipeline.settings import Settings
from portal.queue_thread import QueueThread
from schemas.errors import SohoaError

_LOG = logging.getLogger(__name__)
_PAUSE, _LONGEST_PAUSE = 3.0, 60.0


class Dispatcher(QueueThread):
    """The thread that looks into the queue; runs that it started go on in Airflow when it is stopped."""

    def __init__(self, settings: Settings, api: AirflowApi, pause: float = _PAUSE) -> None:
        """`settings`: for the whole nation; `pause`: seconds between two looks."""
        super().__init__("dispatcher")
        self._settings, self._api, self._pause = settings, api, pause

    def _run(self) -> None:
        pause = self._pause
        while not self._stop.wait(pause):
            pause = self._pause if self._looked() else min(_LONGEST_PAUSE, pause * 2)

    def _looked(self) -> bool:
        try:
            answered = draft_runs.advance(self._settings, self._api)
            answered = answered and released_batches.advance(self._settings, self._api)
        except (SohoaError, OSError) as wrong:
            _LOG.warning("the queue cannot be read: %s", type(wrong).__name__)
            return False
        except Exception as wrong:  # noqa: BLE001 - a thread that dies silently leaves all drafts waiting for ever
            _LOG.error("the queue was not worked off: %s", type(wrong).__name__)
            return False
        if not answered:
            _LOG.warning("Airflow did not take a draft or a batch; it waits")
        return answered
