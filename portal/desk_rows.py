"""What the script of the desk is told: rows, cells, sums and words, as plain values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.cell_reviews import names_of
from pipeline.draft_log import Change
from pipeline.draft_proposals import proposals
from pipeline.draft_view import ROW, Checked, DeskSheet, Mark, Rows
from schemas import messages, rules
from schemas.edits import SURPLUS
from schemas.messages import Language

_EDITED = "cell.edited"
_MOST_CAUSES = 12
Cell = tuple[int, int, int]
"""Sheet, line, position."""


def state(checked: Checked, language: Language) -> Mapping[str, Any]:
    """Sums, files, sheets with their columns, the most frequent causes."""
    totals = checked.totals
    names = {file.file_id: file.name for file in checked.files}
    return {
        "checked": checked.entries,
        "totals": {
            "read": totals.read, "fit": totals.fit, "blocked": totals.blocked, "known": totals.known,
            "rejected": totals.rejected, "review": totals.review, "cells": totals.cells,
        },
        "files": [
            {"name": f.name, "outcome": f.outcome, "batch": f.known_batch, "day": f.known_day, "by": f.known_by,
             "said": [m.vi if language == "vi" else m.en for m in f.messages if m.severity != "notice"]}
            for f in checked.files
        ],
        "sheets": [_sheet(sheet, names[sheet.file_id], language) for sheet in checked.sheets],
        "causes": _causes(checked, language), "first": _first_wrong(checked),
    }  # fmt: skip


def _first_wrong(checked: Checked) -> Mapping[str, int] | None:
    """Where a clerk begins: sheet, row and position of the first cell to be looked at."""
    found = next_wrong(checked, (0, 0, ROW - 1), back=False)
    if found is None:
        return None
    row = checked.sheets[found["sheet"]].row_of(found["line"])
    return None if row is None else {"sheet": found["sheet"], "row": row, "position": found["position"]}


def chosen(sheet: DeskSheet, only: str, line: int, order: str = "line") -> Rows:
    """The rows to show: all, "wrong", or the "household" of a line; as in the file, by "name" or "surname"."""
    row = sheet.row_of(line) if only == "household" else None
    if only == "wrong":
        rows = sheet.wrong_rows
    elif row is not None:
        rows = sheet.household_rows(row)
    else:
        rows = np.arange(sheet.rows)
    if order not in ("name", "surname"):
        return rows
    by_name = sheet.rows_by_name if order == "name" else sheet.rows_by_surname
    return by_name if len(rows) == sheet.rows else by_name[np.isin(by_name, rows)]


def place_of(sheet: DeskSheet, rows: Rows, line: int) -> int:
    """Where among rows to show a line is; -1: it is not among them."""
    row = sheet.row_of(line)
    found = np.flatnonzero(rows == (-1 if row is None else row))
    return int(found[0]) if len(found) else -1


def as_json(sheet: DeskSheet, row: int) -> list[Any]:
    """Line, outcome, household, is it the head, texts, marks (position, severity as one letter)."""
    texts = [sheet.cells.column(at)[row].as_py() or "" for at in range(len(sheet.columns))]
    marks = _by_position(sheet.marks.get(row, ()))
    return [
        int(sheet.lines[row]), int(sheet.outcomes[row]), int(sheet.households[row]), int(row in sheet.heads), texts,
        [[at, severity] for at, severity in marks.items()],
    ]  # fmt: skip


def next_wrong(checked: Checked, cell_: Cell, *, back: bool) -> Mapping[str, int] | None:
    """The next cell with something to be looked at behind (or before) a cell, round the end."""
    number, line, position = cell_
    count = len(checked.sheets)
    for step in range(count + 1):
        at = (number + (-step if back else step)) % count if count else 0
        if not count:
            return None
        sheet = checked.sheets[at]
        places = _places(sheet)
        if step in (0, count):
            here = (line, position)
            behind = [p for p in places if (p < here if back else p > here)]
            places = behind if step == 0 else places
        if places:
            found = places[-1] if back else places[0]
            return {"sheet": at, "line": found[0], "position": found[1]}
    return None


def cell(sheet: DeskSheet, row: int, position: int, language: Language) -> Mapping[str, Any]:
    """The findings of a cell in words, proposals, and how many cells of the column have its very text."""
    column = next((c for c in sheet.columns if c.position == position), None)
    text = sheet.text(row, position) if column else ""
    marks = [m for m in sheet.marks.get(row, ()) if m.position in (position, ROW)]
    raw = column.raw_column if column else None
    return {
        "said": [
            {"severity": m.severity, "wrong": messages.wrong(m.rule_id, language), "rule": m.rule_id,
             "do": messages.what_to_do(m.rule_id, language), "row": m.position == ROW}
            for m in marks
        ],
        "proposals": [p for p in proposals(raw, text) if p != text] if marks else [],
        "equal": len(sheet.equal_cells(position, text)) if column and text else 0,
    }  # fmt: skip


def changes(sheet: DeskSheet, place: tuple[int, int], text: str, *, everywhere: bool) -> list[Change]:
    """The corrections of a cell, or of all of its column that say what it says. None for a cell that is not there."""
    line, position = place
    row = sheet.row_of(line)
    if row is None or position not in {c.position for c in sheet.columns}:
        return []
    before = sheet.text(row, position)
    rows = sheet.equal_cells(position, before) if everywhere and before else np.array([row], np.int64)
    return list(sheet.changes(rows, position, text.strip()))


def first_cell(checked: Checked | None, made: Sequence[Change]) -> Mapping[str, int] | None:
    """Where the first of some changes is."""
    if checked is None or not made:
        return None
    place = made[0].place
    for number, sheet in enumerate(checked.sheets):
        if (sheet.file_id, sheet.name) == (place.file_id, place.sheet):
            return {"sheet": number, "line": place.line, "position": place.position}
    return None


def failed(code: str, language: Language) -> Mapping[str, str] | None:
    """Why a check was refused, in words."""
    return {"wrong": messages.wrong(code, language), "do": messages.what_to_do(code, language)} if code else None


def _sheet(sheet: DeskSheet, file: str, language: Language) -> Mapping[str, Any]:
    return {
        "file": file, "name": sheet.name or "", "rows": sheet.rows, "wrong": len(sheet.wrong_rows),
        "columns": [
            {"position": c.position, "letter": c.letter,
             "heading": c.heading or (messages.text("desk.surplus", language) if c.position >= SURPLUS else ""),
             "meaning": meaning(c.raw_column, language)}
            for c in sheet.columns
        ],
    }  # fmt: skip


def meaning(raw_column: str | None, language: Language) -> str:
    """What a column is read as, in words; "" where it is kept aside."""
    return names_of(language).get(raw_column, "") if raw_column else ""


def _causes(checked: Checked, language: Language) -> list[Mapping[str, Any]]:
    """The causes by their rows, the most frequent first, blocking ones before others."""
    counts: Counter[str] = Counter()
    for sheet in checked.sheets:
        for marks in sheet.marks.values():
            counts.update({m.rule_id for m in marks if m.severity != "notice"})
    order = sorted(counts, key=lambda r: (rules.rule(r).severity != "block", -counts[r], r))
    return [
        {"rule": r, "severity": rules.rule(r).severity, "wrong": messages.wrong(r, language), "rows": counts[r]}
        for r in order[:_MOST_CAUSES]
    ]


_LETTERS = {"block": "b", "review": "r", "notice": "n"}


def _by_position(marks: Sequence[Mark]) -> Mapping[int, str]:
    """The gravest severity of each cell as a letter; e for one that was corrected."""
    found: dict[int, str] = {}
    for mark in marks:
        letter = "e" if mark.rule_id == _EDITED else _LETTERS[mark.severity]
        found.setdefault(mark.position, letter)
    return found


def _places(sheet: DeskSheet) -> list[tuple[int, int]]:
    """Line and position of each cell to be looked at, in order."""
    return [
        (int(sheet.lines[row]), position)
        for row in sheet.wrong_rows
        for position in sorted({m.position for m in sheet.marks[int(row)] if m.severity != "notice"})
    ]
