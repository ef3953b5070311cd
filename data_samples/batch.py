"""A whole delivery: blocks drawn by several processes, written in order, with the truth beside them."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.block import TRUTH, Task, draw_block, tasks
from data_samples.delimited import HEADING_LINES, heading_line, ledger_lines, line_numbers
from data_samples.options import GenerateOptions, Layout

BLOCKS_OF_FILE = 8
"""Blocks of a province that go into one text file: about 290 000 rows."""

TRUTH_FILE = pa.schema([pa.field("file", pa.string()), pa.field("sheet", pa.string()), *TRUTH])


@dataclass(frozen=True)
class WrittenPart:
    """What a worker hands back: to which ledger, its bytes, its truth."""

    file: str
    content: bytes
    truth: pa.Table


def write_batch(options: GenerateOptions, layout: Layout, out: Path, workers: int = 1) -> int:
    """Write OUT/input/ and OUT/truth.parquet; the number of rows."""
    folder = out / "input"
    folder.mkdir(parents=True, exist_ok=True)
    lines: dict[str, int] = {}
    rows = 0
    with ExitStack() as stack:
        truth = stack.enter_context(pq.ParquetWriter(out / "truth.parquet", TRUTH_FILE))
        for part in _drawn(list(tasks(options, layout)), workers):
            start = lines.get(part.file, HEADING_LINES)
            with (folder / part.file).open("ab" if part.file in lines else "wb") as file:
                file.write(part.content if part.file in lines else heading_line(layout) + part.content)
            lines[part.file] = start + part.truth.num_rows
            rows += part.truth.num_rows
            truth.write_table(_placed(part, start + 1))
    return rows


def write_block(task: Task) -> list[WrittenPart]:
    """Draw a block and turn it into the bytes of its ledgers."""
    found = []
    for part in draw_block(task):
        name = f"{part.province_code}-{task.overall // BLOCKS_OF_FILE + 1:03d}.csv"
        found.append(WrittenPart(name, ledger_lines(part, task.layout), part.truth))
    return found


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


def _placed(part: WrittenPart, first_line: int) -> pa.Table:
    rows = part.truth.num_rows
    lines = line_numbers(first_line, rows)
    columns = {"file": pa.repeat(part.file, rows), "sheet": pa.nulls(rows, pa.string()), "line": lines}
    return pa.table([columns.get(f.name, part.truth.column(f.name) if f.name not in columns else None)
                     for f in TRUTH_FILE], schema=TRUTH_FILE)  # fmt: skip
