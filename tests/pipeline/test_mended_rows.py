"""A mended row of an error file takes the place of the row that came in before, through the real store."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from pipeline import error_files, inquiries, run
from pipeline.error_files import Wish
from pipeline.result import BatchResult
from pipeline.settings import Settings
from store import invariants, reports
from store.reviews import open_reviews
from tests.pipeline.deliveries import FAMILY, HEADINGS, ledger

pytestmark = pytest.mark.store

_TOLD = ("Số sổ hộ khẩu", "Họ và tên", "Ngày sinh", "Giới tính", "Số CMND")
HOME, NAME, BORN, SEX, NUMBER = (HEADINGS.index(h) for h in _TOLD)
Change = Callable[[list[list[str]]], list[list[str]]]


@pytest.fixture
def sent(settings: Settings, tmp_path: Path) -> BatchResult:
    return run.run_batch([ledger(tmp_path / "in" / "so.csv", FAMILY)], "01", settings)


def resent(batch: BatchResult, settings: Settings, target: Path, change: Change) -> BatchResult:
    """The whole error file of a batch sent again; `change` edits its rows."""
    (made,) = error_files.of_batch(batch.batch_id, target / "made", settings, Wish("all"))
    book = openpyxl.load_workbook(made.paths[0])
    sheet = book.worksheets[1]
    rows = [["" if c.value is None else str(c.value) for c in row] for row in sheet.iter_rows(min_row=2)]
    sheet.delete_rows(2, sheet.max_row)
    for row in change(rows):
        sheet.append([cell or None for cell in row])
    book.save(target / "loi.xlsx")
    return run.run_batch([target / "loi.xlsx"], "01", settings)


def cell(row: int, column: int, value: str) -> Change:
    """That cell mended."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        rows[row][column] = value
        return rows

    return change


def persons(settings: Settings) -> list[dict[str, object]]:
    """The persons of a sound store, by name."""
    with inquiries.asked(settings) as store:
        assert not invariants.store_check(store)
        found = pa.concat_tables(reports.golden_persons(store)).to_pylist()
    return sorted(found, key=lambda p: str(p["full_name"]))


@pytest.mark.parametrize(
    ("row", "column", "value", "field", "golden"),
    [
        (0, NAME, "Nguyễn Văn Bạch", "full_name", "Nguyễn Văn Bạch"),
        (1, BORN, "07/08/1948", "birth_year", 1948),
        (1, SEX, "Nam", "sex_code", "1"),
        (2, NAME, "Phạm Thị Hoa", "full_name", "Phạm Thị Hoa"),
        (0, NUMBER, "010999888", "old_id_number", "010999888"),
        (1, HOME, "010100003", "household_id", "010100003"),
    ],
)
def test_a_correction_belongs_to_the_person_of_the_row_it_comes_from_and_wins(
    sent: BatchResult, settings: Settings, tmp_path: Path, row: int, column: int, value: str, field: str, golden: object
) -> None:
    before = {p["person_id"] for p in persons(settings)}
    again = resent(sent, settings, tmp_path / "again", cell(row, column, value))
    assert (again.counts["known"], again.counts["merged"], again.counts["loaded"]) == (4, 1, 0)
    after = persons(settings)
    assert {p["person_id"] for p in after} == before
    assert golden in [p[field] for p in after]
    assert len([p for p in after if p["record_count"] == 2]) == 1


def test_a_correction_of_a_correction_counts_and_so_does_another_one_of_the_first_row(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    first = resent(sent, settings, tmp_path / "b", cell(1, BORN, "07/08/1948"))
    resent(first, settings, tmp_path / "c", cell(1, BORN, "07/09/1938"))
    assert sorted(p["birth_year"] for p in persons(settings)) == [1938, 1949, 1952, 1956, 1983]
    resent(sent, settings, tmp_path / "d", cell(1, BORN, "1928"))
    assert sorted(p["birth_year"] for p in persons(settings)) == [1928, 1949, 1952, 1956, 1983]
    unchanged = resent(sent, settings, tmp_path / "e", lambda rows: rows)
    assert unchanged.counts["known"] == 5
    assert sorted(p["birth_year"] for p in persons(settings)) == [1928, 1949, 1952, 1956, 1983]


def test_a_row_that_was_spoilt_and_then_mended_still_knows_where_it_comes_from(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    spoilt = resent(sent, settings, tmp_path / "b", cell(1, BORN, "31/02/1958"))
    assert spoilt.counts["quarantined"] == 1
    mended = resent(spoilt, settings, tmp_path / "c", cell(1, BORN, "21/02/1948"))
    assert (mended.counts["known"], mended.counts["merged"]) == (4, 1)
    assert sorted(p["birth_year"] for p in persons(settings)) == [1948, 1949, 1952, 1956, 1983]


def test_another_person_typed_over_a_row_is_new_and_waits_for_review(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    def typed_over(rows: list[list[str]]) -> list[list[str]]:
        rows[1][NAME], rows[1][BORN], rows[1][SEX], rows[1][NUMBER] = "Đặng Quốc Hưng", "11/12/1990", "Nam", ""
        return rows

    again = resent(sent, settings, tmp_path / "again", typed_over)
    assert again.counts["loaded"] == 1
    assert len(persons(settings)) == 6
    with inquiries.asked(settings) as store:
        assert open_reviews(store).num_rows == 1


def test_a_copied_row_with_another_name_takes_nobodys_place(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    def copied(rows: list[list[str]]) -> list[list[str]]:
        child = list(rows[2])
        child[NAME], child[BORN] = "Nguyễn Đình Khiêm", "01/09/1985"
        return [*rows, child]

    again = resent(sent, settings, tmp_path / "again", copied)
    assert (again.counts["known"], again.counts["loaded"]) == (5, 1)
    assert "Nguyễn Đình Khoa" in [p["full_name"] for p in persons(settings)]


def test_a_later_ledger_with_the_right_value_finds_the_person_and_the_wrong_one_stays_known(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    resent(sent, settings, tmp_path / "again", cell(2, SEX, "Nữ"))
    right = [*FAMILY[2]]
    right[SEX], right[NUMBER] = "Nữ", "010777666"
    later = run.run_batch([ledger(tmp_path / "later" / "so.csv", [FAMILY[2], right])], "01", settings)
    assert (later.counts["known"], later.counts["merged"], later.counts["loaded"]) == (1, 1, 0)
    assert len(persons(settings)) == 5


def test_what_another_ledger_says_already_still_takes_the_place_of_the_wrong_row(
    sent: BatchResult, settings: Settings, tmp_path: Path
) -> None:
    right = [*FAMILY[0]]
    right[BORN] = "12/03/1957"
    run.run_batch([ledger(tmp_path / "other" / "so.csv", [right])], "01", settings)
    resent(sent, settings, tmp_path / "again", cell(0, BORN, "12/03/1957"))
    assert [p["birth_year"] for p in persons(settings) if p["full_name"] == FAMILY[0][NAME]] == [1957]
