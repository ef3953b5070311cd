"""The rows of a sheet that stand under lines about their household, or under such lines above the whole table.

Such a line is no person. What it says, by a heading of the household (`readers.household_lines`) or by label
(`readers.labelled_cells`), belongs to the rows below, down to the next household or the end of the sheet; what a row
says itself counts before it. A place without a label (`readers.place_lines`) belongs to all rows down to the next one.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from readers.grid import Grid, filled_counts
from readers.heading_words import plain
from readers.household_lines import is_numbering, line_of
from readers.labelled_cells import ADDRESS, told_by
from readers.labelled_cells import HOME as _HOME
from readers.place_lines import units_of
from readers.places_above import AROUND, PLACE, Block, PlacesAbove, placed
from readers.source_rows import SourceRows, check_results

RULE = "household.line_above"
_NUMBER, _HEAD = "household_id_raw", "head_name_raw"
_MOST_CELLS, _MOST_LABELLED = 2, 6
_BOOK = re.compile(r"^\W*(?:số|so|no)\s*[:.]?\s*(\d{6,12})\W*$", re.IGNORECASE)
_BOOK_DIGITS = 6
_AT_LEFT = 3
"""Columns in which a line of a place begins; further right an address may go on that had no room."""
_LABEL = r"\pL[ )]*[:：]"

_Flags = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.int64]


class HouseholdBlocks:
    """The blocks of one sheet; remembers the last one from grid to grid."""

    def __init__(self, titles: Sequence[Sequence[str]] = ()) -> None:
        """`titles`: filled cells of each line above the heading of the sheet."""
        self._places = PlacesAbove(titles)
        above = told_above(titles)
        above = {**above, **self._places.of(above)}
        self._seen: list[Block] = [above] if above else []
        self._above = np.empty(0, np.int64)
        self._void = -1
        self._has_rows = False

    def find(self, grid: Grid) -> _Flags:
        """Which rows are such lines; `put_in` then knows the block of each row of this grid."""
        self._forget_earlier()
        filled = filled_counts(grid)
        is_filled = filled > 0
        until = np.cumsum(is_filled)
        is_line = np.zeros(grid.rows, np.bool_)
        self._above = np.full(grid.rows, len(self._seen) - 1, np.int64)
        few = np.flatnonzero(is_filled & ((filled <= _MOST_CELLS) | _may_be_labelled(grid, filled)))
        columns = [c.take(pa.array(few)).to_pylist() for c in grid.columns] if len(few) else []
        last = 0  # filled rows down to the last line
        for at, row in enumerate(few.tolist()):
            texts = [str(column[at]) for column in columns if column[at]]
            said = self._said(texts)
            is_at_left = any(column[at] for column in columns[:_AT_LEFT])
            if not said and not (is_at_left and self._places.tell(texts)):
                continue
            self._has_rows = self._has_rows or int(until[row]) - 1 > last
            self._take(said)
            is_line[row], last = True, int(until[row])
            self._above[row:] = len(self._seen) - 1
        self._has_rows = self._has_rows or (grid.rows > 0 and int(until[-1]) > last)
        return is_line

    def put_in(self, rows: SourceRows, keep: _Flags) -> SourceRows:
        """The kept rows of the last grid with what their block says where they say nothing, and a finding."""
        above = self._above[keep]
        told = (above >= 0) & ~self._own_since(rows.records, above)
        if not told.any():
            return placed(rows, self._seen, above)
        records, taken = rows.records, pa.array(np.maximum(above, 0))
        unsaid = np.zeros(len(told), np.bool_)
        for column in sorted({column for block in self._seen for column in block} - {PLACE, AROUND}):
            said = pa.array([block.get(column) for block in self._seen], pa.string()).take(taken)
            given = pc.if_else(pa.array(told), said, pa.scalar(None, pa.string()))
            own = records.column(column).combine_chunks()
            if column != _HEAD:
                unsaid |= np.asarray(pc.and_(pc.is_null(own), pc.is_valid(given)).to_numpy(zero_copy_only=False))
            place = records.schema.get_field_index(column)
            records = records.set_column(place, records.schema.field(column), pc.coalesce(own, given))
        found = check_results(
            records.column("record_id").combine_chunks(), [(RULE, np.flatnonzero(unsaid))], "household"
        )
        return placed(SourceRows(records, pa.concat_tables([rows.findings, found])), self._seen, above)

    def _said(self, texts: Sequence[str]) -> Block:
        """What a line says of a household, with the place that its heading names."""
        said = dict(told_by(texts[1:] if len(texts) > 1 and is_numbering(texts[0]) else texts))
        if ADDRESS in said:
            said.setdefault(_HOME, said.pop(ADDRESS))
        line = line_of(texts) if len(texts) <= _MOST_CELLS else None
        if line is not None:
            said |= {column: value for column, value in ((_NUMBER, line.number), (_HEAD, line.head)) if value}
            units = dict(units_of("\t".join(texts)))
            said |= {PLACE: self._places.address(units)} if units else {}
        return said

    def _forget_earlier(self) -> None:
        """Of the blocks before the last one no row to come has anything."""
        self._void = 0 if self._void >= 0 and self._void == len(self._seen) - 1 else -1
        self._seen = self._seen[-1:]

    def _take(self, said: Block) -> None:
        """Another line of the block above, or the first one of a new household, or of a place if nothing is said."""
        current = self._seen[-1] if self._seen else {}
        names_one = _NUMBER in said or _HEAD in said or not said
        is_next = self._has_rows or any(current.get(c, said[c]) != said[c] for c in (_NUMBER, _HEAD) if c in said)
        block = {**({} if is_next and names_one else current), **said}
        block |= self._places.of(block if said else {})
        if is_next or not self._seen:
            self._seen.append(block)
        else:
            self._seen[-1] = block
        self._has_rows = False

    def _own_since(self, records: pa.Table, above: _Places) -> _Flags:
        """Rows at or below one that gives another number than their block: what it says counts no longer."""
        own = records.column(_NUMBER).combine_chunks()
        names_one = np.array([_NUMBER in b or _HEAD in b for b in self._seen] or [False], np.bool_)[
            np.maximum(above, 0)
        ]
        numbers = pa.array([b.get(_NUMBER) for b in self._seen], pa.string())
        line = numbers.take(pa.array(above, mask=above < 0))
        is_other = pc.and_(pc.is_valid(own), pc.fill_null(pc.not_equal(own, line), True))
        differs = names_one & np.asarray(is_other.to_numpy(zero_copy_only=False))
        places = np.arange(len(above))
        starts = np.maximum.accumulate(np.where(np.append(True, above[1:] != above[:-1]), places, 0))
        since = np.maximum.accumulate(np.where(differs, places, -1)) >= starts
        since |= above == self._void
        self._void = int(above[-1]) if len(above) and since[-1] else -1
        return np.asarray(since)


def told_above(titles: Sequence[Sequence[str]]) -> Block:
    """What lines above the heading say of all rows: by label, or by the number of the household's book.

    A number that does not say that it is a book's is not taken: above a list "Số hộ 45" counts households.
    """
    found: dict[str, str] = {}
    for cells in titles:
        for column, value in told_by(cells, is_whole=False).items():
            found.setdefault(column, value)
    is_book = any("so ho khau" in plain(cell) for cells in titles for cell in cells)
    for cell in (cell for cells in titles for cell in cells if is_book and _NUMBER not in found):
        line, numbered = line_of([cell]), _BOOK.match(cell)
        number = numbered[1] if numbered else line.number if line is not None else None
        if number and (len(number) >= _BOOK_DIGITS or "ho khau" in plain(cell)):
            found[_NUMBER] = number
    address = found.pop(ADDRESS, None)
    if address and (_NUMBER in found or _HEAD in found):  # an office has an address, too
        found.setdefault(_HOME, address)
    return found


def _may_be_labelled(grid: Grid, filled: npt.NDArray[np.int32]) -> _Flags:
    """Rows of few cells with a colon behind a word in one of them."""
    few = np.asarray((filled > _MOST_CELLS) & (filled <= _MOST_LABELLED))
    if not few.any():
        return few
    has_colon = np.zeros(grid.rows, np.bool_)
    for column in grid.columns:
        found = pc.fill_null(pc.match_substring_regex(column, _LABEL), False)
        has_colon |= np.asarray(found.to_numpy(zero_copy_only=False))
    return few & has_colon
