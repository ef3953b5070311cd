"""A checked draft as a clerk sees it: cells as they stand, what was found in each, households, sums.

Row numbers in this module are places in a sheet's table, from 0; `line` is the number that the clerk knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.draft_log import Change
from pipeline.draft_recheck import Memory
from pipeline.findings import Message
from schemas.edits import CellPlace
from schemas.rules import Severity, rule
from transforms.text import sort_keys

Rows = npt.NDArray[np.int64]
ROW = -1
"""Column of a finding on the row as a whole."""
FIT, BLOCKED, KNOWN = range(3)
"""What the load would do with a row: take it (loaded or merged), keep it out, pass over what was delivered before."""


@dataclass(frozen=True)
class Mark:
    """A finding in a cell (`position`), or on the row (ROW)."""

    position: int
    rule_id: str

    @property
    def severity(self) -> Severity:
        """block, review or notice."""
        return rule(self.rule_id).severity


@dataclass(frozen=True)
class DeskColumn:
    """A column of a sheet: where it is, its heading, the raw column that it feeds (None: none), how sure that is."""

    position: int
    letter: str
    heading: str
    raw_column: str | None
    confidence: float


@dataclass(frozen=True)
class DeskSheet:
    """A sheet.

    Attributes:
        file_id: its file.
        name: its name; None of a file without sheets.
        columns: its columns, in their order.
        lines: line of each row.
        cells: the texts, a column for each of `columns`.
        outcomes: FIT, BLOCKED or KNOWN.
        households: number of the household of each row, from 0; -1 = of none.
        marks: by row, the gravest first.
        blocked_by: by row kept out, the rule that names it.
        heads: rows that the household takes for its head.
    """

    file_id: str
    name: str | None
    columns: tuple[DeskColumn, ...]
    lines: Rows = field(repr=False)
    cells: pa.Table = field(repr=False)
    outcomes: Rows = field(repr=False)
    households: Rows = field(repr=False)
    marks: Mapping[int, tuple[Mark, ...]] = field(repr=False)
    blocked_by: Mapping[int, str] = field(repr=False)
    heads: frozenset[int] = field(repr=False, default=frozenset())

    @property
    def rows(self) -> int:
        """Rows of the sheet."""
        return len(self.lines)

    @cached_property
    def wrong_rows(self) -> Rows:
        """The rows that are kept out, or have something to be looked at."""
        return np.array(sorted(r for r, m in self.marks.items() if any(x.severity != "notice" for x in m)), np.int64)

    @cached_property
    def rows_by_name(self) -> Rows:
        """All rows by given name, middle names, surname, in the Vietnamese order; those without a name at the end."""
        return self._sorted(is_surname_first=False)

    @cached_property
    def rows_by_surname(self) -> Rows:
        """The same by surname, given name, middle names."""
        return self._sorted(is_surname_first=True)

    def _sorted(self, *, is_surname_first: bool) -> Rows:
        at = next((i for i, c in enumerate(self.columns) if c.raw_column == "full_name_raw"), None)
        if at is None:
            return np.arange(self.rows)
        keys = sort_keys(self.cells.column(at).combine_chunks(), is_surname_first=is_surname_first)
        found: Rows = pc.sort_indices(keys).to_numpy().astype(np.int64)
        return found

    def text(self, row: int, position: int) -> str:
        """The text of a cell; "" of a blank one."""
        at = next(i for i, c in enumerate(self.columns) if c.position == position)
        return str(self.cells.column(at)[row].as_py() or "")

    def place(self, row: int, position: int) -> CellPlace:
        """The cell as its file has it."""
        return CellPlace(self.file_id, self.name, int(self.lines[row]), position)

    def equal_cells(self, position: int, text: str) -> Rows:
        """The rows whose cell in that column has exactly this text."""
        at = next(i for i, c in enumerate(self.columns) if c.position == position)
        column = self.cells.column(at)
        same = pc.equal(pc.fill_null(column, ""), text)
        return np.flatnonzero(same.to_numpy(zero_copy_only=False))

    def changes(self, rows: Sequence[int] | Rows, position: int, after: str) -> tuple[Change, ...]:
        """The corrections that give one text to the cells of a column."""
        found = (Change(self.place(int(r), position), self.text(int(r), position), after) for r in rows)
        return tuple(change for change in found if change.before != change.after)

    def row_of(self, line: int) -> int | None:
        """The row of a line; None where the sheet has no such row."""
        at = int(np.searchsorted(self.lines, line))
        return at if at < self.rows and self.lines[at] == line else None

    def corrected(self, changes: Sequence[Change]) -> "DeskSheet":
        """The sheet with corrected cells, before they are checked: what was found in them is not known any more."""
        texts: dict[int, dict[int, str]] = {}
        for change in changes:
            row = self.row_of(change.place.line)
            if (change.place.file_id, change.place.sheet) == (self.file_id, self.name) and row is not None:
                texts.setdefault(change.place.position, {})[row] = change.after
        if not texts:
            return self
        cells, marks = self.cells, dict(self.marks)
        for at, column in enumerate(self.columns):
            for row in (found := texts.get(column.position, {})):
                marks[row] = tuple(m for m in marks.get(row, ()) if m.position != column.position)
            if found:
                old = cells.column(at).to_pylist()
                new = pa.array([found.get(row, text) or None for row, text in enumerate(old)], pa.string())
                cells = cells.set_column(at, cells.schema.field(at), new)
        return replace(self, cells=cells, marks=marks)

    def household_rows(self, row: int) -> Rows:
        """The rows of the household of a row, its own alone where it has none."""
        household = self.households[row]
        return np.flatnonzero(self.households == household) if household >= 0 else np.array([row], np.int64)


@dataclass(frozen=True)
class DeskFile:
    """A file of a draft: id, the name its sender gave it, encoding, what becomes of it, messages on the whole of it.

    `outcome`: read | refused | known (loaded before, in `known_batch`, on `known_day`, by the account `known_by`, ""
    where the audit does not say) | known_elsewhere (by another province, of which nothing is told) | repeated |
    companion.
    """

    file_id: str
    name: str
    kind: str
    encoding: str | None
    outcome: str
    known_batch: str | None = None
    known_day: str = ""
    known_by: str = ""
    messages: tuple[Message, ...] = ()
    rows: int = 0


@dataclass(frozen=True)
class Totals:
    """The sums that are always on screen. read = fit + blocked + known + rejected."""

    read: int
    fit: int
    blocked: int
    known: int
    rejected: int
    review: int
    cells: int


@dataclass(frozen=True)
class Checked:
    """What a check of a draft found: at which of its entries, as received on which day.

    `memory` is what the next check goes on from (`pipeline.draft_recheck`).
    """

    entries: int
    day: str
    files: tuple[DeskFile, ...]
    sheets: tuple[DeskSheet, ...]
    memory: Memory | None = field(default=None, repr=False, compare=False)

    @cached_property
    def totals(self) -> Totals:
        """The sums of all files; `review` rows to be looked at that are not kept out, `cells` findings to mend."""
        fit, blocked, known = (int(sum((s.outcomes == o).sum() for s in self.sheets)) for o in (FIT, BLOCKED, KNOWN))
        rejected = sum(f.rows for f in self.files if f.outcome == "refused")
        grave = [m for s in self.sheets for marks in s.marks.values() for m in marks if m.severity != "notice"]
        looked = sum(int((s.outcomes[s.wrong_rows] != BLOCKED).sum()) for s in self.sheets)
        read = fit + blocked + known + rejected
        return Totals(read, fit, blocked, known, rejected, looked, len(grave))

    def corrected(self, changes: Sequence[Change]) -> "Checked":
        """The same with corrected cells, before they are checked."""
        return replace(self, sheets=tuple(sheet.corrected(changes) for sheet in self.sheets))

    @property
    def can_be_sent(self) -> bool:
        """Is there any row that was not delivered before?"""
        return self.totals.fit + self.totals.blocked > 0
