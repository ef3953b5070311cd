"""The error file, as it comes back: a ledger with columns and a guide of ours, its CSV cells escaped.

Excel turns `001090012345` and `05/03/1960` of a CSV into numbers and dates, and runs what begins with `=`. In our CSV
such cells begin with an apostrophe, and so do cells that begin with one; the cell of the row id always does, which
tells on the way back, row by row, that exactly one apostrophe is ours.

A row id is `<record id>-<flags>-<hash of the cells>`, and `-<list>` where the household number counts in a list only.
Flags: `s` the row stands alone, what it repeated of rows above is in its cells; `p` the file is a part of the original,
whose dates put the day first; `w` its sexes were written in words; `r` the reader kept the row out, and nothing of its
cells tells that any more: while the hash is the same, the row waits on.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from readers.grid import Grid, Trouble
from readers.heading_roles import Role
from readers.heading_words import ASIDE
from schemas import lineage

ERRORS, TO_DO, RULES, SOURCE_LINE, SOURCE_SHEET, ROW_ID = ADDED_HEADINGS = (
    "sohoa: Lỗi / Errors", "sohoa: Cần sửa / What to do", "sohoa: Quy tắc / Rules",
    "sohoa: Dòng gốc / Source line", "sohoa: Trang gốc / Source sheet", "sohoa: Mã dòng / Row id",
)  # fmt: skip
"""The columns that an error file adds at its end; data/headings.csv knows them."""

SURPLUS = "sohoa: Ô thừa / Surplus cell"
"""Heading of columns for cells beyond the last column of the original; a row that still fills one is still wrong."""

STRAY = "sohoa: Ô xa / Stray cell"
"""The same of a workbook, whose stray cells shift nothing and are no fault."""

CARRIED = {
    "household_id_raw": "sohoa: Số hộ / Household number", "head_name_raw": "sohoa: Chủ hộ / Household head",
    "head_number_raw": "sohoa: Số CCCD chủ hộ / Number of the head",
    "permanent_residence_raw": "sohoa: Nơi thường trú / Permanent residence",
    "current_residence_raw": "sohoa: Nơi ở hiện tại / Current residence",
    "residence_file_number_raw": "sohoa: Số hồ sơ cư trú / Residence file",
}  # fmt: skip
"""Raw columns that a row may have from a line above it, each with the heading of the column that brings it back."""

GUIDE_SHEET = "Hướng dẫn · Guide"
GUIDE_MARK = "sohoa · tệp lỗi · error file"
"""First cell of the guide: a sheet of that name that begins so holds no rows."""

TEMPLATE_MARK = "sohoa · tệp mẫu · template"
"""The same in a template."""

ALONE, PART, WORDS, BY_READER = "s", "p", "w", "r"
NOT_CORRECTED = "row.not_corrected"
"""Rule of a row that the reader kept out and that came back as it was."""
_CORRECTS = "corrects_raw"
_BEYOND = ("surplus", "stray")
_ROW_ID = re.compile(r"'?([0-9a-f]{32})-([a-z]*)-([0-9a-f]{8})(?:-.+)?", re.DOTALL)
_CHANGED_BY_EXCEL = re.compile(r"^[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n ]|^'|^\W*\d|^(?i:true|false)$")
_TEXT = pa.string()
_Cells = Iterable[tuple[int, str | None]]


def escaped(text: str) -> str:
    """The text as a cell of our CSV: with an apostrophe before what a spreadsheet would run or turn into a number."""
    return "'" + text if _CHANGED_BY_EXCEL.search(text) else text


def row_id(record_id: str, flags: str, cells: _Cells, scope: str | None = None) -> str:
    """The row id of a row with those cells, each with its position, and the list in which its household counts."""
    return f"{record_id}-{flags}-{_hash(cells)}" + (f"-{scope}" if scope else "")


def is_guide(sheet: str | None, head: Grid) -> bool:
    """Is it the sheet in which an error file, or a template, explains itself?"""
    if sheet != GUIDE_SHEET or not head.columns:
        return False
    first = next((text for text in head.columns[0].to_pylist() if text), "")
    return first.startswith((GUIDE_MARK, TEMPLATE_MARK))


def returned_text(
    roles: Sequence[Role], decoded: Callable[[Grid], Grid], *, is_unicode: bool
) -> Callable[[Grid], Grid]:
    """`decoded`, or where the sheet is an error file its rows without what we added.

    Its text was decoded when the original was read; only one that was saved in another encoding since is decoded.
    Rows get the troubles row.too_many_cells (surplus cells are still there) and row.not_corrected (the reader kept
    them out and nothing was changed). A row of which only our own cells are left is blank.
    """
    at = next((r.position for r in roles if r.raw_column == _CORRECTS), None)
    if at is None:
        return decoded
    returned = _Returned(roles, at)
    return lambda grid: returned.plain(grid if is_unicode else decoded(grid))


class _Returned:
    """An error file's columns: the row id, those that only inform, those for surplus cells."""

    def __init__(self, roles: Sequence[Role], at: int) -> None:
        self._at = at
        self._told = {r.position for r in roles if r.is_ours and r.meaning and r.meaning.part not in _BEYOND}
        self._carried = {r.position for r in roles if r.heading in CARRIED.values()}
        beyond = [
            r for r in roles if r.meaning is not None and r.meaning.role[0] == ASIDE and r.meaning.part in _BEYOND
        ]
        self._surplus = [r.position for r in beyond]
        self._is_fault = any(r.meaning is not None and r.meaning.part == _BEYOND[0] for r in beyond)

    def plain(self, grid: Grid) -> Grid:
        if self._at >= len(grid.columns):
            return grid
        columns = _without_apostrophes(grid.columns, self._at)
        texts = [columns[at].to_pylist() for at in self._surplus if at < len(columns)]
        surplus = {row: cells for row in range(grid.rows) if any(cells := [t[row] or "" for t in texts])}
        troubles = [Trouble(row, NOT_CORRECTED) for row in self._unchanged(columns)]
        troubles += [Trouble(row, "row.too_many_cells") for row in surplus if self._is_fault]
        own = self._told | set(self._surplus)
        left = [c for at, c in enumerate(columns) if at not in own | self._carried]
        cleared = np.logical_and.reduce([_blank(c) for c in left] or [np.ones(grid.rows, np.bool_)])
        plain = [pa.nulls(grid.rows, _TEXT) if at in own else c for at, c in enumerate(columns)]
        for at in (self._at, *(at for at in self._carried if at < len(columns))):
            plain[at] = pc.if_else(pa.array(cleared), pa.scalar(None, _TEXT), columns[at])
        beyond = {row: [*surplus.get(row, ()), *grid.surplus.get(row, ())] for row in (*surplus, *grid.surplus)}
        counts = grid.counts if self._is_fault or not self._surplus else None  # rows of a workbook have no length
        kept_out = (*grid.troubles, *troubles)
        return replace(grid, columns=tuple(plain), counts=counts, surplus=beyond, troubles=kept_out)

    def _unchanged(self, columns: Sequence[pa.Array]) -> list[int]:
        found = []
        for row, given in enumerate(columns[self._at].to_pylist()):
            parts = _ROW_ID.fullmatch(given or "")
            if parts is not None and BY_READER in parts[2]:
                cells = ((at, c[row].as_py()) for at, c in enumerate(columns) if at not in self._told)
                if _hash(cells) == parts[3]:
                    found.append(row)
        return found


def _hash(cells: _Cells) -> str:
    texts = ((at, " ".join((text or "").split())) for at, text in cells)
    return lineage.hash_text("\x1f".join(f"{at}:{text}" for at, text in texts if text))[:8]


def _without_apostrophes(columns: Sequence[pa.Array], row_id_at: int) -> list[pa.Array]:
    """The cells of rows whose row id begins with an apostrophe, each without its first one."""
    ours = pc.fill_null(pc.starts_with(columns[row_id_at], "'"), False)
    if not pc.any(ours).as_py():
        return list(columns)
    return [c if c.null_count == len(c) else pc.if_else(ours, _shortened(c), c) for c in columns]


def _shortened(column: pa.Array) -> pa.Array:
    plain = pc.replace_substring_regex(column, r"^'", "")
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, _TEXT), plain)


def _blank(column: pa.Array) -> np.ndarray:
    return np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False))
