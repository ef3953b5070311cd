"""A batch of 100 000 records against stores of several sizes: seconds of matching, by part, and how right it is.

    python -m benchmarks.against_store --records A/records.parquet B/records.parquet --population 10000000

Each data set is one of `benchmarks.matching_data`, with truth.parquet beside it. Households are drawn for the batch,
and the others fill a store: matched among themselves and copied into the tables that matching reads. Then the step
runs: blocking keys of the batch, its candidates from the store, the first round, what the store hands over, the second.
"""

import argparse
import json
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.common import machine, write_results
from dedup import blocking, matching
from dedup.model import Model
from pipeline import against_store
from pipeline.artefacts import count_rows, parts, read_chunks, write_parts
from pipeline.batch_steps import store_model
from pipeline.mended_rows import Mended
from pipeline.settings import Settings
from schemas import tables as t
from store import keys
from store.copying import copy_in, copy_through
from store.engine import Store, open_store, stop_store
from store.indexes import copy_many

_BATCH = 100_000
_NOTHING = Mended(
    pa.table({n: pa.array([], pa.string()) for n in ("record_id", "corrected_record_id", "person_id")}),
    pa.table({n: pa.array([], pa.string()) for n in ("record_id", "corrected_record_id")}),
)


def main() -> None:
    """Measure and write results/against_store.csv."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, nargs="+", required=True)
    parser.add_argument("--population", type=float, default=1e7)
    parser.add_argument("--folder", type=Path, help="where the store is made; the system's own by default")
    given = parser.parse_args()
    print(machine())
    print(write_results("against_store", [measure(r, given.population, given.folder) for r in given.records]))


def measure(records: Path, population: float, where: Path | None) -> dict[str, object]:
    """A line of the table: one store."""
    model = store_model(Settings(Path(), population=int(population)))
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-", dir=where))
    try:
        size = _split(records, folder)
        store = open_store(None, folder / "home")
        try:
            seconds = {"fill": round(_filled(store, folder, model), 1)}
            for run in ("cold", "warm"):
                found = _matched(store, folder / run, folder / "batch", model)
                seconds |= {f"{name}_{run}": value for name, value in found.items()}
        finally:
            store.close()
            stop_store(folder / "home")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        line = {"stored": size, "batch": count_rows(folder / "batch"), "population": int(population), **seconds}
        line |= _judged(folder / "warm", records.with_name("truth.parquet")) | {"peak_mib_with_filling": peak}
        print(json.dumps(line))
        return line
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _split(records: Path, folder: Path) -> int:
    """Batch and store, drawn by household, as ledgers bring them; returns the records of the store."""
    total = pq.read_metadata(records).num_rows
    below = f"{int(_BATCH / total * 16**6):06x}"

    def part(*, of_batch: bool) -> Iterator[pa.Table]:
        with pq.ParquetFile(records) as file:
            for chunk in file.iter_batches(t.PART_ROWS):
                table = pa.Table.from_batches([chunk])
                is_below = pa.compute.less(pa.compute.coalesce(table["household_key"], table["record_id"]), below)
                yield table.filter(is_below if of_batch else pa.compute.invert(is_below))

    write_parts(part(of_batch=False), folder / "stored", t.RECORDS)
    batch = (_match_columns(chunk) for chunk in part(of_batch=True))
    write_parts(batch, folder / "batch", t.MATCH_RECORDS)
    return count_rows(folder / "stored")


def _match_columns(chunk: pa.Table) -> pa.Table:
    nobody = pa.nulls(chunk.num_rows, pa.string())
    return pa.table(
        [nobody if c == "person_id" else chunk[c] for c in t.MATCH_RECORDS.column_names], schema=t.MATCH_RECORDS.schema
    )


def _filled(store: Store, folder: Path, model: Model) -> float:
    """Match the stored records by themselves and copy what matching reads; returns the seconds."""
    start, work = time.perf_counter(), folder / "fill"
    own = (_match_columns(chunk) for chunk in read_chunks(folder / "stored"))
    matching.match_records(own, [], work, model, matching.MatchOptions(frozen=True))
    rows = count_rows(folder / "stored")
    with store.writing() as connection:
        copy_many(connection, "records", read_chunks(folder / "stored"), rows)
        members = (c.select(["record_id", "person_id"]) for c in read_chunks(work / "clusters"))
        connection.exec_driver_sql("CREATE TEMP TABLE member (record_id uuid, person_id uuid) ON COMMIT DROP")
        copy_in(connection, "member", members)
        connection.exec_driver_sql("""
            INSERT INTO memberships (record_id, person_id, province_code)
            SELECT record_id, person_id, province_code FROM member JOIN records USING (record_id)""")
        copy_through(connection, "scored_pairs", read_chunks(work / "scored_pairs"))
    shutil.rmtree(folder / "stored")
    keys.ensure_block_keys(
        store, lambda c: blocking.block_keys(c, model.population), blocking.key_scheme(model.population)
    )
    return time.perf_counter() - start


def _matched(store: Store, folder: Path, batch: Path, model: Model) -> dict[str, float]:
    """The step, once; seconds of its parts."""
    moments = [time.perf_counter()]
    shutil.copytree(batch, folder / "own")
    own_keys = (blocking.block_keys(chunk, model.population) for chunk in read_chunks(folder / "own"))
    write_parts(own_keys, folder / "block_keys", t.BLOCK_KEYS)
    moments.append(time.perf_counter())
    options = against_store.beside(store, folder, model, _NOTHING)
    moments.append(time.perf_counter())
    matching.match_records(parts(folder / "own"), parts(folder / "stored"), folder, model, options)
    moments.append(time.perf_counter())
    keyed, fetched, matched = np.diff(moments).round(2).tolist()
    counts = {name: count_rows(folder / name) for name in ("near", "stored")}
    return {
        "keys": keyed,
        "fetch": fetched,
        "match": matched,
        "all": round(sum((keyed, fetched, matched)), 2),
        **counts,
    }


def _judged(folder: Path, truth: Path) -> dict[str, object]:
    """Automatic matches of the batch's records with any other, beside the truth."""
    told = pq.read_table(truth, columns=["record_id", "person_id"])
    person = dict(zip(told["record_id"].to_pylist(), told["person_id"].to_pylist(), strict=True))
    own = {r for c in read_chunks(folder / "own", ["record_id"]) for r in c["record_id"].to_pylist()}
    sizes: dict[str, list[int]] = {}
    for record, who in person.items():
        sizes.setdefault(who, [0, 0])[record in own] += 1
    true = sum(mine * stored + mine * (mine - 1) // 2 for stored, mine in sizes.values())
    found = {"match": [0, 0], "review": [0, 0]}
    for chunk in read_chunks(folder / "scored_pairs", ["left_record_id", "right_record_id", "outcome"]):
        for left, right, outcome in zip(*(c.to_pylist() for c in chunk.columns), strict=True):
            if outcome in found and (left in own or right in own):
                found[outcome][person[left] == person[right]] += 1
    (wrong, right_), (_, waiting) = found["match"], found["review"]
    return {
        "auto_precision": round(right_ / max(right_ + wrong, 1), 5), "auto_recall": round(right_ / true, 4),
        "recall_with_reviews": round((right_ + waiting) / true, 4),
    }  # fmt: skip


if __name__ == "__main__":
    main()
