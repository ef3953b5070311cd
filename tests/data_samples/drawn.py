"""Blocks that several tests look at, drawn once."""

from functools import cache

import numpy as np

from data_samples.block import LedgerPart, Task, draw_block, draw_truth, tasks
from data_samples.draw import block_stream
from data_samples.options import GenerateOptions, Layout
from data_samples.wording import Block

OPTIONS = GenerateOptions(9_000, 11, ("01", "40", "92"), migrant_share=0.05, minority_weight=2.0)


def all_tasks(layout: Layout = "csv", options: GenerateOptions = OPTIONS) -> list[Task]:
    return list(tasks(options, (layout,) * len(options.provinces)))


@cache
def truth(number: int = 1) -> Block:
    """What is true in one block (0 Hà Nội, 1 Nghệ An, 2 Cần Thơ)."""
    task = all_tasks()[number]
    return draw_truth(block_stream(task.options.seed, task.province, task.number), task)


@cache
def parts(layout: Layout = "csv") -> tuple[LedgerPart, ...]:
    """The ledger parts of all three blocks."""
    return tuple(part for task in all_tasks(layout) for part in draw_block(task))


@cache
def rows(layout: Layout = "csv") -> tuple[dict[str, object], ...]:
    """All rows: texts and truth of each in one dict."""
    return tuple(
        text | known | {"ledger": part.province_code}
        for part in parts(layout)
        for text, known in zip(part.texts.to_pylist(), part.truth.to_pylist(), strict=True)
    )


def linked(block: Block, link: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Persons with that link in the block, and whom it leads to."""
    who = np.flatnonzero(link >= 0)
    return who, link[who]
