"""Work on the parts of a folder table while another process still writes them.

Reading takes one processor, so the profile of a file is made on another one meanwhile, part by part, in order.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa

from pipeline.artefacts import part_path, read_part

_T = TypeVar("_T")
_LOOK_SECONDS = 1.0


class WriterFailedError(Exception):
    """Whoever writes the parts failed; work on them is of no use."""


class PartsBeingWritten:
    """The parts of a folder table, each as soon as it is there; a part appears whole, under its name, or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._news = threading.Condition()
        self._state = "writing"

    def look(self, _: int = 0) -> None:
        """There may be a new part."""
        self._tell(self._state)

    def end(self) -> None:
        """All parts are written."""
        self._tell("written")

    def fail(self) -> None:
        """No more parts will come, and those that came are worthless."""
        self._tell("failed")

    def tables(self) -> Iterator[pa.Table]:
        """The parts in order; waits for those to come. Raises WriterFailedError."""
        number = 0
        while self._is_there(part_path(self._folder, number)):
            yield read_part(part_path(self._folder, number))
            number += 1

    def _tell(self, state: str) -> None:
        with self._news:
            self._state = state
            self._news.notify_all()

    def _is_there(self, part: Path) -> bool:
        with self._news:
            while self._state != "failed":
                # the state is asked first: a part that is there only afterwards is seen in the next turn
                is_over = self._state == "written"
                if part.exists() or is_over:
                    return part.exists()
                self._news.wait(_LOOK_SECONDS)
        raise WriterFailedError


@dataclass(frozen=True)
class Alongside(Generic[_T]):
    """Work that goes on beside the writing: `look` tells it that there may be a new part."""

    look: Callable[[int], None]
    future: "Future[_T]"

    def result(self) -> _T:
        """What the work gave; to be asked when the parts are written. Raises what the work raised."""
        return self.future.result()


@contextmanager
def alongside(folder: Path, work: Callable[[Iterator[pa.Table]], _T]) -> Iterator[Alongside[_T]]:
    """Work on the parts of `folder` in a thread while the block writes them; at its end all of them are done."""
    parts = PartsBeingWritten(folder)
    with ThreadPoolExecutor(1) as pool:
        try:
            yield Alongside(parts.look, pool.submit(work, parts.tables()))
        except BaseException:
            parts.fail()
            raise
        parts.end()
