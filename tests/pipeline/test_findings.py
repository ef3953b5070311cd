"""Each cause once, where Excel shows it, and a whole column as one."""

from pathlib import Path
from unittest.mock import patch

import xlsxwriter

from pipeline import file_steps
from pipeline.context import Run, load_run
from pipeline.findings import Message, file_messages, where
from pipeline.intake import open_run, plan_batch
from pipeline.settings import Settings
from pipeline.sql import connect
from readers import registry
from readers.parsers import parse_file
from tests.pipeline.deliveries import FAMILY, HEADINGS, NO_SUCH_DAY, ledger, read_and_checked
from tests.readers.dbf_files import Table

MEMBER = FAMILY[2]


def told(made: Run) -> dict[str, list[Message]]:
    """Messages by rule."""
    found: dict[str, list[Message]] = {}
    with connect(made.settings, made.spill()) as sql:
        for message in file_messages(made, made.plan.files[0], sql):
            found.setdefault(message.code, []).append(message)
    return found


def rows(count: int, **cells: str) -> list[tuple[str, ...]]:
    """Members of one household with those cells, by number of the column (`c3`)."""
    return [tuple(cells.get(f"c{at}", cell) for at, cell in enumerate(MEMBER)) for _ in range(count)]


def test_one_row_of_a_file_without_sheets_is_named_by_line_and_column(tmp_path: Path) -> None:
    made = read_and_checked(ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY]), tmp_path)
    (found,) = told(made)["birth_date.impossible"]
    assert f"Tệp {made.plan.files[0].name}, dòng 7, cột D (Ngày sinh): " in found.vi
    assert "line 7, column D (Ngày sinh): " in found.en
    assert "“**/**/****”" in found.vi
    assert (found.count, found.ranges, found.is_column) == (1, ((7, 7),), False)


def test_one_row_of_a_sheet_is_named_as_its_cell(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "so.xlsx"))
    sheet = book.add_worksheet("Một")
    for line, row in enumerate((HEADINGS, *FAMILY, NO_SUCH_DAY)):
        sheet.write_row(line, 0, row)
    book.close()
    (found,) = told(read_and_checked(tmp_path / "so.xlsx", tmp_path))["birth_date.impossible"]
    assert "dòng 7, ô D7 (Ngày sinh): " in found.vi


def test_a_row_of_a_table_is_named_as_its_record(tmp_path: Path) -> None:
    names = ("SO_HO", "HO_TEN", "QUAN_HE", "NGAY_SINH", "GIOI_TINH", "DAN_TOC", "QUE_QUAN", "THUONG_TRU", "CMND")
    table = Table(tuple((name, "C", 60) for name in names))
    (tmp_path / "so.dbf").write_bytes(table.written([*FAMILY, NO_SUCH_DAY]))
    (found,) = told(read_and_checked(tmp_path / "so.dbf", tmp_path))["birth_date.impossible"]
    assert "bản ghi 6, cột D (NGAY_SINH): " in found.vi
    assert "record 6, column D (NGAY_SINH): " in found.en


def test_lines_that_are_no_neighbours_are_not_joined(tmp_path: Path) -> None:
    broken = (*NO_SUCH_DAY[:7], "Thôn 2\nxã Minh Châu\nHà Nội", "")
    path = ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY, broken, NO_SUCH_DAY])
    (found,) = told(read_and_checked(path, tmp_path))["birth_date.impossible"]
    assert found.ranges == ((7, 8), (11, 11))


def test_runs_of_rows_are_ranges_and_the_rest_is_counted(tmp_path: Path) -> None:
    bad, good = rows(1, c3="31/02/1978"), rows(1)
    pattern = [*good, *bad * 3, *good, *bad, *(good + bad) * 6]
    (found,) = told(read_and_checked(ledger(tmp_path / "so.csv", pattern), tmp_path))["birth_date.impossible"]
    assert (found.count, found.ranges, found.more) == (10, ((3, 5), (7, 7), (9, 9), (11, 11), (13, 13)), 3)
    assert where(found, "vi") == "cột D (Ngày sinh), dòng 3-5, 7, 9, 11, 13 và 3 đoạn khác"
    assert "rows 3-5, 7, 9, 11, 13 and 3 other runs" in found.en


