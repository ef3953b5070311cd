"""Scanned ledgers -> source records: each page is a sheet, each cell keeps where it stands and how sure its text is.

A page that fits no form is left to a person whole. A row with a cell of which no recogniser is sure is read, and kept
out under cell.unsure until somebody looked; what somebody read in a cell before stands over every recogniser.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from readers import page_views
from readers.cell_decoder import decide, kind_in
from readers.crops import cut, with_paper_beside
from readers.forms import BETWEEN, Form, with_lines_between, with_ours
from readers.grid import Grid, Sheet, Trouble
from readers.group_headings import levels_of
from readers.header_fields import header_values
from readers.heading_readings import headings_read
from readers.heading_words import means_only, wording_of
from readers.learned_forms import settle_form
from readers.ledger import LedgerFile, read_sheets
from readers.page_blocks import NO_BLOCKS, find_blocks
from readers.page_files import read_pages
from readers.page_grid import Unfit, find_grid
from readers.page_scraps import RowText, scrap_rows
from readers.pages import ACROSS, Box, CellVerdict, Page, PageGrid, Picture, Quad
from readers.part_writer import PartWriter
from readers.reading import FileFinding, FileReading
from readers.text_layer import heard
from schemas import lineage
from schemas.cells import CELLS, UNSURE
from schemas.errors import FileRefused

BY_PERSON = "person"
"""Rule of a cell whose text somebody read."""

SHEET = "Trang {}"
_NO_FORM, _NO_HEADINGS, _BLANK = "page.no_form", "no_headings", "blank"
_SCRAPS, _OTHER_TEXT = "page.scraps", "page.other_text"
_HEADING_LINE = 0
_DARK_GROUND = 0.5
"""Of the page's brightness: a darker heading is printed light on dark."""


@dataclass(frozen=True)
class ReadCell:
    """A box with what was decided to stand in it, and the picture of it where a person has to look."""

    box: Box
    verdict: CellVerdict
    crop: Picture | None


@dataclass(frozen=True)
class ReadPage:
    """A page that fits a form: its cells, and header fields; `has_other_text`: a text layer that it does not show."""

    number: int
    form: Form
    cells: tuple[ReadCell, ...]
    quality: float
    has_other_text: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the table, then those of header fields that no column has."""
        own = dict.fromkeys(c.box.column for c in self.cells if c.box.kind == "cell")
        return (*own, *(c.box.column for c in self.cells if c.box.kind == "header" and c.box.column not in own))


def read_scan(path: Path, out: Path, file: LedgerFile, progress: Callable[[int], None]) -> FileReading:
    """Read a scanned file into out/source_records, out/findings and out/cells (CELLS).

    Pages that somebody has to look at lie in out/pages (`readers.page_views`).

    Raises:
        FileRefused: page.nothing_read, no page fits a form; what `readers.page_files` refuses.
    """
    told = {d.match: d.value for d in file.decisions if d.kind == "cell"}
    others = tuple(d for d in file.decisions if d.kind != "cell")
    writer = PartWriter(out / "cells", CELLS)
    notes: list[FileFinding] = []
    sheets = _sheets(path, replace(file, decisions=others), (told, writer, notes, out), progress)
    first = next(sheets, None)
    if first is None:
        raise FileRefused("page.nothing_read", found=len(notes))
    reading = read_sheets(_again(first, sheets), out, replace(file, decisions=others), progress)
    writer.close()
    _keep_cells_of_rows(out)
    return replace(reading, findings=(*notes, *reading.findings))


@dataclass(frozen=True)
class Places:
    """Where the values of a page stand: the form that it fits, boxes, the picture of each, the quality of the page."""

    form: Form
    boxes: tuple[Box, ...]
    crops: tuple[Picture, ...]
    quality: float


def read_page(page: Page, forms: Sequence[Form]) -> ReadPage | Unfit:
    """Lay a form on a page and read its cells; a crop is kept of those that nobody may accept unseen."""
    found = places_of(page, forms)
    if isinstance(found, Unfit):
        return found
    verdicts = decide(found.form, found.boxes, found.crops, found.quality)
    layer = heard(page.text, found.boxes, found.crops, verdicts)
    read = zip(found.boxes, layer.verdicts, found.crops, strict=True)
    told = tuple(ReadCell(box, verdict, None if verdict.accepted else crop) for box, verdict, crop in read)
    return ReadPage(page.number, found.form, told, found.quality, layer.is_unlike)


def places_of(page: Page, forms: Sequence[Form]) -> Places | Unfit:
    """Lay a form on a page and cut out its header fields and cells."""
    laid = lay(page, forms)
    if isinstance(laid, Unfit):
        return laid
    form, grid = laid
    head = header_values(page, grid, forms)
    form = replace(form, header=tuple(value.field for value in head))
    cells = _renamed(grid, form)
    form = with_lines_between(form) if any(box.column == ACROSS for box in grid.boxes) else form
    own = [cut(page.picture, box.quad, grid.turned) for box in cells]
    if form.layout == "blocks":
        own = [with_paper_beside(crop) for crop in own]
    boxes = (*(value.box for value in head), *cells)
    return Places(form, boxes, (*(value.crop for value in head), *own), grid.quality)


def lay(page: Page, forms: Sequence[Form]) -> tuple[Form, PageGrid] | Unfit:
    """The form of a page and where everything stands: a table, or blocks of labelled lines where there is none."""
    grid = find_grid(page, forms)
    if isinstance(grid, Unfit):
        reason = grid.reason
    else:
        form = settle(page, grid, forms)
        if form is not None:
            return form, grid
        reason = _NO_HEADINGS
    blocks = NO_BLOCKS if reason == _BLANK else find_blocks(page, forms)
    return Unfit(reason if blocks == NO_BLOCKS else blocks) if isinstance(blocks, str) else blocks


def settle(page: Page, grid: PageGrid, forms: Sequence[Form]) -> Form | None:
    """The form that the headings of the page prove or make; None where they name too few fields."""
    names = _columns(grid)
    if not grid.headings:
        return None
    paper = float(np.median(page.picture[::8, ::8]))
    shown = {h.column: _printed(page.picture, paper, h.quad, grid.turned) for h in grid.headings}
    lines = headings_read(shown, forms)
    widths = {b.column: _width(b.quad) for b in reversed(grid.boxes) if b.kind == "cell"}
    whole = sum(widths.values()) or 1.0
    levels = levels_of([lines.get(n, []) for n in names], forms)
    return settle_form(forms, levels, [widths.get(n, 0.0) / whole for n in names])


def _printed(picture: Picture, paper: float, quad: Quad, turned: int) -> Picture:
    """The picture of a heading, dark on light also where it is printed light on a dark ground."""
    (left, top), (right, bottom) = np.min(quad, axis=0).astype(int), np.max(quad, axis=0).astype(int) + 1
    ground = float(np.median(picture[max(0, top) : bottom, max(0, left) : right]))
    is_dark = ground < _DARK_GROUND * paper
    return cut(255 - picture if is_dark else picture, quad, turned)


def _columns(grid: PageGrid) -> tuple[str, ...]:
    return tuple(dict.fromkeys(b.column for b in grid.boxes if b.kind == "cell" and b.column != ACROSS))


def _width(quad: Quad) -> float:
    (ax, ay), (bx, by) = quad[:2]
    return float(np.hypot(bx - ax, by - ay))


def _renamed(grid: PageGrid, form: Form) -> list[Box]:
    """The boxes with the names of the form's columns, from the left; what stands across them has its own."""
    names = dict(zip(_columns(grid), (c.name for c in form.columns), strict=False)) | {ACROSS: BETWEEN}
    return [replace(b, column=names.get(b.column, b.column)) if b.kind == "cell" else b for b in grid.boxes]


