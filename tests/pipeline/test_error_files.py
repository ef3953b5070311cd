"""Error files of real runs: what was read comes back as it was, what was mended comes in, nothing is doubled."""

import csv
import shutil
import stat
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from pipeline import error_files, inquiries, run
from pipeline.artefacts import read_chunks
from pipeline.context import Run, opened_run
from pipeline.error_files import Wish
from pipeline.result import BatchResult
from pipeline.settings import Settings
from readers.error_file import ADDED_HEADINGS, GUIDE_SHEET
from schemas.errors import UsageError
from schemas.tables import RAW_COLUMNS
from tests.pipeline.deliveries import FAMILY, HEADINGS, MENDED, NAMELESS, NO_SUCH_DAY, ledger, read_and_checked

HOSTILE = ("=HYPERLINK(1)", "+84", "@x", "'", "''=1", "0012", "1.2E+05", "a;b", 'say "x"', "two\nlines", "TRUE")


def texts(made: Run) -> list[tuple[str | None, ...]]:
    """All raw text of a run, row by row, without the links of a returned file."""
    columns = [c for c in RAW_COLUMNS if c != "corrects_raw"]
    (file,) = made.plan.files
    parts = list(read_chunks(made.of("read_file", file.file_id) / "source_records", ["sheet", "line", *columns]))
    rows = [row for part in parts for row in part.sort_by([("sheet", "ascending"), ("line", "ascending")]).to_pylist()]
    return [tuple(row[c] for c in columns) for row in rows]


def made_of(made: Run, out: Path, **wishes: object) -> list[Path]:
    (found,) = error_files.of_run(made, out, Wish(**wishes))  # type: ignore[arg-type]
    return list(found.paths)


def odd_book(path: Path) -> Path:
    """Titles, a heading of two lines, births under the sex, unknown and nameless columns, two sheets."""
    book = xlsxwriter.Workbook(str(path))
    for name in ("Thôn 1", "Thôn 2"):
        sheet = book.add_worksheet(name)
        sheet.write("A1", "SỔ HỘ KHẨU XÃ ĐÔNG HƯNG")
        sheet.write_row("A3", ["STT", "Số hộ", "Họ và tên"])
        sheet.merge_range("D3:E3", "Ngày sinh")
        sheet.write_row("F3", ["Số CCCD", "Thành phần", "Thành phần"])
        sheet.write_row("D4", ["Nam", "Nữ"])
        sheet.write_row("A5", ["1", "HK-1", "Nguyễn Văn Bình", "05/03/1960", "", "001060012345", "=1+1", "b"])
        sheet.write_row("A6", ["2", "HK-1", "Trần Thị Tuyết", "", "31/02/1962", "", "", "", "thừa"])
        sheet.write_row("A7", ["3", "HK-2", "Lê Văn", "1970", "", "", "", ""])
    book.close()
    return path


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_whole_original_comes_back_to_the_letter(tmp_path: Path, form: str) -> None:
    rows = [*FAMILY, NAMELESS, *((*FAMILY[0][:6], odd, *FAMILY[0][7:]) for odd in HOSTILE if '"' not in odd)]
    first = read_and_checked(ledger(tmp_path / "so.csv", rows), tmp_path / "a")
    (path,) = made_of(first, tmp_path / "out", chosen="all", form=form)
    assert texts(read_and_checked(path, tmp_path / "b")) == texts(first)


def test_an_odd_book_comes_back_sheet_by_sheet_column_by_column(tmp_path: Path) -> None:
    first = read_and_checked(odd_book(tmp_path / "so.xlsx"), tmp_path / "a")
    (path,) = made_of(first, tmp_path / "out", chosen="all")
    again = read_and_checked(path, tmp_path / "b")
    assert texts(again) == texts(first)
    assert openpyxl.load_workbook(path).sheetnames == [GUIDE_SHEET, "Thôn 1", "Thôn 2"]
    second = made_of(again, tmp_path / "out2", chosen="all")
    assert texts(read_and_checked(second[0], tmp_path / "c")) == texts(first), "an error file of an error file"


