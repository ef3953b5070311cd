"""Lays a form with a ruled table on a sheet and fills it with people."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from data_samples.pages.boxes import TrueBox, rectangle
from data_samples.pages.entries import Cell, fill
from data_samples.pages.look import Look
from data_samples.pages.printing import Bounds, lay_fields, print_foot, print_title
from data_samples.pages.rosters import Entry
from data_samples.pages.rules import Point, rule
from data_samples.pages.sheet import Sheet, fit, write_lines
from readers.forms import Form, FormColumn
from readers.pages import Quad

_LONG = frozenset(("place", "code", "text"))
_NEVER_DITTO = frozenset(("sex_raw", "notes_raw"))
_GROUP_SHARE = 0.42


@dataclass(frozen=True)
class Line:
    """A nearly straight line: where it lies at its middle, and how far its far end lies off."""

    at: float
    tilt: float = 0.0


@dataclass(frozen=True)
class Edges:
    """The lines of a table: upright ones from the left; its top, the line under the headings, the end of each row.

    `numbers` is the line over the row of column numbers (equal to `body` if there is none).
    """

    xs: tuple[Line, ...]
    top: Line
    numbers: Line
    body: Line
    ys: tuple[Line, ...]

    def corner(self, x: Line, y: Line) -> Point:
        """Where an upright and a level line meet."""
        left, right = self.xs[0].at, self.xs[-1].at
        top, bottom = self.top.at, self.ys[-1].at
        return (
            x.at + x.tilt * ((y.at - top) / (bottom - top) - 0.5),
            y.at + y.tilt * ((x.at - left) / (right - left) - 0.5),
        )

    def quad(self, at: int, top: Line, bottom: Line) -> Quad:
        """The cell of column `at` between two level lines."""
        left, right = self.xs[at], self.xs[at + 1]
        return self.corner(left, top), self.corner(right, top), self.corner(right, bottom), self.corner(left, bottom)


def lay_table(sheet: Sheet, form: Form, look: Look, people: Sequence[Entry]) -> None:
    """Print the form and fill it; the people that do not fit are left out."""
    y = print_title(sheet, form, look, look.margin)
    y = lay_fields(sheet, [f for f in form.header if f.place == "above"], look, people[0], y)
    below = [f for f in form.header if f.place == "below"]
    edges = _edges(sheet, form, look, y, len(people), len({f.line for f in below}))
    _print_headings(sheet, form.columns, look, edges)
    _rule(sheet, form.columns, look, edges)
    _fill_rows(sheet, form.columns, look, edges, people)
    end = edges.ys[-1].at + look.row_height * 0.3
    print_foot(sheet, look, lay_fields(sheet, below, look, people[0], end) if below else end)


def _edges(sheet: Sheet, form: Form, look: Look, top: float, people: int, lines_below: int) -> Edges:
    """Room for the rows: as many as the form wants, the people need and the sheet has."""
    has_groups = any(c.group for c in form.columns)
    numbers = top + look.row_height * (1.9 if has_groups else 1.25)
    body = numbers + (look.row_height * 0.55 if look.has_numbers else 0.0)
    room = int((sheet.height - look.margin - body - lines_below * look.row_height) // look.row_height)
    wanted = form.rows[0] + int((form.rows[1] - form.rows[0] + 1) * sheet.stream.random())
    count = max(1, min(room, max(wanted, min(people, form.rows[1]))))
    shares = np.asarray([c.share for c in form.columns]) * (0.9 + 0.2 * sheet.stream.random(len(form.columns)))
    xs = np.concatenate(([0.0], np.cumsum(shares / shares.sum()))) * (sheet.width - 2 * look.margin) + look.margin
    ys = [body + look.row_height * (i + 1) for i in range(count)]
    return Edges(
        tuple(_line(sheet, look, x) for x in xs.tolist()), _line(sheet, look, top), _line(sheet, look, numbers),
        _line(sheet, look, body), tuple(_line(sheet, look, y) for y in ys),
    )  # fmt: skip


def _line(sheet: Sheet, look: Look, at: float) -> Line:
    return Line(at, (2 * sheet.stream.random() - 1) * look.rules.tilt)


def _print_headings(sheet: Sheet, columns: Sequence[FormColumn], look: Look, edges: Edges) -> None:
    top, bottom, xs = edges.top.at, edges.numbers.at, [x.at for x in edges.xs]
    middle = top + (bottom - top) * _GROUP_SHARE
    for at, column in enumerate(columns):
        over, level = (middle, 1) if column.group else (top, 0)
        text = look.chosen(column.headings, at)
        _print_words(sheet, look, text, (xs[at], over, xs[at + 1], bottom), (level, column.name))
        if look.has_numbers:
            number = str(at + 1) if look.mixed(31) < 0.6 else f"({at + 1})"
            _print_words(sheet, look, number, (xs[at], bottom, xs[at + 1], edges.body.at), None)
    for group, first, last in _groups(columns):
        name = columns[first].name
        _print_words(sheet, look, look.chosen(group, first), (xs[first], top, xs[last + 1], middle), (0, name))


def _groups(columns: Sequence[FormColumn]) -> list[tuple[tuple[str, ...], int, int]]:
    """Headings over several columns: (wordings, first column, last column)."""
    spans = (list(places) for _, places in groupby(range(len(columns)), key=lambda i: columns[i].group))
    return [(columns[span[0]].group, span[0], span[-1]) for span in spans if columns[span[0]].group]


def _print_words(sheet: Sheet, look: Look, text: str, bounds: Bounds, truth: tuple[int, str] | None) -> None:
    left, top, right, bottom = bounds
    size = min(look.clerk.size * 0.8, 36.0)
    tries = (
        fit(text, look.press.typeface, size * s, (right - left - 4 - 4 * s, bottom - top), 4) for s in (1.0, 0.7, 0.5)
    )
    fitted = next((f for f in tries if f is not None), None)
    if fitted is None:
        return
    middle = (left + 4, (top + bottom) / 2)
    ink = write_lines(sheet.printed, fitted, middle, right - left - 8, look.press, sheet.stream, 0.5)
    if truth is not None:
        sheet.headings.append(TrueBox("heading", truth[0], truth[1], text, rectangle(*bounds), ink))


def _rule(sheet: Sheet, columns: Sequence[FormColumn], look: Look, edges: Edges) -> None:
    """The frame, the lines between columns (under a group's heading only from its lower half) and rows."""
    style, layer, stream = look.rules, sheet.rules, sheet.stream
    ends = edges.xs[0], edges.xs[-1]
    for line in dict.fromkeys((edges.top, edges.numbers, edges.body, *edges.ys)):
        is_frame = line in (edges.top, edges.ys[-1])
        dash = style.row_dash if line in edges.ys[:-1] else style.dash
        where = edges.corner(ends[0], line), edges.corner(ends[1], line)
        rule(layer, where, style, stream, style.frame if is_frame else 0, dash)
    if style.has_double_head:
        twice = Line(edges.numbers.at - 9, edges.numbers.tilt)
        rule(layer, (edges.corner(ends[0], twice), edges.corner(ends[1], twice)), style, stream)
    middle = Line(edges.top.at + (edges.numbers.at - edges.top.at) * _GROUP_SHARE, edges.top.tilt)
    for _, first, last in _groups(columns):
        rule(layer, (edges.corner(edges.xs[first], middle), edges.corner(edges.xs[last + 1], middle)), style, stream)
    for at, x in enumerate(edges.xs):
        is_frame = at in (0, len(edges.xs) - 1)
        if is_frame and not style.has_sides:
            continue
        inside = not is_frame and columns[at].group and columns[at].group == columns[at - 1].group
        where = edges.corner(x, middle if inside else edges.top), edges.corner(x, edges.ys[-1])
        rule(layer, where, style, stream, style.frame if is_frame else 0, style.dash)


def _fill_rows(sheet: Sheet, columns: Sequence[FormColumn], look: Look, edges: Edges, people: Sequence[Entry]) -> None:
    tops = (edges.body, *edges.ys[:-1])
    filled = max(1, round(len(tops) * (1 - look.empty)))
    above: Entry = {}
    for row, (top, bottom) in enumerate(zip(tops, edges.ys, strict=True)):
        person: Entry = people[row] if row < min(filled, len(people)) else {}
        for at, column in enumerate(columns):
            text = person.get(column.name, "")
            repeats = text and above.get(column.name) == text
            if look.ditto and repeats and column.kind in _LONG and column.name not in _NEVER_DITTO:
                text = look.ditto
            box = TrueBox("cell", row, column.name, "", edges.quad(at, top, bottom))
            fill(sheet, Cell(box, column.kind), text, look.clerk)
        above = person
