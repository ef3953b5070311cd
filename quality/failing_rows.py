"""Rows that failed, page by page, as facts: where each stands and why, no value of a person.

A page holds the rows of one file in its order; a row with several causes stands under each of them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

ROWS_A_PAGE = 3_500
STATES = ("quarantined", "in_review", "rejected")
"""Kept out, came in with something to look at, belongs to a refused file or batch."""


@dataclass(frozen=True)
class Cause:
    """Why rows failed: their state, the rule, the field (empty: the whole row)."""

    state: str
    rule_id: str
    field: str


@dataclass(frozen=True)
class FailingRow:
    """A row, or a run of rejected ones to `last`; `page` of a scan, `record_id` empty for a run."""

    page: int | None
    line: int | None
    last: int | None
    record_id: str


@dataclass(frozen=True)
class RowGroup:
    """Rows of one sheet that share a cause, and the column (or columns) that the field is read from."""

    cause: Cause
    sheet: str | None
    letter: str
    heading: str
    rows: tuple[FailingRow, ...]


@dataclass(frozen=True)
class RowPage:
    """A page of failing rows of one file."""

    number: int
    file: str
    groups: tuple[RowGroup, ...]


@dataclass(frozen=True)
class CauseCount:
    """Rows of a page with a cause, from which to which line; None where a row has no line."""

    cause: Cause
    rows: int
    first: int | None
    last: int | None


@dataclass(frozen=True)
class PageSummary:
    """What stands on a page; `states` are its rows by state, each row once."""

    number: int
    file: str
    states: tuple[int, int, int]
    counts: tuple[CauseCount, ...]


@dataclass(frozen=True)
class RowIndex:
    """The pages of a batch. Each row is counted once by state, and once under each of its causes."""

    pages: tuple[PageSummary, ...] = ()

    @property
    def states(self) -> dict[str, int]:
        """Rows by state."""
        return {state: sum(page.states[at] for page in self.pages) for at, state in enumerate(STATES)}

    @property
    def causes(self) -> dict[Cause, int]:
        """Rows by cause, the most frequent first."""
        found: Counter[Cause] = Counter()
        for page in self.pages:
            for count in page.counts:
                found[count.cause] += count.rows
        return dict(sorted(found.items(), key=lambda c: (-c[1], c[0].rule_id, c[0].state, c[0].field)))

    @property
    def files(self) -> dict[str, tuple[PageSummary, ...]]:
        """The pages of each file."""
        found: dict[str, list[PageSummary]] = {}
        for page in self.pages:
            found.setdefault(page.file, []).append(page)
        return {file: tuple(pages) for file, pages in found.items()}

    def with_rule(self, rule_id: str) -> tuple[PageSummary, ...]:
        """The pages with rows of a rule."""
        return tuple(p for p in self.pages if any(c.cause.rule_id == rule_id for c in p.counts))


def summary_of(page: RowPage) -> PageSummary:
    """What an index says of a page."""
    counted: dict[Cause, tuple[int, list[int]]] = {}
    seen: dict[str, set[tuple[str | None, int | None, int | None, str]]] = {state: set() for state in STATES}
    runs: Counter[str] = Counter()
    for group in page.groups:
        rows, lines = counted.get(group.cause, (0, []))
        lines += [line for row in group.rows for line in (row.line, row.last) if line is not None]
        counted[group.cause] = rows + rows_of(group.rows), lines
        for row in group.rows:
            if row.record_id:
                seen[group.cause.state].add((group.sheet, row.page, row.line, row.record_id))
            else:
                runs[group.cause.state] += rows_of([row])
    kept_out, in_review, rejected = (len(seen[state]) + runs[state] for state in STATES)
    counts = tuple(
        CauseCount(cause, rows, min(lines, default=None), max(lines, default=None))
        for cause, (rows, lines) in counted.items()
    )
    return PageSummary(page.number, page.file, (kept_out, in_review, rejected), counts)


def rows_of(rows: Iterable[FailingRow]) -> int:
    """How many rows they are."""
    return sum(1 if r.line is None or r.last is None else r.last - r.line + 1 for r in rows)
