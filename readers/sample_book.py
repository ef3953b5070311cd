"""The workbook of a sample of rows, as it comes back: what an auditor found of each row.

Its first sheet names the sample; the second has a row for each drawn row, with one of three marks.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from readers.kinds import kind_of
from readers.reading import ReadLimits
from readers.sandbox import Job, run_job
from readers.spreadsheet import read_workbook
from schemas.errors import UsageError

SAMPLE = "Mẫu số · Sample"
ROW_ID, RIGHT, WRONG, UNCLEAR = MARKED = (
    "Mã dòng · Row id", "Đúng (x) · Right (x)", "Sai (x) · Wrong (x)", "Không đối chiếu được (x) · Not compared (x)",
)  # fmt: skip
_MARKS = frozenset("xX✓vV1")
_LIMITS = ReadLimits(file_bytes=64 << 20)


@dataclass(frozen=True)
class SampleTicks:
    """A returned workbook: the number of its sample, row id -> right | wrong | unclear, lines with no clear mark.

    `open` counts the rows without any mark.
    """

    sample: int
    ticks: Mapping[str, str]
    unclear_lines: tuple[int, ...]
    open: int


def read_ticks(path: Path) -> SampleTicks:
    """Read a returned workbook in a child process.

    Raises:
        UsageError: sample.no_book, it is no workbook of a sample, or a row stands in it twice.
        FileRefused: it cannot be read.
    """
    job = Job(
        "readers.sample_book:parse", str(path.resolve()), str(path.resolve().parent), "", path.name, None, _LIMITS
    )
    found = run_job(job, _from_json)
    if found is None:
        raise UsageError("sample.no_book")
    return found


def parse(job: Job, progress: Callable[[int], None]) -> "_Report":
    """What the child does."""
    path = Path(job.path)
    if kind_of(path) != "spreadsheet":
        return _Report(None)
    number: int | None = None
    marks: dict[str, list[bool]] = {}
    lines: dict[str, int] = {}
    for sheet in read_workbook(path, None, job.limits):
        at: dict[str, int] | None = None
        for line, cells in _rows(sheet.grids):
            if cells and cells[0] == SAMPLE and len(cells) > 1 and (cells[1] or "").isdecimal():
                number = int(cells[1] or "")
            elif at is None:
                at = {name: cells.index(name) for name in MARKED} if set(MARKED) <= set(cells) else None
            elif row_id := _cell(cells, at[ROW_ID]).lower():
                if row_id in marks:
                    return _Report(None)
                marks[row_id] = [_is_mark(_cell(cells, at[name])) for name in MARKED[1:]]
                lines[row_id] = line
        progress(len(marks))
    return _Report(None if number is None or not marks else _ticks(number, marks, lines))


def _ticks(number: int, marks: Mapping[str, list[bool]], lines: Mapping[str, int]) -> SampleTicks:
    names = ("right", "wrong", "unclear")
    ticks = {row: names[given.index(True)] for row, given in marks.items() if sum(given) == 1}
    unclear = tuple(lines[row] for row, given in marks.items() if sum(given) > 1)
    return SampleTicks(number, ticks, unclear, sum(1 for given in marks.values() if not any(given)))


@dataclass(frozen=True)
class _Report:
    found: SampleTicks | None

    def as_json(self) -> dict[str, Any]:
        return {} if self.found is None else asdict(self.found)


def _from_json(values: Mapping[str, Any]) -> SampleTicks | None:
    if not values:
        return None
    return SampleTicks(values["sample"], values["ticks"], tuple(values["unclear_lines"]), int(values["open"]))


def _rows(grids: Iterator[Any]) -> Iterator[tuple[int, list[str | None]]]:
    for grid in grids:
        columns = [c.to_pylist() for c in grid.columns]
        for row, line in enumerate(grid.lines.tolist()):
            yield line, [c[row] for c in columns]


def _cell(cells: list[str | None], at: int) -> str:
    return (cells[at] or "").strip() if at < len(cells) else ""


def _is_mark(text: str) -> bool:
    return len(text) == 1 and text in _MARKS
