import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.number_text import NumberReading, read_number

NEW, OLD = "038160012345", "172345678"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (NEW, ()), (f"{NEW}.0", ("separators",)), (f"{NEW},00", ("separators",)), (f"'{NEW}", ("separators",)),
        ("038.160.012.345", ("separators",)), ("038 160 012 345", ("separators",)),
        ("038-160-012-345", ("separators",)),
        ("０３８１６００１２３４５", ("separators",)), (f"CCCD: {NEW}", ("separators",)),
        (f"Số ĐDCN {NEW}", ("separators",)),
        (f"{NEW} cấp ngày 01/01/2020", ("separators",)), (f"{NEW} (cũ)", ("separators",)), (f"={NEW}", ("separators",)),
        ("O3816OO12345", ("not_digits",)), ("0381600I2345", ("not_digits",)),
    ],
)  # fmt: skip
def test_a_personal_number_in_many_dresses(text: str, marks: tuple[str, ...]) -> None:
    assert read_number(text) == NumberReading(twelve=NEW, marks=marks)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (OLD, ()), ("172 345 678", ("separators",)), ("17.234.567.8", ("separators",)), (f"{OLD}.0", ("separators",)),
        (f"CMND {OLD}", ("separators",)), (f"CMT: {OLD}", ("separators",)),
        (f"{OLD} do CA Thanh Hóa cấp ngày 5/6/1990", ("separators",)), ("17234567O", ("not_digits",)),
    ],
)  # fmt: skip
def test_an_old_number_in_many_dresses(text: str, marks: tuple[str, ...]) -> None:
    expected = "172345670" if text.endswith("O") else OLD
    assert read_number(text) == NumberReading(nine=expected, marks=marks)


@pytest.mark.parametrize(
    ("text", "twelve", "nine"),
    [
        (f"{NEW}/{OLD}", NEW, OLD), (f"{OLD} - {NEW}", NEW, OLD), (f"{NEW}; {OLD}", NEW, OLD),
        (f"{NEW}\n{OLD}", NEW, OLD),
        (f"{NEW} (cũ: {OLD})", NEW, OLD), (f"{NEW} và {OLD}", NEW, OLD), (f"{NEW}; 038160054321", None, None),
        (f"{OLD}/172345679", None, None), ("172 345 678 / 172 345 679", None, None),
    ],
)  # fmt: skip
def test_two_numbers_in_a_cell(text: str, twelve: str | None, nine: str | None) -> None:
    reading = read_number(text)
    assert (reading.twelve, reading.nine, reading.marks) == (twelve, nine, ("several",))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("2.4E+10", "scientific"), ("3,8E+10", "scientific"), ("1e11", "scientific"), ("3.81600E10", "scientific"),
        ("CCCD 2.4E+10", "scientific"), ("000000000000", "placeholder"), ("999999999", "placeholder"),
        ("111 111 111 111", "placeholder"), ("12345", "wrong_length"), ("0381600123456", "wrong_length"),
        ("1 2 3", "wrong_length"), ("C1234567", "not_digits"), ("hộ chiếu B1234567", "not_digits"),
        ("<script>", "not_digits"), ("AB", "not_digits"),
    ],
)  # fmt: skip
def test_what_is_no_number(text: str, mark: str) -> None:
    reading = read_number(text)
    assert (reading.twelve, reading.nine, reading.short) == (None, None, None)
    assert reading.marks == (mark,)
    assert reading.reason.value == "i"


@pytest.mark.parametrize("digits", ["72345678", "8160012345", "38160012345"])
def test_lost_zeros_are_left_to_the_row(digits: str) -> None:
    reading = read_number(f"{digits}.0")
    assert (reading.short, reading.twelve, reading.nine) == (digits, None, None)


@pytest.mark.parametrize("text", ["chưa cấp", "Chưa có", "không", "mất", "NULL", "n/a", "0", "x", "hết hạn", "con nhỏ"])
def test_words_for_no_number(text: str) -> None:
    assert read_number(text) == NumberReading(reason=read_number(text).reason)
    assert read_number(text).reason.value == "u"


@given(st.text(max_size=40) | st.text(alphabet="0123456789 .-/OlE+'", max_size=30))
def test_any_cell_is_read(text: str) -> None:
    reading = read_number(text)
    for digits, sizes in ((reading.twelve, {12}), (reading.nine, {9}), (reading.short, {8, 10, 11})):
        assert digits is None or (digits.isascii() and digits.isdigit() and len(digits) in sizes)
    assert (reading.reason.value == ".") == (reading.twelve is not None or reading.nine is not None)
