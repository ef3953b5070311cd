"""Reads generated pages in a process of its own, so that its processor seconds and memory are those of reading alone.

python -m benchmarks.scan_reading FOLDER found|given|tesseract     (FOLDER as data_samples.pages writes it)
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from readers.cell_decoder import decide
from readers.crops import cut
from readers.forms import known_form, load_forms
from readers.page_files import read_pages
from readers.page_grid import Unfit, find_grid
from readers.pages import Box, CellVerdict, Page, Picture, Quad
from readers.reading import ReadLimits
from readers.scans import read_page

Way = Literal["found", "given", "tesseract"]
"""How pages are read: on the grid that we find; on the grid of the truth, which shows the reading of cells alone; and
by Tesseract, cell by cell on the grid of the truth, where the program is installed."""
WAYS: tuple[Way, ...] = get_args(Way)
READINGS = pa.schema({
    "file": pa.string(), "page": pa.int32(), "kind": pa.string(), "column": pa.string(), "text": pa.string(),
    "confidence": pa.float64(), "accepted": pa.bool_(), "quad": pa.list_(pa.float64(), 8),
})  # fmt: skip
"""A row a box that was read; `quad` as in data_samples.pages.truth."""
_ANY_QUALITY = 0.5
_TESSERACT = ("tesseract", "stdin", "stdout", "-l", "vie", "--psm", "6")


def main() -> None:
    """Read, write FOLDER/readings-<way>.parquet, print what it cost as JSON."""
    folder, way = Path(sys.argv[1]), sys.argv[2]
    truth = pq.read_table(folder / "truth.parquet").to_pylist()
    before, rows, pages, unread = _seconds(), [], 0, 0
    for name in dict.fromkeys(row["file"] for row in truth):
        for page in read_pages(folder / name, ReadLimits()):
            true = [
                r for r in truth if r["file"] == name and r["page"] == page.number and r["kind"] in ("cell", "header")
            ]
            read = list(_read(page, true, way))
            rows += [{"file": name, "page": page.number} | row for row in read]
            pages, unread = pages + 1, unread + (not read)
    pq.write_table(pa.Table.from_pylist(rows, schema=READINGS), folder / f"readings-{way}.parquet")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"pages": pages, "unread": unread, "cpu": _seconds() - before, "peak_mib": peak}))


def _read(page: Page, true: Sequence[Mapping[str, Any]], way: str) -> Iterator[dict[str, Any]]:
    if way == "found":
        read = read_page(page, load_forms())
        cells = () if isinstance(read, Unfit) else read.cells
        yield from (_row(cell.box, cell.verdict) for cell in cells)
        return
    boxes = [Box(r["kind"], r["row"], r["column"], _quad(r["quad"])) for r in true]
    turned = int(true[0]["turned"])
    crops = [cut(page.picture, box.quad, turned) for box in boxes]
    if way == "tesseract":
        verdicts = [_by_tesseract(crop) for crop in crops]
    else:
        grid = find_grid(page, load_forms())
        quality = _ANY_QUALITY if isinstance(grid, Unfit) else grid.quality
        verdicts = decide(known_form(true[0]["form_id"]), boxes, crops, quality)
    yield from (_row(box, verdict) for box, verdict in zip(boxes, verdicts, strict=True))


def _row(box: Box, verdict: CellVerdict) -> dict[str, Any]:
    return {
        "kind": box.kind, "column": box.column, "text": verdict.text, "confidence": verdict.confidence,
        "accepted": verdict.accepted, "quad": [v for point in box.quad for v in point],
    }  # fmt: skip


def _quad(values: Sequence[float]) -> Quad:
    a, b, c, d = ((values[i], values[i + 1]) for i in range(0, 8, 2))
    return a, b, c, d


def _by_tesseract(crop: Picture) -> CellVerdict:
    """Tesseract's own text of a grey crop, with no column's rules and no word on whether it is right."""
    height, width = crop.shape
    given = b"P5 %d %d 255\n" % (width, height) + crop.tobytes()
    done = subprocess.run(_TESSERACT, input=given, capture_output=True, check=True)
    return CellVerdict(" ".join(done.stdout.decode().split()), 0.0, False, False, None)


def _seconds() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
