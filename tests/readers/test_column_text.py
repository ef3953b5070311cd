import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers import column_text
from readers.column_text import ColumnText
from readers.grid import Grid

AROUND = ("Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thị Hoa")


def decoded(*cells: str) -> tuple[list[str], bool]:
    texts = ColumnText(None)
    grid = Grid(np.arange(len(cells), dtype=np.int32), (pa.array(cells),))
    return texts.decoded(grid).columns[0].to_pylist(), bool(texts.used)


@pytest.mark.parametrize(
    "cell", ["Ðặng Văn An", "Lê Ðình Minh", "Ðinh Ðan Mai", "Vũ thị ðào", "H'Bia Mlô", "Y Thơm Niê"]
)
def test_a_latin_eth_is_kept_as_typed_and_no_other_encoding(cell: str) -> None:
    assert decoded(*AROUND, cell) == ([*AROUND, cell], False)


def test_a_cell_of_an_old_font_in_a_unicode_column_is_read() -> None:
    found, told = decoded(*AROUND, "NguyÔn ThÞ HuÖ")
    assert found == [*AROUND, "Nguyễn Thị Huệ"]
    assert told


OTHERS = ("Y Wang Niê", "H'Wier", "Rơ Châm Nam", "Danh Sarath", "An Nam")
KEYS = {
    "Nguyeexn Vawn Nam": "Nguyễn Văn Nam", "Traanf Thij Hoa": "Trần Thị Hoa", "Leej Quoocs Huwng": "Lệ Quốc Hưng",
    "DDoox Thij Mai": "Đỗ Thị Mai", "Phamj Huwux Phuwowcs": "Phạm Hữu Phước",
}  # fmt: skip


def cells_of(column: list[str | None], told: str | None = None) -> tuple[list[str | None], list[int]]:
    text = ColumnText(None)
    if told:
        text.tell(0, told)
    grid = text.decoded(Grid(np.arange(len(column), dtype=np.int32), (pa.array(column, pa.string()),)))
    assert {t.rule_id for t in grid.troubles} <= {"row.encoding_unclear"}
    return grid.columns[0].to_pylist(), [t.row for t in grid.troubles]


def test_keys_among_letters_are_read_and_a_doubtful_cell_waits_as_it_stands() -> None:
    found, waiting = cells_of([*AROUND, *OTHERS, *KEYS, "Thachj Ros", None, ""])
    assert found == [*AROUND, *OTHERS, *KEYS.values(), "Thachj Ros", None, ""]
    assert waiting == [13]


def test_single_cells_of_keys_are_read_and_names_like_keys_stay() -> None:
    many = [f"{name} {given}" for name in AROUND for given in ("Lan", "Hùng", "Mai", "Đức", "Ánh", "Sơn", "Hoa", "Nở")]
    found, waiting = cells_of([*many, *OTHERS, "Nguyeexn Vawn Nam", "Tran Thij Ba", "MOONG M. XOAN"])
    assert found == [*many, *OTHERS, "Nguyễn Văn Nam", "Tran Thị Ba", "MOONG M. XOAN"]
    assert waiting == []


def test_a_single_word_is_asked_about_where_many_cells_were_typed() -> None:
    found, waiting = cells_of([*AROUND, *OTHERS, "Nguyeexn Vawn Nam", "Tran Thij Ba"])
    assert found == [*AROUND, *OTHERS, "Nguyễn Văn Nam", "Tran Thij Ba"]
    assert waiting == [9]


@pytest.mark.parametrize(("told", "last"), [("telex", "Thạch Ró"), ("utf-8", "Thachj Ros")])
def test_a_person_decides_of_a_column_with_keys(told: str, last: str) -> None:
    keys = list(KEYS if told == "utf-8" else KEYS.values())
    assert cells_of([*OTHERS, *KEYS, "Thachj Ros", None], told) == ([*OTHERS, *keys, last, None], [])


LETTERS = st.characters(max_codepoint=0x2122, exclude_categories=["Cs"])


@given(st.lists(st.text(LETTERS, max_size=4), min_size=1, max_size=20))
def test_few_cells_are_judged_as_many_are(texts: list[str]) -> None:
    column = pa.array(texts)
    many = pa.concat_arrays([column] * (column_text._FEW_CELLS // len(texts) + 1))

    rows = dict(column_text._odd_rows({1: many, 4: many}))
    assert rows.get(1) == rows.get(4)
    few = dict(column_text._odd_rows({0: column, 7: column}))
    assert few.get(0, []) == few.get(7, []) == [row for row in rows.get(1, []) if row < len(texts)]
