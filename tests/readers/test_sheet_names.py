import pytest

from readers.error_file import GUIDE_MARK, GUIDE_SHEET
from readers.sheet_names import SheetNames, shown_name
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


def test_tabs_of_an_error_file_keep_the_names_that_the_clerk_sees(tmp_path) -> None:  # type: ignore[no-untyped-def]
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = GUIDE_SHEET
    book.active.append([GUIDE_MARK])
    for title in ("#2", "#5", "Thôn 2"):
        sheet = book.create_sheet(title)
        for row in (HEADINGS, *PEOPLE[:2]):
            sheet.append(list(row))
    found = read_bytes(tmp_path, saved(book), "so.xlsx")
    assert found.records["sheet"].unique().to_pylist() == ["#2", "#5", "Thôn 2"]


def test_no_two_sheets_of_an_error_file_share_a_name() -> None:
    names = SheetNames()
    names.pass_guide()
    assert [names.next(name) for name in ("#2", "Hộ ông Bình", "#3", "#3")] == ["#2", "#3", "#4", "#5"]


def test_the_guide_takes_no_place() -> None:
    names = SheetNames()
    names.pass_guide()
    assert names.next("Hộ ông Bình") == "#1"
    assert names.next(None) is None


def test_in_any_other_workbook_a_name_like_a_place_is_none() -> None:
    names = SheetNames()
    assert [names.next(name) for name in ("#2", "Hộ ông Bình")] == ["#1", "#2"]
