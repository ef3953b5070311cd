"""A thread beside the pages that looks into the queue of drafts until it is told to stop."""

from abc import ABC, abstractmethod
from threading import Event, Thread


class QueueThread(ABC):
    """What loads drafts and what brings them to Airflow have in common."""

    def __init__(self, name: str) -> None:
        self._stop = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what was begun comes to its end by itself."""
        self._stop.set()
        self._thread.join()

    @abstractmethod
    def _run(self) -> None:
        """Look until `_stop` is set."""
