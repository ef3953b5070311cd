"""The lineage of a person, from golden values to cells, in a store of many.

    python -m benchmarks.lineage --home HOME --persons 1000

HOME holds an embedded store that was filled by `sohoa run`. Persons are drawn at random; the server is started anew
before the first turn, so that its own cache is empty (that of the system is not), the second turn asks for the same
persons again.
"""

import argparse
import random
import statistics
import time
from pathlib import Path

from benchmarks.common import machine, write_results
from store.engine import Store, open_store, stop_store
from store.lineage import trace
from store.roles import Role


def main() -> None:
    """Measure and write results/lineage.csv."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--persons", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(machine())
    with_ids = open_store(None, given.home)
    count, asked = _drawn(with_ids, given.persons, given.seed)
    with_ids.close()
    stop_store(given.home)
    store = open_store(None, given.home)
    try:
        rows = [_turn(store, turn, count, asked) for turn in ("first", "again")]
    finally:
        store.close()
        stop_store(given.home)
    print(write_results("lineage", rows))


def _drawn(store: Store, persons: int, seed: int) -> tuple[int, list[str]]:
    with store.reading(Role.REVIEW) as connection:
        query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons"
        ids = [str(i) for (i,) in connection.exec_driver_sql(query)]
    return len(ids), random.Random(seed).sample(ids, persons)  # noqa: S311 - a measurement that repeats itself


def _turn(store: Store, turn: str, count: int, asked: list[str]) -> dict[str, object]:
    seconds, values = [], 0
    for person in asked:
        start = time.perf_counter()
        values += len(list(trace(store, person)))
        seconds.append((time.perf_counter() - start) * 1000)
    seconds.sort()
    row: dict[str, object] = {
        "persons_stored": count, "turn": turn, "asked": len(asked), "rows_told": values,
        "median_ms": round(statistics.median(seconds), 1), "p95_ms": round(seconds[int(0.95 * len(seconds))], 1),
        "max_ms": round(seconds[-1], 1),
    }  # fmt: skip
    print(row)
    return row


if __name__ == "__main__":
    main()
