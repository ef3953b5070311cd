"""Sheets of text -> source records: heading, columns, layout lines, rows. The same for every kind of file."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from readers import headless
from readers.column_text import ColumnText
from readers.edited_cells import EditedCells
from readers.encoding import DECODERS
from readers.error_file import is_guide, returned_text
from readers.grid import Grid, Sheet, filled_counts, take_rows, texts_of
from readers.heading_roles import (
    Role,
    by_sex_columns_hold_births,
    hold_years,
    missing_columns,
    not_understood,
    unknown_columns,
    without_rivals,
)
from readers.headings import SEARCHED_LINES, Heading, find_heading
from readers.household_blocks import HouseholdBlocks
from readers.inferred_columns import inferred
from readers.layout_lines import LayoutFilter
from readers.no_table import is_no_table, is_prose
from readers.part_writer import PartWriter
from readers.reading import ColumnReading, FileFinding, FileReading, ReadLimits, column_letter
from readers.row_checks import ragged
from readers.sheet_names import SheetNames
from readers.source_rows import Place, kept_keys, source_rows
from readers.stray_cells import MOST_TOLD, StrayCells
from readers.text_file import VIQR
from readers.told import Told, contradicted, judged_otherwise
from schemas.decisions import Decision
from schemas.errors import FileRefused
from schemas.tables import CHECK_RESULTS, SOURCE_RECORDS

_MOST_COLUMNS, _MOST_OF_A_RULE = 20_000, MOST_TOLD
"""Columns and notes of a file that are told: a page may hold a table for each of 50 000 households."""
_MANY_BLANK = 100
Progress = Callable[[int], None]
_OLD_FONTS = (
    "tcvn3", "vni", "viscii", "vps", "cp1258", "bkhcm2", "bkhcm1", "mojibake", "mojibake-twice", "mojibake-tcvn3",
    "tcvn3-cp1258", "vni-cp1258",
)  # fmt: skip


@dataclass(frozen=True)
class LedgerFile:
    """The file whose sheets are read: id, name, kind, the encoding a person named, limits, other decisions, forms."""

    file_id: str
    name: str
    kind: str
    forced: str | None
    limits: ReadLimits
    decisions: tuple[Decision, ...] = ()
    forms: tuple[tuple[str, str], ...] = ()


def read_sheets(sheets: Iterable[Sheet], out: Path, file: LedgerFile, progress: Progress) -> FileReading:
    """Read all sheets of a file into out/source_records and out/findings.

    Raises:
        FileRefused: no sheet is a ledger, or a required column is missing (after its rows were counted).
    """
    reader = _Reader(out, file, progress)
    for sheet in sheets:
        reader.read(sheet)
    return reader.close()


class _Reader:
    def __init__(self, out: Path, file: LedgerFile, progress: Progress) -> None:
        self._file, self._progress = file, progress
        self._records = PartWriter(out / "source_records", SOURCE_RECORDS)
        self._findings = PartWriter(out / "findings", CHECK_RESULTS)
        self._told = Told(file.decisions)
        self._edited = EditedCells(file.file_id, file.decisions)
        self._columns: list[ColumnReading] = []
        self._notes: list[FileFinding] = []
        self._encodings: dict[str, None] = {}
        self._layout_lines = 0
        self._before: tuple[tuple[Role, ...], ColumnText] | None = None
        self._headed = 0
        self._names = SheetNames()
        self._rows_without_heading = 0
        self._refusal: FileRefused | None = None
        self._aside: FileRefused | None = None
        self._refused_rows = 0

    def read(self, sheet: Sheet) -> None:
        """Read one sheet."""
        self._read(sheet)
        self._notes += sheet.notes

    def _read(self, sheet: Sheet) -> None:
        text = ColumnText(sheet.legacy, self._file.forced, self._told.hint)
        head, grids = _head_of(sheet.grids)
        if head is not None and is_guide(sheet.name, head):
            self._names.pass_guide()
            return
        sheet = replace(sheet, name=self._names.next(sheet.name))
        if head is None:
            return
        heading = self._find_decoded(head, text)
        if heading is None:
            self._without_heading(sheet, head, grids)
            return
        try:
            roles = self._roles(heading, head, sheet)
        except FileRefused as refused:
            if _is_no_ledger(sheet, refused):
                self._aside = self._aside or refused
                self._without_heading(sheet, head, grids, heading.lines_above)
                return
            roles = heading.roles
            self._refusal = self._refusal or refused
        if is_no_table(head, roles, heading.lines_above):
            raise FileRefused("file.no_table", line=heading.line)
        self._headed += 1
        if sheet.legacy is None and any(r.is_ours for r in roles):
            text = ColumnText(None, None)  # what the search for the heading made of its columns is not so
        self._notes += self._told.tell(roles, text, sheet.name)
        self._note_forced(sheet, head)
        self._before = (roles, text)
        self._read_rows(sheet, roles, text, heading.lines_above, grids, self._titles(head, heading, text))
        self._note_encodings(sheet, text)

    def close(self) -> FileReading:
        """Finish the parts; the reading. Raises FileRefused."""
        if self._refusal is not None:
            raise FileRefused(self._refusal.code, rows=self._rows, **self._refusal.details)
        if not self._headed:
            why = self._aside or FileRefused("header.not_found")
            raise FileRefused(why.code, rows=self._rows_without_heading, **why.details)
        if not self._records.rows:
            raise FileRefused("file.no_rows")
        self._records.close()
        self._findings.close()
        encoding = "+".join(self._encodings) or None
        return FileReading(
            self._file.file_id, self._file.name, self._file.kind, encoding, self._records.rows, self._layout_lines,
            tuple(self._columns), _few([*self._notes, *self._told.unused()]),
        )  # fmt: skip

    def _roles(self, heading: "_Found", head: Grid, sheet: Sheet) -> tuple[Role, ...]:
        roles, notes = without_rivals(heading.roles, sheet.name)
        if "birth_date_raw" in missing_columns(roles) and hold_years(roles, head):
            roles = by_sex_columns_hold_births(roles)
        missing = missing_columns(roles)
        if missing:
            raise FileRefused(
                "header.missing_required", sheet=sheet.name, line=heading.line, found=", ".join(missing),
                unread=not_understood(roles),
            )  # fmt: skip
        told = unknown_columns(roles, sheet.name, notes)
        # Names of columns in DBF tables have ten letters and no marks: other words are all they can be.
        self._notes += notes + [n for n in told if n.rule_id != "header.other_words" or self._file.kind != "dbf"]
        self._note_columns(roles, sheet)
        return roles

    def _note_columns(self, roles: tuple[Role, ...], sheet: Sheet) -> None:
        if len(self._columns) > _MOST_COLUMNS:
            return
        keys = kept_keys(roles)
        shown = (r for r in roles if r.heading and not r.is_ours)
        self._columns += [_column_reading(r, sheet.name, keys.get(r.position)) for r in shown]

    def _read_rows(
        self, sheet: Sheet, roles: tuple[Role, ...], text: ColumnText, lines_above: int, grids: Iterator[Grid],
        titles: Sequence[Sequence[str]] = (),
    ) -> None:  # fmt: skip
        layout, stray, before = LayoutFilter(roles), StrayCells(roles), self._rows
        homes, place = HouseholdBlocks(titles), self._place(sheet)
        self._layout_lines += lines_above
        left_out = lines_above - 1
        decoded = returned_text(roles, lambda grid: self._decoded(text, grid), is_unicode=sheet.legacy is None)
        hidden: set[int] = set()
        for grid in _below(grids, lines_above):
            hidden |= grid.hidden_columns
            self._note_ragged(grid, sheet)
            grid = self._edited.put_in(decoded(grid), sheet.name)
            told = stray.rows(grid) | homes.find(grid)
            keep = ~(layout.layout_rows(grid) | told)
            left_out += _left_out(grid, keep, told)
            self._add(grid, keep, roles, place, homes)
            self._progress(self._rows)
        self._notes += [FileFinding("sheet.stray_cell", sheet.name, line, None, at) for line, at in stray.found]
        if left_out > 0 and self._file.kind != "dbf" and not any(r.is_ours for r in roles):
            self._notes.append(FileFinding("file.lines_left_out", sheet.name, detail=str(left_out)))
        if sheet.name is None and _has_blank_columns(roles):  # sheets have no such edge
            self._notes.append(FileFinding("file.trailing_cells", sheet.name))
        self._note_hidden(sheet, [r.heading for r in roles if r.heading and r.position in hidden], self._rows - before)

    def _note_forced(self, sheet: Sheet, head: Grid) -> None:
        forced = self._file.forced
        if forced is None:
            return
        self._notes.append(FileFinding("decision.used", sheet.name, detail=f"{forced} (option)"))
        judged = judged_otherwise(head, forced, is_bytes=sheet.legacy is not None) if forced in DECODERS else None
        if judged is not None:
            self._notes.append(contradicted(sheet.name, None, forced, judged))

    def _find_decoded(self, head: Grid, text: ColumnText) -> "_Found | None":
        """The heading, read in the columns' own encodings, else in any that makes sense of it."""
        filled = np.flatnonzero(filled_counts(head))[:SEARCHED_LINES]
        rows = take_rows(head, np.isin(np.arange(head.rows), filled))
        best: Heading | None = None
        read = rows
        for decoded in chain(
            [text.decoded(rows, is_asking=False)], (ColumnText(name, name).decoded(rows) for name in _OLD_FONTS)
        ):
            found = find_heading(texts_of(decoded, decoded.rows, with_merged=True), self._told.headings)
            if found is not None and (best is None or found.score > best.score + 0.5):
                best, read = found, decoded
            if best is not None and not missing_columns(best.roles) and not _has_odd_headings(best):
                break
        if best is None:
            return None
        last = int(filled[best.last])
        roles = inferred(best.roles, take_rows(read, np.arange(read.rows) > best.last))
        return _Found(roles, int(head.lines[last]), last + 1, int(filled[best.first]))

    def _titles(self, head: Grid, heading: "_Found", text: ColumnText) -> list[list[str]]:
        """Filled cells of the lines above a heading."""
        above = take_rows(head, np.arange(head.rows) < heading.titles)
        decoded = text.decoded(above, is_asking=False)
        return [[cell for cell in row if cell] for row in texts_of(decoded, decoded.rows)]

    def _decoded(self, text: ColumnText, grid: Grid) -> Grid:
        """The grid in Unicode; as it stands, its rows only counted, once its encoding had to be asked for."""
        if self._refusal is None:
            try:
                return text.decoded(grid)
            except FileRefused as refused:
                self._refusal = refused
        return grid

    def _note_ragged(self, grid: Grid, sheet: Sheet) -> None:
        if grid.counts is None or self._refusal is not None:
            return
        width = len(grid.columns)
        few, many = ragged(grid, width)
        spared = ((grid.counts < width) & ~few) | ((grid.counts > width) & ~many)
        if (spared & (filled_counts(grid) > 1)).any():
            self._notes.append(FileFinding("file.trailing_cells", sheet.name))

    @property
    def _rows(self) -> int:
        return self._records.rows + self._refused_rows

    def _place(self, sheet: Sheet) -> Place:
        return Place(self._file.file_id, self._file.name, sheet.name, self._file.limits.cell_chars, sheet.page)

    def _add(
        self, grid: Grid, keep: npt.NDArray[np.bool_], roles: tuple[Role, ...], place: Place,
        homes: HouseholdBlocks | None = None,
    ) -> None:  # fmt: skip
        self._layout_lines += int((~keep).sum())
        if self._refusal is not None:
            self._refused_rows += int(keep.sum())
            return
        if keep.any():
            rows = source_rows(grid, keep, roles, place)
            rows = rows if homes is None else homes.put_in(rows, keep)
            self._records.add(rows.records)
            self._findings.add(rows.findings)

    def _without_heading(self, sheet: Sheet, head: Grid, grids: Iterator[Grid], lines_above: int = 0) -> None:
        """Go on with the columns of the sheet before, or keep each row that may be a person out by name."""
        if self._before is not None and not lines_above and headless.continues(self._before[1].decoded(head),
                                                                               self._before[0]):  # fmt: skip
            self._notes.append(FileFinding("sheet.continued", sheet.name))
            self._note_columns(self._before[0], sheet)
            self._read_rows(sheet, *self._before, headless.titles(head), grids)
            return
        first = next(_below(iter([head]), lines_above), None)
        has_people = first is not None and headless.holds_people(first)
        is_note = first is not None and not has_people and is_prose(first) and not self._holds_people(first, sheet)
        rows = 0
        self._layout_lines += lines_above
        for grid in _below(grids, lines_above):
            blocked, is_row = headless.kept_out(grid)
            rows += int(is_row.sum())
            if has_people:
                self._add(blocked, is_row, (), self._place(sheet))
            else:
                self._layout_lines += grid.rows
            self._progress(self._rows)
        self._rows_without_heading += 0 if is_note else rows
        if has_people:
            self._note_hidden(sheet, [], rows)
        elif rows and not sheet.is_hidden:
            self._notes.append(FileFinding("sheet.no_people", sheet.name, detail=str(rows)))

    def _holds_people(self, first: Grid, sheet: Sheet) -> bool:
        """Do the rows hold people once they are read in their own encodings? Yes where that has to be asked."""
        try:
            return headless.holds_people(ColumnText(sheet.legacy, self._file.forced).decoded(first))
        except FileRefused:
            return True

    def _note_hidden(self, sheet: Sheet, columns: list[str], rows: int) -> None:
        if sheet.is_hidden and rows:
            self._notes.append(FileFinding("sheet.hidden", sheet.name, detail=str(rows)))
        self._notes += [FileFinding("column.hidden", sheet.name, None, heading) for heading in columns if rows]

    def _note_encodings(self, sheet: Sheet, text: ColumnText) -> None:
        written_in = [sheet.codec] if sheet.codec == VIQR else []
        for name in [*written_in, *text.used]:
            self._notes.append(FileFinding("encoding.legacy", sheet.name, None, None, name))
        self._notes += self._told.hinted(text, sheet.name)
        used = [n for n in text.used if n != "mixed"] or ([sheet.codec] if sheet.codec else [])
        self._encodings |= dict.fromkeys(used)


