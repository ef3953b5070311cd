"""How often one address may try something: counted in memory, over a window of time."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

_MOST_KEYS = 10_000


class Rate:
    """At most `most` tries of one key in `seconds`; those that are refused count, too."""

    def __init__(self, most: int = 60, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        """The clock is that of tests."""
        self._most, self._seconds, self._clock = most, seconds, clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, key: str) -> bool:
        """Note a try and say whether it may go on."""
        with self._lock:
            now = self._clock()
            tries = self._tries.setdefault(key, deque(maxlen=self._most + 1))
            self._tries.move_to_end(key)
            if len(self._tries) > _MOST_KEYS:  # who invents keys makes the oldest be forgotten, not the memory full
                self._tries.popitem(last=False)
            tries.append(now)
            while tries and tries[0] <= now - self._seconds:
                tries.popleft()
            return len(tries) <= self._most
