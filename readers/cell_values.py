"""Numbers and dates of cells -> the text a clerk sees: 05/03/1960 for a day, no ".0", leading zeros of a format kept.

Days count from 30 December 1899 (or 1 January 1904); Excel believes in 29 February 1900, so days before it are one off.
Source: ECMA-376 part 1, 18.17.4.1 and 18.8.30.
"""

import math
import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_DATE_IDS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_TIME_IDS = frozenset((*range(18, 22), *range(45, 48)))
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ZEROS = re.compile(r"^0{2,}$")
_LEAP_1900 = 60
_LAST_DAY = 2_958_465


class Shows(StrEnum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    TIME = "time"


class NumberFormat(tuple[Shows, int]):
    """What a format shows, and to how many digits it fills a whole number with zeros."""

    __slots__ = ()

    @property
    def shows(self) -> Shows:
        """Number, day, month, year or time."""
        return self[0]

    @property
    def digits(self) -> int:
        """Digits to fill up to; 0 = none."""
        return self[1]


PLAIN = NumberFormat((Shows.NUMBER, 0))


@lru_cache(maxsize=4_096)
def number_format(style: int, code: str | None) -> NumberFormat:
    """The format of a built-in id or of a format code of the workbook."""
    if code is None:
        shows = Shows.DAY if style in _DATE_IDS else Shows.TIME if style in _TIME_IDS else Shows.NUMBER
        return NumberFormat((Shows.MONTH if style == 17 else shows, 0))
    first = _QUOTED.sub("", code.split(";")[0]).strip()
    if _ZEROS.match(first):
        return NumberFormat((Shows.NUMBER, len(first)))
    return NumberFormat((_shows(first.lower()), 0))


def _shows(code: str) -> Shows:
    if "general" in code or not re.search(r"[dymhs]", code) or re.search(r"[#?]|0[.,]0|0%", code):
        return Shows.NUMBER
    if "d" in code:
        return Shows.DAY
    if "y" in code:
        return Shows.MONTH if "m" in code else Shows.YEAR
    return Shows.TIME if re.search(r"[hs]", code) else Shows.MONTH


@lru_cache(maxsize=65_536)
def number_text(value: str, number_format_: NumberFormat, is_1904: bool) -> str:
    """Text of a cell that holds a number, as its format shows it; what is no number stays as it is."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    if number_format_.shows in (Shows.DAY, Shows.MONTH, Shows.YEAR):
        shown = _date_text(number, number_format_.shows, is_1904)
        if shown is not None:
            return shown
    text = _plain(value, number)
    return text.zfill(number_format_.digits) if number_format_.digits and text.isdigit() else text


def _plain(value: str, number: float) -> str:
    if value.isdigit():
        return value
    return str(int(number)) if number == int(number) and abs(number) < 1e16 else repr(number)


def _date_text(number: float, shows: Shows, is_1904: bool) -> str | None:
    whole = int(number)
    if not (0 if is_1904 else 1) <= number < _LAST_DAY:
        return None
    if not is_1904 and whole == _LEAP_1900:
        return "29/02/1900"
    first = date(1904, 1, 1) if is_1904 else date(1899, 12, 31) if whole < _LEAP_1900 else date(1899, 12, 30)
    day = first + timedelta(days=whole)
    if shows == Shows.YEAR:
        return str(day.year)
    if shows == Shows.MONTH:
        return f"{day.month:02d}/{day.year}"
    minutes = round((number - whole) * 1440)
    time = f" {minutes // 60:02d}:{minutes % 60:02d}" if 0 < minutes < 1440 else ""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}{time}"
