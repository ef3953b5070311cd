"""How well scanned ledgers are read, on pages whose fonts and seeds nobody tunes on.

    python -m benchmarks.scans --pages 90 --seed 4001

Makes pages (data_samples.pages), reads them in a child for each way (benchmarks.scan_reading), and counts
(benchmarks.scan_scores). Of the held-out fonts only figures are shown, never readings; `--fonts dev --wrong 30` shows
readings that went wrong, and so does `--fonts tune` where those fonts are made (benchmarks/line_recogniser/make_fonts).
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.common import timed, write_results
from benchmarks.scan_reading import WAYS
from benchmarks.scan_scores import ReadBox, grouped, score
from data_samples.pages.fonts import FONT_KINDS
from readers.forms import known_form

_TARGETS: Mapping[tuple[str, str], float] = {
    ("all", ""): 0.94, ("levels", "1-3"): 0.97, ("box", "header"): 0.88, ("kind of column", "name"): 0.90,
    ("kind of column", "place"): 0.85,
}  # fmt: skip
"""Least share of exact boxes that is wanted of a group."""


def main() -> None:
    """Make pages, read them, write results/scans.csv."""
    given = _parser().parse_args()
    if given.wrong and given.fonts == "held_out":
        sys.exit("--wrong shows readings: never of held-out fonts")
    with tempfile.TemporaryDirectory() as made:
        folder = given.pages_in or Path(made)
        if given.pages_in is None:
            _make(folder, given)
        rows = [row for way in _ways(given.ways) for row in _measured(folder, way, given)]
    if given.write:
        print(write_results("scans", rows))


def _make(folder: Path, given: argparse.Namespace) -> None:
    options = {"pages": given.pages, "seed": given.seed, "fonts": given.fonts, "out": folder}
    command = [sys.executable, "-m", "data_samples.pages", *(f"--{k}={v}" for k, v in options.items())]
    done = timed([*command, "--formats", "png", "jpg", "--kinds", *given.kinds])
    if done.status:
        sys.exit("pages could not be made")


def _ways(wanted: Sequence[str]) -> list[str]:
    if "tesseract" in wanted and shutil.which("tesseract") is None:
        print("tesseract: not installed, left out")
    return [way for way in wanted if way != "tesseract" or shutil.which("tesseract")]


def _measured(folder: Path, way: str, given: argparse.Namespace) -> list[dict[str, object]]:
    """Rows of one way, printed as they come: groups of boxes with their score, and what reading cost."""
    done = timed([sys.executable, "-m", "benchmarks.scan_reading", str(folder), way])
    if done.status:
        sys.exit(f"{way}: pages could not be read")
    cost = json.loads(done.output.splitlines()[-1])
    boxes = compared(pq.read_table(folder / "truth.parquet").to_pylist(),
                     pq.read_table(folder / f"readings-{way}.parquet").to_pylist())  # fmt: skip
    spent = {
        "pages": cost["pages"], "pages_unread": cost["unread"], "cpu_per_page": round(cost["cpu"] / cost["pages"], 2),
        "peak_mib": cost["peak_mib"],
    }  # fmt: skip
    rows = [_row(way, what, value, group, spent) for what, value, group in grouped(boxes)]
    for row in rows:
        print(_shown(row), flush=True)
    _show_wrong(boxes, given.wrong)
    return rows


def _row(way: str, what: str, value: str, boxes: Sequence[ReadBox], spent: Mapping[str, object]) -> dict[str, object]:
    figures = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(score(boxes)).items()}
    costs = spent if what == "all" else dict.fromkeys(spent, "")
    return {"way": way, "group": what, "value": value, **figures, "wanted": _TARGETS.get((what, value), ""), **costs}


def _shown(row: Mapping[str, object]) -> str:
    words = (f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items() if v not in ("", 0))
    return "  ".join(w for w in words if not w.endswith("nan"))


def compared(truth: Sequence[Mapping[str, Any]], readings: Sequence[Mapping[str, Any]]) -> list[ReadBox]:
    """Each cell of the truth with the reading whose quad holds its middle, each header field with the one of its name.

    Args:
        truth: rows of data_samples.pages.truth.
        readings: rows of benchmarks.scan_reading.
    """
    of_page: dict[tuple[str, int, str], list[Mapping[str, Any]]] = {}
    for row in readings:
        of_page.setdefault((row["file"], row["page"], row["kind"]), []).append(row)
    found = []
    for row in truth:
        if row["kind"] in ("cell", "header"):
            near = of_page.get((row["file"], row["page"], row["kind"]), [])
            named = next((r for r in near if r["column"] == row["column"]), None)
            found.append(_compared(row, named if row["kind"] == "header" else _holding(near, row)))
    return found


def _compared(row: Mapping[str, Any], read: Mapping[str, Any] | None) -> ReadBox:
    same = {k: row[k] for k in ("file", "page", "level", "font_kind", "font", "form_id", "kind", "column")}
    kind = known_form(row["form_id"]).kind_of(row["column"])
    if read is None:
        return ReadBox(
            **same, column_kind=kind, truth=row["text"], read=None, read_column=None, confidence=0.0, accepted=False
        )
    return ReadBox(
        **same, column_kind=kind, truth=row["text"], read=read["text"], read_column=read["column"],
        confidence=read["confidence"], accepted=read["accepted"],
    )  # fmt: skip


def _holding(readings: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The reading whose quad holds the middle of the true one; that of the same column first."""
    quad = row["quad"]
    middle = (sum(quad[0::2]) / 4, sum(quad[1::2]) / 4)
    holding = [r for r in readings if holds(r["quad"], middle)]
    return min(holding, key=lambda r: r["column"] != row["column"], default=None)


def holds(quad: Sequence[float], point: tuple[float, float]) -> bool:
    """Does a convex quad (x, y of four corners, either way round) hold the point?"""
    corners = [(quad[i], quad[i + 1]) for i in range(0, 8, 2)]
    sides = [
        (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    return all(s >= 0 for s in sides) or all(s <= 0 for s in sides)


def _show_wrong(boxes: Sequence[ReadBox], count: int) -> None:
    wrong = [b for b in boxes if not b.is_right and b.truth]
    for box in wrong[:: max(1, len(wrong) // max(1, count))][:count]:
        place = f"level {box.level} {box.font_kind} {box.column}"
        print(f"  {place}: {box.truth!r} read {box.read!r} ({box.confidence:.2f})")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pages", type=int, default=90)
    parser.add_argument("--seed", type=int, default=4001)
    parser.add_argument("--fonts", choices=("dev", "tune", "held_out"), default="held_out")
    parser.add_argument("--kinds", nargs="+", choices=FONT_KINDS, default=["printed", "typewriter", "handwriting"])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--pages-in", type=Path, help="a folder that data_samples.pages has written, instead")
    parser.add_argument("--wrong", type=int, default=0, help="show so many wrong readings, of fonts not held out")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True)
    return parser


if __name__ == "__main__":
    main()
