"""The failing rows of a batch as pages, made once and kept beside the batch like its figures (`kept_figures`).

A page is a note of its own (`rows.000001`, deflated), the note `rows` says what stands on which: what is kept has
places, rules, ids of rows and pseudonyms of sheets, and no value of a person. While they are made, the notes of all
pages lie in memory: some 25 bytes a row.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline import sheet_names
from quality.failing_rows import (
    ROWS_A_PAGE,
    Cause,
    CauseCount,
    FailingRow,
    PageSummary,
    RowGroup,
    RowIndex,
    RowPage,
    summary_of,
)
from schemas import rules
from schemas.tables import PART_ROWS
from store import failing_rows, report_figures
from store.engine import Store
from store.failing_rows import FAILING_ROWS, Cell, Cells

NAME = "rows"
_REJECTED, _TAKEN = "rejected", ("loaded", "merged")


@dataclass(frozen=True)
class KeptRows:
    """The failing rows of a batch: what stands on which page, and the pages, read one after the other."""

    index: RowIndex
    pages: Callable[[], Iterator[RowPage]]


class _Found(NamedTuple):
    """A row of FAILING_ROWS."""

    record_id: str
    file_id: str
    file: str
    sheet: str | None
    page: int | None
    line: int | None
    outcome: str
    rule_id: str | None
    found_rule_id: str | None
    found_field: str | None


class _Row(NamedTuple):
    """A row, or a run of rejected ones, with its causes."""

    file_id: str
    file: str
    sheet: str | None
    row: FailingRow
    causes: tuple[Cause, ...]


def of_batch(store: Store, batch_id: str) -> KeptRows:
    """The failing rows as they were kept; else found now, and kept unless the store is limited to a province."""
    entry = report_figures.entry(store, batch_id)
    told = json.loads(report_figures.note(store, batch_id, NAME) or "{}")
    if entry and told.get("entry") == entry:
        index = RowIndex(tuple(_summary(page) for page in told["pages"]))
        return KeptRows(index, lambda: _read(store, batch_id, len(index.pages)))
    summaries, notes = [], []
    for page in found(store, batch_id):
        summaries.append(summary_of(page))
        notes.append(_packed(page))
    index = RowIndex(tuple(summaries))
    if entry and store.province is None:
        head = json.dumps({"entry": entry, "pages": [asdict(s) for s in summaries]}, ensure_ascii=False)
        numbered = [(_name(n), note) for n, note in enumerate(notes, 1)]
        failing_rows.keep_notes(store, batch_id, NAME, [*numbered, (NAME, head)])
    return KeptRows(index, lambda: map(_unpacked, notes))


def found(store: Store, batch_id: str) -> Iterator[RowPage]:
    """The failing rows as the store has them now."""
    cells = failing_rows.cells(store, batch_id)
    return paged(failing_rows.failing_rows(store, batch_id), cells, sheet_names.shown_by(store.acting))


def paged(tables: Iterable[pa.Table], cells: Cells, shown: sheet_names.Shown) -> Iterator[RowPage]:
    """Pages of FAILING_ROWS in the order of file, sheet, page and line: at most ROWS_A_PAGE rows of one file each."""
    number, waiting = 0, list[_Row]()
    for row in _runs(_rows(tables)):
        if waiting and (row.file != waiting[0].file or len(waiting) == ROWS_A_PAGE):
            number, full, waiting = number + 1, waiting, []
            yield _page(number, full, cells, shown)
        waiting.append(row)
    if waiting:
        yield _page(number + 1, waiting, cells, shown)


def _rows(tables: Iterable[pa.Table]) -> Iterator[_Row]:
    lines = (_Found(*line) for table in tables for line in _lines(table))
    for _, same in groupby(lines, key=lambda line: (line.record_id, line.file_id)):
        found = list(same)
        first = found[0]
        state = "in_review" if first.outcome in _TAKEN else first.outcome
        causes = [Cause(state, f.found_rule_id, f.found_field or "") for f in found if f.found_rule_id]
        if state == _REJECTED:  # what its rows would have been told is told of the file
            causes = []
        if first.rule_id and first.rule_id not in {c.rule_id for c in causes}:
            known = rules.all_rules().get(first.rule_id)
            causes.insert(0, Cause(state, first.rule_id, known.field if known and state != _REJECTED else ""))
        row = FailingRow(first.page, first.line, None, first.record_id)
        yield _Row(first.file_id, first.file, first.sheet, row, tuple(dict.fromkeys(causes)))


def _lines(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    for start in range(0, table.num_rows, PART_ROWS):
        part = table.slice(start, PART_ROWS)
        yield from zip(*(part.column(name).to_pylist() for name in FAILING_ROWS.column_names), strict=True)


def _runs(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Neighbouring lines that were rejected for the same reason, as one run: whole files may be."""
    before: _Row | None = None
    for row in rows:
        if before is not None and _follows(before, row):
            before = before._replace(row=FailingRow(before.row.page, before.row.line, row.row.line, ""))
            continue
        if before is not None:
            yield before
        before = row
    if before is not None:
        yield before


def _follows(before: _Row, row: _Row) -> bool:
    if row.row.line is None or before.row.line is None or any(c.state != _REJECTED for c in row.causes):
        return False
    last = before.row.last or before.row.line
    same = (before.file_id, before.file, before.sheet, before.causes, before.row.page)
    return row.row.line == last + 1 and same == (row.file_id, row.file, row.sheet, row.causes, row.row.page)


def _page(number: int, rows: list[_Row], cells: Cells, shown: sheet_names.Shown) -> RowPage:
    grouped: dict[tuple[str, str | None, Cause], list[FailingRow]] = {}
    for row in rows:
        for cause in row.causes:
            grouped.setdefault((row.file_id, row.sheet, cause), []).append(row.row)
    file = rows[0].file
    groups = tuple(
        RowGroup(cause, shown(file, sheet), *_column(cells.get((file_id, sheet, cause.field))), tuple(found))
        for (file_id, sheet, cause), found in grouped.items()
    )
    return RowPage(number, file, groups)


def _column(cell: Cell | None) -> tuple[str, str]:
    return (", ".join(cell.letters), " / ".join(cell.headings)) if cell else ("", "")


def _name(number: int) -> str:
    return f"{NAME}.{number:06d}"


def _read(store: Store, batch_id: str, pages: int) -> Iterator[RowPage]:
    for number in range(1, pages + 1):
        yield _unpacked(report_figures.note(store, batch_id, _name(number)) or "")


def _packed(page: RowPage) -> str:
    groups = [
        [[*vars(g.cause).values()], g.sheet, g.letter, g.heading, [[*vars(r).values()] for r in g.rows]]
        for g in page.groups
    ]
    told = json.dumps([page.number, page.file, groups], ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(told.encode(), 6)).decode("ascii")


def _unpacked(note: str) -> RowPage:
    number, file, groups = json.loads(zlib.decompress(base64.b64decode(note)))
    made = (
        RowGroup(Cause(*cause), sheet, letter, heading, tuple(FailingRow(*row) for row in rows))
        for cause, sheet, letter, heading, rows in groups
    )
    return RowPage(number, file, tuple(made))


def _summary(told: dict[str, Any]) -> PageSummary:
    counts = tuple(CauseCount(Cause(**c["cause"]), c["rows"], c["first"], c["last"]) for c in told["counts"])
    return PageSummary(told["number"], told["file"], tuple(told["states"]), counts)
