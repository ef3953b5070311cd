"""A whole delivery: blocks drawn by several processes, written in order, with the truth beside them."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_samples.block import TRUTH, LedgerPart, Task, draw_block, tasks
from data_samples.delimited import HEADING_LINES, heading_line, ledger_lines
from data_samples.options import GenerateOptions, Layout
from data_samples.workbook import workbook

BLOCKS_OF_FILE = 8
"""Blocks of a province that go into one text file: about 290 000 rows."""

TRUTH_FILE = pa.schema([pa.field("file", pa.string()), pa.field("sheet", pa.string()), *TRUTH])


@dataclass(frozen=True)
class WrittenPart:
    """What a worker hands back: bytes for a file, and its truth (TRUTH_FILE).

    Attributes:
        start: what the file begins with, if this part is its first. is_whole: the part is the whole file and its lines
        are final; else they count from 1 within the part.
    """

    file: str
    start: bytes
    content: bytes
    truth: pa.Table
    is_whole: bool


def write_batch(options: GenerateOptions, layout: Layout, out: Path, workers: int = 1) -> int:
    """Write OUT/input/ and OUT/truth.parquet; the number of rows."""
    folder = out / "input"
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, int] = {}
    rows = 0
    with pq.ParquetWriter(out / "truth.parquet", TRUTH_FILE) as truth:
        for part in _drawn(list(tasks(options, (layout,) * len(options.provinces))), workers):
            is_first = part.file not in lines
            with (folder / part.file).open("wb" if is_first else "ab") as file:
                file.write(part.start + part.content if is_first else part.content)
            before = 0 if part.is_whole else lines.get(part.file, HEADING_LINES)
            truth.write_table(_shifted(part.truth, before))
            lines[part.file] = before + part.truth.num_rows
            rows += part.truth.num_rows
    return rows


def write_block(task: Task) -> list[WrittenPart]:
    """Draw a block and turn it into the bytes of its ledgers."""
    layouts = dict(zip(task.options.provinces, task.layouts, strict=True))
    return [written(part, layouts[part.province_code], task) for part in draw_block(task)]


def written(part: LedgerPart, layout: Layout, task: Task) -> WrittenPart:
    """The bytes of one part of a ledger."""
    if layout == "xlsx":
        name = f"{part.province_code}-{task.overall + 1:04d}.xlsx"
        made = workbook(part, task.options.sheet_rows)
        return WrittenPart(name, b"", made.content, placed(part.truth, name, made.sheets, made.lines), True)
    name = f"{part.province_code}-{task.overall // BLOCKS_OF_FILE + 1:03d}.csv"
    truth = placed(part.truth, name, pa.nulls(part.truth.num_rows, pa.string()), part.truth.column("line"))
    return WrittenPart(name, heading_line(layout), ledger_lines(part, layout), truth, False)


def placed(truth: pa.Table, file: str, sheets: pa.Array, lines: pa.Array) -> pa.Table:
    """TRUTH with its places: TRUTH_FILE."""
    columns = {"file": pa.repeat(file, truth.num_rows), "sheet": sheets, "line": lines}
    return pa.table([columns[f.name] if f.name in columns else truth.column(f.name) for f in TRUTH_FILE],
                    schema=TRUTH_FILE)  # fmt: skip


def _shifted(truth: pa.Table, by: int) -> pa.Table:
    lines = pc.add(truth.column("line"), pa.scalar(by, pa.int32()))
    return truth.set_column(TRUTH_FILE.names.index("line"), TRUTH_FILE.field("line"), lines)


def _drawn(work: list[Task], workers: int) -> Iterator[WrittenPart]:
    """The parts of all blocks in order; at most a few blocks are drawn ahead."""
    if workers < 2 or len(work) < 2:
        for task in work:
            yield from write_block(task)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[list[WrittenPart]]] = deque()
        for task in work:
            waiting.append(pool.submit(write_block, task))
            if len(waiting) > workers + 1:
                yield from waiting.popleft().result()
        yield from _rest(waiting)


def _rest(waiting: Iterable[Future[list[WrittenPart]]]) -> Iterator[WrittenPart]:
    for future in waiting:
        yield from future.result()
