"""The one door of this room: a file of any supported kind -> source records, or a refusal with its reason."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from readers.encoding import known_name
from readers.kinds import refuse_name
from readers.reading import FileFinding, FileReading, ReadLimits
from readers.sandbox import Job, Progress, run_parser
from readers.told import meaning_of
from schemas import lineage
from schemas.decisions import WHOLE_FILE, Decision
from schemas.errors import FileRefused

__all__ = ["FileFinding", "FileReading", "ReadLimits", "read_file"]

_PARSER = "readers.parsers:parse_file"
_BLOCK = 1 << 20
_UNLIMITED = ReadLimits()


def _nothing(rows: int) -> None:
    """Nobody listens."""


def read_file(
    path: Path,
    out: Path,
    *,
    name: str,
    memo: Path | None = None,
    decisions: Sequence[Decision] = (),
    limits: ReadLimits = _UNLIMITED,
    progress: Progress = _nothing,
) -> FileReading:
    """Read one delivered file in a child process.

    Args:
        path: the file.
        out: folder that gets source_records/part-*.parquet (SOURCE_RECORDS) and findings/part-*.parquet
            (CHECK_RESULTS of rule ids row.*); at most PART_ROWS rows a part.
        name: the file's path inside its batch, as people know it; its ending is compared with the content.
        memo: the memo file of a DBF table, if it came along.
        decisions: what people said of encodings and headings (`schemas.decisions`); a remembered encoding of whole
            files is taken only where this one does not say its own.
        limits: see `ReadLimits`.
        progress: hears now and then how many rows were read; a part that is in its place then is complete.

    Returns:
        How it was read: data rows, layout lines, columns, what a person should know.

    Raises:
        FileRefused: a rule of outcome `file`, with the data rows counted before it was clear.
    """
    refuse_name(name)
    known, beside = _known(decisions), str(memo.resolve()) if memo else None
    forced = next((d.value for d in known if _is_forced(d)), None)
    others = tuple(d for d in known if not _is_forced(d))
    job = Job(
        _PARSER, str(path.resolve()), str(out.resolve()), digest(path, memo), name, forced, limits, beside, others
    )
    try:
        return run_parser(job, progress)
    except FileRefused:
        for table in ("source_records", "findings"):
            shutil.rmtree(out / table, ignore_errors=True)
        raise


def digest(path: Path, memo: Path | None = None) -> str:
    """The file id: the digest of what the file holds, with its memo file where it has one."""
    return lineage.file_id(chain(_blocks(path), _blocks(memo) if memo else ()))


def _known(decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions with the canonical names of their encodings."""
    found = []
    for decision in decisions:
        value = known_name(decision.value) if decision.kind == "encoding" else decision.value
        if value is None or (decision.kind == "heading" and meaning_of(value) is None):
            raise FileRefused("encoding.unknown" if value is None else "header.ambiguous", found=decision.value)
        found.append(replace(decision, value=value))
    return found


def _is_forced(decision: Decision) -> bool:
    return decision.kind == "encoding" and decision.match == WHOLE_FILE and decision.origin == "option"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block
