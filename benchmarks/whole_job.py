"""The whole job without Airflow's start: rows a second and peak memory of each step.

    python -m benchmarks.whole_job --rows 100000 1000000

Each size is generated, run in a process of its own into an empty embedded store, and read off the steps' manifests.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.common import machine, timed, write_results
from pipeline.context import opened_run
from pipeline.settings import Settings

STEPS = (
    "read_file", "profile_batch", "standardise_records", "build_households", "check_records", "match_records",
    "survive", "validate_batch", "load_batch", "report_batch",
)  # fmt: skip
PROVINCE = "01"


def main() -> None:
    """Measure each size and write results/whole_job.csv."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    print(machine())
    rows = [row for people in given.rows for row in measure(people, given.seed)]
    print(write_results("whole_job", rows))


def measure(people: int, seed: int) -> Iterator[dict[str, object]]:
    """The rows of the results table for one size: one a step, then the whole."""
    folder = Path(tempfile.mkdtemp(prefix="sohoa-bench-"))
    try:
        generate(people, seed, folder / "input")
        yield from run(people, folder)
    finally:
        timed([sys.executable, "-m", "pipeline.cli", "store", "stop"], {"SOHOA_HOME": str(folder / "home")})
        shutil.rmtree(folder, ignore_errors=True)


def generate(people: int, seed: int, out: Path) -> None:
    """Ledgers of that many people in one province, as CSV."""
    command = [
        sys.executable, "-m", "data_samples.generate", "--people", str(people), "--seed", str(seed),
        "--provinces", PROVINCE, "--out", str(out), "--layout", "csv",
    ]  # fmt: skip
    done = timed(command)
    if done.status:
        sys.exit("the generator failed")


def run(people: int, folder: Path) -> Iterator[dict[str, object]]:
    """Run the job and read its manifests."""
    ledgers = sorted(str(p) for p in (folder / "input").rglob("*.csv") if "truth" not in p.name)
    home = folder / "home"
    sohoa = str(Path(sys.executable).with_name("sohoa"))
    done = timed([sohoa, "run", *ledgers, "--province", PROVINCE, "--json"], {"SOHOA_HOME": str(home)})
    answer = json.loads(done.output)
    read = answer["read"]
    for step in STEPS:
        seconds, peak = step_figures(home, answer["batch_id"], step)
        yield line(people, read, step, seconds, peak)
    yield line(people, read, "whole job", round(done.wall, 2), None) | {"cpu_seconds": round(done.cpu, 1)}


def step_figures(home: Path, batch_id: str, step: str) -> tuple[float, float]:
    """Seconds and peak MiB of a step, summed and maximised over its files."""
    run_folder = sorted(p for p in (home / "runs" / batch_id).iterdir() if p.name.isdigit())[-1]
    with opened_run(run_folder, Settings(home)) as run:
        ids = [None, *(f.file_id for f in run.plan.files)]
        found = [m for m in (run.manifest(step, file_id) for file_id in ids) if m is not None]
    return sum(m.seconds for m in found), max(m.peak_mib for m in found)


def line(people: int, read: int, step: str, seconds: float, peak: float | None) -> dict[str, Any]:
    """One line of the table, printed on the way."""
    rate = round(read / seconds) if seconds else 0
    print(f"{people:>9} {step:<20} {seconds:>8.2f} s {rate:>9} rows/s  {peak or '':>8} MiB")
    return {
        "people": people, "rows": read, "step": step, "seconds": seconds, "rows_per_second": rate,
        "peak_mib": peak, "cpu_seconds": None,
    }  # fmt: skip


if __name__ == "__main__":
    main()
