import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_values import PLAIN, number_format, number_text

CASES = [
    (0, None, "5", "5"), (0, None, "5.0", "5"), (0, None, "1.09012345678E11", "109012345678"), (0, None, "0.5", "0.5"),
    (0, None, "001090012345", "001090012345"), (14, None, "21980", "05/03/1960"), (14, None, "1", "01/01/1900"),
    (14, None, "59", "28/02/1900"), (14, None, "60", "29/02/1900"), (14, None, "61", "01/03/1900"),
    (22, None, "21980.5", "05/03/1960 12:00"), (14, None, "-3", "-3"), (14, None, "9999999", "9999999"),
    (17, None, "21980", "03/1960"), (164, "dd/mm/yyyy", "21980", "05/03/1960"), (164, "yyyy", "21980", "1960"),
    (164, "mm/yyyy", "21980", "03/1960"), (164, "000000000", "12345678", "012345678"), (164, "0", "7", "7"),
    (164, '"ngày "dd" tháng "mm', "21980", "05/03/1960"), (164, "[$-42A]d mmmm yyyy;@", "21980", "05/03/1960"),
    (164, "General", "21980", "21980"), (164, "#,##0", "21980", "21980"), (164, "0.00", "21980", "21980"),
    (20, None, "0.5", "0.5"), (0, None, "abc", "abc"), (0, None, "1e400", "1e400"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "code", "value", "text"), CASES)
def test_a_number_is_shown_as_its_format_shows_it(style: int, code: str | None, value: str, text: str) -> None:
    assert number_text(value, number_format(style, code), False) == text


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    assert number_text("20518", number_format(14, None), True) == "05/03/1960"
    assert number_text("0", number_format(14, None), True) == "01/01/1904"


@given(st.integers(min_value=0, max_value=10**15))
def test_a_whole_number_keeps_its_digits(number: int) -> None:
    assert number_text(str(number), PLAIN, False) == str(number)
    assert number_text(f"{number}.0", PLAIN, False) == str(number)


@given(st.text(max_size=20), st.sampled_from([0, 14, 17, 22]))
def test_any_value_has_a_text(value: str, style: int) -> None:
    assert isinstance(number_text(value, number_format(style, None), False), str)