def test_a_fault_of_nearly_all_cells_is_one_of_the_column(tmp_path: Path) -> None:
    many = [*rows(40, c8="1.23E+08"), *rows(3)]
    found = told(read_and_checked(ledger(tmp_path / "so.csv", many), tmp_path))["old_id_number.scientific"]
    assert [(m.count, m.filled, m.is_column, m.ranges) for m in found] == [(40, 40, True, ((2, 41),))]
    assert "gần như cả cột I (Số CMND), dòng 2-41" in found[0].vi
    assert "40 ô của cột sai cùng một kiểu" in found[0].vi
    few = [*rows(5, c8="1.23E+08"), *rows(3)]
    (one,) = told(read_and_checked(ledger(tmp_path / "so_2.csv", few), tmp_path / "2"))["old_id_number.scientific"]
    assert not one.is_column


def test_equal_values_are_told_once_with_their_rows(tmp_path: Path) -> None:
    many = [*rows(7, c5="Kinhh"), *rows(3, c5="Kin h h"), *rows(1, c5="Xyz"), *rows(30)]
    (found,) = told(read_and_checked(ledger(tmp_path / "so.csv", many), tmp_path))["ethnic_group.unknown_code"]
    assert found.values[0] == ("Kinhh", 7)
    assert "Đã đọc: “Kinhh (7)”" in found.vi
    assert "Xyz" not in found.vi


def test_sheets_are_told_apart_and_gaps_between_rows_part_no_run(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "so.xlsx"))
    for name in ("Một", "Hai"):
        sheet = book.add_worksheet(name)
        sheet.write_row(2, 1, HEADINGS)
        for line in (3, 4, 6, 9):
            sheet.write_row(line, 1, NO_SUCH_DAY)
    book.close()
    found = told(read_and_checked(tmp_path / "so.xlsx", tmp_path))["birth_date.impossible"]
    assert [(m.count, m.ranges) for m in found] == [(4, ((4, 10),))] * 2
    for message in found:
        assert f"trang “{message.places[0].sheet}”, cột E (Ngày sinh), dòng 4-10" in message.vi
    assert found[0].places[0].sheet != found[1].places[0].sheet


def test_columns_nobody_knows_are_told_together_by_letter(tmp_path: Path) -> None:
    headings = (*HEADINGS, "Thành phần", "Sức khỏe")
    made = read_and_checked(ledger(tmp_path / "so.csv", [(*FAMILY[0], "x", "y")], headings=headings), tmp_path)
    (found,) = told(made)["header.unknown_column"]
    assert found.count == 2
    assert "“J (Thành phần); K (Sức khỏe)”" in found.vi


def test_a_missing_column_is_told_with_the_headings_that_were_not_understood(tmp_path: Path) -> None:
    headings = tuple("Chào đời" if h == "Ngày sinh" else h for h in HEADINGS)
    settings = Settings(tmp_path, workers=1)
    plan = plan_batch([ledger(tmp_path / "so.csv", FAMILY, headings=headings)], "01", settings)
    made = load_run(open_run(plan, settings), settings)
    with patch.object(registry, "run_parser", parse_file):
        file_steps.read_file(made, made.plan.files[0])
    (found,) = told(made)["header.missing_required"]
    assert "Còn thiếu: Ngày sinh." in found.vi
    assert '--heading "X=birth_date"' in found.vi
    assert '--heading "X=birth_date"' in found.en
    assert found.vi.endswith("D (Chào đời).")
    assert found.en.endswith("D (Chào đời).")


def test_all_columns_in_other_words_are_told_with_the_names_of_fields(tmp_path: Path) -> None:
    headings = ("Ma ho", "Ho ten", "Q he", "Ngsinh", "Gtinh", "Dtoc", "Q quan", "HKTT", "CMT", "Số TT", "Gchu")
    rows_ = [(*row, "1", "") for row in FAMILY]
    made = read_and_checked(ledger(tmp_path / "so.csv", rows_, headings=headings), tmp_path)
    (found,) = told(made)["header.other_words"]
    assert "J (Số TT): Số thứ tự" in found.vi
    assert "_raw" not in found.vi
    assert "…" not in found.vi


def test_lines_left_out_are_counted_in_words(tmp_path: Path) -> None:
    made = read_and_checked(ledger(tmp_path / "so.csv", [*FAMILY, ("", "Người lập biểu")]), tmp_path)
    (found,) = told(made)["file.lines_left_out"]
    assert "Đã bỏ qua 1 dòng." in found.vi
    assert "Lines left out: 1." in found.en


def test_a_number_is_looked_for_in_the_column_where_it_stands(tmp_path: Path) -> None:
    moved = (*FAMILY[0][:8], "001056000123")
    made = read_and_checked(ledger(tmp_path / "so.csv", [moved, *FAMILY[1:]]), tmp_path)
    (found,) = told(made)["personal_number.moved"]
    assert "dòng 2, cột I (Số CMND): " in found.vi


