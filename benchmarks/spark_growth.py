"""The whole job with its steps on a local Spark beside the same job without: seconds of each step, and their ratio.

    make test-spark   # makes the environment
    .venv-spark/bin/python -m benchmarks.spark_growth --people 20000 100000

Both runs of a size follow each other on one machine, each into an empty embedded store. Spark has the same processors:
what is measured is what its way costs, not what more machines would bring. Seconds are those of the clock; the seconds
that processors were at work (all processes, PostgreSQL apart) hardly depend on what else the machine does.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import machine, timed, write_results
from benchmarks.whole_job import PROVINCE, STEPS, generate, step_figures

ENGINES = ("local", "spark")
ON_SPARK = ("standardise_records", "build_households", "check_records", "match_records", "survive")


def main() -> None:
    """Measure each size and write results/spark_growth.csv."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--people", type=int, nargs="+", default=[20_000, 100_000])
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    print(machine())
    print(write_results("spark_growth", [row for people in given.people for row in measure(people, given.seed)]))


def measure(people: int, seed: int) -> Iterator[dict[str, object]]:
    """The rows of the results table for one size: one a step, then all of the steps on Spark, then the whole job."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    try:
        generate(people, seed, folder / "input")
        found = {engine: run(engine, folder) for engine in ENGINES}
        rows = found["local"].pop("rows")
        assert found["spark"].pop("rows") == rows
        for step in found["local"]:
            local, spark = (found[engine][step] for engine in ENGINES)
            ratio = round(spark / local, 2) if local else None
            print(f"{rows:>9.0f} {step:<20} {local:>8.2f} s here {spark:>8.2f} s on Spark, {ratio} times", flush=True)
            yield {
                "people": people, "rows": int(rows), "step": step, "local_seconds": local, "spark_seconds": spark,
                "ratio": ratio,
            }  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(engine: str, folder: Path) -> dict[str, float]:
    """Seconds of each step, of those on Spark together and of the whole job; the rows that were read."""
    home = folder / engine
    environment = {"SOHOA_HOME": str(home), "SOHOA_SPARK_FROM_ROWS": "0"}
    sohoa = [sys.executable, "-m", "portal.command"]
    ledgers = sorted(str(p) for p in (folder / "input").rglob("*.csv") if "truth" not in p.name)
    try:
        done = timed([*sohoa, "run", *ledgers, "--province", PROVINCE, "--json", "--engine", engine], environment)
        answer = json.loads(done.output)
        seconds = {step: round(step_figures(home, answer["batch_id"], step)[0], 2) for step in STEPS}
    finally:
        timed([*sohoa, "store", "stop"], environment)
    on_spark = round(sum(seconds[step] for step in ON_SPARK), 2)
    whole = {"steps on Spark": on_spark, "whole job": round(done.wall, 2), "whole job, processor": round(done.cpu, 2)}
    return {**seconds, **whole, "rows": answer["read"]}


if __name__ == "__main__":
    main()
