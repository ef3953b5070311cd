"""Lays the form that fits on a page: boxes of header fields, headings and cells, in pixels of the page.

A page is read whole or not at all: where no table is found, or none that a form fits, the reason is told and a person
gets the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from readers.forms import Form
from readers.page_bend import Flat, Floats, flatten
from readers.page_columns import cut_writing, rows_across
from readers.page_form import Bands, Columns, fit_bands, fit_columns, rows_are_doubtful
from readers.page_header import writing_lines
from readers.page_ink import Ink, Map, ink_of
from readers.page_quality import measures_of, quality_of
from readers.page_rows import are_rows, bands_of, is_of_numbers, with_rows_by_writing, without_lines_in_writing
from readers.page_rules import Family, Rules, find_rules
from readers.page_turns import head_is_up, letters_of, rows_stand_upright, writing_lies_level
from readers.pages import ACROSS, Box, Page, PageGrid, Quad

_LEAST_CONTRAST = 12.0


@dataclass(frozen=True)
class Unfit:
    """Why a page is left to a person: "blank", "no_lines", "no_table", "no_form", "no_rows" or "doubtful_rows"."""

    reason: str


@dataclass(frozen=True)
class _Sheet:
    """A flat page that stands upright, with its lines; `quarters` of a circle clockwise it was turned."""

    flat: Flat
    rules: Rules
    quarters: int
    columns: Columns
    letters: Map


def find_grid(page: Page, forms: Sequence[Form]) -> PageGrid | Unfit:
    """The form among `forms` that fits the page, laid on it.

    Args:
        page: in any turning, tilted or bent.
        forms: those with a table are tried; the one of free order is taken where
        no other fits, its columns are then named by their numbers, and what stands over them is for others to read.
    """
    ink = ink_of(page.picture)
    if ink.contrast - ink.noise < _LEAST_CONTRAST:
        return Unfit("blank")
    sheet = _sheet(ink.dark, forms)
    if isinstance(sheet, Unfit):
        return sheet
    letters = sheet.letters
    numbers = partial(is_of_numbers, letters=letters, edges=sheet.columns.edges)
    bands = fit_bands(sheet.rules, sheet.columns, numbers)
    if bands is None:
        return Unfit("no_rows")
    bands = without_lines_in_writing(bands, letters, _corners(sheet, bands.edges, bands.lines))
    bands = with_rows_by_writing(bands, letters, _corners(sheet, bands.edges, bands.lines))
    if bands is None:
        return Unfit("doubtful_rows")
    corners = _corners(sheet, bands.edges, bands.lines)
    sureness = sheet.rules.level.sureness[[line for line in bands.lines if line >= 0]]
    if rows_are_doubtful(bands) and not are_rows(bands_of(letters, corners), sureness):
        return Unfit("doubtful_rows")
    across = rows_across(sheet.columns, sheet.rules, letters, bands.edges)
    return _grid(page, ink, sheet, bands, across)


def _sheet(dark: Map, forms: Sequence[Form]) -> _Sheet | Unfit:
    """The page flat and upright; where its whole lines show no table, the dashes of broken ones are joined."""
    flat = flatten(dark)
    if flat is None:
        return Unfit("no_lines")
    sheet = _upright(flat, letters_of(flat.dark), forms)
    if not isinstance(sheet, Unfit) or sheet.reason != "no_table":
        return sheet
    joined = flatten(dark, is_broken=True)
    return sheet if joined is None else _upright(joined, letters_of(joined.dark, is_dashed=True), forms)


def _upright(flat: Flat, letters: Map, forms: Sequence[Form]) -> _Sheet | Unfit:
    """The page with its head up: the form that fits one way only decides, else the look of the page."""
    first = 0 if writing_lies_level(letters) else 1
    ways: list[tuple[float, _Sheet]] = []
    reason = "no_table"
    found = find_rules(flat.turned(first))
    if found is None:
        return Unfit(reason)
    if rows_stand_upright(found):
        other = find_rules(flat.turned(1 - first))
        first, found = (1 - first, other) if other is not None else (first, found)
    for quarters, rules in ((first, found), (first + 2, found.mirrored())):
        turned, own = flat.turned(quarters), np.ascontiguousarray(np.rot90(letters, -quarters))
        columns = fit_columns(rules, forms, partial(cut_writing, rules=rules, letters=own))
        if columns is None:
            reason = "no_form"
            continue
        vote = head_is_up(own, rules)
        ways.append((vote + (2.0 if not columns.form.free_order else 0.0) - 60 * min(columns.cost, 0.02),
                     _Sheet(turned, rules, quarters, columns, own)))  # fmt: skip
    best = max(ways, key=lambda way: way[0])[1] if ways else Unfit(reason)
    if isinstance(best, Unfit) or best.quarters == first:
        return best
    return _seen_anew(best, forms)


def _seen_anew(sheet: _Sheet, forms: Sequence[Form]) -> _Sheet:
    """The page that lay upside down, its lines found again: what lies above a table is no part of it."""
    rules = find_rules(sheet.flat)
    if rules is None:
        return sheet
    columns = fit_columns(rules, forms, partial(cut_writing, rules=rules, letters=sheet.letters))
    return sheet if columns is None else _Sheet(sheet.flat, rules, sheet.quarters, columns, sheet.letters)


def _grid(page: Page, ink: Ink, sheet: _Sheet, bands: Bands, across: Sequence[int]) -> PageGrid:
    frame = _Frame(page, ink, sheet.flat)
    form, names = sheet.columns.form, _names(sheet.columns)
    corners = _corners(sheet, bands.edges, bands.lines)
    head = _corners(sheet, np.asarray(bands.heading), (-1, -1))
    every = frame.on_page(corners)
    own = (box for box in _cells("cell", names, every) if box.row not in across)
    cells = (*own, *(_over_all(row, every) for row in across))
    headings = tuple(_cells("heading", names, frame.on_page(head)))
    span = (float(sheet.columns.edges[0]), float(sheet.columns.edges[-1]))
    writing = tuple(
        tuple(frame.quads(_rectangle(*bounds))[0] for bounds in line)
        for line in writing_lines(sheet.flat.dark, sheet.rules, span)
    )
    measures = measures_of(ink, sheet.rules, sheet.columns.cost)
    return PageGrid(
        form.form_id, sheet.quarters * 90 % 360, cells, quality_of(measures), measures, headings, writing
    )  # fmt: skip


def _names(columns: Columns) -> tuple[str, ...]:
    if columns.form.free_order:
        return tuple(str(n) for n in range(1, len(columns.edges)))
    return tuple(c.name for c in columns.form.columns)


def _corners(sheet: _Sheet, edges: Floats, lines: Sequence[int]) -> Floats:
    """Where level and upright edges cross on the flat page: level x upright x (u, v)."""
    us, rules = sheet.columns.edges, sheet.rules
    down = _off(rules.level, lines, np.tile(us, (len(edges), 1)))
    vs = edges[:, None] + down
    across = _off(rules.upright, sheet.columns.lines, vs.T).T
    return np.dstack([us[None, :] + across, vs])


def _off(family: Family, lines: Sequence[int], along: Floats) -> Floats:
    """How far lines are from their places at points along each; lines that do not show go with their neighbours."""
    known = [k for k, line in enumerate(lines) if line >= 0]
    if not known:
        return np.zeros_like(along)
    rows = np.asarray([family.at(lines[k], along[k]) - family.places[lines[k]] for k in known])
    every = np.arange(len(lines))
    return np.stack([np.interp(every, known, rows[:, j]) for j in range(along.shape[1])], axis=1)


class _Frame:
    """From the flat page to pixels of the picture."""

    def __init__(self, page: Page, ink: Ink, flat: Flat) -> None:
        self.flat, self.scale = flat, ink.scale
        self.most = np.asarray([page.picture.shape[1] - 1, page.picture.shape[0] - 1], dtype=np.float64)

    def on_page(self, points: Floats) -> Floats:
        shape = points.shape
        found = (self.flat.to_page(points.reshape(-1, 2)) + 0.5) / self.scale - 0.5
        return np.clip(found, 0, self.most).reshape(shape)

    def quads(self, points: Floats) -> list[Quad]:
        return [_quad(four) for four in self.on_page(points)]


def _rectangle(left: float, top: float, right: float, bottom: float) -> Floats:
    return np.asarray([[[left, top], [right, top], [right, bottom], [left, bottom]]])


def _cells(kind: str, names: Sequence[str], corners: Floats) -> Iterator[Box]:
    for row in range(corners.shape[0] - 1):
        for column, name in enumerate(names):
            above, below = corners[row], corners[row + 1]
            four = np.stack([above[column], above[column + 1], below[column + 1], below[column]])
            yield Box("cell" if kind == "cell" else "heading", row if kind == "cell" else None, name, _quad(four))


def _over_all(row: int, corners: Floats) -> Box:
    above, below = corners[row], corners[row + 1]
    return Box("cell", row, ACROSS, _quad(np.stack([above[0], above[-1], below[-1], below[0]])))


def _quad(four: Floats) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in four)
    return (a, b, c, d)
