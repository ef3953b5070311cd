"""Days as clerks write them, in columns."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_samples.draw import Bools, Ints
from data_samples.words import take

PADDED, SHORT, DASHED, DOTTED, TWO_DIGITS, WORDED = range(6)
"""Forms: 05/03/1960, 5/3/1960, 05-03-1960, 5.3.1960, 5-3-60 (where the century is sure), ngày 5 tháng 3 năm 1960."""

_SEPARATORS = pa.array(["/", "/", "-", ".", "-", "/"])
_SURE_CENTURY = range(1930, 2000)

_PLAIN = [str(i) for i in range(100)]
_TWO = [f"{i:02d}" for i in range(100)]
_YEARS = [str(i) for i in range(2300)]


@dataclass(frozen=True)
class Calendar:
    """Year, month and day of days, as columns of integers."""

    year: Ints
    month: Ints
    day: Ints

    def take(self, rows: Ints) -> "Calendar":
        """These rows."""
        return Calendar(self.year[rows], self.month[rows], self.day[rows])


def calendar(days: Ints) -> Calendar:
    """Split days since 1970 into year, month and day."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    return Calendar(month // 12 + 1970, month % 12 + 1, (dates - months).astype(np.int64) + 1)


def write_days(dates: Calendar, form: Ints) -> pa.Array:
    """Each whole date in its form."""
    padded = (form == PADDED) | (form == DASHED)
    separator = _SEPARATORS.take(pa.array(form))
    is_short = (form == TWO_DIGITS) & (dates.year >= _SURE_CENTURY.start) & (dates.year < _SURE_CENTURY.stop)
    texts = pa.array(_YEARS + _TWO)
    year = texts.take(pa.array(np.where(is_short, len(_YEARS) + dates.year % 100, dates.year)))
    numbers = pc.binary_join_element_wise(_number(dates.day, padded), _number(dates.month, padded), year, separator)
    worded = form == WORDED
    return pc.if_else(pa.array(worded), worded_day(dates), numbers) if worded.any() else numbers


def worded_day(dates: Calendar) -> pa.Array:
    """ngày 5 tháng 3 năm 1960."""
    plain = np.zeros(len(dates.day), dtype=bool)
    return pc.binary_join_element_wise(
        "ngày", _number(dates.day, plain), "tháng", _number(dates.month, plain), "năm", take(_YEARS, dates.year), " "
    )


def write_months(dates: Calendar, padded: Bools) -> pa.Array:
    """03/1967 or 3/1967."""
    return pc.binary_join_element_wise(_number(dates.month, padded), take(_YEARS, dates.year), "/")


def write_years(year: Ints, form: Ints) -> pa.Array:
    """1950, "năm 1950", 00/00/1950, "Sinh năm 1950" for forms 0 to 3."""
    text = take(_YEARS, year)
    starts = pa.array(["", "năm ", "00/00/", "Sinh năm "]).take(pa.array(form))
    return pc.binary_join_element_wise(starts, text, "")


def _number(values: Ints, padded: Bools) -> pa.Array:
    texts = pa.array(_PLAIN + _TWO)
    return texts.take(pa.array(values + np.where(padded, len(_PLAIN), 0)))
