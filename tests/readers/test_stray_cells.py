from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.readers.files import HEADINGS, PEOPLE, Read, read_bytes
from tests.readers.office_files import to_xlsx

Rows = Sequence[Sequence[str | None]]


def read_below(folder: Path, blank: int, *rows: Rows) -> Read:
    return read_bytes(folder, to_xlsx([HEADINGS, *PEOPLE, *[[]] * blank, *rows]), "so.xlsx")  # type: ignore[list-item]


@pytest.mark.parametrize("text", ["x", ".", "1", "ghi chú riêng"])
def test_a_cell_alone_far_below_is_told_and_no_row(tmp_path: Path, text: str) -> None:
    read = read_below(tmp_path, 120, [None, None, text])

    assert read.people == list(PEOPLE)
    assert read.rules == []
    assert read.reading is not None
    assert [(f.rule_id, f.line, f.detail) for f in read.reading.findings] == [("sheet.stray_cell", 128, "C")]
    assert read.reading.layout_lines == 2


def test_a_blank_typed_far_below_is_told_too_in_a_workbook(tmp_path: Path) -> None:
    read = read_below(tmp_path, 120, [None, None, " "])

    assert read.people == list(PEOPLE)
    assert read.notes == {"sheet.stray_cell"}


def test_several_of_them_are_all_told(tmp_path: Path) -> None:
    read = read_below(tmp_path, 120, ["x"], [None, "y"], [])

    assert read.reading is not None
    assert [(f.line, f.detail) for f in read.reading.findings] == [(128, "A"), (129, "B")]


@pytest.mark.parametrize(
    ("blank", "row"),
    [(120, [None, "Nguyễn Văn Nam"]), (120, ["7", "Nguyễn Văn Nam"]), (20, [None, None, "x"])],
    ids=["a name", "two cells", "near"],
)
def test_what_may_be_a_person_or_stands_near_stays_a_row(tmp_path: Path, blank: int, row: list[str | None]) -> None:
    read = read_below(tmp_path, blank, row)

    assert len(read.people) == len(PEOPLE) + 1
    assert "sheet.stray_cell" not in read.notes


def test_of_numbers_typed_ahead_only_the_first_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readers.stray_cells.MOST_TOLD", 3)
    read = read_below(tmp_path, 120, *([str(n)] for n in range(9)))

    assert read.people == list(PEOPLE)
    assert read.reading is not None
    assert [f.line for f in read.reading.findings] == [128, 129, 130]
    assert read.reading.layout_lines == 10
