import pytest

from readers.sheet_names import shown_name
from tests.readers.files import HEADINGS, PEOPLE, read_bytes, saved


@pytest.mark.parametrize(
    "name",
    ["Sheet1", "Sổ 1", "SỔ HỘ KHẨU", "Sổ hộ khẩu thôn 3", "DS nhân khẩu 1995", "so ho khau", "Trang tính2", "1995",
     "Thôn 2", "Danh sách A", "Bảng (2)", "Cũ", "Ghi chú"],
)  # fmt: skip
def test_a_name_that_says_what_a_sheet_is_stands(name: str) -> None:
    assert shown_name(name, 4) == name


@pytest.mark.parametrize(
    "name",
    ["Hộ ông Nguyễn Văn A", "Nguyễn Văn A", "ho nam", "Hồ Nam", "Danh sách nhà bà Lan", "Sổ ông Tư", "", "#2", "An"],
)
def test_a_name_that_may_be_a_persons_becomes_a_place(name: str) -> None:
    assert shown_name(name, 4) == "#4"


def test_a_sheet_without_a_name_keeps_none() -> None:
    assert shown_name(None, 1) is None


def test_sheets_of_a_workbook_are_told_by_their_places(tmp_path) -> None:  # type: ignore[no-untyped-def]
    import openpyxl

    book = openpyxl.Workbook()
    for title in ("Hộ ông Bình", "Thôn 2", "Hộ bà Tuyết"):
        sheet = book.create_sheet(title)
        for row in (HEADINGS, *PEOPLE[:2], ("3", "x")):
            sheet.append(list(row))
    found = read_bytes(tmp_path, saved(book), "so.xlsx")
    assert found.records["sheet"].unique().to_pylist() == ["#2", "Thôn 2", "#4"]
    assert len(set(found.column("record_id"))) == found.records.num_rows
    assert "Bình" not in str(found.reading)
