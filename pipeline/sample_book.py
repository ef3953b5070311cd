"""Writes the workbook of a sample: which rows were drawn, what the store has of each, room for the auditor's marks.

In clear it holds what stands in ledgers, so only its owner may read it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.private_files import private_file
from readers.sample_book import MARKED, ROW_ID, SAMPLE
from schemas.fields import FIELDS
from schemas.messages import Language, text
from store.row_samples import Draw

_PLACES = ("stratum", "outcome", "file", "sheet", "page", "line")
_WIDTHS: Mapping[str, int] = {"file": 20, "sheet": 14, "outcome": 18, "stratum": 16}
_NOTE = "Ghi chú · Note"


def write_sample(
    path: Path, draw: Draw, rows: Sequence[Mapping[str, Any]], language: Language, values: Sequence[Mapping[str, str]]
) -> None:
    """Write the workbook.

    Args:
        path: of the workbook.
        draw: the sample.
        rows: rows of DRAWN_ROWS.
        language: of headings and words.
        values: the 17 fields of each row, as they may be shown.
    """
    with private_file(path) as target:
        book = xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "in_memory": True})
        plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        heading = book.add_format({"bold": True, "bg_color": "#E7EEF3", "border": 1, "text_wrap": True})
        mark = book.add_format({"num_format": "@", "align": "center", "bg_color": "#FBE7A1", "border": 1})
        _cover(book.add_worksheet(text("sample.sheet.cover", language)), draw, language, plain)
        sheet = book.add_worksheet(text("sample.sheet.rows", language))
        headings = [
            *(text(f"sample.column.{name}", language) for name in _PLACES),
            *(f"{f.number}. {f.label_vi if language == 'vi' else f.label_en}" for f in FIELDS),
            *MARKED[1:], _NOTE, ROW_ID,
        ]  # fmt: skip
        widths = [*(_WIDTHS.get(name, 8) for name in _PLACES), *(18 for _ in FIELDS), 9, 9, 14, 30, 34]
        for at, (name, width) in enumerate(zip(headings, widths, strict=True)):
            sheet.set_column(at, at, width, plain)
            sheet.write_string(0, at, name, heading)
        sheet.freeze_panes(1, len(_PLACES))
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)
        for line, (row, shown) in enumerate(zip(rows, values, strict=True), 1):
            told = [*(_place(row, name, language) for name in _PLACES), *(shown[f.name] for f in FIELDS)]
            for at, value in enumerate(told):
                sheet.write_string(line, at, value, plain)
            for at in range(len(told), len(told) + 3):
                sheet.write_blank(line, at, None, mark)
            sheet.write_blank(line, len(told) + 3, None, plain)
            sheet.write_string(line, len(told) + 4, row["record_id"], plain)
        book.close()


def _cover(sheet: Any, draw: Draw, language: Language, plain: Any) -> None:
    sheet.set_column(0, 0, 34, plain)
    sheet.set_column(1, 1, 90, plain)
    told = (
        (SAMPLE, str(draw.number)), (text("sample.cover.batch", language), draw.batch_id),
        (text("sample.cover.seed", language), draw.seed),
        (text("sample.cover.strata", language), text(f"sample.by.{draw.strata}", language)),
        (text("sample.cover.drawn", language), f"{draw.drawn} / {draw.rows}"),
        (text("sample.cover.digest", language), draw.digest), (text("sample.cover.author", language), draw.author),
        (text("sample.cover.what_to_do", language), text("sample.cover.how", language)),
    )  # fmt: skip
    for at, (name, value) in enumerate(told):
        sheet.write_string(at, 0, name, plain)
        sheet.write_string(at, 1, value, plain)


def _place(row: Mapping[str, Any], name: str, language: Language) -> str:
    value = row[name]
    if value is None:
        return ""
    is_outcome = name == "outcome" or (name == "stratum" and value == row["outcome"])
    return text(f"sample.outcome.{value}", language) if is_outcome else str(value)
