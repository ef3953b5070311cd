"""The law of error files: sent again unchanged one changes nothing, with one cell mended exactly that row is new."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipeline import error_files, inquiries, run
from pipeline.error_files import Wish
from pipeline.result import BatchResult
from pipeline.settings import Settings
from store import invariants, reports

pytestmark = [pytest.mark.store, pytest.mark.slow]

_HEADED = ("Số hộ", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Nơi thường trú", "Quan hệ với chủ hộ")
_HOME = "Xóm Bầu, xã Tản Lĩnh, huyện Ba Vì, Hà Nội"
_OTHER = "Xóm Chùa, xã Vật Lại, huyện Ba Vì, Hà Nội"
_WRONG, _RIGHT = "31/4/1970", "30/4/1970"
Rows = list[list[str]]


def _village(name: str, homes: tuple[str, ...], first: int) -> Rows:
    """Three households, of the last one a member's birth is wrong."""
    people = (
        ("Lê Văn Tám", "05/03/1951", "Nam", "Chủ hộ"), ("Lê Thị Mận", "1953", "Nữ", "Vợ"),
        ("Đỗ Văn Cống", "khoảng 1940", "Nam", "Chủ hộ"), ("Đỗ Thị Đào", "02/09/1972", "Nữ", "Con"),
        ("Vũ Đình Khải", "11/12/1948", "Nam", "Chủ hộ"), ("Vũ Thị Nhàn", _WRONG, "Nữ", "Con"),
        ("Vũ Đình Lương", "07/06/1975", "Nam", "Con"),
    )  # fmt: skip
    numbers = (0, 0, 1, 1, 2, 2, 2)
    return [
        [str(first + number), f"{full} {name}".strip(), born, sex, "Kinh", homes[number % len(homes)], relation]
        for number, (full, born, sex, relation) in zip(numbers, people, strict=True)
    ]


def _book_numbers() -> list[Rows]:
    return [_village("", (_HOME,), 10_100_020)]


def _short_numbers() -> list[Rows]:
    return [_village("", (_HOME,), 1)]


def _short_numbers_nowhere() -> list[Rows]:
    return [_village("", ("",), 1)]


def _short_numbers_of_two_communes() -> list[Rows]:
    return [_village("", (_HOME, _OTHER), 1)]


def _two_lists_in_one_sheet() -> list[Rows]:
    other = [row for row in _village("Hạ", (_OTHER,), 1) if row[2] != _WRONG]
    return [[*other, *_village("", (_HOME,), 1)]]


def _two_sheets() -> list[Rows]:
    other = [row for row in _village("Hạ", (_OTHER,), 1) if row[2] != _WRONG]
    return [other, _village("", (_HOME,), 1)]


def _filled_down(sheets: list[Rows]) -> list[Rows]:
    """Household numbers on the head's row only."""
    return [[row if row[-1] == "Chủ hộ" else ["", *row[1:]] for row in rows] for rows in sheets]


def _dittoed(sheets: list[Rows]) -> list[Rows]:
    """A mark wherever a cell says the same as the one above."""
    return [
        [[
            "nt" if at in (0, 4, 5) and place and cell and rows[place - 1][at] == cell else cell
            for at, cell in enumerate(row)
        ] for place, row in enumerate(rows)] for rows in sheets
    ]  # fmt: skip


def _plain(sheets: list[Rows]) -> list[Rows]:
    return sheets


def _merged(sheets: list[Rows]) -> list[Rows]:
    """The residence is one merged cell, which `_saved` makes."""
    return _filled_down(sheets)


_CASES = (
    (_book_numbers, _merged), (_short_numbers, _plain), (_short_numbers_nowhere, _plain),
    (_short_numbers_nowhere, _filled_down), (_short_numbers_nowhere, _dittoed),
    (_short_numbers_of_two_communes, _filled_down), (_two_lists_in_one_sheet, _dittoed), (_two_sheets, _merged),
)  # fmt: skip


def _saved(path: Path, sheets: list[Rows], *, merged: bool = False) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"Thôn {number}")
        for row in (_HEADED, *rows):
            sheet.append([cell or None for cell in row])
        if merged:
            sheet.merge_cells(start_row=2, end_row=1 + len(rows), start_column=6, end_column=6)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _sent_again(batch: BatchResult, folder: Path, settings: Settings, edit: Callable[[str], str], only: str) -> Path:
    """The error file, rows for which `only` is not to be seen among the wrong ones left out, each cell edited."""
    (made,) = error_files.of_batch(batch.batch_id, folder / "made", settings, Wish("blocked"))
    book = openpyxl.load_workbook(made.paths[0])
    for sheet in book.worksheets[1:]:
        for row in reversed(list(sheet.iter_rows(min_row=2))):
            if only and not any(c.value == only for c in row):
                sheet.delete_rows(row[0].row)
            for cell in row:
                cell.value = edit(str(cell.value)) if cell.value is not None else None
    book.save(folder / "loi.xlsx")
    return folder / "loi.xlsx"


def _state(settings: Settings) -> tuple[set[str], dict[str, int]]:
    with inquiries.asked(settings) as store:
        assert not invariants.store_check(store)
        persons = [p for part in reports.golden_persons(store) for p in part.to_pylist()]
    sizes: dict[str, int] = {}
    for person in persons:
        sizes[person["household_key"]] = sizes.get(person["household_key"], 0) + 1
    return {p["person_id"] for p in persons}, sizes


@pytest.mark.parametrize(("lists", "written"), _CASES, ids=lambda made: made.__name__.strip("_"))
def test_the_law(
    settings: Settings, tmp_path: Path, lists: Callable[[], list[Rows]], written: Callable[[list[Rows]], list[Rows]]
) -> None:
    sheets = lists()
    book = _saved(tmp_path / "in" / "so.xlsx", written(sheets), merged=written is _merged)
    first = run.run_batch([book], "01", settings)
    rows = sum(map(len, sheets))
    assert (first.read, first.counts["quarantined"], first.counts["loaded"]) == (rows, 1, rows - 1)
    before, homes = _state(settings)
    assert sorted(homes.values()) == sorted([2] * (rows // 2))
    unchanged = run.run_batch(
        [_sent_again(first, tmp_path / "b", settings, lambda cell: cell, only="")], "01", settings
    )
    assert (unchanged.read, unchanged.counts["known"]) == (3, 3)
    assert _state(settings) == (before, homes)

    def mend(cell: str) -> str:
        return _RIGHT if cell == _WRONG else cell

    mended = run.run_batch([_sent_again(first, tmp_path / "c", settings, mend, only=_WRONG)], "01", settings)
    assert (mended.read, mended.counts["loaded"]) == (1, 1)
    after, new_homes = _state(settings)
    assert len(after - before) == 1
    assert before < after
    assert sorted(new_homes.values()) == sorted([*[2] * (rows // 2 - 1), 3])
