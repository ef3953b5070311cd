"""What a delivery will take, before it is run: rows, time, memory, disk, from measured rates; and compared after.

The rates (pipeline/data/rates.csv, made by benchmarks/rates.py) are of one machine. Runs that are over tell how much
faster or slower this one is: each forecast that was kept is compared, and their middle corrects the next.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

from pipeline.artefacts import read_json, write_json
from pipeline.context import opened_run
from pipeline.settings import Settings
from pipeline.steps import BATCH_STEPS, FILE_STEPS
from schemas.errors import UsageError

FOLDER = "plans"
_LOOKED_AT = 1 << 20
_TEXT = frozenset({".csv", ".tsv", ".txt"})
_PAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf"})
_ROWS_A_PAGE = 20
_MOST_COMPARED = 20
_SLOWEST, _FASTEST = 20.0, 0.05
_MIB = 1 << 20


@dataclass(frozen=True)
class Forecast:
    """What a delivery is expected to take.

    Attributes:
        files, rows: how many; rows are told from the sizes of the files.
        seconds: of the whole job, on this machine.
        peak_mib: most memory of the main process.
        disk_mib: that the store will grow by.
        factor: how much slower than the measured machine this one is; 1 where nothing was compared yet.
        steps: seconds by step.
    """

    files: int
    rows: int
    seconds: float
    peak_mib: float
    disk_mib: float
    factor: float = 1.0
    steps: Mapping[str, float] = field(default_factory=dict)


def forecast(paths: Iterable[Path], settings: Settings) -> Forecast:
    """What these files will take on this machine, as one batch."""
    found = list(paths)
    rows = [rows_of(path) for path in found]
    factor = machine_factor(settings)
    steps = {name: fixed + each * sum(rows) for name, (fixed, each) in _rates("seconds").items()}
    extra = sum(_reading_beyond(path, count) for path, count in zip(found, rows, strict=True))
    steps["read_file"] = steps.get("read_file", 0.0) + extra
    fixed, each = _rates("memory")["peak"]
    return Forecast(
        len(found), sum(rows), round(sum(steps.values()) * factor, 1), round(fixed + each * sum(rows)),
        round(_rates("disk")["store"][1] * sum(rows), 1), round(factor, 2),
        {name: round(seconds * factor, 2) for name, seconds in steps.items()},
    )  # fmt: skip


def rows_of(path: Path) -> int:
    """Rows of a file, told from its size, its kind, and for text from its first MiB. 0 where it cannot be seen."""
    try:
        size, ending = path.stat().st_size, path.suffix.lower()
        if ending in _PAGES:
            return _ROWS_A_PAGE
        if ending in _TEXT:
            with path.open("rb") as source:
                start = source.read(_LOOKED_AT)
            lines = start.count(b"\n") or start.count(b"\r") or 1
            return max(0, round(size * lines / max(1, len(start))) - 1)
    except OSError:
        return 0
    each_bytes, _ = _rates("format").get(ending, _rates("format")[".csv"])
    return round(size / each_bytes)


def machine_factor(settings: Settings) -> float:
    """How much slower this machine is than the one that was measured: the middle of what was compared."""
    told = [
        kept["actual"]["seconds"] / kept["forecast"]["seconds"] * kept["forecast"]["factor"]
        for kept in _kept(settings)[-_MOST_COMPARED:]
        if kept.get("actual") and kept["forecast"]["seconds"]
    ]
    return min(_SLOWEST, max(_FASTEST, median(told))) if told else 1.0


def keep(batch_id: str, made: Forecast, settings: Settings) -> None:
    """Keep a forecast, to be compared with what its batch took."""
    write_json(settings.home / FOLDER / f"{batch_id}.json", {"forecast": asdict(made)})


def compared(batch_id: str, settings: Settings) -> list[Mapping[str, Any]]:
    """The forecast of a batch beside what it took, by step; what was measured is kept for the next forecasts.

    Raises:
        UsageError: forecast.none; forecast.not_run, its run folder is not there, or the run not over.
    """
    path = settings.home / FOLDER / f"{batch_id}.json"
    if not path.exists():
        raise UsageError("forecast.none", batch=batch_id)
    kept = read_json(path)
    took = _took(batch_id, settings)
    told = kept["forecast"]
    of_steps = {name: told["steps"].get(name, 0.0) for name in took["steps"]}
    kept["actual"] = {**took, "seconds": round(sum(took["steps"].values()), 2)}
    # Steps alone are compared: what lies between them is in no manifest.
    kept["forecast"] = {**told, "seconds": round(sum(of_steps.values()), 2)}
    write_json(path, kept)
    rows = [("rows", told["rows"], took["rows"]), ("peak_mib", told["peak_mib"], took["peak_mib"])]
    rows += [(name, of_steps[name], seconds) for name, seconds in took["steps"].items()]
    rows.append(("seconds", kept["forecast"]["seconds"], kept["actual"]["seconds"]))
    return [{"what": what, "forecast": said, "actual": was, "off": _off(said, was)} for what, said, was in rows]


def _took(batch_id: str, settings: Settings) -> dict[str, Any]:
    attempts = sorted((settings.home / "runs" / batch_id).glob("[0-9]*"))
    if not attempts:
        raise UsageError("forecast.not_run", batch=batch_id)
    with opened_run(attempts[-1], settings) as run:
        steps: dict[str, float] = {}
        rows, peak = 0, 0.0
        parts = [(step, file.file_id) for step in FILE_STEPS for file in run.plan.files]
        for step, part in (*parts, *((step, None) for step in BATCH_STEPS)):
            manifest = run.manifest(step, part)
            if manifest is None:
                continue
            steps[step] = round(steps.get(step, 0.0) + manifest.seconds, 2)
            peak = max(peak, manifest.peak_mib)
            rows += manifest.tables.get("source_records", 0) if step == FILE_STEPS[0] else 0
        if run.manifest(BATCH_STEPS[-1]) is None:
            raise UsageError("forecast.not_run", batch=batch_id)
    return {"steps": steps, "rows": rows, "peak_mib": peak}


def _off(said: float, was: float) -> str:
    return f"{(said - was) / was:+.0%}" if was else "–"


def _kept(settings: Settings) -> Sequence[dict[str, Any]]:
    paths = sorted((settings.home / FOLDER).glob("*.json"), key=lambda path: path.stat().st_mtime)
    return [read_json(path) for path in paths]


def _reading_beyond(path: Path, rows: int) -> float:
    """Seconds that reading takes beyond those of a CSV of as many rows."""
    ending = path.suffix.lower()
    if ending in _PAGES:
        return _rates("page")["scan"][1]
    return _rates("format").get(ending, (0.0, 0.0))[1] * rows


@cache
def _rates(kind: str) -> dict[str, tuple[float, float]]:
    text = files("pipeline").joinpath("data", "rates.csv").read_text(encoding="utf-8")
    found = csv.DictReader(text.splitlines())
    return {row["name"]: (float(row["fixed"]), float(row["each_row"])) for row in found if row["kind"] == kind}