def _few(notes: list[FileFinding]) -> tuple[FileFinding, ...]:
    """Each note once, and not one cause thousands of times."""
    told: Counter[str] = Counter()
    kept = []
    for note in dict.fromkeys(notes):
        told[note.rule_id] += 1
        if told[note.rule_id] <= _MOST_OF_A_RULE:
            kept.append(note)
    return tuple(kept)


def _below(grids: Iterator[Grid], lines_above: int) -> Iterator[Grid]:
    """The grids without the rows above the data."""
    skip = lines_above
    for grid in grids:
        below = take_rows(grid, np.arange(grid.rows) >= skip) if skip else grid
        skip = max(0, skip - grid.rows)
        if below.rows:
            yield below


def _left_out(grid: Grid, keep: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]) -> int:
    """Lines that are no person: with text, blank with a person below, or very many blank ones; none `told` of."""
    kept = np.flatnonzero(keep)
    last = int(kept[-1]) if len(kept) else -1
    above = np.arange(grid.rows) < last
    found = int((~keep & ~told & (above | (filled_counts(grid) > 0))).sum())
    blank = grid.rows - 1 - last
    return found + (blank if blank >= _MANY_BLANK else 0)


def _has_blank_columns(roles: tuple[Role, ...]) -> bool:
    """Do columns without heading follow the last one that has one?"""
    last = max((r.position for r in roles if r.heading), default=-1)
    return any(r.position > last for r in roles)


