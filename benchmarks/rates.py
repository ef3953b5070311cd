"""The rates that forecasts are made from, taken from the results that are committed: `python -m benchmarks.rates`.

Of each step a line through two sizes of the whole job (seconds and MiB = fixed + each row); of each format the bytes of
a row, and the seconds that reading one takes beyond a CSV's.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
TARGET = Path(__file__).parents[1] / "pipeline" / "data" / "rates.csv"
HEADER = ("kind", "name", "fixed", "each_row")
_MIB = 1 << 20
_STORE_MB, _STORE_ROWS = 4641, 1_170_000  # docs/scale.md, all tables with their indexes


def rates() -> list[tuple[str, str, str, str]]:
    """The lines of the table."""
    return [*_steps(), *_memory(), *_formats(), ("page", "scan", *_told(0, _page_seconds())),
            ("disk", "store", *_told(0, _STORE_MB * 1e6 / _STORE_ROWS / _MIB))]  # fmt: skip


def _steps() -> Iterator[tuple[str, str, str, str]]:
    small, large = _runs()
    told = [name for name in small if name != "whole job"]
    for name in told:
        yield ("seconds", name, *_line(small[name], large[name]))
    # What no step's own clock sees: the store is opened, parts are sealed.
    rest = [
        (run["whole job"][0], run["whole job"][1] - sum(run[name][1] for name in told), 0.0) for run in (small, large)
    ]
    yield ("seconds", "between", *_line(*rest))


def _memory() -> Iterator[tuple[str, str, str, str]]:
    small, large = _runs()
    peaks = [
        (run["whole job"][0], max(peak for name, (_, _, peak) in run.items() if name != "whole job"), 0.0)
        for run in (small, large)
    ]
    yield ("memory", "peak", *_line(*peaks))


def _formats() -> Iterator[tuple[str, str, str, str]]:
    found = {row["format"]: row for row in _read("formats")}
    csv_second = _each(found[".csv"])
    for name, row in found.items():
        each_bytes = float(row["mib"]) * _MIB / float(row["rows"])
        yield ("format", name, *_told(each_bytes, max(0.0, _each(row) - csv_second)))


def _each(row: dict[str, str]) -> float:
    return float(row["seconds"]) / float(row["rows"])


def _page_seconds() -> float:
    return next(float(row["cpu_per_page"]) for row in _read("scans") if row["group"] == "all" and row["way"] == "found")


def _runs() -> tuple[dict[str, tuple[float, float, float]], dict[str, tuple[float, float, float]]]:
    """Step -> rows, seconds, peak MiB, of the smaller and the larger run."""
    runs: dict[str, dict[str, tuple[float, float, float]]] = {}
    for row in _read("whole_job"):
        values = (float(row["rows"]), float(row["seconds"]), float(row["peak_mib"] or 0))
        runs.setdefault(row["people"], {})[row["step"]] = values
    small, large = (runs[people] for people in sorted(runs, key=int))
    return small, large


def _line(small: tuple[float, float, float], large: tuple[float, float, float]) -> tuple[str, str]:
    each = max(0.0, (large[1] - small[1]) / (large[0] - small[0]))
    return _told(max(0.0, small[1] - each * small[0]), each)


def _told(fixed: float, each: float) -> tuple[str, str]:
    return f"{fixed:.6g}", f"{each:.6g}"


def _read(name: str) -> list[dict[str, str]]:
    with (RESULTS / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def main() -> None:
    """Write the table."""
    with TARGET.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows([HEADER, *rates()])


if __name__ == "__main__":
    main()
