"""The load of a batch as a ratio to a raw COPY of the same rows into the same tables.

    python -m benchmarks.load_ratio --rows 100000

Both go into an empty store of the same embedded server, in turns, in one transaction that is synced at its commit; the
tables have their keys, indexes and checks. The raw COPY is given the bytes ready made and knows nothing of sums,
persons of the store, versions or statistics: it is the least that anyone could do. A third turn copies into bare
tables, without key, index or check, which is no store any more: it shows what the indexes cost.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv

from benchmarks.common import machine, write_results
from schemas import tables as t
from schemas.field import TableSpec
from store import cluster, copying, embedded, load, provision
from store.batch import LoadBatch
from store.embedded import Server
from store.engine import open_store, stop_store
from tests.store import made_batches as made

KEYS = 6
_TABLES: tuple[tuple[TableSpec, str, str], ...] = (
    (t.RECORDS, "records", "records"), (t.QUARANTINE, "quarantine", "quarantine"),
    (t.BLOCK_KEYS, "block_keys", "block_keys"), (t.ROW_OUTCOMES, "row_outcomes", "row_outcomes"),
    (t.CLUSTERS, "clusters", "memberships"), (t.GOLDEN_PERSONS, "golden_persons", "golden_persons"),
    (t.HOUSEHOLD_MEMBERS, "household_members", "household_members"),
)  # fmt: skip
"""Contract, folder of the batch, table of the store."""
_MEMBER = ("record_id", "person_id")
Encoded = list[tuple[str, tuple[str, ...], list[pa.Buffer]]]


def main() -> None:
    """Measure each size and write results/load_ratio.csv."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, nargs="+", default=[100_000])
    options.add_argument("--repeat", type=int, default=3)
    given = options.parse_args()
    print(machine())
    print(write_results("load_ratio", [measure(rows, given.repeat) for rows in given.rows]))


def measure(rows: int, repeat: int) -> dict[str, object]:
    """The line of the results table for one size: medians of `repeat` turns."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    try:
        batch = made.make(folder / "batch", made.Recipe("bench", rows, rows // 50, 0, KEYS))
        encoded = [_encoded(batch, *table) for table in _TABLES]
        server = embedded.up(folder / "home")
        turns = [_turn(server, number, batch, encoded) for number in range(repeat)]
    finally:
        stop_store(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)
    loads, copies, bare = (statistics.median(turn[side] for turn in turns) for side in range(3))
    ratio, to_bare = (statistics.median(turn[0] / turn[side] for turn in turns) for side in (1, 2))
    print(
        f"{rows:>9} rows: load {loads:.2f} s, raw COPY {copies:.2f} s, ratio {ratio:.2f}; to bare tables {to_bare:.2f}"
    )
    return {
        "rows": rows, "load_seconds": round(loads, 2), "raw_copy_seconds": round(copies, 2), "ratio": round(ratio, 2),
        "bare_copy_seconds": round(bare, 2), "ratio_to_bare": round(to_bare, 2),
        "rows_per_second": round(rows / loads), "turns": repeat,
    }  # fmt: skip


def _turn(server: Server, number: int, batch: LoadBatch, encoded: Encoded) -> list[float]:
    """Seconds of the load, of the raw COPY and of that into bare tables; who begins changes from turn to turn."""
    sides: list[Callable[[str], float]] = [
        lambda url: _load_seconds(url, batch),
        lambda url: _copy_seconds(server, url, encoded),
        lambda url: _copy_seconds(server, url, encoded, bare=True),
    ]
    seconds = [0.0] * len(sides)
    for side in ((number + turn) % len(sides) for turn in range(len(sides))):
        name = f"turn_{number}_{side}"
        provision.ensure_database(server, name)
        passfile = server.home.passfile(name)
        url = f"postgresql://{name}@/{name}?host={server.socket}&port={server.port}&passfile={passfile}"
        open_store(url, server.home.path).close()
        seconds[side] = sides[side](url)
    return seconds


def _load_seconds(url: str, batch: LoadBatch) -> float:
    store = open_store(url, Path("/nowhere"))
    start = time.perf_counter()
    load.load_batch(store, batch)
    seconds = time.perf_counter() - start
    store.close()
    return seconds


def _copy_seconds(server: Server, url: str, encoded: Encoded, *, bare: bool = False) -> float:
    # Only a superuser copies straight into tables with row security.
    passfile = str(server.home.passfile(cluster.SUPERUSER))
    with psycopg.connect(url, user=cluster.SUPERUSER, passfile=passfile) as connection:
        if bare:
            connection.execute("CREATE SCHEMA bare")
            for table, *_ in encoded:
                connection.execute(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING DEFAULTS)")
            connection.execute("SET search_path = bare")
            connection.commit()  # else nothing would be logged, as in no other turn
        start = time.perf_counter()
        for table, columns, parts in encoded:
            for part in parts:
                with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv)") as copy:
                    copy.write(memoryview(part))
        connection.commit()
        return time.perf_counter() - start


def _encoded(
    batch: LoadBatch, spec: TableSpec, folder: str, table: str
) -> tuple[str, tuple[str, ...], list[pa.Buffer]]:
    columns = _MEMBER if table == "memberships" else spec.column_names
    parts = []
    for rows in copying.read_parts(getattr(batch.tables, folder), columns):
        if table == "memberships":
            rows = rows.append_column("province_code", pa.repeat(pa.scalar(batch.batch.province_code), rows.num_rows))
        stream = pa.BufferOutputStream()
        pa_csv.write_csv(rows, stream, pa_csv.WriteOptions(include_header=False))
        parts.append(stream.getvalue())
    return table, (*_MEMBER, "province_code") if table == "memberships" else columns, parts


if __name__ == "__main__":
    main()