def test_the_same_rows_make_the_same_bytes_for_their_owner_only(tmp_path: Path) -> None:
    made = read_and_checked(odd_book(tmp_path / "so.xlsx"), tmp_path / "a")
    one = made_of(made, tmp_path / "one", form="both")
    other = made_of(made, tmp_path / "other", form="both")
    assert [p.name for p in one] == [p.name for p in other]
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in other]
    assert {stat.S_IMODE(p.stat().st_mode) for p in one} == {0o600}
    assert {p.name.split("_")[1][:12] for p in one} == {f"{made.plan.files[0].file_id[:12]}"}


def test_cells_are_text_and_the_wrong_one_is_coloured_and_explained(tmp_path: Path) -> None:
    made = read_and_checked(ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY]), tmp_path / "a")
    (path,) = made_of(made, tmp_path / "out")
    guide, sheet = openpyxl.load_workbook(path).worksheets
    assert guide.title == GUIDE_SHEET
    heading = [c.value for c in sheet[1]]
    assert heading == [*HEADINGS, *ADDED_HEADINGS]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    wrong = next(row for row in sheet.iter_rows(min_row=2) if row[3].value == "31/02/1978")
    assert {c.data_type for row in sheet.iter_rows(min_row=2) for c in row if c.value is not None} <= {"s", "inlineStr"}
    assert wrong[3].fill.fgColor.rgb != wrong[4].fill.fgColor.rgb
    assert wrong[3].comment is not None
    assert "Cột D (Ngày sinh): Ngày sinh không có trong lịch." in wrong[len(HEADINGS)].value
    assert any("birth_date.impossible" in [c.value for c in row] for row in guide.iter_rows())


def test_no_cell_of_the_csv_starts_a_formula_or_becomes_a_number(tmp_path: Path) -> None:
    rows = [NO_SUCH_DAY, *((*FAMILY[0][:6], odd, *FAMILY[0][7:]) for odd in HOSTILE if '"' not in odd)]
    made = read_and_checked(ledger(tmp_path / "so.csv", rows), tmp_path / "a")
    (path,) = made_of(made, tmp_path / "out", form="csv", chosen="all")
    with path.open(encoding="utf-8-sig", newline="") as source:
        _, *body = csv.reader(source, delimiter=";")
    assert not [c for row in body for c in row if c.startswith(("=", "+", "-", "@", "\t")) or c[:1].isdigit()]


def test_a_file_without_anything_to_mend_has_no_error_file(tmp_path: Path) -> None:
    made = read_and_checked(ledger(tmp_path / "so.csv", FAMILY[2:3] * 1), tmp_path / "a")
    assert error_files.of_run(made, tmp_path / "out", Wish("blocked")) == []


