import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.viqr import from_viqr, is_viqr
from tests.readers.files import to_viqr


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Nguye^~n Va(n Ddu+'c", "Nguyễn Văn Đức"),
        ("DDo^~ Thi. Hoa`.", "Đỗ Thị Hoà."),
        ("05/03/1960, TP. Ho^` Chi' Minh", "05/03/1960, TP. Hồ Chí Minh"),
        ("Nam", "Nam"),
        ("", ""),
    ],
)
def test_marks_after_letters_become_marks_on_letters(written: str, meant: str) -> None:
    assert from_viqr(written) == meant


def test_only_text_full_of_its_marks_is_viqr() -> None:
    names = "Nguyễn Văn Đức, Trần Hữu Phước, Lê Đình Lượng, Đặng Xuân Trường, Phạm Quốc Vượng"
    assert is_viqr(to_viqr(names))
    assert not is_viqr("Nguyen Van Duc, Tran Huu Phuoc (con), a^b, 1+1, x(y)")
    assert not is_viqr("")


@given(st.text(max_size=40))
def test_any_text_has_a_reading(text: str) -> None:
    assert isinstance(from_viqr(text), str)
