"""Whatever a cell holds comes back from a workbook and from a CSV of ours, as our own reader reads them."""

import errno
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import hypothesis.strategies as st
import openpyxl
import pytest
from hypothesis import example, given, settings

from pipeline.error_book import write_book, write_csv
from pipeline.error_rows import ErrorRow, SheetColumn, SheetLayout
from pipeline.error_texts import comment
from readers.error_file import GUIDE_MARK, row_id
from tests.readers.files import Read, read_bytes

HEADINGS = {
    "Họ và tên": "full_name_raw", "Ngày sinh": "birth_date_raw", "Giới tính": "sex_raw", "Ghi chú": "notes_raw",
}  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
ODD = st.sampled_from(
    ("=1", "+84", "-", "@x", "'", "''", "_x0041_", "a\nb", "0012", "1e5", '"', ";", "sep=;", "\ufeff", "¥0´", "Ê0Ở")
)


def layout(sheet: str | None) -> SheetLayout:
    columns = tuple(SheetColumn((heading,), raw, raw=raw) for heading, raw in HEADINGS.items())
    return SheetLayout(sheet, columns, 0, sheet is None)


def rows(notes: Sequence[str]) -> list[ErrorRow]:
    cells = [("Nguyễn Văn Bình", "05/03/1960", "Nam", note or None) for note in notes]
    return [ErrorRow(at, c, (), row_id("0" * 32, "", enumerate(c))) for at, c in enumerate(cells, 2)]


def written_and_read(notes: Sequence[str], sheet: str | None) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("so.csv" if sheet is None else "so.xlsx")
        if sheet is None:
            write_csv(path, (layout(sheet), rows(notes)), "vi")
        else:
            write_book(path, [(GUIDE_MARK,)], [(layout(sheet), rows(notes))], "vi")
        return read_bytes(Path(folder), path.read_bytes(), path.name)


@settings(max_examples=25)
@given(st.lists(st.one_of(TEXT, ODD), min_size=1, max_size=4), st.sampled_from((None, "Sổ")))
@example(["¥0´"], "Sổ")
@example(["'=1", "''", "＝1"], None)
def test_any_text_comes_back(notes: list[str], sheet: str | None) -> None:
    read = written_and_read(notes, sheet)
    assert [text or "" for text in read.column("notes_raw")] == [note.strip() for note in notes]
    assert not read.notes


def test_names_of_sheets_that_excel_would_refuse_are_mended(tmp_path: Path) -> None:
    names = ("a[b]:c", "x" * 40, "X" * 40, "'", "History", "😀" * 20)
    made = [(layout(name), rows(["x"])) for name in names]
    assert write_book(tmp_path / "so.xlsx", [(GUIDE_MARK,)], made, "en") == len(names)
    titles = openpyxl.load_workbook(tmp_path / "so.xlsx").sheetnames[1:]
    assert len({t.lower() for t in titles}) == len(names)
    assert all(len(t.encode("utf-16-le")) <= 62 and not set(t) & set("[]:*?/\\") for t in titles)


def test_a_note_tells_what_an_ambiguous_word_may_mean() -> None:
    note = comment(["ethnic_group.ambiguous"], "Thổ", "vi")
    assert "Có thể là: Tày; Khơ-me; Thổ." in note
    assert "Nghệ An" in note
    assert "Có thể là" not in comment(["ethnic_group.unknown_code"], "Kinhh", "vi")


def test_what_a_killed_attempt_left_of_its_sheets_goes_and_nothing_is_left(tmp_path: Path) -> None:
    left = tmp_path / "loi.xlsx.sheets" / "tmpabc"
    left.parent.mkdir()
    left.write_text("Nguyễn Thị Mật", encoding="utf-8")
    write_book(tmp_path / "loi.xlsx", [], [(layout("Sổ"), rows(["x"]))], "vi")
    assert [path.name for path in tmp_path.iterdir()] == ["loi.xlsx"]


def test_what_the_system_refuses_while_a_workbook_is_closed_is_an_error_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space left"):
        write_book(tmp_path / "loi.xlsx", [], [(layout("Sổ"), rows(["x"]))], "vi")
    assert not list(tmp_path.glob("*.sheets"))
