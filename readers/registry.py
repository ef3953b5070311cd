"""The one door of this room: a file of any supported kind -> source records, or a refusal with its reason."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from readers.archive import Unpacked
from readers.encoding import known_name
from readers.forms import FormTexts
from readers.kinds import refuse_name
from readers.reading import FileFinding, FileReading, ReadLimits
from readers.sandbox import Job, Progress, run_job, run_parser
from readers.told import meaning_of
from schemas import lineage
from schemas.decisions import WHOLE_FILE, Decision
from schemas.errors import FileRefused

__all__ = ["FileFinding", "FileReading", "ReadLimits", "digest", "read_file", "unpack_file"]

_PARSER, _UNPACKER = "readers.parsers:parse_file", "readers.archive:unpack"
_BLOCK = 1 << 20
_UNLIMITED = ReadLimits()
ARCHIVE_LIMITS = ReadLimits(expanded_bytes=2 << 30)
"""An archive may hold many ledgers: up to 2 GiB of them, at most 100 times its size, at most 1 000 members."""


def _nothing(rows: int) -> None:
    """Nobody listens."""


def read_file(
    path: Path,
    out: Path,
    *,
    name: str,
    file_id: str | None = None,
    memo: Path | None = None,
    decisions: Sequence[Decision] = (),
    limits: ReadLimits = _UNLIMITED,
    forms: FormTexts = (),
    progress: Progress = _nothing,
) -> FileReading:
    """Read one delivered file in a child process.

    Args:
        path: the file.
        out: folder that gets source_records/part-*.parquet (SOURCE_RECORDS) and findings/part-*.parquet
            (CHECK_RESULTS of rule ids row.*); at most PART_ROWS rows a part.
        name: the file's path inside its batch, as people know it; its ending is compared with the content.
        file_id: the digest it was planned under; a file that is another by now is refused.
        memo: the memo file of a DBF table, if it came along.
        decisions: what people said of encodings and headings (`schemas.decisions`); a remembered encoding of whole
            files is taken only where this one does not say its own.
        limits: see `ReadLimits`.
        forms: of scanned pages, beside those of the package.
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
    try:
        before = _marks(path, memo)
        digest_ = digest(path, memo)
    except OSError as wrong:
        raise _unreadable(wrong) from wrong
    if file_id not in (None, digest_):
        raise FileRefused("file.changed")
    job = Job(_PARSER, str(path.resolve()), str(out.resolve()), digest_, name, forced, limits, beside, others, forms)
    try:
        reading = run_parser(job, progress)
        if _marks(path, memo) != before:
            raise FileRefused("file.changed", rows=reading.rows)
    except FileRefused:
        for table in ("source_records", "findings"):
            shutil.rmtree(out / table, ignore_errors=True)
        raise
    return reading


def unpack_file(path: Path, out: Path, limits: ReadLimits = ARCHIVE_LIMITS) -> Unpacked:
    """Unpack an archive into an empty folder in a child process; its members lie there under their numbers.

    Raises:
        FileRefused: the archive is refused as a whole.
    """
    job = Job(_UNPACKER, str(path.resolve()), str(out.resolve()), "", "", None, limits)
    return run_job(job, Unpacked.from_json)


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


def _marks(*paths: Path | None) -> list[tuple[int, ...]]:
    """What changes when somebody writes to a file; the time of the last change cannot be set back."""
    stats = [p.stat() for p in paths if p is not None]
    return [(s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for s in stats]


def _unreadable(wrong: OSError) -> FileRefused:
    """By the number of the error alone: its text names the file."""
    return FileRefused("file.changed" if isinstance(wrong, FileNotFoundError) else "file.unreadable", found=wrong.errno)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            yield block
