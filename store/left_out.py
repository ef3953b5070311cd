"""The rows of a batch that the store takes: all but those whose outcome says that they leave nothing else.

A delivery that comes again holds as many known rows as it has rows, so their ids are never held whole.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import TableSpec
from schemas.tables import KNOWN_ROWS, PART_ROWS
from store.copying import parts, read_parts

_NOT_STORED = ("known", "rejected")
_MEMORY = "512MiB"


def are_any_left_out(row_outcomes: Sequence[Path]) -> bool:
    """Does any row leave nothing but its outcome?"""
    wanted = pa.array(_NOT_STORED)
    return any(pc.any(pc.is_in(t["outcome"], value_set=wanted)).as_py() for t in read_parts(row_outcomes, ["outcome"]))


def without_left_out(folders: Sequence[Path], spec: TableSpec, row_outcomes: Sequence[Path]) -> Iterator[pa.Table]:
    """The rows of a folder table without those that leave nothing but their outcome, in no order."""
    gone = f"outcome IN {_NOT_STORED}"
    yield from _of_rows(folders, spec, row_outcomes, f"ANTI JOIN (SELECT record_id FROM read_parquet(?) WHERE {gone})")


def known_rows(records: Sequence[Path], row_outcomes: Sequence[Path]) -> Iterator[pa.Table]:
    """KNOWN_ROWS of the rows of records that say what was said before, in no order."""
    known = "SEMI JOIN (SELECT record_id FROM read_parquet(?) WHERE outcome = 'known')"
    yield from _of_rows(records, KNOWN_ROWS, row_outcomes, known)


def _of_rows(folders: Sequence[Path], spec: TableSpec, row_outcomes: Sequence[Path], join: str) -> Iterator[pa.Table]:
    rows, outcomes = ([str(path) for path in parts(each)] for each in (folders, row_outcomes))
    if not rows:
        return
    names = ", ".join(f'"{c}"' for c in spec.column_names)
    query = f"SELECT {names} FROM read_parquet(?) {join} chosen USING (record_id)"
    with tempfile.TemporaryDirectory(dir=row_outcomes[0].parent) as spill:
        options: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY, "temp_directory": spill, "preserve_insertion_order": False,
        }  # fmt: skip
        with (
            duckdb.connect(config=options) as sql,
            sql.sql(query, params=[rows, outcomes]).to_arrow_reader(PART_ROWS) as reader,
        ):
            for batch in reader:
                yield pa.Table.from_batches([batch]).cast(spec.schema)
