"""Reading and standardising one CSV ledger: rows a second and memory, beside what the machine can do at all.

    python -m benchmarks.read_standardise --rows 1000000 5000000

Each way is a process of its own on the same file: `sohoa` (read_file with its sandboxed child, profile_batch,
standardise_records, as the runner calls them); `pyarrow.csv` reading the same file and doing nothing with it, the
limit of reading alone; and the plain twin, which works row by row instead of on distinct values (on a part of the
rows, said in the table). Memory is the sum of the largest resident sizes of the processes that live at one time.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.common import machine, write_results
from benchmarks.whole_job import PROVINCE, generate
from pipeline.artefacts import finished_manifest, read_chunks, read_small
from readers.grid import filled_mask

_MIB = 1 << 20
_TWIN_ROWS = 20_000
_LOOK_SECONDS = 0.05


def main() -> None:
    """Measure each size and write results/read_standardise.csv."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    options.add_argument("--seed", type=int, default=7)
    options.add_argument(
        "--times", type=int, default=3, help="how often each way is taken; the table holds the middle one"
    )
    options.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        print(_WAYS[given.one[0]](Path(given.one[1])))
        return
    print(machine())
    print(
        write_results(
            "read_standardise", [row for rows in given.rows for row in measure(rows, given.seed, given.times)]
        )
    )


def measure(rows: int, seed: int, times: int) -> Iterator[dict[str, object]]:
    """A line of the table for each way, the middle of some, on a ledger of about that many rows."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    try:
        generate(round(rows / 1.115), seed, folder / "input")
        ledger = _one_file([p for p in sorted((folder / "input").rglob("*.csv")) if "truth" not in p.name])
        twin = folder / "twin.csv"
        with ledger.open("rb") as source, twin.open("wb") as target:
            target.writelines(line for _, line in zip(range(_TWIN_ROWS), source, strict=False))
        for way, file in (("pyarrow.csv", ledger), ("sohoa", ledger), ("plain twin", twin)):
            lines = sorted((_line(way, file) for _ in range(times)), key=lambda line: float(str(line["seconds"])))
            yield lines[len(lines) // 2] | {
                "times": times,
                "fastest": lines[0]["seconds"],
                "slowest": lines[-1]["seconds"],
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _one_file(ledgers: list[Path]) -> Path:
    """The generator writes books of 300 000 rows; all of them as one file with one heading."""
    whole = ledgers[0].with_name("whole.csv")
    with whole.open("wb") as target:
        for number, ledger in enumerate(ledgers):
            with ledger.open("rb") as source:
                if number:
                    source.readline()
                shutil.copyfileobj(source, target)
            ledger.unlink()
    return whole


def _line(way: str, file: Path) -> dict[str, object]:
    start, watched = time.perf_counter(), _Memory()
    command = [sys.executable, "-m", "benchmarks.read_standardise", "--one", way, str(file)]
    with psutil.Popen(command, stdout=-1) as child, watched.of(child.pid):
        rows, seconds = (float(x) for x in child.communicate()[0].split())
    row = {
        "way": way, "rows": int(rows), "megabytes": file.stat().st_size // 1_000_000, "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds), "peak_mib": watched.peak // _MIB,
        "with_start_seconds": round(time.perf_counter() - start, 2),
    }  # fmt: skip
    print(row)
    return row


class _Memory:
    """Largest resident memory of a process and its children together, looked at twenty times a second."""

    def __init__(self) -> None:
        self.peak = 0
        self._is_over = threading.Event()

    @contextmanager
    def of(self, pid: int) -> Iterator[None]:
        """Watch while the block runs."""
        watcher = threading.Thread(target=self._watch, args=(psutil.Process(pid),), daemon=True)
        watcher.start()
        yield
        self._is_over.set()
        watcher.join()

    def _watch(self, process: psutil.Process) -> None:
        while not self._is_over.wait(_LOOK_SECONDS):
            try:
                family = [process, *process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self.peak = max(self.peak, sum(map(_resident, family)))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _sohoa(file: Path) -> str:
    from pipeline import file_steps, workers
    from pipeline.context import load_run
    from pipeline.intake import open_run, plan_batch
    from pipeline.settings import load_settings

    settings = replace(load_settings(), home=file.parent / "home")
    run = load_run(open_run(plan_batch([file], PROVINCE, settings), settings), settings)
    (planned,) = run.plan.files
    start = time.perf_counter()
    with workers.kept():
        if file_steps.read_file(run, planned) is not None:
            sys.exit("the ledger was refused")
        file_steps.standardise_records(run, planned)
    seconds = time.perf_counter() - start
    rows = finished_manifest(run.of("read_file", planned.file_id)).tables["source_records"]
    shutil.rmtree(settings.home)
    return f"{rows} {seconds}"


def _pyarrow(file: Path) -> str:
    from pyarrow import csv

    start = time.perf_counter()
    rows = csv.read_csv(file, parse_options=csv.ParseOptions(invalid_row_handler=lambda _: "skip")).num_rows
    return f"{rows} {time.perf_counter() - start}"


def _twin(file: Path) -> str:
    """The same code with nothing done at once: each line cut alone, each row a value of its own."""
    from readers import delimited
    from transforms import column, standardise

    def each_row(values: pa.Array) -> pa.DictionaryArray:
        places = pa.array(np.arange(len(values), dtype=np.int32), mask=~filled_mask(values))
        return pa.DictionaryArray.from_arrays(places, pc.fill_null(values, ""))

    with (
        patch.object(delimited, "has_plain_lines", lambda dialect: False),
        patch.object(standardise, "encode", each_row),
        patch.object(column.Reading, "plain", property(lambda self: None, lambda self, value: None)),
    ):
        return _twin_of(file)


def _twin_of(file: Path) -> str:
    from readers.parsers import parse_file
    from readers.reading import ReadLimits
    from readers.sandbox import Job
    from schemas import tables as t
    from transforms import standardise

    out = file.parent / "twin"
    start = time.perf_counter()
    reading = parse_file(Job("", str(file), str(out), "0" * 32, file.name, None, ReadLimits()), lambda rows: None)
    profile = standardise.profile_batch(read_chunks(out / "source_records"))
    found = read_small(out / "findings", t.CHECK_RESULTS)
    options = standardise.StandardiseOptions(PROVINCE, date(2026, 1, 1))
    for chunk in read_chunks(out / "source_records"):
        standardise.standardise_records(chunk, profile, found, options=options)
    return f"{reading.rows} {time.perf_counter() - start}"


_WAYS = {"sohoa": _sohoa, "pyarrow.csv": _pyarrow, "plain twin": _twin}


if __name__ == "__main__":
    main()
