"""Random un-merges of a generated store, taken back in any order: afterwards it says what it said (`make unmerges`).

    python -m tests.pipeline.unmerge_campaign --people 3000 --times 1000 --seed 1

Some are taken back on the way, so that an un-merge meets persons that were parted before; the rest at the end, in an
order that has nothing to do with that of their making. The digest of the whole store is taken every fifty steps, where
it has to differ, and at the end, where it has to be that of the beginning (RELIABILITY R11).
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_samples.batch import write_batch
from data_samples.options import GenerateOptions
from pipeline import person_changes, run
from pipeline.inquiries import asked
from pipeline.settings import Settings
from store import digest, invariants
from store.engine import Store, stop_store
from tests.store.contents import rows

WHO = ("thử nghiệm", "tách rồi gộp lại")


@dataclass(frozen=True)
class Found:
    """What a campaign came to."""

    persons: int
    unmerges: int
    digests_differed: int
    is_as_before: bool
    seconds: float


def part_and_join(store: Store, settings: Settings, times: int, seed: int, check_each: int = 50) -> Found:
    """Part persons at random `times` times, join them again in any order; invariants are looked at with each digest."""
    chance, start = random.Random(seed), time.perf_counter()  # noqa: S311 - a campaign that repeats itself
    before, differed, joins = digest.store_digest(store).whole, 0, list[tuple[str, str]]()
    for number in range(1, times + 1):
        people = _of_several(store)
        while not people or (joins and chance.random() < 0.2):
            person_changes.merge(*joins.pop(chance.randrange(len(joins))), *WHO, settings)
            people = _of_several(store)
        person, records = chance.choice(people)
        leave = chance.sample(records, chance.randint(1, len(records) - 1))
        parted = person_changes.unmerge(person, leave, *WHO, settings)
        joins.append((parted["person"], parted["other_person"]))
        if number % check_each == 0:
            differed += digest.store_digest(store).whole != before
            _demand_sound(store)
    for pair in chance.sample(joins, len(joins)):
        person_changes.merge(*pair, *WHO, settings)
    _demand_sound(store)
    persons = int(str(rows(store, "SELECT count(*) FROM golden_persons")[0][0]))
    is_as_before = digest.store_digest(store).whole == before
    return Found(persons, times, differed, is_as_before, round(time.perf_counter() - start, 1))


def main() -> None:
    """Make a store, try it, print what it came to; exit status 1 if a trace was left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=3_000)
    parser.add_argument("--times", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sohoa-unmerges-"))
    settings = Settings(folder / "home", received_on=date(2024, 6, 1))
    try:
        write_batch(GenerateOptions(given.people, given.seed, ("01",), repeat_share=2.0), "csv", folder, 1)
        run.run_batch(sorted((folder / "input").glob("*.csv")), "01", settings)
        with asked(settings) as store:
            found = part_and_join(store, settings, given.times, given.seed)
    finally:
        stop_store(settings.home)
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(vars(found)) + "\n")
    raise SystemExit(0 if found.is_as_before else 1)


def _of_several(store: Store) -> list[tuple[str, list[str]]]:
    query = """
        SELECT encode(uuid_send(person_id), 'hex'), array_agg(encode(uuid_send(record_id), 'hex') ORDER BY record_id)
        FROM memberships GROUP BY person_id HAVING count(*) > 1 ORDER BY 1"""
    return [(str(person), list(records)) for person, records in rows(store, query)]  # type: ignore[call-overload]


def _demand_sound(store: Store) -> None:
    broken = invariants.store_check(store)
    if broken:
        raise SystemExit(f"the store is not sound: {broken}")


if __name__ == "__main__":
    main()
