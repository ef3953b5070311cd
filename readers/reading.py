"""What reading a file gives back, and the limits it keeps: frozen declarations shared by parent and child process."""

from dataclasses import asdict, dataclass
from typing import Any

_MIB = 1 << 20


@dataclass(frozen=True)
class ReadLimits:
    """Limits of one file. Sizes in bytes, time in seconds.

    Attributes:
        file_bytes: largest file of a kind that is not read as a stream.
        memory_bytes: address space of the parser beyond what it has at its start.
        seconds: longest time between two chunks.
        expansion: largest ratio of unpacked to packed size, for what unpacks to more than 50 MiB.
        expanded_bytes: largest unpacked size of a workbook.
        members: most parts of a workbook.
        columns: most columns.
        cell_chars: longest cell (Excel's own limit); the text of a longer one is cut and its row blocked.
        line_bytes: longest record of a delimited file, in letters.
        pixels: largest area of one page; a side of a picture may be 1/256 of it long. pages: most pages of a scan.
    """

    file_bytes: int = 2048 * _MIB
    memory_bytes: int = 1024 * _MIB
    seconds: float = 60.0
    expansion: int = 100
    expanded_bytes: int = 500 * _MIB
    members: int = 1_000
    columns: int = 1_024
    cell_chars: int = 32_767
    line_bytes: int = 16 * _MIB
    pixels: int = 80_000_000
    pages: int = 1_000


@dataclass(frozen=True)
class ColumnReading:
    """One column of one sheet: where it is, what its heading says, which raw column it feeds (None: kept aside).

    `position` is 0-based; `letter` is the column's name in Excel; `confidence` is 0 to 1; `levels` are the lines of a
    heading of several; `kept_as` is the column's key in ``other_raw``, None where its raw column has its very text.
    """

    sheet: str | None
    position: int
    letter: str
    heading: str
    raw_column: str | None
    confidence: float
    levels: tuple[str, ...] = ()
    kept_as: str | None = None


@dataclass(frozen=True)
class FileFinding:
    """A rule of outcome `file` that let the file pass: its id, place, and what was found (never a person's value)."""

    rule_id: str
    sheet: str | None = None
    line: int | None = None
    column: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class FileReading:
    """How a file was read. `rows` are data rows; `layout_lines` titles, headings, totals, signatures, blank lines."""

    file_id: str
    file: str
    kind: str
    encoding: str | None
    rows: int
    layout_lines: int
    columns: tuple[ColumnReading, ...]
    findings: tuple[FileFinding, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the way from the child process to its parent."""
        return asdict(self)

    @staticmethod
    def from_json(values: dict[str, Any]) -> "FileReading":
        """The reading that `as_json` described."""
        columns = tuple(ColumnReading(**{**c, "levels": tuple(c["levels"])}) for c in values["columns"])
        findings = tuple(FileFinding(**f) for f in values["findings"])
        return FileReading(**{**values, "columns": columns, "findings": findings})


def column_letter(position: int) -> str:
    """Excel's name of a 0-based column: 0 -> A, 26 -> AA."""
    letters, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
