"""Where steps of shape *rows* and *block* are worked: in this process, or on Spark. No result depends on which.

An engine takes the chunks of a step one after the other and gives, for each, what the function of the step makes of it.
A chunk holds whole blocks already (`blocks.whole_blocks`, `batch_steps`), so that a function never needs another one.
"""

import atexit
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import pyarrow as pa

from dedup.elsewhere import Elsewhere
from pipeline.settings import Settings
from schemas.errors import SettingsError
from schemas.field import TableSpec

Tables = tuple[pa.Table, ...]
OfRows = Callable[[pa.Table, pa.Table | None], Tables]
"""What a step of shape rows makes of some rows, and of what is said beside them: one table for each that it gives."""
OfBlocks = Callable[[pa.Table], Tables]


class Engine(Protocol):
    """Works on chunks."""

    def rows(
        self, function: OfRows, chunks: Iterable[tuple[pa.Table, pa.Table | None]], gives: tuple[TableSpec, ...]
    ) -> Iterator[Tables]:
        """What the function makes of each chunk, in their order; any split of the rows of a chunk is fine.

        Args:
            function: of a module, with its arguments bound by `functools.partial`; rows of other chunks may stand in
                the second table that it is given, never in the first.
            chunks: rows, and what is said beside them (a table of the same columns in each chunk), if anything.
            gives: the tables that it makes.
        """

    def blocks(self, function: OfBlocks, chunks: Iterable[pa.Table], gives: tuple[TableSpec, ...]) -> Iterator[Tables]:
        """What the function makes of each chunk, in their order; a chunk is worked as a whole."""

    @property
    def elsewhere(self) -> Elsewhere | None:
        """Who weighs pairs and joins clusters, if not this process."""


class Here:
    """Works in this process."""

    elsewhere = None

    def rows(
        self, function: OfRows, chunks: Iterable[tuple[pa.Table, pa.Table | None]], gives: tuple[TableSpec, ...]
    ) -> Iterator[Tables]:
        """As `Engine.rows`."""
        return (function(rows, beside) for rows, beside in chunks)

    def blocks(self, function: OfBlocks, chunks: Iterable[pa.Table], gives: tuple[TableSpec, ...]) -> Iterator[Tables]:
        """As `Engine.blocks`."""
        return map(function, chunks)


HERE = Here()


def engine_for(rows: int, settings: Settings) -> Engine:
    """The engine that works on a table of so many rows.

    Raises:
        SettingsError: spark.not_installed, spark.no_java.
        SystemFailed: spark.failed, where it does not start.
    """
    if settings.engine == "local" or rows < settings.spark_from_rows:
        return HERE
    try:
        from pipeline import spark
    except ModuleNotFoundError as missing:
        raise SettingsError("spark.not_installed", package=missing.name) from None
    return spark.engine(settings)


_endings: ContextVar[list[Callable[[], None]] | None] = ContextVar("endings", default=None)
"""Of the innermost block of this thread."""


def at_the_end(ending: Callable[[], None]) -> bool:
    """Have something called once when the block of `ended` is over, or the process; False if it is to be already."""
    endings = _endings.get()
    if endings is None:
        atexit.register(ending)
        return True
    if ending in endings:
        return False
    endings.append(ending)
    return True


@contextmanager
def ended() -> Iterator[None]:
    """At the end of the block what was begun in it is ended; of other threads and blocks around nothing is."""
    endings: list[Callable[[], None]] = []
    token = _endings.set(endings)
    try:
        yield
    finally:
        _endings.reset(token)
        while endings:
            endings.pop()()
