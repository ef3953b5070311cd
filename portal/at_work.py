"""What people are at in the portal, in memory alone: piles in their order, what was put aside, who looks at what.

Nothing of it is a decision: after a restart piles are ordered anew, what was put aside comes again, and whoever wants
values in clear says anew why.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

Thing = tuple[str, ...]
"""Ids of what waits: two records of a pair, record and column of a cell."""
_ORDER_SECONDS = 300.0
_LOOKED_AT_SECONDS = 600.0
_CLEAR_SECONDS = 600.0
_MOST_ASIDE = 1_000


class AtWork:
    """Piles by name (`pairs/01`), each as its maker orders it; what each account put aside of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """The clock is that of tests."""
        self._clock, self._lock = clock, Lock()
        self._orders: dict[str, tuple[float, tuple[Thing, ...]]] = {}
        self._aside: dict[tuple[str, str], OrderedDict[Thing, None]] = {}
        self._looked_at: dict[tuple[str, Thing], tuple[float, str]] = {}
        self._clear: dict[str, tuple[float, str]] = {}

    def pile(self, name: str, make: Callable[[], Sequence[Thing]]) -> tuple[Thing, ...]:
        """The pile in its order, made anew each five minutes."""
        with self._lock:
            until, order = self._orders.get(name, (0.0, ()))
            if until > self._clock():
                return order
        made = tuple(make())
        with self._lock:
            self._orders[name] = (self._clock() + _ORDER_SECONDS, made)
        return made

    def forget(self, name: str) -> None:
        """Let a pile be made anew when it is asked for next."""
        with self._lock:
            self._orders.pop(name, None)

    def in_turn(self, name: str, order: Sequence[Thing], who: str) -> Iterator[Thing]:
        """The pile as an account works it off: what others look at now comes later, then what it put aside itself."""
        aside = self.aside(name, who)
        put = set(aside)
        others = {thing for thing in order if self._is_anothers(name, thing, who)}
        yield from (thing for thing in order if thing not in put and thing not in others)
        yield from (thing for thing in aside if thing not in others)
        yield from (thing for thing in order if thing in others)

    def look_at(self, name: str, thing: Thing, who: str) -> None:
        """For ten minutes others get this one last."""
        with self._lock:
            now = self._clock()
            for key in [key for key, (until, _) in self._looked_at.items() if until <= now]:
                del self._looked_at[key]
            self._looked_at[name, thing] = (now + _LOOKED_AT_SECONDS, who)

    def put_aside(self, name: str, thing: Thing, who: str) -> None:
        """Let it come at the end of this account's pile."""
        with self._lock:
            mine = self._aside.setdefault((name, who), OrderedDict())
            mine.pop(thing, None)
            mine[thing] = None
            if len(mine) > _MOST_ASIDE:
                mine.popitem(last=False)

    def take_up(self, name: str, thing: Thing, who: str) -> None:
        """It is not aside any more."""
        with self._lock:
            self._aside.get((name, who), OrderedDict()).pop(thing, None)

    def aside(self, name: str, who: str) -> tuple[Thing, ...]:
        """What this account put aside, the first ones first."""
        with self._lock:
            return tuple(self._aside.get((name, who), ()))

    def see_clear(self, who: str, why: str) -> None:
        """This account sees values in clear for ten minutes, and that is why."""
        with self._lock:
            self._clear[who] = (self._clock() + _CLEAR_SECONDS, why)

    def why_clear(self, who: str) -> str | None:
        """Why this account sees values in clear now; None if it does not."""
        with self._lock:
            until, why = self._clear.get(who, (0.0, ""))
            return why if until > self._clock() else None

    def _is_anothers(self, name: str, thing: Thing, who: str) -> bool:
        with self._lock:
            until, other = self._looked_at.get((name, thing), (0.0, who))
            return other != who and until > self._clock()
