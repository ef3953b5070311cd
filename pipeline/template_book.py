"""The templates that offices fill in: a workbook with text cells, drop-downs and a guide, blank or with rows; a CSV.

Excel's drop-downs only propose: a word that no list has may be typed, and is read as in any ledger.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.documents import heading_of, template_columns
from pipeline.private_files import scratch_beside
from readers.error_file import GUIDE_SHEET, TEMPLATE_MARK
from schemas import code_lists, messages
from schemas.field import Field, FieldKind
from schemas.messages import Language

TEMPLATE_ROWS = 500
"""Rows of a template that carry drop-downs, beyond those that are filled in."""
MOST_ROWS = 50_000
"""Rows that a template is filled in with at most."""
_SHEET, _LISTS = "Sổ hộ khẩu", "Danh mục"
_SAME_DAY = datetime(2000, 1, 1)
_WIDTH = 22
_ENTERED = "entry_date_raw"
_DATES = frozenset({"birth_date_raw", "death_date_raw", _ENTERED})
_KINDS: Mapping[FieldKind, str] = {
    FieldKind.PLACE: "place", FieldKind.PLACE_PERIOD: "stay", FieldKind.STATUS_PERIOD: "absence",
    FieldKind.NUMBER: "number",
}  # fmt: skip


def columns() -> list[tuple[Field | None, str, str]]:
    """Field, raw column and heading of each column: those of the fields, and the day of entry, which is of none.

    The day of entry says when a row was true: without it the rows of a last batch would not be known again.
    """
    return [*template_columns(), (None, _ENTERED, heading_of(_ENTERED))]


def write_templates(folder: Path) -> list[Path]:
    """Write so_ho_khau_mau.xlsx (drop-downs, text cells, guide) and so_ho_khau_mau.csv (UTF-8 with BOM, CRLF)."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / "so_ho_khau_mau.xlsx", folder / "so_ho_khau_mau.csv"]
    write_template(paths[0], "vi")
    with paths[1].open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target, lineterminator="\r\n").writerow([heading for *_, heading in columns()])
    return paths


def write_template(path: Path, language: Language, rows: Iterable[Mapping[str, str]] = ()) -> int:
    """Write the workbook, and the rows into it (texts by raw column); returns how many they are."""
    with scratch_beside(path) as scratch:
        options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": str(scratch)}
        book = xlsxwriter.Workbook(str(path), options)
        book.set_properties({"created": _SAME_DAY})
        sheet = book.add_worksheet(_SHEET)
        text, heading = book.add_format({"num_format": "@"}), _headings(book)
        wanted = columns()
        for position, (field, _, told) in enumerate(wanted):
            sheet.set_column(position, position, _WIDTH, text)
            sheet.write_string(0, position, told, heading[field is not None and field.required])
            if field is not None:
                sheet.write_comment(0, position, _comment(field, language))
        count = 0
        for count, row in enumerate(rows, 1):
            for position, (_, raw, _) in enumerate(wanted):
                if row.get(raw):
                    sheet.write_string(count, position, row[raw], text)
        last = count + TEMPLATE_ROWS
        lists = _write_lists(book)
        for position, (field, raw, _) in enumerate(wanted):
            if field is not None and raw == _coded_column(field):
                sheet.data_validation(1, position, last, position, lists[str(field.code_list)])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(wanted) - 1)
        _write_guide(book, language, heading[False])
        book.close()
    return count


def _headings(book: Any) -> Mapping[bool, Any]:
    """The style of a heading, by whether its field is required."""
    form = {"num_format": "@", "bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    colours = {True: "#F7D9C4", False: "#E7EEF3"}
    return {is_required: book.add_format(form | {"bg_color": colour}) for is_required, colour in colours.items()}


def _coded_column(field: Field | None) -> str:
    """The raw column of a field that has a list to choose from; "" where it has none."""
    if field is None or not field.code_list:
        return ""
    return "relation_raw" if field.name == "household" else field.raw_columns[0]


def _write_lists(book: Any) -> Mapping[str, Mapping[str, Any]]:
    """The hidden sheet with the words of each list, a column a list; what a drop-down of each takes."""
    sheet = book.add_worksheet(_LISTS)
    sheet.hide()
    names = dict.fromkeys(field.code_list for field, *_ in template_columns() if field.code_list)
    lists = [[c.label for c in code_lists.code_list(n).codes if "hưa có thông tin" not in c.label] for n in names]
    for at, words in enumerate(zip_longest(*lists)):  # line by line: the book keeps no more in memory
        for position, word in enumerate(words):
            if word is not None:
                sheet.write_string(at, position, word)
    columns = map(xlsxwriter.utility.xl_col_to_name, range(len(lists)))
    return {
        name: {"validate": "list", "source": f"='{_LISTS}'!${c}$1:${c}${len(words)}", "error_type": "warning"}
        for name, c, words in zip(names, columns, lists, strict=True)
    }


def _write_guide(book: Any, language: Language, heading: Any) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    for position, width in enumerate((30, 14, 80)):
        sheet.set_column(position, position, width)
    for at, texts in enumerate(_guide(language)):
        for position, told in enumerate(texts):
            sheet.write_string(at, position, told, heading if at == _GUIDE_HEAD else None)


_GUIDE_LINES = ("purpose", "cells", "rows", "blank", "send")
_GUIDE_HEAD = 1 + len(_GUIDE_LINES) + 1


def _guide(language: Language) -> Iterator[tuple[str, ...]]:
    yield (TEMPLATE_MARK,)
    for name in _GUIDE_LINES:
        yield (messages.text(f"template.guide.{name}", language),)
    yield ()
    yield tuple(messages.text(f"template.guide.{name}", language) for name in ("column", "need", "how"))
    for field, raw, told in columns():
        is_required = field is not None and field.required
        need = messages.text("template.required" if is_required else "template.optional", language)
        yield told, need, messages.text(f"template.how.{_how(field, raw)}", language)


def _how(field: Field | None, raw: str) -> str:
    """What is written into a column, as the end of a key of the catalogue."""
    if raw in _DATES:
        return "date"
    if raw == _coded_column(field):
        return "list"
    if raw.endswith(("_number_raw", "_id_raw")):
        return "number"
    if raw.endswith("_name_raw") or field is None:
        return "name"
    return _KINDS.get(field.kind, "text")


def _comment(field: Field, language: Language) -> str:
    return field.label_vi if language == "vi" else f"{field.label_en}\n{field.label_vi}"
