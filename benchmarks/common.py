"""What the measurements share: the machine in words, children under a clock, tables of results."""

import csv
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
_GIB = 1 << 30


@dataclass(frozen=True)
class Measured:
    """One child process: wall seconds, processor seconds, exit status, what it wrote."""

    wall: float
    cpu: float
    status: int
    output: str


def machine() -> str:
    """Processor, cores and memory of this machine, and the Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def timed(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Run a child and measure it."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if done.returncode > 1:
        sys.stderr.write(done.stderr[-4000:])
    return Measured(wall, cpu, done.returncode, done.stdout)


def write_results(name: str, rows: Iterable[Mapping[str, object]]) -> Path:
    """Write rows to results/<name>.csv with the machine beside each; returns the path."""
    rows = [{**row, "machine": machine()} for row in rows]
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