def _again(first: Sheet, rest: Iterator[Sheet]) -> Iterator[Sheet]:
    yield first
    yield from rest


_Told = tuple[Mapping[str, str], PartWriter, list[FileFinding], Path]


def _sheets(path: Path, file: LedgerFile, told: _Told, progress: Callable[[int], None]) -> Iterator[Sheet]:
    forms = with_ours(file.forms)
    people, writer, notes, out = told
    for page in read_pages(path, file.limits, notes.append):
        progress(writer.rows)
        read = read_page(page, forms)
        if isinstance(read, Unfit):
            notes.append(FileFinding(_NO_FORM, SHEET.format(page.number), detail=read.reason))
            continue
        if read.has_other_text:
            notes.append(FileFinding(_OTHER_TEXT, SHEET.format(page.number)))
        read = _as_people_read_it(read, file.file_id, people)
        notes += [FileFinding(_SCRAPS, SHEET.format(page.number), _line(row)) for row in sorted(_scraps(read))]
        writer.add(_table(read, file.file_id))
        if any(not cell.verdict.accepted for cell in read.cells):
            page_views.keep(out, page)
        yield Sheet(SHEET.format(page.number), iter([_grid(read)]), page=page.number)


def _as_people_read_it(read: ReadPage, file_id: str, people: Mapping[str, str]) -> ReadPage:
    if not people:
        return read
    return replace(read, cells=tuple(_judged(cell, read, file_id, people) for cell in read.cells))


def _judged(cell: ReadCell, read: ReadPage, file_id: str, people: Mapping[str, str]) -> ReadCell:
    lines = _lines_of(cell, read)
    texts = {people.get(f"{file_id}/{read.number}/{line}/{cell.box.column}") for line in lines} - {None}
    if len(texts) != 1:
        return cell
    said = replace(cell.verdict, text=str(texts.pop()), confidence=1.0, accepted=True, rule=BY_PERSON)
    return ReadCell(cell.box, said, None)


def _line(row: int) -> int:
    return row + 1


