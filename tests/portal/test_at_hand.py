"""A portal that runs has a reader at hand, and none once it is done."""

import time

from portal.at_hand import at_hand
from readers import ready_children


def test_a_reader_waits_while_the_portal_runs() -> None:
    with at_hand():
        end = time.monotonic() + 30
        while not ready_children._waiting:
            assert time.monotonic() < end
            time.sleep(0.01)
        (child,) = ready_children._waiting
        assert child.poll() is None
    assert child.poll() is not None
    assert ready_children._waiting == []
