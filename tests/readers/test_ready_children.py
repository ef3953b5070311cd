"""Laws of children that wait: one job each, another after it, none left behind, none trusted when it died waiting."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from readers import ready_children
from readers.sandbox import run_parser
from schemas.errors import FileRefused
from tests.readers.test_sandbox import job


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    ready_children.keep_ready(1)
    until(lambda: len(waiting()) == 1)
    yield
    ready_children.keep_ready(0)
    assert waiting() == []


def waiting() -> list[int]:
    return [child.pid for child in ready_children._waiting if child.poll() is None]


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_one_that_waits_does_the_job_and_another_takes_its_place(tmp_path: Path) -> None:
    (before,) = waiting()
    assert run_parser(job(tmp_path, "behave")).kind == "delimited"
    assert before not in waiting()
    until(lambda: len(waiting()) == 1)
    assert run_parser(job(tmp_path, "write")).file == "so.csv"


def test_it_is_locked_in_like_any_other(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        run_parser(job(tmp_path, "call_out"))
    assert caught.value.details["found"] == "refused,refused,refused"


def test_one_that_died_while_it_waited_is_passed_over(tmp_path: Path) -> None:
    (child,) = ready_children._waiting
    child.kill()
    child.wait()
    assert run_parser(job(tmp_path, "behave")).kind == "delimited"


def test_it_leaves_when_there_is_no_job_any_more() -> None:
    (child,) = ready_children._waiting
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(30) == 0


def test_those_that_are_not_wanted_any_more_are_ended() -> None:
    (before,) = ready_children._waiting
    ready_children.keep_ready(0)
    assert before.poll() is not None
    assert waiting() == []
