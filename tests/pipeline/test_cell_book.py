"""The workbook of cells: a picture and room for an answer in each row, and no word of what was read of a number."""

import base64
import io
import zipfile
from pathlib import Path

import openpyxl
from PIL import Image

from pipeline.cell_book import write_cells
from readers.cell_book import HEADINGS, read_answers

ID = "0f" * 16


def _cell(column: str, text: str) -> dict[str, object]:
    picture = io.BytesIO()
    Image.new("L", (300, 60), 200).save(picture, "PNG")
    return {
        "record_id": ID, "raw_column": column, "page": 2, "line": 5, "text": text,
        "crop": base64.b64encode(picture.getvalue()).decode(),
    }  # fmt: skip


def test_it_shows_what_a_person_needs(tmp_path: Path) -> None:
    path = tmp_path / "o.xlsx"
    cells = [_cell("sex_raw", "Nam"), _cell("personal_number_raw", "001090012345")]
    assert write_cells(path, cells, {"sex_raw": "Giới tính"}) == 2
    assert path.stat().st_mode & 0o077 == 0
    rows = list(openpyxl.load_workbook(path).active.values)
    assert rows[0] == HEADINGS
    assert rows[1][:6] == (f"{ID}/sex_raw", "2", "5", "Giới tính", "", "Nam")
    assert rows[2][:6] == (f"{ID}/personal_number_raw", "2", "5", "personal_number_raw", "", "")
    with zipfile.ZipFile(path) as package:
        assert "001090012345" not in "".join(
            package.read(name).decode("utf-8", "ignore") for name in package.namelist() if name.endswith(".xml")
        )
        assert sum(name.startswith("xl/media/") for name in package.namelist()) >= 1
    assert (read_answers(path).answers, read_answers(path).open) == ((), 2)
