"""Writes an error file as a workbook or as CSV, row by row: text cells only, the same bytes for the same rows.

Source of the limits: Excel's specification, 1 048 576 rows a sheet, 32 767 characters a cell, 31 a sheet's name.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from pipeline.error_rows import ErrorRow, SheetLayout
from pipeline.error_texts import added_cells, coloured, comment
from pipeline.private_files import private_file, scratch_beside
from readers import error_file
from schemas import messages, rules
from schemas.messages import Language

_MOST_ROWS = 1_000_000
_LONGEST_CELL = 32_767
_LONGEST_NAME = 31
_MOST_COMMENTS = 2_000
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_SAME_DAY = datetime(2000, 1, 1)
_WIDTHS = {error_file.ERRORS: 60, error_file.TO_DO: 60, error_file.RULES: 30, error_file.ROW_ID: 20}
_WIDTH = 18

SheetRows = tuple[SheetLayout, Iterable[ErrorRow]]


def write_book(path: Path, guide: Iterable[Sequence[str]], sheets: Iterable[SheetRows], language: Language) -> int:
    """Write an XLSX for its owner only: the guide, then the sheets of the original; returns the rows written."""
    with private_file(path) as temporary, scratch_beside(path) as scratch, _system_errors():
        options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": str(scratch)}
        book = xlsxwriter.Workbook(str(temporary), options)
        book.set_properties({"created": _SAME_DAY})
        styles = _Styles.of(book)
        _write_guide(book, guide, styles)
        names: set[str] = {error_file.GUIDE_SHEET.lower()}
        written = 0
        for layout, found in sheets:
            rest = iter(found)
            while some := list(islice(rest, 1)):
                name = _free_name(layout.sheet or messages.text("errors.sheet", language), names)
                target = _Target(book.add_worksheet(name), layout, styles, language)
                written += target.write([*some], islice(rest, _MOST_ROWS - 1))
        book.close()
    return written


def write_csv(path: Path, sheet: SheetRows, language: Language) -> int:
    """Write a sheet as CSV for its owner only: UTF-8 with BOM, semicolons, cells escaped; returns the rows written."""
    layout, found = sheet
    rows = 0
    with private_file(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
        writer.writerows(_headings(layout))
        for row in found:
            *told, row_id = (error_file.escaped(c) for c in added_cells(row, layout, language))
            cells = (error_file.escaped(c) if c else "" for c in row.cells)
            writer.writerow([*cells, *told, row_id if row_id.startswith("'") else "'" + row_id])
            rows += 1
    return rows


@dataclass(frozen=True)
class _Styles:
    text: Any
    heading: Any
    block: Any
    review: Any
    added: Any

    @staticmethod
    def of(book: Any) -> "_Styles":
        text = {"num_format": "@"}
        bold = text | {"bold": True, "bg_color": "#E7EEF3", "border": 1, "text_wrap": True, "valign": "top"}
        return _Styles(*(book.add_format(form) for form in (
            text, bold, text | {"bg_color": "#F4B6A6"}, text | {"bg_color": "#FBE7A1"},
            text | {"bg_color": "#F3F3F3", "text_wrap": True, "valign": "top"},
        )))  # fmt: skip


class _Target:
    """A sheet of the workbook in the making."""

    def __init__(self, sheet: Any, layout: SheetLayout, styles: _Styles, language: Language) -> None:
        self._sheet, self._layout, self._styles, self._language = sheet, layout, styles, language
        self._comments = 0

    def write(self, *rows: Iterable[ErrorRow]) -> int:
        depth, headings = self._layout.depth, _headings(self._layout)
        for position, heading in enumerate(headings[-1]):
            self._sheet.set_column(position, position, _WIDTHS.get(heading, _WIDTH), self._styles.text)
        for line, texts in enumerate(headings):
            for position, text in enumerate(texts):
                self._text(line, position, text, self._styles.heading)
        self._sheet.freeze_panes(depth, 0)
        at = depth
        for row in (row for some in rows for row in some):
            self._row(at, row)
            at += 1
        self._sheet.autofilter(depth - 1, 0, max(depth, at - 1), len(headings[-1]) - 1)
        return at - depth

    def _row(self, at: int, row: ErrorRow) -> None:
        marked = coloured(row, self._layout)
        for position, text in enumerate(row.cells):
            rule_ids = marked.get(position)
            self._text(at, position, text or "", self._style(rule_ids))
            if rule_ids and self._comments < _MOST_COMMENTS:
                self._sheet.write_comment(at, position, comment(rule_ids, text, self._language), {"x_scale": 2})
                self._comments += 1
        for offset, text in enumerate(added_cells(row, self._layout, self._language)):
            self._text(at, len(row.cells) + offset, text, self._styles.added)

    def _style(self, rule_ids: Sequence[str] | None) -> Any:
        if not rule_ids:
            return self._styles.text
        return self._styles.block if rules.rule(rule_ids[0]).severity == "block" else self._styles.review

    def _text(self, line: int, position: int, text: str, style: Any) -> None:
        if text:
            self._sheet.write_string(line, position, text[:_LONGEST_CELL], style)
        elif style is not self._styles.text:  # the column has the plain style already
            self._sheet.write_blank(line, position, None, style)


def _headings(layout: SheetLayout) -> list[list[str]]:
    """The lines of the heading; a heading of fewer lines is repeated down, as if its cells were merged."""
    surplus = error_file.SURPLUS if layout.is_delimited else error_file.STRAY
    lines = []
    for depth in range(layout.depth):
        texts = [c.levels[min(depth, len(c.levels) - 1)] if c.levels else "" for c in layout.columns]
        lines.append([*texts, *([surplus] * layout.surplus), *error_file.ADDED_HEADINGS])
    return lines


def _write_guide(book: Any, lines: Iterable[Sequence[str]], styles: _Styles) -> None:
    sheet = book.add_worksheet(error_file.GUIDE_SHEET)
    for position, width in enumerate((14, 10, 50, 60, 40, 60, 30)):
        sheet.set_column(position, position, width)
    for at, texts in enumerate(lines):
        for position, text in enumerate(texts):
            sheet.write_string(at, position, text, styles.heading if not at else styles.text)


def _free_name(name: str, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has."""
    plain = _NOT_IN_NAMES.sub(" ", name).strip("' ") or "_"
    for number in range(1, 1_000_000):
        tail = f" ({number})" if number > 1 else ""
        room = 2 * (_LONGEST_NAME - len(tail))  # Excel counts in UTF-16
        found = plain.encode("utf-16-le")[:room].decode("utf-16-le", "ignore").rstrip("' ") + tail
        if found.lower() not in taken and found.lower() != "history":
            taken.add(found.lower())
            return found
    raise AssertionError("unreachable")


@contextmanager
def _system_errors() -> Iterator[None]:
    """XlsxWriter wraps what the system says in an exception of its own."""
    try:
        yield
    except FileCreateError as wrapped:
        said = wrapped.args[0] if wrapped.args else None
        raise (said if isinstance(said, OSError) else OSError(str(type(said)))) from None
