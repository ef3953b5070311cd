"""Sheets without a heading of a ledger: the second half of a ledger, people nobody can place, or no people at all.

Every row that may be a person is in a sum: it is read with the heading of the sheet before, or kept out by name.
Decision: docs/decisions/0014-sheets-without-heading.md.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from readers.grid import Grid, Trouble, filled_counts, texts_of
from readers.heading_roles import Role
from readers.layout_lines import LayoutFilter
from transforms.codes import possible_codes

NO_HEADING = "row.no_heading"
_LOOKED_AT = 1_000
_LISTS = ("nationality", "ethnic_group", "religion", "marital_status", "relation")
_LEAST_CELLS = 2
_MOST_AGREE, _SOME = 0.8, 0.5
_NAME = re.compile(r"^[^\W\d_]+(?:[\s.'’-]+[^\W\d_]+){1,7}$")
_SEXES = frozenset(("nam", "nữ", "nu", "nử", "trai", "gái", "gai", "male", "female"))
"""Whole words only: an x, an M or a V may mean anything where nobody says what the column is."""
_DAY = re.compile(r"^\W*(?:\d{1,2}\s*[/.\-]\s*){0,2}(?:1[89]|20)\d\d\W*$")


def continues(head: Grid, roles: Sequence[Role]) -> bool:
    """Does a sheet go on with the columns of the sheet before: as many, and people in nearly every row?

    Args:
        head: its first rows, decoded.
        roles: the columns of the sheet before.
    """
    width = 1 + max((at for at, c in enumerate(head.columns) if c.null_count < len(c)), default=-1)
    if width != 1 + max((r.position for r in roles if r.heading), default=-1):
        return False
    layout = LayoutFilter(roles)
    rows = _rows_of_several_cells(head)
    return _share(layout.is_person(cells) for cells in rows) >= _MOST_AGREE


def titles(head: Grid) -> int:
    """How many rows stand above the first one of several cells: blank rows and titles."""
    several = np.flatnonzero(filled_counts(head) >= _LEAST_CELLS)
    return int(several[0]) if len(several) else 0


def holds_people(head: Grid) -> bool:
    """Do most rows hold a name of several words beside a year, a day or a sex, whatever the columns are called?"""
    return _share(map(_may_be_person, _rows_of_several_cells(head))) >= _SOME


def kept_out(grid: Grid) -> tuple[Grid, np.ndarray]:
    """The grid with each row of several cells blocked for want of a heading, and which rows these are."""
    rows = filled_counts(grid) >= _LEAST_CELLS
    troubles = (*grid.troubles, *(Trouble(row, NO_HEADING) for row in np.flatnonzero(rows).tolist()))
    return replace(grid, troubles=troubles), rows


def _rows_of_several_cells(head: Grid) -> list[list[str | None]]:
    rows = texts_of(head, _LOOKED_AT)
    return [cells for cells in rows if sum(1 for c in cells if c) >= _LEAST_CELLS]


def _may_be_person(cells: Sequence[str | None]) -> bool:
    texts = [c for c in cells if c]
    has_name = any(_NAME.match(t) and not _is_word_of_a_list(t) for t in texts)
    return has_name and any(_DAY.match(t) or t.strip().lower() in _SEXES for t in texts)


def _is_word_of_a_list(text: str) -> bool:
    """Việt Nam, Bru Vân Kiều, chưa kết hôn: words of a code list, which such sheets explain."""
    return any(possible_codes(text, stem) for stem in _LISTS)


def _share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0
