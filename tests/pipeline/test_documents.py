from pathlib import Path

import openpyxl

from pipeline import documents
from schemas.fields import ALL_FIELDS, FIELDS

ROOT = Path(__file__).parents[2]


def test_the_committed_dictionary_is_the_generated_one(tmp_path: Path) -> None:
    documents.write_dictionary(tmp_path / "d.md")
    assert (tmp_path / "d.md").read_text("utf-8") == (ROOT / "docs" / "data_dictionary.md").read_text("utf-8")


def test_the_templates_ask_for_every_field_with_choices_for_coded_ones(tmp_path: Path) -> None:
    xlsx, csv = documents.write_templates(tmp_path)
    sheet = openpyxl.load_workbook(xlsx).worksheets[0]
    headings = [c.value for c in sheet[1]]
    wanted = [heading for *_, heading in documents.template_columns()]
    assert headings == wanted
    assert csv.read_text("utf-8-sig").strip().split(",") == wanted
    asked = {field.name for field, *_ in documents.template_columns()}
    assert {f.name for f in FIELDS} <= asked
    choices = {str(v.sqref).split(":")[0].rstrip("0123456789") for v in sheet.data_validations.dataValidation}
    assert len(choices) == sum(1 for f in ALL_FIELDS if f.code_list)
