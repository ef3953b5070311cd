import os
import subprocess
import sys
import time

import pytest

from pipeline import marked

ORPHAN = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
"""


def started(mark: str, program: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **marked.environment(mark)}
    return subprocess.Popen([sys.executable, "-c", program], env=environment, start_new_session=True)


def test_a_child_in_a_session_of_its_own_is_found_and_ended_when_its_parent_is_gone() -> None:
    parent = started("test-orphan", ORPHAN)
    assert parent.wait(20) == 0
    found = marked.pids("test-orphan")
    assert len(found) == 1
    assert marked.end("test-orphan", 10)
    assert marked.pids("test-orphan") == []
    assert not marked.end("test-orphan", 1), "nothing is left"


def test_one_that_ignores_the_polite_signal_is_ended_by_force() -> None:
    deaf = started("test-deaf", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)")
    time.sleep(0.5)
    assert marked.end("test-deaf", 0.5)
    assert deaf.wait(20) == -9


@pytest.mark.parametrize("mark", ["test-other", "test"])
def test_others_are_left_alone(mark: str) -> None:
    other = started("test-other-one", "import time; time.sleep(600)")
    try:
        assert not marked.end(mark, 1)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
