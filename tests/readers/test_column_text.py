import numpy as np
import pyarrow as pa
import pytest

from readers.column_text import ColumnText
from readers.grid import Grid

AROUND = ("Nguyễn Thị Lan", "Trần Văn Hùng", "Lê Thị Hoa")


def decoded(*cells: str) -> tuple[list[str], bool]:
    texts = ColumnText(None)
    given = Grid(np.arange(len(cells), dtype=np.int32), (pa.array(cells),))
    return texts.decoded(given).columns[0].to_pylist(), bool(texts.used)


@pytest.mark.parametrize(
    "cell", ["Ðặng Văn An", "Lê Ðình Minh", "Ðinh Ðan Mai", "Vũ thị ðào", "H'Bia Mlô", "Y Thơm Niê"]
)
def test_a_latin_eth_is_kept_as_typed_and_no_other_encoding(cell: str) -> None:
    assert decoded(*AROUND, cell) == ([*AROUND, cell], False)


def test_a_cell_of_an_old_font_in_a_unicode_column_is_read() -> None:
    found, told = decoded(*AROUND, "NguyÔn ThÞ HuÖ")
    assert found == [*AROUND, "Nguyễn Thị Huệ"]
    assert told
