"""The truth about pages as a table: one row a cell, header field or printed heading."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from data_samples.pages.boxes import MadePage, TrueBox

_QUAD = pa.list_(pa.float32(), 8)
TRUTH = pa.schema({
    "file": pa.string(), "page": pa.int32(), "seed": pa.int64(), "form_id": pa.string(), "level": pa.int32(),
    "font": pa.string(), "font_kind": pa.string(), "dpi": pa.int32(), "turned": pa.int32(), "kind": pa.string(),
    "row": pa.int32(), "column": pa.string(), "text": pa.string(), "quad": _QUAD, "ink": _QUAD,
    "handwriting": pa.bool_(),
})  # fmt: skip
"""`kind` is cell, header, heading or label; `quad` and `ink` are x, y of the four corners in pixels of the picture."""


def truth_table(file: str, pages: Sequence[MadePage]) -> pa.Table:
    """TRUTH of the pages of one file, numbered from 1."""
    rows = [row for number, page in enumerate(pages, 1) for row in _rows(file, number, page)]
    return pa.Table.from_pylist(rows, schema=TRUTH)


def _rows(file: str, number: int, page: MadePage) -> Iterator[dict[str, Any]]:
    same = {
        "file": file, "page": number, "seed": page.seed, "form_id": page.form_id, "level": page.level,
        "font": page.font, "font_kind": page.font_kind, "dpi": page.dpi, "turned": page.turned,
    }  # fmt: skip
    for box in (*page.boxes, *page.headings):
        yield same | _of_box(box)


def _of_box(box: TrueBox) -> dict[str, Any]:
    return {
        "kind": box.kind,
        "row": box.row,
        "column": box.column,
        "text": box.text,
        "quad": [v for point in box.quad for v in point],
        "ink": [v for point in box.ink for v in point] if box.ink is not None else None,
        "handwriting": box.handwriting,
    }
