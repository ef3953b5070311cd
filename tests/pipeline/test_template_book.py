"""Templates: every field, text cells, drop-downs, a guide that no reader takes for rows; filled in once more."""

from pathlib import Path

import openpyxl
import pytest

from pipeline import template_book
from readers.error_file import GUIDE_SHEET
from schemas.fields import ALL_FIELDS, FIELDS
from tests.pipeline.deliveries import read_and_checked


def test_the_templates_ask_for_every_field_with_choices_for_coded_ones(tmp_path: Path) -> None:
    xlsx, csv = template_book.write_templates(tmp_path)
    sheet = openpyxl.load_workbook(xlsx).worksheets[0]
    headings = [c.value for c in sheet[1]]
    wanted = [heading for *_, heading in template_book.columns()]
    assert headings == wanted
    assert csv.read_text("utf-8-sig").strip().split(",") == wanted
    asked = {field.name for field, *_ in template_book.columns() if field}
    assert {f.name for f in FIELDS} <= asked
    choices = {str(v.sqref).split(":")[0].rstrip("0123456789") for v in sheet.data_validations.dataValidation}
    assert len(choices) == sum(1 for f in ALL_FIELDS if f.code_list)


def test_the_cells_are_text_and_the_lists_lie_on_a_hidden_sheet_that_they_name(tmp_path: Path) -> None:
    xlsx, _ = template_book.write_templates(tmp_path)
    book = openpyxl.load_workbook(xlsx)
    sheet, lists, guide = book.worksheets
    assert (lists.sheet_state, guide.title, book.active.title) == ("hidden", GUIDE_SHEET, "Sổ hộ khẩu")
    widths = sheet.column_dimensions["A"]  # columns of one form are kept as one
    assert (widths.number_format, widths.min, widths.max) == ("@", 1, sheet.max_column)
    for choice in sheet.data_validations.dataValidation:
        first, _, last = str(choice.formula1).partition("!")[2].replace("$", "").partition(":")
        words = [cell.value for (cell,) in lists[f"{first}:{last}"]]
        assert len(words) > 1
        assert all(words)
    sexes = next(v for v in sheet.data_validations.dataValidation if str(v.sqref).startswith("C2"))
    assert [c.value for (c,) in lists[str(sexes.formula1).partition("!")[2]]] == ["Nam", "Nữ"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_guide_explains_each_column_in_the_language_of_the_reader(tmp_path: Path, language: str) -> None:
    template_book.write_template(tmp_path / "a.xlsx", language)  # type: ignore[arg-type]
    guide = openpyxl.load_workbook(tmp_path / "a.xlsx")[GUIDE_SHEET]
    told = {row[0]: row[2] for row in guide.iter_rows(values_only=True) if row[2]}
    assert set(told) >= {heading for *_, heading in template_book.columns()}
    assert "1960" in told["Ngày sinh"]


def test_a_filled_template_is_read_as_a_ledger_of_those_rows_alone(tmp_path: Path) -> None:
    rows = [
        {"full_name_raw": "Lê Thị Bưởi", "birth_date_raw": "05/03/1960", "sex_raw": "Nữ"},
        {"full_name_raw": "=HYPERLINK(1)", "birth_date_raw": "1961", "sex_raw": "Nam"},
    ]  # fmt: skip
    assert template_book.write_template(tmp_path / "a.xlsx", "vi", rows) == 2
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [c.data_type for c in sheet[3]][:3] == ["s", "s", "s"]
    made = read_and_checked(tmp_path / "a.xlsx", tmp_path / "home")
    (file,) = made.plan.files
    reading = made.steps.finished("read_file", file.file_id).facts["reading"]
    made.close()
    assert reading["rows"] == 2
    assert {c["sheet"] for c in reading["columns"]} == {"Sổ hộ khẩu"}
