"""What a child process does with a file: find out its kind, and read it with the reader of that kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from readers.biff import read_old_workbook
from readers.dbf import read_dbf
from readers.delimited import read_delimited
from readers.grid import Sheet
from readers.html_table import read_html
from readers.kinds import Kind, kind_of, name_fits
from readers.ledger import LedgerFile, read_sheets
from readers.open_document import read_flat_open_document, read_open_document
from readers.reading import FileFinding, FileReading, ReadLimits
from readers.sandbox import Job
from readers.spreadsheet import read_workbook
from readers.web_archive import read_web_archive
from readers.xml_spreadsheet import read_xml_spreadsheet
from schemas.errors import FileRefused

READERS: Mapping[Kind, Callable[[Path, str | None, ReadLimits], Iterator[Sheet]]] = {
    "delimited": read_delimited,
    "spreadsheet": read_workbook,
    "old_spreadsheet": read_old_workbook,
    "open_document": read_open_document,
    "flat_open_document": read_flat_open_document,
    "xml_spreadsheet": read_xml_spreadsheet,
    "html": read_html,
    "web_archive": read_web_archive,
}
"""The supported kinds. A reader gives the sheets of a file; what a ledger is, `readers.ledger` knows for all."""

STREAMED: frozenset[Kind] = frozenset(
    {"delimited", "dbf", "xml_spreadsheet", "flat_open_document", "html", "web_archive"}
)


def parse_file(job: Job, progress: Callable[[int], None]) -> FileReading:
    """Read a file of any supported kind, by its content.

    Raises:
        FileRefused: a rule of outcome `file`.
    """
    kind = kind_of(Path(job.path))
    _refuse_size(kind, job)
    shown = kind if kind in ("delimited", "dbf", "scan") else "spreadsheet"
    ledger = LedgerFile(job.file_id, job.name, shown, job.encoding, job.limits, job.decisions, job.forms)
    reading = _read(kind, job, ledger, progress)
    if name_fits(job.name, kind):
        return reading
    return replace(reading, findings=(FileFinding("file.kind_mismatch", detail=kind), *reading.findings))


def _read(kind: Kind, job: Job, ledger: LedgerFile, progress: Callable[[int], None]) -> FileReading:
    if kind != "scan":
        return read_sheets(_sheets(kind, job), Path(job.out), ledger, progress)
    from readers.scans import read_scan  # its libraries take half a second, which no other file has to wait for

    return read_scan(Path(job.path), Path(job.out), ledger, progress)


def _refuse_size(kind: Kind, job: Job) -> None:
    """What is read as a stream may be of any size; of the others more than a part has to be held at one time."""
    size = Path(job.path).stat().st_size
    if kind not in STREAMED and size > job.limits.file_bytes:
        raise FileRefused("file.too_large", found=size, limit=job.limits.file_bytes)


def _sheets(kind: Kind, job: Job) -> Iterator[Sheet]:
    path = Path(job.path)
    if kind == "dbf":
        return read_dbf(path, Path(job.memo) if job.memo else None, job.encoding, job.limits)
    return READERS[kind](path, job.encoding, job.limits)
