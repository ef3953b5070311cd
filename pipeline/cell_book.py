"""Writes the workbook of cells to look at: a row a cell, with its picture, what the machine read, room for an answer.

Of numbers the machine's reading is not shown: two persons read them blind (`store.cell_judgements`). Readable by its
owner only, since it holds what stands in ledgers.
"""

import base64
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.private_files import private_file
from readers.cell_book import HEADINGS, ILLEGIBLE, READS, RIGHT
from store.cell_judgements import READ_TWICE

SHEET = "Ô cần xem · Cells"
_WIDTHS = (12, 8, 8, 22, 48, 26, 12, 30, 14)
_PICTURE_AT = 4
_PIXELS_A_POINT = 96 / 72
_MOST_HEIGHT, _MOST_WIDTH = 60.0, 340.0
Cell = Mapping[str, Any]


def write_cells(path: Path, cells: Iterable[Cell], names: Mapping[str, str]) -> int:
    """Write the workbook; returns the cells in it.

    Args:
        path: of the workbook.
        cells: rows of WAITING_CELLS.
        names: what each raw column is called; its own name where it is not there.
    """
    count = 0
    with private_file(path) as target:
        book = xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "in_memory": True})
        text = book.add_format({"num_format": "@", "valign": "vcenter"})
        heading = book.add_format({"bold": True, "bg_color": "#E7EEF3", "border": 1, "text_wrap": True})
        answer = book.add_format({"num_format": "@", "valign": "vcenter", "bg_color": "#FBE7A1", "border": 1})
        sheet = book.add_worksheet(SHEET)
        for at, (name, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
            sheet.set_column(at, at, width, text)
            sheet.write_string(0, at, name, heading)
        sheet.freeze_panes(1, 0)
        answered = [HEADINGS.index(name) for name in (RIGHT, READS, ILLEGIBLE)]
        for count, cell in enumerate(cells, 1):
            _write(sheet, count, cell, names)
            for at in answered:
                is_blind = cell["raw_column"] in READ_TWICE and at == HEADINGS.index(RIGHT)
                sheet.write_blank(count, at, None, text if is_blind else answer)
        book.close()
    return count


def _write(sheet: Any, at: int, cell: Cell, names: Mapping[str, str]) -> None:
    column = cell["raw_column"]
    shown = "" if column in READ_TWICE else cell["text"]
    told = (f"{cell['record_id']}/{column}", str(cell["page"]), str(cell["line"]), names.get(column, column), "", shown)
    for place, value in enumerate(told):
        sheet.write_string(at, place, value)
    picture = base64.b64decode(cell["crop"])
    width, height = _size(picture)
    scale = min(_MOST_HEIGHT / height, _MOST_WIDTH / width, 1.0)
    sheet.set_row(at, max(16.0, height * scale / _PIXELS_A_POINT + 4))
    fitted = {"image_data": io.BytesIO(picture), "x_scale": scale, "y_scale": scale, "x_offset": 2, "y_offset": 2}
    sheet.insert_image(at, _PICTURE_AT, "", fitted | {"object_position": 1})


def _size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG, as its first chunk says. Source: PNG specification, section 11.2.2."""
    return max(1, int.from_bytes(picture[16:20], "big")), max(1, int.from_bytes(picture[20:24], "big"))
