"""Takes an iterator's next items on a thread of its own, while the last one is worked on.

Cutting text into cells and writing Parquet are Arrow's work, outside Python's lock: on two processors they go on at one
time. At most `depth` items wait, so memory stays bounded.
"""

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

_T = TypeVar("_T")
_LOOK_SECONDS = 0.5
_END = object()


def ahead(items: Iterator[_T], depth: int = 1) -> Iterator[_T]:
    """The same items in the same order; an exception of the iterator comes in its place."""
    waiting: queue.Queue[object] = queue.Queue(depth)
    is_left = threading.Event()
    thread = threading.Thread(target=_fetch, args=(items, waiting, is_left), daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.error
            yield item  # type: ignore[misc]  # the queue holds items, the end, or what was raised
    finally:
        is_left.set()
        thread.join()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _fetch(items: Iterator[_T], waiting: "queue.Queue[object]", is_left: threading.Event) -> None:
    try:
        for item in items:
            if not _put(item, waiting, is_left):
                return
        _put(_END, waiting, is_left)
    except BaseException as wrong:  # noqa: BLE001 - raised again where the items are taken
        _put(_Raised(wrong), waiting, is_left)


def _put(item: object, waiting: "queue.Queue[object]", is_left: threading.Event) -> bool:
    while not is_left.is_set():
        try:
            waiting.put(item, timeout=_LOOK_SECONDS)
        except queue.Full:
            continue
        return True
    return False
