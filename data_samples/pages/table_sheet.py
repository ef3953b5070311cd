"""Lays a form with a ruled table on a sheet and fills it with people."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from data_samples.pages.boxes import TrueBox, rectangle
from data_samples.pages.entries import DITTO_MARKS, Cell, Habits, fill
from data_samples.pages.pen import Hand, write
from data_samples.pages.rosters import Entry
from data_samples.pages.rules import RuleStyle, across, dotted, down
from data_samples.pages.sheet import Sheet, fit, write_lines
from readers.forms import Form, FormColumn, HeaderField


@dataclass(frozen=True)
class Look:
    """What differs between two prints of one form.

    Attributes:
        press: prints title, labels, headings. clerk: fills it. rules: the lines. row_height: pixels. margin: pixels.
        has_numbers: the row of column numbers is printed. is_dotted: labels have dotted lines. empty: share of lines
        left empty at the end. ditto: the clerk's mark, "" if none. wording: which of the wordings is printed.
    """

    press: Hand
    clerk: Habits
    rules: RuleStyle
    row_height: float
    margin: float
    has_numbers: bool
    is_dotted: bool
    empty: float
    ditto: str
    wording: float


@dataclass(frozen=True)
class Edges:
    """Lines of the table: x of each upright one, y of its top, of the line under the headings, and of each row's end."""

    xs: tuple[float, ...]
    top: float
    body: float
    ys: tuple[float, ...]


