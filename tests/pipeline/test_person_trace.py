"""From each value of a person back to its cell: what stands there is read again by a plain reader of its own."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline import person_trace, run
from pipeline.settings import Settings
from schemas.errors import UsageError
from store.engine import open_store
from store.invariants import store_check
from store.lineage import trace
from tests.pipeline.deliveries import HEADINGS, ledger
from tests.store.contents import rows

pytestmark = pytest.mark.store

PEOPLE = (
    ("010100001", "Nguyễn Văn Bách", "Chủ hộ", "12/03/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456"),
    ("010100001", "Trần Thị Mận", "Vợ", "1958", "Nữ", "Tày", "Hà Nội", "Hà Nội", ""),
    ("010100002", "Lê Thị Đào", "Chủ hộ", "01/02/1970", "Nữ", "Kinh", "Hà Nội", "Hà Nội", "010999888"),
)
AGAIN = ("010155555", "Nguyễn Văn Bách", "Chủ hộ", "12/3/1956", "Nam", "Kinh", "Hà Nội", "Hà Nội", "010123456")
PARTED = ("Số hộ", "Họ", "Tên đệm", "Tên", "Quan hệ với chủ hộ", "Ngày sinh", "Giới tính", "Dân tộc", "Quê quán")


def workbook(path: Path) -> Path:
    """Two sheets: the heading in the third row, columns in another order; a name in three columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Thôn 1"
    sheet.append(["SỔ HỘ KHẨU"])
    sheet.append([])
    order = [3, 1, 0, 2, 4, 5, 6, 7, 8]
    for row in (HEADINGS, *PEOPLE[:2], AGAIN):
        sheet.append([row[n] for n in order])
    other = book.create_sheet("Thôn 2")
    other.append(PARTED)
    other.append(["010100009", "Phạm", "Thị", "Sen", "Chủ hộ", "05/06/1981", "Nữ", "Kinh", "Nam Định"])
    book.save(path)
    return path


def cells_of(path: Path) -> dict[tuple[str | None, str, int], str]:
    """Every cell by sheet, letter and line, as plain readers see it."""
    found: dict[tuple[str | None, str, int], str] = {}
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                found |= {(None, chr(65 + n), number): text for n, text in enumerate(row)}
        return found
    for sheet in openpyxl.load_workbook(path).worksheets:
        for cells in sheet.iter_rows():
            found |= {(sheet.title, c.column_letter, c.row): str(c.value or "") for c in cells}
    return found


def plain(text: object) -> str:
    """Letters and digits alone, without marks and case."""
    parts = unicodedata.normalize("NFD", str(text).lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in parts if not unicodedata.combining(c)))


def says(row: Mapping[str, Any], texts: list[str]) -> bool:
    """Do those cells say the value?"""
    said, whole = row["said"], "".join(map(plain, texts))
    match row["field"]:
        case "full_name":
            return plain(said["full_name"]) == whole
        case "birth_date":
            return str(said["birth_year"]) in whole
        case "old_id_number" | "personal_number":
            return plain(said[row["field"]]) == whole
        case "sex" | "ethnic_group":
            return plain(said[f"{row['field']}_raw"]) == whole
        case "permanent_residence" | "native_place":
            return plain(said[f"{row['field']}_text"]) == whole
        case "household":
            return plain(said["household_id"]) in whole
    return True


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_value_leads_to_the_cell_that_says_it(settings: Settings, tmp_path: Path, kind: str) -> None:
    files = [ledger(tmp_path / "so.csv", PEOPLE)] if kind == "csv" else [workbook(tmp_path / "so.xlsx")]
    assert run.run_batch(files, "01", settings).state == "loaded"
    cells, checked = cells_of(files[0]), 0
    store = open_store(settings.store_url, settings.home)
    for (person,) in rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons"):
        for row in trace(store, str(person)):
            assert row["columns_known"]
            where = [(row["sheet"], letter, row["line"]) for letter, _, _ in row["cells"]]
            assert says(row, [cells[at] for at in where]), (row["field"], where)
            checked += bool(where)
            for letter, heading, _ in row["cells"]:
                assert heading in {t for (sheet, at, _), t in cells.items() if (sheet, at) == (row["sheet"], letter)}
    assert checked >= 7 * 3
    assert store_check(store) == ()
    store.close()


