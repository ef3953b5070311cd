"""Draw a number for each of many persons at once: each from a place of its own, none that is taken, none twice.

A person's first number hangs on the key, on who the person is and on nothing else, so it is the same again after a
crash, a restore, or in another order of batches. Only where that number is taken does a second one count, and so on.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from store.permutation import Permutation, Whole

SPACE = 1_000_000
NONE_LEFT = -1
_DRAWS = 40
"""Of a range nine tenths full one person in seventy is left after so many; those choose among what is free."""


class Taken(Protocol):
    """What knows the numbers that nobody may get any more."""

    def among(self, numbers: Whole) -> Whole:
        """Those of the numbers that are taken."""

    def between(self, first: int, last: int) -> Whole:
        """The taken numbers from first to last, both included."""


@dataclass(frozen=True)
class Waiting:
    """Persons who are to have a number, in the order in which they go before each other.

    Attributes:
        buckets: the first six digits of each one's number.
        identities: 16 bytes a person, one after the other.
    """

    buckets: Whole
    identities: bytes


def draw_numbers(permutation: Permutation, waiting: Waiting, taken: Taken) -> Whole:
    """A number for each person, NONE_LEFT where its bucket has none; no number twice."""
    start, step = permutation.starts(waiting.identities)
    found = np.full(len(start), NONE_LEFT, np.int64)
    drawn = np.empty(0, np.int64)
    pending = np.arange(len(start))
    for turn in range(min(_DRAWS, permutation.size)):
        buckets = waiting.buckets[pending]
        places = (start[pending] + turn * step[pending]) % permutation.size
        numbers = buckets * SPACE + permutation.images(buckets, places)
        first = np.zeros(len(pending), bool)
        first[np.unique(numbers, return_index=True)[1]] = True
        first &= np.isin(numbers, drawn, invert=True)
        free = first & np.isin(numbers, taken.among(numbers[first]), invert=True)
        found[pending[free]] = numbers[free]
        drawn = np.concatenate([drawn, numbers[free]])
        pending = pending[~free]
        if not len(pending):
            return found
    _choose_what_is_left(permutation, waiting, taken, found, drawn, pending, start)
    return found


def _choose_what_is_left(
    permutation: Permutation, waiting: Waiting, taken: Taken, found: Whole, drawn: Whole, pending: Whole, start: Whole
) -> None:
    """Where a bucket is nearly full: each chooses among its free numbers, in the order of the permutation."""
    for bucket in np.unique(waiting.buckets[pending]):
        places = np.arange(permutation.size)
        every = bucket * SPACE + permutation.images(np.full(permutation.size, bucket), places)
        last = int(bucket) * SPACE + permutation.first + permutation.size - 1
        gone = np.concatenate([drawn, taken.between(last - permutation.size + 1, last)])
        free = every[np.isin(every, gone, invert=True)].tolist()
        persons = pending[waiting.buckets[pending] == bucket]
        for person in persons[: len(free)]:
            found[person] = free.pop(int(start[person]) % len(free))
