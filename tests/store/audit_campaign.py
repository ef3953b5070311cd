"""Seeded changes of an audit of 10 000 events, every kind in turn: each must be found and located within one event.

python -m tests.store.audit_campaign --events 10000 --changes 2000
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache

from store.audit_verifier import Head
from tests.store.tampering import KINDS, Chain, Tampered, bodies, chained, head_of, is_located, seeded


def main() -> int:
    """Make the changes, print each kind with how many were located; 1 when one was not."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=10_000)
    options.add_argument("--changes", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    sys.stdout.write(f"{given.changes} changes of {given.events} events, seed {given.seed}\n")
    tries = [(given.events, given.seed, number) for number in range(given.changes)]
    with ProcessPoolExecutor(given.processes) as processes:
        ended = Counter(processes.map(is_found, *zip(*tries, strict=True), chunksize=len(KINDS)))
    for kind in KINDS:
        sys.stdout.write(f"{kind:15} {ended[kind, True]:5} located {ended[kind, False]:5} missed\n")
    return 1 if any(not found for _, found in ended) else 0


def is_found(events: int, seed: int, number: int) -> tuple[str, bool]:
    """The kind of a change, and whether it was located; the head that was kept is of the whole chain."""
    kind = list(KINDS)[number % len(KINDS)]
    rows = _chain(events, seed)
    changed: Tampered = KINDS[kind](rows, seeded((seed, number)))
    return kind, is_located(changed, [_head(events, seed)])


@cache
def _chain(events: int, seed: int) -> Chain:
    return chained(bodies(events, seed))


@cache
def _head(events: int, seed: int) -> Head:
    return head_of(_chain(events, seed))


if __name__ == "__main__":
    sys.exit(main())
