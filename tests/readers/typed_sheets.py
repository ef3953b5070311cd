"""Hand-typed sheets for tests, read in this process."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from readers.grid import Grid, Sheet, without_blanks
from readers.ledger import LedgerFile, read_sheets
from readers.reading import FileReading, ReadLimits

Rows = Sequence[Sequence[str | None]]


def grid_of(rows: Rows, merged: Mapping[int, tuple[tuple[int, str], ...]] | None = None) -> Grid:
    """The rows of a worksheet; `merged` as in `Grid`."""
    width = max(map(len, rows))
    cells = [[row[at] if at < len(row) else None for row in rows] for at in range(width)]
    lines = np.arange(1, len(rows) + 1, dtype=np.int32)
    return Grid(lines, tuple(without_blanks(pa.array(c, pa.string())) for c in cells), merged=merged or {})


def read_rows(
    folder: Path, *sheets: Rows, merged: Mapping[int, tuple[tuple[int, str], ...]] | None = None
) -> tuple[FileReading, list[dict[str, Any]]]:
    """The reading of a workbook of such sheets, and its source records. Raises FileRefused."""
    file = LedgerFile("f" * 32, "so.xlsx", "spreadsheet", None, ReadLimits())
    given = (Sheet(f"T{at}", iter([grid_of(rows, merged)])) for at, rows in enumerate(sheets, 1))
    reading = read_sheets(given, folder, file, lambda _: None)
    return reading, pq.read_table(folder / "source_records").to_pylist()


def told(reading: FileReading, rule_id: str) -> list[str | None]:
    """The columns that a rule on the file named."""
    return [f.column for f in reading.findings if f.rule_id == rule_id]
