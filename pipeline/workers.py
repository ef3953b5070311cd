"""Processes that standardise parts: one set of them for all files of a run, made ready while the first is read.

To start a process and load the lists that it needs takes about two seconds: as long as 100 000 rows. Airflow, which
runs each step alone, pays them for each big file; the runner pays once, and mostly while it waits for the reader.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from pipeline.settings import keep_memory

_Job = TypeVar("_Job")
_Done = TypeVar("_Done")
FEW_PARTS = 3
"""Fewer parts are done sooner by the process that asks."""


class _Kept:
    """The processes of the run that goes on in this process, if any."""

    is_kept = False
    pool: ProcessPoolExecutor | None = None


@contextmanager
def kept() -> Iterator[None]:
    """Within the block processes are kept from one file to the next; at its end they are gone."""
    _Kept.is_kept = True
    try:
        yield
    finally:
        _Kept.is_kept = False
        _end()


def make_ready(workers: int) -> None:
    """Start the processes, if they are to be kept: there will be work for them soon."""
    if _Kept.is_kept and _Kept.pool is None and not is_alone(workers):
        _Kept.pool = _started(workers)
        for _ in range(workers):
            _Kept.pool.submit(_load_lists)


def is_alone(workers: int) -> bool:
    """Must this process do all by itself? A daemonic one (some Airflow executors) may have no children."""
    return workers < 2 or multiprocessing.current_process().daemon


def on_processes(function: Callable[[_Job], _Done], jobs: Sequence[_Job], workers: int) -> Iterator[_Done]:
    """What the function says of each job, in order.

    Raises:
        BrokenProcessPool: a process died; the next call starts new ones.
    """
    if is_alone(workers) or len(jobs) < FEW_PARTS:
        yield from map(function, jobs)
        return
    make_ready(workers)
    if _Kept.pool is None:
        with _started(workers) as pool:
            yield from pool.map(function, jobs)
        return
    try:
        yield from _Kept.pool.map(function, jobs)
    except BrokenProcessPool:
        _end()
        raise


def _started(workers: int) -> ProcessPoolExecutor:
    keep_memory()
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _end() -> None:
    pool, _Kept.pool = _Kept.pool, None
    if pool is not None:
        pool.shutdown(cancel_futures=True)


def _load_lists() -> None:
    """Have this process load what the first rows would make it load."""
    from transforms.standardise import load_lists

    load_lists()