@pytest.fixture
def sent(settings: Settings, tmp_path: Path) -> BatchResult:
    return run.run_batch(
        [ledger(tmp_path / "in" / "so.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY])], "01", settings,
        errors=tmp_path / "asked",
    )  # fmt: skip


def mended(path: Path, target: Path) -> Path:
    """The error file as a clerk sends it again: one date corrected."""
    book = openpyxl.load_workbook(path)
    (cell,) = (c for row in book.worksheets[1].iter_rows() for c in row if c.value == NO_SUCH_DAY[3])
    cell.value = MENDED[3]
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target


@pytest.mark.store
def test_a_mended_error_file_brings_in_what_was_mended_and_doubles_nothing(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    (file,) = sent.files
    assert file.to_mend == 2
    assert file.error_file is not None
    again = run.run_batch([mended(Path(file.error_file), tmp_path / "again" / "loi.xlsx")], "01", settings)
    assert (again.counts["loaded"], again.counts["merged"]) == (1, 0)
    assert again.counts["known"] == again.read - 1
    assert again.waiting == {sent.batch_id: 1}
    assert not [m for m in again.files[0].messages if m["code"].startswith("header.")]
    told = {row["rule"]: row["mended_by"] for row in inquiries.kept_out(sent.batch_id, settings)}
    assert told == {"birth_date.impossible": again.batch_id, "full_name.missing": None}


@pytest.mark.store
def test_a_ledger_mended_in_its_own_file_takes_the_place_of_the_row_on_its_line(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    mended_by = {"birth_date.impossible": None, "full_name.missing": None}
    shifted = [FAMILY[0], ("010100009", "Đinh Thị Sim", *FAMILY[1][2:8], ""), *FAMILY[1:], NAMELESS, MENDED]
    run.run_batch([ledger(tmp_path / "shifted" / "so.csv", shifted)], "01", settings)
    assert {r["rule"]: r["mended_by"] for r in inquiries.kept_out(sent.batch_id, settings)} == mended_by
    own = ("010100002", "Lê Thị Bưởi", "Con", "22/02/1978", *MENDED[4:])
    again = run.run_batch([ledger(tmp_path / "again" / "so.csv", [*FAMILY, NAMELESS, own])], "01", settings)
    assert again.counts["known"] == 6
    mended_by["birth_date.impossible"] = again.batch_id
    assert {r["rule"]: r["mended_by"] for r in inquiries.kept_out(sent.batch_id, settings)} == mended_by


@pytest.mark.store
def test_the_command_makes_them_again_while_the_run_folder_is_there(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    (made,) = error_files.of_batch(sent.batch_id, tmp_path / "out", settings, Wish(form="both"))
    assert [p.suffix for p in made.paths] == [".xlsx", ".csv"]
    assert made.marked >= 2
    for batch_id in ("0" * 32, "../" + sent.batch_id, "*"):
        with pytest.raises(UsageError, match=r"batch\.unknown"):
            error_files.of_batch(batch_id, tmp_path / "out", settings, Wish())
    shutil.rmtree(settings.home / "runs" / sent.batch_id)
    with pytest.raises(UsageError, match=r"errors\.no_run"):
        error_files.of_batch(sent.batch_id, tmp_path / "out", settings, Wish())


def test_an_unknown_form_is_said_to_be_unknown() -> None:
    with pytest.raises(UsageError, match=r"errors\.form"):
        error_files.form_of("pdf")


_HEADED = ("Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Nơi thường trú", "Quan hệ với chủ hộ")
_HOME = "Xóm Bầu, xã Tản Lĩnh, huyện Ba Vì, Hà Nội"


def book_of(path: Path, rows: list[list[str]], merge: str | None = None) -> Path:
    """A workbook of those rows under _HEADED, a range merged."""
    book = openpyxl.Workbook()
    for row in (list(_HEADED), *rows):
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def person(name: str, born: str, sex: str, relation: str, home: str = _HOME) -> list[str]:
    return [name, born, sex, "Kinh", home, relation]


_UNDER_A_LINE = (
    ["Hộ số 010100020: Chủ hộ Lê Văn Tám"], person("Lê Văn Tám", "05/03/1951", "Nam", "Chủ hộ"),
    ["Hộ số 010100021: Chủ hộ Đỗ Văn Cống"], person("Đỗ Văn Cống", "khoảng 1940", "Nam", "Chủ hộ"),
    person("Đỗ Thị Mận", "31/4/1970", "Nữ", "Con"),
)  # fmt: skip


def test_what_a_line_above_said_comes_back_with_each_row_of_a_part(tmp_path: Path) -> None:
    first = read_and_checked(book_of(tmp_path / "so.xlsx", list(_UNDER_A_LINE)), tmp_path / "a")
    for form in ("xlsx", "csv"):
        (path,) = made_of(first, tmp_path / "out", form=form)
        again = read_and_checked(path, tmp_path / form)
        assert [row[1:] for row in texts(again)] == [row[1:] for row in texts(first)][1:]
        (second,) = made_of(again, tmp_path / f"out_{form}", form=form)
        assert texts(read_and_checked(second, tmp_path / f"{form}2")) == texts(again), "an error file of an error file"


def sent_again(
    path: Path, settings: Settings, tmp_path: Path, cell: tuple[str, str]
) -> tuple[BatchResult, BatchResult]:
    """A ledger as it came, and its error file with one cell mended."""
    first = run.run_batch([path], "01", settings, errors=tmp_path / "asked")
    assert first.files[0].error_file is not None
    book = openpyxl.load_workbook(first.files[0].error_file)
    (found,) = (c for sheet in book.worksheets[1:] for row in sheet.iter_rows() for c in row if c.value == cell[0])
    found.value = cell[1]
    target = tmp_path / "again" / "loi.xlsx"
    target.parent.mkdir()
    book.save(target)
    return first, run.run_batch([target], "01", settings)


def households(batch: BatchResult, settings: Settings) -> set[str]:
    """Households of the rows of a batch that came in; a row without one fails."""
    made = sorted((settings.home / "runs" / batch.batch_id).glob("[0-9]*"))[-1]
    with opened_run(made, settings) as opened:
        folders = opened.tables("check_records", "records")
        keys = [key for f in folders for chunk in read_chunks(f) for key in chunk["household_key"].to_pylist()]
    assert keys
    assert None not in keys
    return set(keys)


@pytest.mark.store
@pytest.mark.parametrize("kind", ["part", "short numbers", "ditto"])
def test_unchanged_rows_are_known_and_a_mended_one_keeps_the_household_of_the_line(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    rows = [[cell.replace("0101000", "") if kind == "short numbers" else cell for cell in row] for row in _UNDER_A_LINE]
    if kind == "ditto":
        rows[-1][4] = "nt"
    book = book_of(tmp_path / "in" / "so.xlsx", rows)
    first, again = sent_again(book, settings, tmp_path, ("31/4/1970", "30/4/1970"))
    assert (first.counts["loaded"], first.counts["quarantined"]) == (2, 1)
    assert (again.counts["loaded"], again.counts["merged"], again.counts["quarantined"]) == (1, 0, 0)
    assert (again.read, again.counts["known"]) == (2, 1)
    assert len(households(first, settings)) == 2
    assert len(households(again, settings)) == again.read - 1
    assert households(again, settings) <= households(first, settings)
    assert not [m for m in again.files[0].messages if m["code"] in ("household.no_number", "header.other_words")]


@pytest.mark.store
def test_what_a_merged_cell_lent_comes_back_with_a_part(settings: Settings, tmp_path: Path) -> None:
    rows = [list(row) for row in _UNDER_A_LINE]
    rows[-1][4] = ""
    book = book_of(tmp_path / "in" / "so.xlsx", rows, "E5:E6")
    first, again = sent_again(book, settings, tmp_path, ("31/4/1970", "30/4/1970"))
    assert (first.counts["loaded"], first.counts["quarantined"]) == (2, 1)
    assert (again.read, again.counts["known"], again.counts["loaded"], again.counts["merged"]) == (2, 1, 1, 0)
    assert households(again, settings) < households(first, settings)


def test_the_cell_that_holds_the_value_is_named(tmp_path: Path) -> None:
    headings = (*HEADINGS[:3], "Năm sinh nam", "Năm sinh nữ", *HEADINGS[5:], "Số định danh cá nhân")
    home = (FAMILY[0][5], FAMILY[0][6], FAMILY[0][7])
    rows = [("1", "Nguyễn Văn Bách", "Chủ hộ", "31/02/1956", "", *home, "001060000123", "")]
    made = read_and_checked(ledger(tmp_path / "so.csv", rows, headings=headings), tmp_path / "a")
    (path,) = made_of(made, tmp_path / "out", form="xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[1]
    coloured = [c.coordinate for row in sheet.iter_rows(min_row=2) for c in row if c.comment]
    told = " ".join(str(c.value) for row in sheet.iter_rows(min_row=2) for c in row)
    assert "Cột D (Năm sinh nam): Ngày sinh không có trong lịch." in told
    assert [c[0] for c in coloured] == ["D"]
    contradicted = [("1", "Nguyễn Văn Bách", "Chủ hộ", "1956", "", *home, "001060000123", "")]
    made = read_and_checked(ledger(tmp_path / "so2.csv", contradicted, headings=headings), tmp_path / "b")
    (path,) = made_of(made, tmp_path / "out2", form="xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[1]
    assert [c.coordinate[0] for row in sheet.iter_rows(min_row=2) for c in row if c.comment] == ["I"]
