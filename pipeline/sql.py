"""DuckDB over run folders: bounded memory, spill inside the run folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.artefacts import parts
from pipeline.settings import Settings
from schemas.errors import SystemFailed
from schemas.field import TableSpec


@contextmanager
def connect(settings: Settings, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that keeps to the memory of the settings and spills into `spill`."""
    spill.mkdir(parents=True, exist_ok=True)
    options: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{settings.memory_mib}MiB", "threads": settings.worker_count,
        "temp_directory": str(spill), "preserve_insertion_order": False,
    }  # fmt: skip
    connection = duckdb.connect(config=options)
    # it goes to stdout, into the midst of an answer in JSON, where Python looks interactive to DuckDB
    connection.execute("SET enable_progress_bar_print = false")
    try:
        yield connection
    except (duckdb.IOException, duckdb.OutOfMemoryException) as wrong:  # whose text quotes paths and values
        full = "No space left" in str(wrong) or "max_temp_directory_size" in str(wrong)
        raise SystemFailed("system.disk_full" if full else "system.failed", error=type(wrong).__name__) from None
    finally:
        connection.close()


def view(sql: duckdb.DuckDBPyConnection, name: str, folders: list[Path], spec: TableSpec) -> None:
    """Make the parts of folder tables a view; an empty one of the same columns where there is no part."""
    files = [str(p) for folder in folders for p in parts(folder)]
    if files:
        listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files)
        sql.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")
    else:
        nothing = spec.schema.empty_table()
        sql.register(f"{name}_nothing", nothing)
        sql.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {name}_nothing")


def stream(sql: duckdb.DuckDBPyConnection, query: str, spec: TableSpec, rows: int = 65_536) -> Iterator[pa.Table]:
    """The rows of a query as tables of that contract, chunk by chunk."""
    with sql.sql(query).to_arrow_reader(rows) as reader:
        for batch in reader:
            yield pa.Table.from_batches([batch]).cast(spec.schema)
