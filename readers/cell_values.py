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
_PERCENT_IDS = frozenset((9, 10))
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ELAPSED = re.compile(r"(?i)\[(?:h+|m+|s+)\]")
_ISO_DAY = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)[\d:.,]*Z?)?\s*$")
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
    PERCENT = "percent"


class NumberFormat(tuple[Shows, int]):
    """What a format shows, and to how many digits it fills a whole number with zeros."""

    __slots__ = ()

    @property
    def shows(self) -> Shows:
        """Number, day, month, year, time or per cent."""
        return self[0]

    @property
    def digits(self) -> int:
        """Digits to fill up to; 0 = none."""
        return self[1]


_BUILT_IN = ((_DATE_IDS, Shows.DAY), (_TIME_IDS, Shows.TIME), (_PERCENT_IDS, Shows.PERCENT))
PLAIN, PERCENT = NumberFormat((Shows.NUMBER, 0)), NumberFormat((Shows.PERCENT, 0))


@lru_cache(maxsize=4_096)
def number_format(style: int, code: str | None) -> NumberFormat:
    """The format of a built-in id or of a format code of the workbook."""
    if code is None:
        shows = next((shown for ids, shown in _BUILT_IN if style in ids), Shows.NUMBER)
        return NumberFormat((Shows.MONTH if style == 17 else shows, 0))
    first = code.split(";")[0]
    if _ELAPSED.search(first):
        return NumberFormat((Shows.TIME, 0))
    first = _QUOTED.sub("", first).strip()
    zeros = first.replace(" ", "").replace("-", "")
    if _ZEROS.match(zeros):
        return NumberFormat((Shows.NUMBER, len(zeros)))
    return NumberFormat((_shows(first.lower()), 0))


def _shows(code: str) -> Shows:
    if code.endswith("%"):
        return Shows.PERCENT
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
    if number_format_.shows == Shows.PERCENT:
        return f"{number * 100:.10g}%"
    text = _plain(value, number)
    return text.zfill(number_format_.digits) if number_format_.digits and text.isdigit() else text


def day_text(value: str) -> str:
    """A day written as 1960-03-05, with or without a time, as a clerk writes it; anything else as it stands."""
    found = _ISO_DAY.match(value)
    if found is None:
        return value
    year, month, day, hour, minute = found.groups()
    return f"{day}/{month}/{year}" + (f" {hour}:{minute}" if hour and (hour, minute) != ("00", "00") else "")


def as_shown(day: str, shown: str) -> str:
    """A day to the precision at which its cell shows it: year, month and year, or the whole day.

    Args:
        day: text of `day_text`.
        shown: what the cell shows.
    """
    year, month = day[6:10], day[3:5]
    if shown.strip() == year:
        return year
    parts = re.fullmatch(r"\s*(\d{1,2})\s*[/.\-]\s*(\d{4})\s*", shown)
    if parts and (int(parts.group(1)), parts.group(2)) == (int(month or 0), year):
        return f"{month}/{year}"
    return day


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
