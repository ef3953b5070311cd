import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.field import EmptyReason
from transforms.name_cell import is_ordinary, is_plainly_shortened, read_cell
from transforms.name_parts import capital_initials
from transforms.text import clean

CELL = st.lists(
    st.sampled_from([
        "Nguyễn", "Trần", "Lê", "Văn", "Thị", "An", "Hoa", "và", "VÀ", "(", ")", "-", ";", ",", "/", "&", ".", "1",
        "chết",        "chủ", "hộ", "tức", "con", "H'Bia", "Y", "Niê", "Ng.", "T", "đã", "chuyển", "Ông",
    ]),
    min_size=1,
    max_size=8,
).map(" ".join)  # fmt: skip


@pytest.mark.parametrize("text", ["Nguyễn Văn An", "LÊ HOA", "nguyễn văn an", "Lê Thị Ánh Tuyết", "Trần Anh"])
def test_ordinary(text):
    assert is_ordinary(text)
    assert read_cell(text).rules == ()


@pytest.mark.parametrize(
    "text",
    ["Hoa", "Lê V An", "Lê An (chết)", "Ông Lê An", "Lê An và Lê Ba", "Không rõ", "Ðặng An", "H'Bia Niê", "Chủ hộ"],
)
def test_not_ordinary(text):
    assert not is_ordinary(text)


SHORTENED = st.lists(
    st.sampled_from([
        "Nguyễn", "TRẦN", "lê", "Văn", "Thị", "An", "HOA", "T.", "Đ.", "K.", "Ng.", "Niê", "Ông", "Chu", "Maria", "Y",
        "Hoàng", "Phúc", "con", "t.", "A.", "Và", "Cô", "Tý",
    ]),
    min_size=2,
    max_size=6,
).map(" ".join)  # fmt: skip


@given(SHORTENED)
def test_the_short_way_of_initials_agrees_with_the_long_way(text):
    if is_plainly_shortened(text):
        cell = read_cell(text)
        assert (cell.name, cell.rules) == (capital_initials(text), ("full_name.abbreviated",))
        assert (cell.note, cell.other, cell.reason) == (None, None, EmptyReason.FILLED)


@pytest.mark.parametrize("text", ["Nguyễn T. Nhàn", "HOÀNG T. K. MAI", "Trương T. Thị Mỹ"])
def test_initials_inside_a_name(text):
    assert is_plainly_shortened(text)


@pytest.mark.parametrize("text", ["T. Lan", "Ng. T. Lan", "Ông T. Lan", "Lê Lan T.", "Lê Lan", "Lê Th. Lan", "Lê", ""])
def test_other_shortened_names_go_the_long_way(text):
    assert not is_plainly_shortened(text)


@given(CELL)
def test_the_short_way_agrees_with_the_long_way(text):
    text = clean(text)
    if is_ordinary(text):
        cell = read_cell(text)
        assert (cell.note, cell.rules, cell.reason) == (None, (), EmptyReason.FILLED)
        assert cell.name.lower() == text.lower()


@given(CELL | st.text(max_size=40))
def test_a_cell_has_a_name_or_a_blocking_rule(text):
    text = clean(text)
    if text:
        cell = read_cell(text)
        assert (cell.name is None) == (cell.reason is not EmptyReason.FILLED)
        assert cell.name is None or any(c.isalpha() for c in cell.name)
        assert len(cell.rules) == len(set(cell.rules))


@pytest.mark.parametrize(
    "text", ["-" * 900 + "1", "(" * 900, "9." * 400 + "!", "*" * 900 + "x", " , " * 300, "và " * 300]
)
def test_odd_cells_end(text):
    assert read_cell(clean(text)).name is None