def _is_no_ledger(sheet: Sheet, refused: FileRefused) -> bool:
    """Is it a sheet of a workbook that names nobody: lists of words, notes, a summary?"""
    missing = str(refused.details.get("found", "")).split(", ")
    return sheet.name is not None and refused.code == "header.missing_required" and "full_name_raw" in missing


@dataclass(frozen=True)
class _Found:
    """A heading with its place: line of its last row, how many rows stand above the data, and above the heading."""

    roles: tuple[Role, ...]
    line: int
    lines_above: int
    titles: int


def _head_of(grids: Iterator[Grid]) -> tuple[Grid | None, Iterator[Grid]]:
    """The first grid that holds anything, and all grids again."""
    seen: list[Grid] = []
    for grid in grids:
        seen.append(grid)
        if filled_counts(grid).any():
            return grid, chain(seen, grids)
    return None, iter(seen)


def _has_odd_headings(heading: Heading) -> bool:
    """Is there a heading beyond ASCII that says nothing? It may be written in an old encoding."""
    return any(r.meaning is None and not r.heading.isascii() for r in heading.roles)


def _column_reading(role: Role, sheet: str | None, key: str | None) -> ColumnReading:
    confidence = min(1.0, role.meaning.confidence) if role.meaning is not None and role.raw_column else 0.0
    return ColumnReading(
        sheet, role.position, column_letter(role.position), role.heading, role.raw_column, confidence,
        role.levels, key,
    )  # fmt: skip
