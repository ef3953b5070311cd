"""Cells of a column that holds more than one encoding."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.legacy_text import BYTES
from readers.cell_text import CellReader, mended_text
from readers.column_text import ColumnText
from readers.grid import Grid
from readers.text_file import UNKNOWN

NAMES = (
    "Nguyễn Văn Bình", "Trần Thị Tuyết", "Lê Đức Thắng", "Phạm Hữu Phước", "Đỗ Thị Ngoãn", "Vũ Quỳnh Như",
    "Hoàng Mỹ Duyên", "Đặng Kiều Oanh", "Bùi Tấn Phát", "Ngô Thế Kỷ", "Đinh Trọng Nghĩa", "Võ Thị Út",
)  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [("tcvn3", "vni"), ("tcvn3", "viscii"), ("vni", "cp1258"), ("vps", "vni")])
def test_rows_in_two_encodings_are_read_each_in_its_own_or_wait(one: str, other: str) -> None:
    cells = [BYTES[one if at % 2 else other](n) for at, n in enumerate(NAMES)]
    grid = ColumnText(UNKNOWN).decoded(Grid(np.arange(len(cells), dtype=np.int32), (pa.array(cells),)))
    waiting = {t.row for t in grid.troubles}

    wrong = {at for at, (r, n) in enumerate(zip(grid.columns[0].to_pylist(), NAMES, strict=True)) if r != n}
    assert wrong <= waiting
    assert len(waiting) <= len(NAMES) // 3


def test_a_cell_that_two_encodings_read_alike_well_waits() -> None:
    reader = CellReader("tcvn3", "vni", capitals=False, is_bytes=True, is_told=False)
    cell = BYTES["tcvn3"]("Hà") + " " + BYTES["vni"]("Hà")
    assert reader.read(cell) is None


@pytest.mark.parametrize("text", ["H'Bia Mlô", "Y Thơm Niê", "Rơ Châm", "Müller", "François", "Nguyễn Văn Ánh"])
def test_unicode_of_any_people_stands_as_it_is(text: str) -> None:
    assert mended_text(text) == text


@pytest.mark.parametrize("sign", ["\xa0", "\xad", "\u2009", "\u2028", "\u202f", "\u200d", "\u202e"])
def test_odd_blanks_are_no_letters_of_an_old_font(sign: str) -> None:
    text = f"Nguyễn{sign}Văn{sign}Sửu"
    assert mended_text(text) == text


def test_a_cell_of_an_old_font_is_read_or_waits() -> None:
    assert mended_text(BYTES["tcvn3"]("Nguyễn Thị Huệ")) == "Nguyễn Thị Huệ"
    assert mended_text("Nguy\xb7q \xb5\xb6x") is None


def test_what_a_person_named_is_not_judged() -> None:
    reader = CellReader("vni", None, capitals=False, is_bytes=True, is_told=True)
    assert reader.read(BYTES["vni"]("Nguyễn")) == "Nguyễn"
    assert reader.read(None) == ""