def lay_table(sheet: Sheet, form: Form, look: Look, people: Sequence[Entry]) -> None:
    """Print the form and fill it."""
    y = print_title(sheet, form, look, look.margin)
    y = lay_fields(sheet, [f for f in form.header if f.place == "above"], look, people[0], y)
    widths = _widths(sheet, form.columns, look)
    heading_height = _heading_height(form.columns, look)
    numbers = look.row_height * 0.55 if look.has_numbers else 0.0
    body = y + heading_height + numbers
    below = [f for f in form.header if f.place == "below"]
    room = sheet.height - look.margin - body - len({f.line for f in below}) * look.row_height
    count = int(max(1, min(form.rows[1], room // look.row_height)))
    ys = tuple(body + look.row_height * (i + 1) for i in range(count))
    edges = Edges(widths, y, body, ys)
    _print_headings(sheet, form.columns, look, edges, body - numbers)
    _rule(sheet, form.columns, look, edges, body - numbers)
    _fill_rows(sheet, form.columns, look, edges, people)
    if below:
        lay_fields(sheet, below, look, people[0], ys[-1] + look.row_height * 0.3)


def chosen(wordings: Sequence[str], look: Look, salt: int) -> str:
    """One of the wordings, the same for one look and place."""
    mixed = (look.wording * 1_000_003 + salt * 7.31) % 1
    return wordings[int(mixed * mixed * len(wordings))]


def print_title(sheet: Sheet, form: Form, look: Look, y: float) -> float:
    """The title over the middle; where it ends."""
    title = chosen(form.titles, look, 1)
    size = 58 + 20 * ((look.wording * 97) % 1)
    width = look.press.typeface.width(title, size)
    write(sheet.printed, title, ((sheet.width - width) / 2, y + size), size, look.press, sheet.stream)
    return y + size * 1.6


def lay_fields(sheet: Sheet, fields: Sequence[HeaderField], look: Look, person: Entry, y: float) -> float:
    """Print labels and write their values; where the last line ends."""
    height = max(74.0, look.clerk.size * 1.75)
    left, width = look.margin, sheet.width - 2 * look.margin
    for line, together in groupby(fields, key=lambda f: f.line):
        for field in together:
            bounds = (left + field.start * width, y + line * height, left + field.end * width, y + (line + 1) * height)
            lay_field(sheet, field, look, person.get(field.name, ""), bounds, None)
    return y + height * (1 + max((f.line for f in fields), default=-1)) + 24


def lay_field(
    sheet: Sheet, field: HeaderField, look: Look, text: str, bounds: tuple[float, float, float, float], row: int | None
) -> None:
    """One label and its value on its line; its box runs from the label's end to the field's."""
    left, top, right, bottom = bounds
    label = chosen(field.labels, look, int(field.start * 100) + field.line * 7)
    size = min(look.clerk.size * 0.95, (bottom - top) * 0.55)
    base = top + (bottom - top) * 0.68
    write(sheet.printed, label, (left, base), size, look.press, sheet.stream)
    begin = left + look.press.typeface.width(label, size) + 14
    if look.is_dotted:
        dotted(sheet.printed, base + 5, begin, right - 8, sheet.stream)
    kind = "header" if row is None else "cell"
    box = TrueBox(kind, row, field.name, "", rectangle(begin, top, right, bottom))
    fill(sheet, Cell(box, "text"), text, look.clerk)


def _widths(sheet: Sheet, columns: Sequence[FormColumn], look: Look) -> tuple[float, ...]:
    """The upright lines: the form's shares, each a little other in each print."""
    shares = np.asarray([c.share for c in columns]) * (0.93 + 0.14 * sheet.stream.random(len(columns)))
    whole = sheet.width - 2 * look.margin
    return tuple(np.concatenate(([0.0], np.cumsum(shares / shares.sum()))) * whole + look.margin)


def _heading_height(columns: Sequence[FormColumn], look: Look) -> float:
    return look.row_height * (1.25 if not any(c.group for c in columns) else 1.9)


def _print_headings(sheet: Sheet, columns: Sequence[FormColumn], look: Look, edges: Edges, bottom: float) -> None:
    top, xs = edges.top, edges.xs
    middle = top + (bottom - top) * 0.42
    for at, column in enumerate(columns):
        over = middle if column.group else top
        text = chosen(column.headings, look, at)
        level = 1 if column.group else 0
        _print_words(sheet, look, text, (xs[at], over, xs[at + 1], bottom), (level, column.name))
        if look.has_numbers:
            number = str(at + 1) if (look.wording * 13) % 1 < 0.6 else f"({at + 1})"
            _print_words(sheet, look, number, (xs[at], bottom, xs[at + 1], edges.body), None)
    for group, places in groupby(range(len(columns)), key=lambda i: columns[i].group):
        span = list(places)
        if group:
            text = chosen(group, look, span[0])
            _print_words(sheet, look, text, (xs[span[0]], top, xs[span[-1] + 1], middle), (0, columns[span[0]].name))
            across(sheet.rules, middle, xs[span[0]], xs[span[-1] + 1], look.rules, sheet.stream)


def _print_words(
    sheet: Sheet, look: Look, text: str, bounds: tuple[float, float, float, float], truth: tuple[int, str] | None
) -> None:
    left, top, right, bottom = bounds
    size = min(look.clerk.size * 0.8, 36.0)
    fitted = fit(text, look.press.typeface, size, (right - left - 8, bottom - top), 4)
    if fitted is None:
        fitted = fit(text, look.press.typeface, size * 0.7, (right - left - 4, bottom - top), 4)
    if fitted is None:
        return
    middle = (left + 4, (top + bottom) / 2)
    ink = write_lines(sheet.printed, fitted, middle, right - left - 8, look.press, sheet.stream, 0.5)
    if truth is not None:
        sheet.headings.append(TrueBox("heading", truth[0], truth[1], text, rectangle(*bounds), ink))


def _rule(sheet: Sheet, columns: Sequence[FormColumn], look: Look, edges: Edges, bottom: float) -> None:
    """The frame, the lines between columns (under a group's heading only from its lower half) and rows."""
    xs, layer, style = edges.xs, sheet.rules, look.rules
    middle = edges.top + (bottom - edges.top) * 0.42
    lines = [edges.top, bottom, *edges.ys] + ([edges.body] if edges.body > bottom else [])
    for y in lines:
        is_frame = y in (edges.top, edges.ys[-1])
        across(layer, y, xs[0], xs[-1], style, sheet.stream, style.frame if is_frame else None)
    for at, x in enumerate(xs):
        is_frame = at in (0, len(xs) - 1)
        inside = not is_frame and columns[at].group and columns[at].group == columns[at - 1].group
        down(layer, x, middle if inside else edges.top, edges.ys[-1], style, sheet.stream,
             style.frame if is_frame else None)  # fmt: skip


def _fill_rows(
    sheet: Sheet, columns: Sequence[FormColumn], look: Look, edges: Edges, people: Sequence[Entry]
) -> None:
    tops = (edges.body, *edges.ys[:-1])
    filled = max(1, round(len(tops) * (1 - look.empty)))
    above: dict[str, str] = {}
    for row, (top, bottom) in enumerate(zip(tops, edges.ys, strict=True)):
        person: Entry = people[row] if row < min(filled, len(people)) else {}
        for at, column in enumerate(columns):
            quad = rectangle(edges.xs[at], top, edges.xs[at + 1], bottom)
            text = person.get(column.name, "")
            if look.ditto and text and above.get(column.name) == text and column.kind in ("place", "code"):
                written = look.ditto
            else:
                written = text
            above[column.name] = text
            fill(sheet, Cell(TrueBox("cell", row, column.name, "", quad), column.kind), written, look.clerk)


def ditto_mark(stream: np.random.Generator) -> str:
    """The mark of a clerk who writes one, "" of the others."""
    u = stream.random(2)
    return DITTO_MARKS[int(u[1] * len(DITTO_MARKS))] if u[0] < 0.25 else ""
