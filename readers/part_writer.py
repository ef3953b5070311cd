"""Writes a folder table as parts of PART_ROWS rows: part-00000.parquet, part-00001.parquet ..."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.contract import conform
from schemas.field import TableSpec
from schemas.tables import PART_ROWS

_COMPRESSION = "lz4"


class PartWriter:
    """Collects tables of one TableSpec and writes a part, on a thread of its own, whenever one is full.

    Memory stays at three parts.
    """

    def __init__(self, folder: Path, spec: TableSpec) -> None:
        self.rows = 0
        self._folder, self._spec = folder, spec
        self._waiting = spec.schema.empty_table()
        self._parts = 0
        self._thread = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, table: pa.Table) -> None:
        """Take rows."""
        self.rows += table.num_rows
        self._waiting = pa.concat_tables([self._waiting, table]) if self._waiting.num_rows else table
        while self._waiting.num_rows >= PART_ROWS:
            self._write(self._waiting.slice(0, PART_ROWS))
            self._waiting = self._waiting.slice(PART_ROWS)

    def close(self) -> None:
        """Write what is left; a table without rows is one empty part."""
        if self._waiting.num_rows or not self._parts:
            self._write(self._waiting)
        self._written()
        self._thread.shutdown()

    def _write(self, table: pa.Table) -> None:
        self._written()
        path = self._folder / f"part-{self._parts:05d}.parquet"
        self._parts += 1
        self._writing = self._thread.submit(self._write_part, table, path)

    def _written(self) -> None:
        """Wait for the part that is being written; raises what went wrong."""
        if self._writing is not None:
            self._writing.result()

    def _write_part(self, table: pa.Table, path: Path) -> None:
        checked = conform(table.combine_chunks(), self._spec)
        unfinished = path.with_name(path.name + ".part")
        pq.write_table(checked, unfinished, compression=_COMPRESSION, write_statistics=False)
        unfinished.rename(path)  # whoever works on the parts meanwhile sees whole ones only
