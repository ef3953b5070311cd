"""What the first clerk of the day would else wait for: the lists of the law, and a reader that has its libraries."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from readers import ready_children
from transforms.standardise import load_lists


@contextmanager
def at_hand() -> Iterator[None]:
    """Keep a reader ready while the block runs, and load the lists beside the first pages."""
    ready_children.keep_ready()
    threading.Thread(target=load_lists, name="lists", daemon=True).start()
    try:
        yield
    finally:
        ready_children.keep_ready(0)
