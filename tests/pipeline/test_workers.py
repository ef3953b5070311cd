"""Processes kept from one file to the next (workers)."""

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from pipeline import workers


def who(_: int) -> int:
    return os.getpid()


def die(number: int) -> int:
    if number == 2:
        os._exit(9)
    return number


def test_few_jobs_are_done_by_the_process_that_asks() -> None:
    assert set(workers.on_processes(who, [1, 2], 2)) == {os.getpid()}
    assert set(workers.on_processes(who, [1, 2, 3, 4], 1)) == {os.getpid()}


def test_processes_are_kept_for_a_run_and_gone_after_it() -> None:
    with workers.kept():
        workers.make_ready(2)
        first = set(workers.on_processes(who, range(8), 2))
        again = set(workers.on_processes(who, range(8), 2))
        assert os.getpid() not in first
        assert first | again <= {p.pid for p in workers._Kept.pool._processes.values()}  # type: ignore[union-attr]
    assert workers._Kept.pool is None
    assert len(set(workers.on_processes(who, range(8), 2)) - first) > 0
    assert workers._Kept.pool is None


def test_nothing_is_started_ahead_outside_a_run() -> None:
    workers.make_ready(2)
    assert workers._Kept.pool is None


def test_a_process_that_dies_is_replaced() -> None:
    with workers.kept():
        with pytest.raises(BrokenProcessPool):
            list(workers.on_processes(die, range(4), 2))
        assert list(workers.on_processes(abs, range(4), 2)) == [0, 1, 2, 3]