def _lines(read: ReadPage) -> tuple[int, ...]:
    """Lines of the rows of a page in which anything stands but scraps."""
    rows = {c.box.row for c in read.cells if c.box.row is not None and c.verdict.text} - _scraps(read)
    return tuple(_line(row) for row in sorted(rows))


def _lines_of(cell: ReadCell, read: ReadPage) -> tuple[int, ...]:
    """The lines for which a cell says something: its own; of a header field all; of a line between rows those below."""
    if cell.box.row is None:
        return _lines(read)
    if cell.box.column != BETWEEN:
        return (_line(cell.box.row),)
    own = cell.box.row
    ends = (c.box.row for c in read.cells if c.box.column == BETWEEN and c.box.row is not None and c.box.row > own)
    last = min(ends, default=1 + max(c.box.row for c in read.cells if c.box.row is not None))
    return tuple(_line(row) for row in range(own, last))


def _scraps(read: ReadPage) -> frozenset[int]:
    """Rows of a page in which nothing but scraps stands."""
    return scrap_rows(
        RowText(c.box.row, kind_in(read.form, c.box.column), c.verdict.text, c.verdict.rule == BY_PERSON)
        for c in read.cells
        if c.box.row is not None
    )


def _grid(read: ReadPage) -> Grid:
    """The page as a grid: its heading in the words of the form, then its rows; unsure cells are troubles of theirs."""
    columns = read.columns
    at = {name: place for place, name in enumerate(columns)}
    count = 1 + max((c.box.row for c in read.cells if c.box.row is not None), default=-1)
    texts: list[list[str | None]] = [[_heading(read.form, name), *([None] * count)] for name in columns]
    troubles = []
    filled = set(_lines(read))
    for cell in read.cells:
        place = at[cell.box.column]
        for line in _lines_of(cell, read):
            if line not in filled:
                continue
            if cell.box.column != BETWEEN or line == _line(cell.box.row or 0):
                texts[place][line] = cell.verdict.text or None
            if not cell.verdict.accepted:
                troubles.append(Trouble(line, UNSURE, place))
    lines = np.arange(_HEADING_LINE, count + 1, dtype=np.int32)
    return Grid(lines, tuple(pa.array(t, pa.string()) for t in texts), troubles=tuple(troubles))


def _table(read: ReadPage, file_id: str) -> pa.Table:
    """CELLS of a page: a row for each cell of a filled line, and for each header field and filled line."""
    sheet, lines = SHEET.format(read.number), _lines(read)
    ids = dict(zip(lines, lineage.record_ids(file_id, sheet, lines).to_pylist(), strict=True))
    rows = []
    for cell in read.cells:
        for line in (x for x in _lines_of(cell, read) if x in ids):
            rows.append(_row(cell, read, file_id) | {"record_id": ids[line], "line": line})
    return pa.Table.from_pylist(rows, schema=CELLS.schema)


def _row(cell: ReadCell, read: ReadPage, file_id: str) -> dict[str, object]:
    verdict = cell.verdict
    readings = [{"engine": r.engine, "text": r.text, "confidence": round(r.confidence, 4)} for r in verdict.readings]
    return {
        "file_id": file_id, "page": read.number, "raw_column": cell.box.column,
        "kind": cell.box.kind, "quad": quad_text(cell.box.quad), "text": verdict.text,
        "confidence": verdict.confidence, "is_accepted": verdict.accepted, "is_handwriting": verdict.handwriting,
        "rule": verdict.rule, "readings": json.dumps(readings, ensure_ascii=False),
        "crop": None if cell.crop is None else png_text(cell.crop),
    }  # fmt: skip


def quad_text(quad: Quad) -> str:
    """A quad as text: x,y x,y x,y x,y in whole pixels."""
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in quad)


def png_text(picture: Picture) -> str:
    """A picture as PNG in base64."""
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise FileRefused("file.damaged")
    return base64.b64encode(data.tobytes()).decode()


def _heading(form: Form, name: str) -> str:
    """What the form prints over the column, or before the header field, in words that say which it is."""
    words = {c.name: c.headings for c in form.columns} | {h.name: h.labels for h in (*form.header, *form.block)}
    wordings = [word.rstrip(": .") for word in words[name]]
    return next((w for w in wordings if means_only(w, name)), None) or wording_of(name) or wordings[0]


def _keep_cells_of_rows(out: Path) -> None:
    """Drop the cells of lines that turned out to be no rows: signatures, totals, repeated headings."""
    parts = sorted((out / "source_records").glob("part-*.parquet"))
    ids = pa.concat_arrays([c for p in parts for c in pq.read_table(p, columns=["record_id"])["record_id"].chunks])
    for path in sorted((out / "cells").glob("part-*.parquet")):
        table = pq.read_table(path)
        kept = table.filter(pc.is_in(table["record_id"], value_set=ids))
        if kept.num_rows < table.num_rows:
            unfinished = path.with_name(path.name + ".part")
            pq.write_table(kept, unfinished, compression="lz4", write_statistics=False)
            unfinished.replace(path)
