"""The workbook of cells to look at, as it comes back: what a person read in each cell of a scan.

Each row names its cell; exactly one of three things answers it: a mark that the machine read it right, the text that
stands there, or a mark that nobody can read it. Rows without an answer are left for later.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from readers.kinds import kind_of
from readers.reading import ReadLimits
from readers.sandbox import Job, run_job
from readers.spreadsheet import read_workbook
from schemas.errors import UsageError

CELL_ID, PAGE, LINE, FIELD, PICTURE, MACHINE, RIGHT, READS, ILLEGIBLE = HEADINGS = (
    "Mã ô · Cell id", "Trang · Page", "Dòng · Line", "Cột · Column", "Ảnh · Picture", "Máy đọc · Machine",
    "Máy đúng (x) · Right (x)", "Đọc là · Reads", "Không đọc được (x) · Illegible (x)",
)  # fmt: skip
_MARKS = frozenset("xX✓vV1")
_LIMITS = ReadLimits(file_bytes=256 << 20)


@dataclass(frozen=True)
class CellAnswer:
    """What the row at `line` of the workbook answers: its cell (record id, raw column), one of three answers.

    `text` is what the person reads; None where the machine was right, "" where nobody can read the cell.
    """

    line: int
    record_id: str
    raw_column: str
    text: str | None


@dataclass(frozen=True)
class CellAnswers:
    """The answers of a workbook; lines whose answer is not clear; how many rows have none."""

    answers: tuple[CellAnswer, ...]
    unclear: tuple[int, ...]
    open: int


def read_answers(path: Path) -> CellAnswers:
    """Read a returned workbook in a child process.

    Raises:
        UsageError: cells.no_book, it is no workbook of cells.
        FileRefused: it cannot be read.
    """
    job = Job("readers.cell_book:parse", str(path.resolve()), str(path.resolve().parent), "", path.name, None, _LIMITS)
    found = run_job(job, _from_json)
    if found is None:
        raise UsageError("cells.no_book")
    return found


def parse(job: Job, progress: Callable[[int], None]) -> "_Report":
    """What the child does."""
    path = Path(job.path)
    if kind_of(path) != "spreadsheet":
        return _Report(None)
    answers: list[CellAnswer] = []
    unclear: list[int] = []
    left = 0
    is_book = False
    for sheet in read_workbook(path, None, job.limits):
        rows = _rows(sheet.grids)
        heading = next(rows, None)
        at = _positions(heading[1]) if heading else None
        if at is None:
            continue
        is_book = True
        for line, cells in rows:
            told = {name: (cells[p] or "").strip() if p < len(cells) else "" for name, p in at.items()}
            given = [bool(told[RIGHT]), bool(told[READS]), bool(told[ILLEGIBLE])]
            record_id, _, raw_column = told[CELL_ID].partition("/")
            if not any(given):
                left += 1
            elif sum(given) > 1 or not raw_column or not _are_marks(told[RIGHT], told[ILLEGIBLE]):
                unclear.append(line)
            else:
                text = None if told[RIGHT] else told[READS]
                answers.append(CellAnswer(line, record_id.lower(), raw_column, text))
        progress(len(answers))
    return _Report(CellAnswers(tuple(answers), tuple(unclear), left) if is_book else None)


@dataclass(frozen=True)
class _Report:
    found: CellAnswers | None

    def as_json(self) -> dict[str, Any]:
        return {} if self.found is None else asdict(self.found)


def _from_json(values: Mapping[str, Any]) -> CellAnswers | None:
    if not values:
        return None
    answers = tuple(CellAnswer(**a) for a in values["answers"])
    return CellAnswers(answers, tuple(values["unclear"]), int(values["open"]))


def _rows(grids: Iterator[Any]) -> Iterator[tuple[int, list[str | None]]]:
    for grid in grids:
        columns = [c.to_pylist() for c in grid.columns]
        for row, line in enumerate(grid.lines.tolist()):
            yield line, [c[row] for c in columns]


def _positions(cells: Sequence[str | None]) -> dict[str, int] | None:
    at = {name: cells.index(name) for name in (CELL_ID, RIGHT, READS, ILLEGIBLE) if name in cells}
    return at if len(at) == 4 else None


def _are_marks(*texts: str) -> bool:
    return all(not text or (len(text) == 1 and text in _MARKS) for text in texts)
