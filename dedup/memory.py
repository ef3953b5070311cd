"""What matching holds in memory, said beforehand, and how it keeps below what it was given.

Records stay whole as integers, pairs as numbers of rows; everything else is worked on a slab at a time. The figures are
measured (docs/scale.md says how) and rounded up: too high a figure refuses too early, too low a one breaks the promise.
"""

import math
from dataclasses import dataclass

from dedup.elsewhere import Elsewhere
from schemas.errors import UsageError

MIB = 1 << 20
BASE = 400 * MIB
"""The program, its libraries, the parts of a table that are being read."""
RECORD = 780
"""Of a record at the peak of blocking: its columns, the names it brings, the parts of its keys."""
THREAD_RECORD = 110
"""Of a record for each thread that makes keys beside the first."""
PAIR = 72
"""Of a candidate pair: its rows and rule, and what is made of them on the way to its score."""
PAIRS_OF_RECORD = 0.6
"""Candidate pairs a record, as long as they are not counted: of ledgers that are written as usual there are fewer."""
PAIR_AT_WORK = 256
"""Of a pair while it is compared and weighed."""
MOST_THREADS = 2
MOST_AT_ONCE = 1 << 17
_LEAST_AT_ONCE = 1 << 13


@dataclass(frozen=True)
class Pace:
    """How matching works: threads, pairs that each compares at a time, whether pairs are sorted on disk; who helps."""

    threads: int = MOST_THREADS
    pairs_at_once: int = MOST_AT_ONCE
    spills: bool = False
    elsewhere: Elsewhere | None = None


FREE = Pace()
"""Without a bound."""


@dataclass(frozen=True)
class Memory:
    """What matching may hold, in MiB; 0 = as much as it likes."""

    mib: int = 0

    def pace(self, records: int) -> Pace:
        """How to work on so many records.

        Raises:
            UsageError: match.memory, where the records themselves do not fit.
        """
        if not self.mib:
            return FREE
        self.demand(records)
        room = self.mib * MIB - needed(records)
        threads = MOST_THREADS if room >= THREAD_RECORD * records else 1
        room -= (threads - 1) * THREAD_RECORD * records
        at_once = max(_LEAST_AT_ONCE, min(MOST_AT_ONCE, room // 4 // (threads * PAIR_AT_WORK)))
        return Pace(threads, at_once, spills=True)

    def demand(self, records: int, pairs: int | None = None) -> None:
        """Refuse what does not fit.

        Raises:
            UsageError: match.memory, with what would be needed.
        """
        least = -(-needed(records, pairs) // MIB)
        if self.mib and least > self.mib:
            counts = {"records": records, "pairs": pairs}
            raise UsageError("match.memory", given=f"{self.mib} MiB", needed=f"{least} MiB", **counts)


def needed(records: int, pairs: int | None = None) -> int:
    """Bytes that so many records cannot do without, and their candidate pairs, where they are counted already."""
    found = math.ceil(PAIRS_OF_RECORD * records) if pairs is None else pairs
    return BASE + RECORD * records + PAIR * found + _LEAST_AT_ONCE * PAIR_AT_WORK
