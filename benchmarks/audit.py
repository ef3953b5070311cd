"""The audit: events verified a second, out of the store and out of an exported file, and what an event takes.

    python -m benchmarks.audit --events 200000

The events are written into an empty store of the embedded server and chained by it. Each turn verifies the whole chain
with one kept head and its trail, as `sohoa audit verify` does; the file is read by the verifier that stands alone.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from benchmarks.common import machine, write_results
from store import audit
from store.audit_proof import head_text, trail_of
from store.audit_verifier import Head, Verdict, parse_head, verify
from store.engine import Store, open_store, stop_store

_FILL = """
    INSERT INTO audit_events (actor, action, outcome, object_kind, object, other_object, province_code, reason, said,
        before, after, request_id)
    SELECT 'lan', 'person.merged', 'done', 'person', md5(n::text), md5('q' || n), '01', '', md5('s' || n),
        md5('b' || n), md5('a' || n), md5('r' || n / 10)
    FROM generate_series(1, :events) n"""


def main() -> None:
    """Measure and write results/audit.csv."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, nargs="+", default=[200_000])
    options.add_argument("--repeat", type=int, default=3)
    given = options.parse_args()
    print(machine())
    print(write_results("audit", [measure(events, given.repeat) for events in given.events]))


def measure(events: int, repeat: int) -> dict[str, object]:
    """The line of the results table for one size: medians of `repeat` turns."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    try:
        store = open_store(None, folder / "home")
        start = time.perf_counter()
        with store.writing("audit_events") as connection:
            connection.execute(sa.text(_FILL), {"events": events})
        written = time.perf_counter() - start
        exported = folder / "events.tsv"
        head = _export(store, exported)
        in_store = _median(lambda: audit.check_chain(store, [head]), events, repeat)
        in_file = _median(lambda: _verify_file(exported, head), events, repeat)
        with store.reading() as connection:
            size = connection.execute(sa.text("SELECT pg_total_relation_size('audit_events')")).scalar_one()
        store.close()
        return {
            "events": events, "store_events_per_second": round(events / in_store),
            "file_events_per_second": round(events / in_file), "chained_per_second": round(events / written),
            "bytes_per_event_in_store": round(size / events),
            "bytes_per_event_in_file": round(exported.stat().st_size / events), "turns": repeat,
        }  # fmt: skip
    finally:
        stop_store(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def _export(store: Store, path: Path) -> Head:
    """Write the events to a file; the head of them with its trail, unsigned."""
    with store.reading() as connection:
        rows = list(audit.lines(connection))
    path.write_bytes(b"".join(rows))
    trail = trail_of(rows)
    return parse_head(head_text(verify(rows), "2026-01-01T00:00:00+00:00", 1, trail), b"", trail)


def _verify_file(path: Path, head: Head) -> Verdict:
    with path.open("rb") as rows:
        return verify(rows, [head])


def _median(verification: Callable[[], Verdict], events: int, repeat: int) -> float:
    """Median of the seconds that a verification takes; it must pass.

    Raises:
        RuntimeError: it did not, or saw other events.
    """
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        verdict = verification()
        seconds.append(time.perf_counter() - start)
        if verdict.findings or verdict.events != events:
            raise RuntimeError("the chain does not verify")
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
