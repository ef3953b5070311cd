"""How long a draft is checked as a whole, and again after one corrected cell, when only what depends on it is judged.

python -m benchmarks.draft_recheck [--people 10000 50000]
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.common import write_results
from benchmarks.portal_clicks import ledgers
from pipeline import draft_check, drafts, file_steps
from pipeline.acting import acting
from pipeline.draft_view import Checked
from pipeline.drafts import Draft
from pipeline.settings import Settings
from store.engine import Store, open_store, stop_store

_TIMES = 3
_BORN, _ROW = 3, 500


def main() -> None:
    """Measure, and write results/draft_recheck.csv."""
    given = argparse.ArgumentParser()
    given.add_argument("--people", type=int, nargs="+", default=[10_000, 50_000])
    home = Path(tempfile.mkdtemp(prefix="sohoa-recheck-"))
    settings = Settings(home / "home", received_on=date(2024, 6, 1))
    store = open_store(settings.store_url, settings.home, acting(settings))
    try:
        rows = [row for people in given.parse_args().people for row in measured(people, home, settings, store)]
    finally:
        store.close()
        stop_store(settings.home)
        shutil.rmtree(home, ignore_errors=True)
    for row in rows:
        print(row)
    print(write_results("draft_recheck", rows))


def measured(people: int, home: Path, settings: Settings, store: Store) -> list[dict[str, object]]:
    """Rows: the first check of a file, a whole one after a correction, and one of what depends on the correction."""
    draft = drafts.begin("01", "", settings)
    for path in sorted(ledgers(home / str(people), people).iterdir()):
        drafts.add_original(draft, path, path.name)
    took, read, seen = timed(lambda: draft_check.check(draft, settings, store))
    rows = [told("first check", people, seen, [took], [read])]
    for what, before in (("whole check after a correction", False), ("what depends on a correction", True)):
        found = []
        for number in range(_TIMES):
            seen = corrected(draft, seen, number)
            last = seen if before else None
            found.append(timed(lambda last=last: draft_check.check(draft, settings, store, last)))  # type: ignore[misc]
            seen = found[-1][2]
        rows.append(told(what, people, seen, [f[0] for f in found], [f[1] for f in found]))
    return rows


def corrected(draft: Draft, seen: Checked, number: int) -> Checked:
    """Another date of birth in one cell."""
    drafts.correct(draft, seen.sheets[0].changes([_ROW + number], _BORN, f"{number + 1:02d}/02/1971"))
    return seen


def timed(check: Callable[[], Checked]) -> tuple[float, float, Checked]:
    """Seconds of a check, those of them that reading and profiling took, and what it found."""
    reading, real = [0.0], file_steps.read_file

    def read_file(*given: object) -> object:
        start = time.perf_counter()
        done = real(*given)  # type: ignore[arg-type]
        reading[0] += time.perf_counter() - start
        return done

    file_steps.read_file = read_file  # type: ignore[assignment]
    try:
        start = time.perf_counter()
        found = check()
        return time.perf_counter() - start, reading[0], found
    finally:
        file_steps.read_file = real


def told(what: str, people: int, seen: Checked, took: list[float], read: list[float]) -> dict[str, object]:
    """The figures of one measurement, medians."""
    whole, reading = statistics.median(took), statistics.median(read)
    return {"people": people, "rows": seen.totals.read, "check": what, "seconds": round(whole, 2),
            "of_it_reading": round(reading, 2), "of_it_judging": round(whole - reading, 2)}  # fmt: skip


if __name__ == "__main__":
    main()