def test_a_number_that_lost_its_zero_is_named_in_the_column_of_old_numbers(tmp_path: Path) -> None:
    short = (*FAMILY[0][:8], "01056000123")
    made = read_and_checked(ledger(tmp_path / "so.csv", [short, *FAMILY[1:]]), tmp_path)
    found = [m for code, ms in told(made).items() if code.startswith("personal_number.") for m in ms]
    assert found
    assert all("cột I (Số CMND)" in m.vi for m in found)


def test_the_column_that_holds_the_value_alone_is_named(tmp_path: Path) -> None:
    headings = ("Số sổ hộ khẩu", "Họ và tên", "Năm sinh nam", "Năm sinh nữ", "Quan hệ với chủ hộ")
    rows_ = [("01", "Lê Quang Thạch", "1949", "", "Chủ hộ"), ("01", "Lê Thị Bưởi", "", "31/02/1978", "Con")]
    made = read_and_checked(ledger(tmp_path / "so.csv", rows_, headings=headings), tmp_path)
    (found,) = told(made)["birth_date.impossible"]
    assert "dòng 3, cột D (Năm sinh nữ): " in found.vi

    book = xlsxwriter.Workbook(str(tmp_path / "so.xlsx"))
    sheet = book.add_worksheet("Một")
    for line, row in enumerate((headings, *rows_)):
        sheet.write_row(line, 0, row)
    book.close()
    (found,) = told(read_and_checked(tmp_path / "so.xlsx", tmp_path / "2"))["birth_date.impossible"]
    assert "dòng 3, ô D3 (Năm sinh nữ): " in found.vi


def test_all_columns_of_a_value_are_named_where_several_hold_it_or_none(tmp_path: Path) -> None:
    headings = ("Số sổ hộ khẩu", "Họ và tên", "Năm sinh nam", "Năm sinh nữ", "Quan hệ với chủ hộ")
    rows_ = [("01", "Lê Quang Thạch", "1949", "1950", "Chủ hộ"), ("01", "Lê Thị Bưởi", "", "", "Con")]
    found = told(read_and_checked(ledger(tmp_path / "so.csv", rows_, headings=headings), tmp_path))
    for code in ("birth_date.several", "birth_date.missing"):
        (message,) = found[code]
        assert "cột C-D (Năm sinh nam / Năm sinh nữ)" in message.vi, code


def test_most_cells_of_one_of_two_columns_are_the_column(tmp_path: Path) -> None:
    headings = ("Số sổ hộ khẩu", "Họ và tên", "Năm sinh nam", "Năm sinh nữ", "Quan hệ với chủ hộ")
    men = [("01", "Lê Quang Thạch", "1949", "", "Con")] * 30
    women = [("01", "Lê Thị Bưởi", "", "31/02/1978", "Con")] * 30
    made = read_and_checked(ledger(tmp_path / "so.csv", [*men, *women], headings=headings), tmp_path)
    (found,) = told(made)["birth_date.impossible"]
    assert (found.count, found.filled, found.is_column) == (30, 30, True)
    assert "gần như cả cột D (Năm sinh nữ)" in found.vi


def test_a_number_is_named_in_the_column_it_came_from_row_by_row(tmp_path: Path) -> None:
    headings = (*HEADINGS, "Số định danh cá nhân")
    cells = [("", "1056000123"), ("1056000123", ""), ("010123456", "01056000123"), ("", "10123456")]
    rows_ = [(*FAMILY[0][:8], *pair) for pair in cells]
    found = told(read_and_checked(ledger(tmp_path / "so.csv", rows_, headings=headings), tmp_path))
    own, moved = sorted(found["personal_number.leading_zero"], key=lambda m: -m.count)
    assert "cột J (Số định danh cá nhân), dòng 2, 4" in own.vi
    assert "dòng 3, cột I (Số CMND): " in moved.vi
    assert moved.places[0].read
    (short,) = found["old_id_number.leading_zero"]
    (card,) = found["old_id_number.moved"]
    assert all("dòng 5, cột J (Số định danh cá nhân): " in m.vi for m in (short, card))


def test_places_and_dates_of_persons_are_masked_in_every_message(tmp_path: Path) -> None:
    lost = (*FAMILY[0][:3], "31/02/1978", *FAMILY[0][4:6], "Xuân Thu Lạ", "Thôn Đồi, xã Không Có Đâu", "")
    found = told(read_and_checked(ledger(tmp_path / "so.csv", [*FAMILY[1:], *[lost] * 3]), tmp_path))
    shown = str(found)
    assert found["birth_date.impossible"][0].values == (("**/**/****", 3),)
    assert not [word for word in ("31/02/1978", "Xuân", "Không Có Đâu") if word in shown]
