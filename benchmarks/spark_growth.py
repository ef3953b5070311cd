"""The steps of a batch on a local Spark beside the same steps without: seconds of each, processor seconds, their ratio.

    make test-spark   # makes the environment
    .venv-spark/bin/python -m benchmarks.spark_growth --people 20000 100000

Both runs of a size follow each other on one machine, each in a process of its own, from the files up to the golden
persons, against an empty embedded store. Spark has the same processors: what is measured is what its way costs, not
what more machines would bring. Seconds of the clock are those of a machine that does other work too, where its load is
told; seconds that processors were at work (all processes of the run, PostgreSQL apart) hardly depend on it.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import machine, timed, write_results
from benchmarks.whole_job import PROVINCE, generate

ENGINES = ("local", "spark")
FILE_STEPS = ("standardise_records", "build_households", "check_records")
BATCH_STEPS = ("match_records", "survive")
FROM_ROWS = 5000
"""So that small tables go to Spark too, and labels of clusters stay here, as in use."""


def main() -> None:
    """Measure each size and write results/spark_growth.csv."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--people", type=int, nargs="+", default=[20_000, 100_000])
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--work", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.work:
        print(json.dumps(work(given.work[0], Path(given.work[1]))))
        return
    print(machine(), flush=True)
    print(write_results("spark_growth", [row for people in given.people for row in measure(people, given.seed)]))


def measure(people: int, seed: int) -> Iterator[dict[str, object]]:
    """The rows of the results table for one size: one a step, then all of them, then their processor seconds."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    try:
        generate(people, seed, folder / "input")
        found = {engine: run(engine, folder) for engine in ENGINES}
        rows = found["local"].pop("rows")
        assert found["spark"].pop("rows") == rows
        for step in found["local"]:
            local, spark = (round(found[engine][step], 2) for engine in ENGINES)
            print(f"{rows:>9.0f} {step:<20} {local:>8.2f} s here {spark:>8.2f} s on Spark", flush=True)
            yield {
                "people": people, "rows": int(rows), "step": step, "local_seconds": local, "spark_seconds": spark,
                "ratio": round(spark / local, 2), "load_of_machine": round(os.getloadavg()[0], 1),
            }  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(engine: str, folder: Path) -> dict[str, float]:
    """Seconds of each step, of all of them, of processors; the rows that were read."""
    environment = {"SOHOA_HOME": str(folder / engine), "SOHOA_SPARK_FROM_ROWS": str(FROM_ROWS)}
    try:
        done = timed([sys.executable, "-m", "benchmarks.spark_growth", "--work", engine, str(folder)], environment)
        found: dict[str, float] = json.loads(done.output.splitlines()[-1])
    finally:
        timed([sys.executable, "-m", "portal.command", "store", "stop"], environment)
    steps = sum(found[step] for step in (*FILE_STEPS, *BATCH_STEPS))
    return {**found, "these steps": steps, "whole process": done.wall, "processors": done.cpu}


def work(engine: str, folder: Path) -> dict[str, float]:
    """In a process of its own: a batch up to its golden persons; seconds of the steps by their manifests."""
    from pipeline import run as runner
    from pipeline.context import opened_run
    from pipeline.settings import load_settings, with_engine

    settings = with_engine(load_settings(), engine)  # type: ignore[arg-type]
    ledgers = sorted(str(p) for p in (folder / "input").rglob("*.csv") if "truth" not in p.name)
    opened = Path(runner.start(ledgers, PROVINCE))
    with opened_run(opened, settings) as made:
        runner.all_file_steps(made)
        for step in BATCH_STEPS:
            runner._batch_step(made, step)
        files = [file.file_id for file in made.plan.files]
        steps = [(step, file) for step in FILE_STEPS for file in files] + [(step, None) for step in BATCH_STEPS]
        found = {"rows": float(sum(made.steps.finished("read_file", f).tables["source_records"] for f in files))}
        for step, file in steps:
            found[step] = found.get(step, 0.0) + made.steps.finished(step, file).seconds
    return found


if __name__ == "__main__":
    main()
