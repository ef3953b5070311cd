"""One ledger gives the same rows whatever the format it comes in."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.tables import RAW_COLUMNS
from tests.readers.files import HEADINGS, PEOPLE, Read, read_bytes
from tests.readers.office_files import FORMATS, Merged

WORKBOOKS = [ending for ending in FORMATS if ending not in (".csv", ".tsv")]
NAMES = (
    "Nguyễn Văn Bình",
    "Trần Thị Tuyết",
    "Đỗ Thị Ngoãn",
    "Lò Văn Páo",
    "H'Hen Niê",
    "Phạm\nHữu Phước",
    "Vũ Quỳnh Ỷ",
)
PLACES = ("xã Đông Hưng, tỉnh Thái Bình", 'thôn "Hạ", Hà Tây', "<Phố> & Huế", "=1+1", "@x", None, "a; b | c")
BIRTHS = ("05/03/1960", "1962", "12/1971", "30-04-1950", "1/9/43")
_OF_WORKBOOKS = ("household_id_raw", "line")
"""Text knows no merged cells; and a line break inside a cell is a line of its file."""


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[list[str | None]], list[Merged]]:
    """Titles, a heading of two lines, a row of numbers, households, a repeated heading, totals, signatures."""
    rows: list[list[str | None]] = [["SỔ HỘ KHẨU"], []] if draw(st.booleans()) else []
    merged: list[Merged] = []
    if rows:
        merged.append((0, 0, 0, 6))
    top = len(rows)
    rows += [["STT", "Số hộ khẩu", "Họ và tên", "Ngày sinh", None, "Quan hệ với chủ hộ", "Quê quán"],
             [None, None, None, "Nam", "Nữ", None, None]]  # fmt: skip
    merged += [(top, top + 1, column, column) for column in (0, 1, 2, 5, 6)]
    merged.append((top, top, 3, 4))
    heading = rows[top]
    if draw(st.booleans()):
        rows.append([f"({n})" for n in range(1, 8)])
    number = 0
    for household in range(draw(st.integers(1, 4))):
        size = draw(st.integers(1, 4))
        if size > 1:
            merged.append((len(rows), len(rows) + size - 1, 1, 1))
        for member in range(size):
            number += 1
            is_man, birth = draw(st.booleans()), draw(st.sampled_from(BIRTHS))
            rows.append([str(number), f"HK-{household}" if not member else None, draw(st.sampled_from(NAMES)),
                         birth if is_man else None, None if is_man else birth, "Chủ hộ" if not member else "Con",
                         draw(st.sampled_from(PLACES))])  # fmt: skip
        if draw(st.booleans()):
            rows += [[], heading, rows[top + 1]][draw(st.integers(0, 2)) :] if not household else [[]]
    if draw(st.booleans()):
        rows += [["Tổng cộng", None, f"{number} người"], [], [None, None, None, None, None, "Người lập biểu"]]
    return rows, merged


def read_all(folder: Path, rows: Sequence[Sequence[str | None]], merged: Sequence[Merged]) -> dict[str, Read]:
    return {ending: read_bytes(folder, write(rows, merged), f"so{ending}") for ending, write in FORMATS.items()}


def table(read: Read, *without: str) -> dict[str, list[str | None]]:
    assert read.refused is None
    return {c: read.column(c) for c in ("line", *RAW_COLUMNS) if c not in without}


@given(ledgers())
@settings(max_examples=15, deadline=None)
def test_the_same_ledger_gives_the_same_rows_in_every_format(
    ledger: tuple[list[list[str | None]], list[Merged]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        reads = read_all(Path(folder), *ledger)
    first = reads[".xlsx"]
    people = [row for row in ledger[0] if len(row) == 7 and str(row[0]).isdigit()]
    assert first.column("full_name_raw") == [row[2] for row in people]
    for ending in WORKBOOKS:
        assert table(reads[ending]) == table(first), ending
        assert reads[ending].notes == first.notes, ending
    for ending in (".csv", ".tsv"):
        own, wanted = (table(read, *_OF_WORKBOOKS) for read in (reads[ending], first))
        assert own == wanted, ending


@pytest.mark.parametrize("ending", FORMATS)
def test_a_plain_ledger_is_read_to_the_letter(tmp_path: Path, ending: str) -> None:
    read = read_bytes(tmp_path, FORMATS[ending]([HEADINGS, *PEOPLE], []), f"so{ending}")

    assert read.people == list(PEOPLE)
    assert read.lines == [2, 3, 4, 5, 6, 7]
    assert (read.rules, read.notes) == ([], set())


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_another_ending_is_told_and_nothing_else(tmp_path: Path, ending: str) -> None:
    read = read_bytes(tmp_path, FORMATS[ending]([HEADINGS, *PEOPLE], []), "so.csv")

    assert read.people == list(PEOPLE)
    assert read.notes == {"file.kind_mismatch"}
