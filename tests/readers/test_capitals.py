import pytest

from readers.capitals import is_written_in_capitals, restore_capitals


@pytest.mark.parametrize(
    ("decoded", "meant"),
    [
        ("NGUYễN THị TUYếT", "NGUYỄN THỊ TUYẾT"),
        ("Nguyễn Thị Tuyết", "Nguyễn Thị Tuyết"),
        ("Lý Hà", "Lý Hà"),
        ("LÊ Hà", "LÊ HÀ"),
        ("Nguyễn Thị ánh", "Nguyễn Thị Ánh"),
        ("ấp Bình Hòa", "ấp Bình Hòa"),
        ("xã Đông á", "xã Đông á"),
        ("ấp 3, xã Tân An", "ấp 3, xã Tân An"),
        ("ổn", "ổn"),
        ("", ""),
    ],
)
def test_capitals_come_back_where_the_other_letters_say_so(decoded: str, meant: str) -> None:
    assert restore_capitals(decoded) == meant


def test_a_capital_column_decides_where_a_cell_cannot() -> None:
    assert restore_capitals("Vũ", column_is_capital=True) == "VŨ"
    assert restore_capitals("Vũ Thị Tơ", column_is_capital=True) == "Vũ Thị Tơ"


@pytest.mark.parametrize(("text", "said"), [("NGUYễN", True), ("Nguyễn", False), ("Vũ", None), ("", None)])
def test_what_plain_letters_say(text: str, said: bool | None) -> None:
    assert is_written_in_capitals(text) is said