def test_a_person_of_two_records_shows_both_and_which_one_won(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "a" / "so.csv", PEOPLE)], "01", settings)
    run.run_batch([workbook(tmp_path / "b" / "so.xlsx")], "01", settings)
    store = open_store(settings.store_url, settings.home)
    query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = 'Nguyễn Văn Bách'"
    ((person,),) = rows(store, query)
    store.close()
    found = person_trace.trace(str(person), "full_name", settings)
    assert {row["sheet"] for row in found} == {None, "Thôn 1"}
    assert [row["is_golden"] for row in found] == [True, *[False] * (len(found) - 1)]
    assert found[0]["method"]
    assert all(row["value"] == "N***** V** B***" and row["batch"] and row["model"] and row["code"] for row in found)
    assert all(row["match_weight"] for row in found)
    told = person_trace.in_words(person_trace.trace(str(person), None, settings), "vi")
    assert [title for title, _ in told] == [
        "Từng giá trị và ô mà nó được đọc từ", "Điều các bản ghi khác nói",
        "Các bản ghi vào kho khi nào, theo phiên bản nào",
    ]  # fmt: skip
    words = str(told)
    assert not [name for name in ("Bách", "Nguyễn", "010123456") if name in words]
    assert "B (Họ và tên)" in words


def test_a_file_from_before_columns_were_kept_says_so(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "so.csv", PEOPLE)], "01", settings)
    store = open_store(settings.store_url, settings.home)
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM file_columns")
    ((person,),) = rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons LIMIT 1")
    store.close()
    for row in person_trace.trace(str(person), None, settings):
        assert (row["cells"], row["line"] > 1) == ([], True)
        assert row["cell"].startswith("không rõ cột")


def test_who_or_what_is_not_there_is_said(settings: Settings, tmp_path: Path) -> None:
    run.run_batch([ledger(tmp_path / "so.csv", PEOPLE)], "01", settings)
    with pytest.raises(UsageError) as error:
        person_trace.trace("0" * 32, None, settings)
    assert error.value.code == "person.unknown"
    with pytest.raises(UsageError) as error:
        person_trace.trace("0" * 32, "shoe_size", settings)
    assert error.value.code == "field.unknown"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_cell_is_told_as_the_ledger_has_it_and_masked_unless_asked(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    files = [ledger(tmp_path / "so.csv", PEOPLE)] if kind == "csv" else [workbook(tmp_path / "so.xlsx")]
    run.run_batch(files, "01", settings)
    cells, checked = cells_of(files[0]), 0
    store = open_store(settings.store_url, settings.home)
    persons = rows(store, "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons")
    store.close()
    for (person,) in persons:
        clear = person_trace.trace(str(person), None, settings, "khiếu nại số 12")
        for row in clear:
            assert row["texts"] == "kept"
            for cell in row["cells"]:
                assert (cell["text"] or "") == cells[row["sheet"], cell["letter"], row["line"]]
                checked += 1
        masked = person_trace.trace(str(person), None, settings)
        told = str(masked) + str(person_trace.in_words(masked, "vi"))
        assert not [w for w in ("Bách", "Nguyễn", "Mận", "Đào", "Sen", "123456", "999888", "Kinh", "Tày") if w in told]
        shapes = [(cell["letter"], cell["from_line"]) for row in masked for cell in row["cells"]]
        assert shapes == [(cell["letter"], cell["from_line"]) for row in clear for cell in row["cells"]]
    assert checked >= 7 * 3
    with pytest.raises(UsageError) as error:
        person_trace.trace(str(persons[0][0]), None, settings, " ")
    assert error.value.code == "person.clear_needs_reason"


def test_a_cell_that_repeats_one_above_says_which(settings: Settings, tmp_path: Path) -> None:
    repeating = (PEOPLE[0], ("", *PEOPLE[1][1:5], "nt", *PEOPLE[1][6:]), PEOPLE[2])
    run.run_batch([ledger(tmp_path / "so.csv", repeating)], "01", settings)
    store = open_store(settings.store_url, settings.home)
    query = "SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE full_name = 'Trần Thị Mận'"
    ((person,),) = rows(store, query)
    store.close()
    (nation,) = person_trace.trace(str(person), "ethnic_group", settings, "xem sổ")
    assert [(c["text"], c["from_line"], c["from_text"]) for c in nation["cells"]] == [("nt", 2, "Kinh")]
    (home,) = person_trace.trace(str(person), "household", settings, "xem sổ")
    numbers = [c for c in home["cells"] if c["raw_column"] == "household_id_raw"]
    assert [(c["text"], c["from_line"], c["from_text"]) for c in numbers] == [(None, 2, "010100001")]
    told = str(person_trace.in_words(person_trace.trace(str(person), None, settings), "vi"))
    assert "như dòng 2: “***”" in told
    assert "010100001" not in told
