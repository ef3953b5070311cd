"""Run folders: folder tables written part by part, a manifest beside them, renamed into place when complete.

A reader of a folder either finds a finished one, with its manifest, or none: what is cut in the middle stays in a
temporary folder that the next attempt removes.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.contract import conform
from schemas.errors import SohoaError, UsageError
from schemas.field import TableSpec
from schemas.tables import PART_ROWS

MANIFEST = "manifest.json"
_COMPRESSION = "lz4"


@dataclass(frozen=True)
class Manifest:
    """What a step did: its versions, parameters, the tables it wrote and their rows, time and memory.

    `tables` maps the name of each folder table to its rows; `schemas` to the fingerprint of its columns.
    """

    step: str
    code_version: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    tables: Mapping[str, int] = field(default_factory=dict)
    schemas: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mib: float = 0.0


def parts(folder: Path) -> list[Path]:
    """The parts of a folder table in order; none if the folder is not there."""
    return sorted(folder.glob("part-*.parquet"))


def read_part(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """One part as a table."""
    return pq.read_table(path, columns=list(columns) if columns else None, partitioning=None)


def read_chunks(folder: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The parts of a folder table, one after the other."""
    for path in parts(folder):
        yield read_part(path, columns)


def read_small(folder: Path, spec: TableSpec) -> pa.Table:
    """A whole folder table that is known to be small (profile, findings of one chunk)."""
    tables = list(read_chunks(folder))
    return pa.concat_tables(tables) if tables else spec.schema.empty_table()


def count_rows(folder: Path) -> int:
    """Rows of a folder table, from the parts' footers."""
    return sum(cast(int, pq.read_metadata(path).num_rows) for path in parts(folder))


def write_part(table: pa.Table, path: Path, spec: TableSpec) -> int:
    """Write one part that keeps its contract; returns its rows. Raises ContractError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(conform(table, spec), path, compression=_COMPRESSION, write_statistics=False)
    return cast(int, table.num_rows)


def write_parts(tables: Iterable[pa.Table], folder: Path, spec: TableSpec) -> int:
    """Write tables as parts of at most PART_ROWS rows, small ones joined; returns the rows written."""
    folder.mkdir(parents=True, exist_ok=True)
    rows, number, waiting = 0, 0, spec.schema.empty_table()
    for table in tables:
        waiting = pa.concat_tables([waiting, table]) if waiting.num_rows else table
        while waiting.num_rows >= PART_ROWS:
            rows += write_part(waiting.slice(0, PART_ROWS), part_path(folder, number), spec)
            waiting, number = waiting.slice(PART_ROWS), number + 1
    if waiting.num_rows or not number:
        rows += write_part(waiting, part_path(folder, number), spec)
    return rows


def part_path(folder: Path, number: int) -> Path:
    """Path of the part of that number."""
    return folder / f"part-{number:05d}.parquet"


def fingerprint(spec: TableSpec) -> str:
    """Short hash of a table's columns and types."""
    text = "\n".join(f"{c.name} {c.type} {c.nullable}" for c in spec.columns)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder beside `folder` that takes its place when the block ends well."""
    temporary = folder.with_name(folder.name + ".part")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    yield temporary
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json, the last file of a folder."""
    write_json(folder / MANIFEST, asdict(manifest))


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a finished folder; None if it is not finished."""
    path = folder / MANIFEST
    return Manifest(**read_json(path)) if path.exists() else None


def finished_manifest(folder: Path) -> Manifest:
    """The manifest of a folder that has to be finished. Raises SohoaError run.unfinished."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise SohoaError("run.unfinished", step=folder.name)
    return manifest


def write_json(path: Path, value: Any) -> None:
    """JSON with sorted keys, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1), encoding="utf-8")
    temporary.replace(path)


def write_texts(contents: Mapping[str, str], out: Path) -> dict[str, Path]:
    """Write texts by their names into a folder; each complete or not at all.

    Raises:
        UsageError: path.cannot_write.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            temporary = out / f"{name}.part"
            temporary.write_text(content, encoding="utf-8", newline="\n")
            temporary.replace(out / name)
    except OSError:
        raise UsageError("path.cannot_write", path=str(out)) from None
    return {name: out / name for name in contents}


def read_json(path: Path) -> Any:
    """The value of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def merge_parts(folders: Path | Sequence[Path], file: Path, spec: TableSpec) -> int:
    """Join the parts of folder tables in one Parquet file, part by part; returns its rows."""
    temporary = file.with_name(file.name + ".part")
    with pq.ParquetWriter(temporary, spec.schema, compression="zstd") as writer:
        rows = 0
        for table in chain.from_iterable(map(read_chunks, [folders] if isinstance(folders, Path) else folders)):
            writer.write_table(table.cast(spec.schema))
            rows += table.num_rows
    temporary.replace(file)
    return rows


def split_file(file: Path, folder: Path, spec: TableSpec) -> int:
    """The reverse of `merge_parts`: a Parquet file as parts. Raises ContractError for another table."""
    with pq.ParquetFile(file) as source:
        batches = (pa.Table.from_batches([b]) for b in source.iter_batches(batch_size=PART_ROWS))
        return write_parts(batches, folder, spec)
