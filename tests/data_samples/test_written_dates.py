import numpy as np
import pytest

from data_samples import written_dates as w


def days(*dates):
    return np.asarray(dates, dtype="datetime64[D]").astype(np.int64)


@pytest.mark.parametrize(
    ("day", "form", "text"),
    [
        ("1960-03-05", w.PADDED, "05/03/1960"),
        ("1960-03-05", w.SHORT, "5/3/1960"),
        ("1960-03-05", w.DASHED, "05-03-1960"),
        ("1960-03-05", w.DOTTED, "5.3.1960"),
        ("1960-03-05", w.TWO_DIGITS, "5-3-60"),
        ("2003-12-31", w.TWO_DIGITS, "31-12-2003"),
        ("1926-12-31", w.TWO_DIGITS, "31-12-1926"),
        ("1960-03-05", w.WORDED, "ngày 5 tháng 3 năm 1960"),
        ("2000-02-29", w.PADDED, "29/02/2000"),
    ],
)
def test_days(day, form, text):
    assert w.write_days(w.calendar(days(day)), np.asarray([form])).to_pylist() == [text]


def test_months_and_years():
    dates = w.calendar(days("1967-03-05", "1967-12-05"))
    assert w.write_months(dates, np.asarray([True, False])).to_pylist() == ["03/1967", "12/1967"]
    years = w.write_years(np.full(4, 1950), np.arange(4)).to_pylist()
    assert years == ["1950", "năm 1950", "00/00/1950", "Sinh năm 1950"]
