import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.name_cell import read_cell
from transforms.name_parts import PART_COLUMNS, name_parts
from transforms.plain_names import plain_names, whole_names

SYLLABLES = st.sampled_from(
    ["Nguyễn", "Trần", "Tôn", "Nữ", "Thất", "Phúc", "Miên", "Âu", "Dương", "Thị", "Văn", "Hoa", "Ý", "A", "Y", "Con",
     "con", "Siu", "Nay", "Rơ", "Châm", "Bé", "Ông", "Ng", "Ấy", "Đỗ", "NGUYỄN", "THỊ", "HOA", "ÂU", "lê", "an", "McA",
     "H'Bia", "Ðặng", "1", "Chết", "Tự", "tự", "Đi", "Và", "(Ba)", "K'", "Nguyễn-Văn"]
)  # fmt: skip
CELLS = st.lists(SYLLABLES, min_size=1, max_size=7).map(" ".join)


def test_ordinary_names_and_their_parts() -> None:
    texts = pa.array(["Lê Hoa", "Nguyễn Văn Minh An", "TRẦN THỊ HOA", "Lê Văn An (chết)", None, "Y Thơm Niê"])
    plain = plain_names(texts)
    assert plain.hit.tolist() == [True, True, True, False, False, False]
    rows = list(zip(*(plain.columns[c].to_pylist() for c in PART_COLUMNS), strict=True))
    assert rows[:3] == [
        ("Lê Hoa", "Lê", None, "Hoa"),
        ("Nguyễn Văn Minh An", "Nguyễn", "Văn Minh", "An"),
        ("Trần Thị Hoa", "Trần", "Thị", "Hoa"),
    ]


@pytest.mark.parametrize("name", ["Tôn Nữ Hoa", "Nguyễn Phúc Miên Thẩm", "Siu Hoa", "Bé Gái", "Chưa Đặt Tên", "lê hoa"])
def test_names_with_a_question_are_left_alone(name: str) -> None:
    assert plain_names(pa.array([name])).hit.tolist() == [False]


@given(st.lists(CELLS, max_size=8))
def test_the_quick_way_says_what_the_careful_way_says(cells: list[str]) -> None:
    texts = pa.array(cells, pa.string())
    parts, whole = plain_names(texts), whole_names(texts, "name")
    for place, cell in enumerate(cells):
        slow = read_cell(cell)
        if whole.hit[place]:
            assert (whole.columns["name"][place].as_py(), slow.rules) == (slow.name, ())
        if parts.hit[place]:
            assert slow.name is not None
            got = tuple(parts.columns[c][place].as_py() for c in PART_COLUMNS)
            assert (got, slow.rules) == ((slow.name, *name_parts(slow.name)), ())


def test_no_names() -> None:
    assert len(plain_names(pa.array([], pa.string())).hit) == 0
