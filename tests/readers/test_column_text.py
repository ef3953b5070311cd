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


LETTERS = st.characters(max_codepoint=0x2122, exclude_categories=["Cs"])


@given(st.lists(st.text(LETTERS, max_size=4), min_size=1, max_size=20))
def test_few_cells_are_judged_as_many_are(texts: list[str]) -> None:
    column = pa.array(texts)
    many = pa.concat_arrays([column] * (column_text._FEW_CELLS // len(texts) + 1))

    rows = dict(column_text._odd_rows({1: many, 4: many}))
    assert rows.get(1) == rows.get(4)
    few = dict(column_text._odd_rows({0: column, 7: column}))
    assert few.get(0, []) == few.get(7, []) == [row for row in rows.get(1, []) if row < len(texts)]
