"""Read one date as people write it in Vietnamese ledgers; nothing is completed that is not written.

Forms: day/month/year with any separator, ISO with or without time and zone (the day never shifts), compact digits,
month and year, year alone, marks for unknown parts (00, ??, --, xx, ...), Excel serial numbers (1900 system), English,
Roman and Vietnamese months, numbers in words, lunar dates. A reading carries marks: names of the rules that fired,
without their subject ("year_only" of `birth_date.year_only`). A failed reading has no values.
A day and a month whose order is unclear are left out; the year beside them stays.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Literal

import numpy as np

from transforms import characters, date_doubts, date_words, lunar
from transforms.date_doubts import ABOUT, NO_YEAR, NOTE_REMOVED, SEVERAL
from transforms.date_words import Parts

Order = Literal["dmy", "mdy", "unclear"]
EARLIEST_YEAR = 1850
EMPTY: frozenset[str] = frozenset({"missing", "stated_unknown"})
FAILED: frozenset[str] = EMPTY | {"unreadable", "impossible", "out_of_range", "century_unknown", NO_YEAR}

_NO_WORDS = frozenset({
    "khong", "ko", "k", "khong co", "chua co", "khong ghi", "chua ghi", "khuyet", "bo trong", "trong", "null", "none",
    "nan", "nat", "n/a", "na", "#n/a", "nil", "\\n", "#value!", "#ref!", "#num!", "#name?", "#div/0!", "0",
})  # fmt: skip
_UNKNOWN_WORDS = frozenset({
    "khong ro", "ko ro", "k ro", "chua ro", "khong biet", "ko biet", "chua biet", "khong nho", "ko nho",
    "khong xac dinh", "chua xac dinh", "kxd", "kr", "unknown", "mo", "bi mo", "chu mo", "rach", "that lac",
    "khong doc duoc",
})  # fmt: skip
_MALE = re.compile(r"[\W_]*nam[\W_]*", re.IGNORECASE)  # of a shifted column; the heading "Năm" has its mark
_NO_CONTENT = re.compile(r"(?:sinh|ngay|thang|nam|dd|mm|yyyy|[\W_])*")
_MARKED_UNKNOWN = re.compile(r"(?:sinh|ngay|thang|nam|x+|[\W_0])*")
_SAYS_UNKNOWN = re.compile(
    r"\b(?:khong|ko|chua)[. ]+(?:ro|biet|nho|xac dinh|ghi)\b|^k[. ]+(?:ro|biet|nho)\b"
    r"|^(?:khong|ko|chua|mat|that lac|bi mat)(?: co)? (?:giay|khai sinh|ks|gks|ho so|so)\b"
)
_UNKNOWN_PART = re.compile(
    r"\(?\b(?:khong|ko|chua|mat) (?:ro|biet|nho|xac dinh|ghi|co)?\s*"
    r"(?:ngay|thang)(?:\W*(?:va )?thang)?(?: sinh)?\)?[,;]?"
)
_TIME = re.compile(
    r"(?<=\d)(?:t|\s+|,\s*)(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(am|pm|sa|ch)?\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?$"
)
_BARE_ZONE = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:z|[+-]\d{2}:\d{2})$")
_LUNAR = re.compile(
    r"\(?\b(?:am\s*lich|lich\s*am|lich\s*ta|a\.?\s?l|am)\b\.?\)?|\(a\)|(?<=\d)a\.?l\b|(?<=\d)\s*\(?\bta\b\)?|^\(ta\)"
)
_SOLAR = re.compile(
    r"(?<=\d)\s*\(?\btay\b\)?$|\(?\b(?:duong\s*lich|lich\s*duong|lich\s*tay|d\.?\s?l|duong)\b\.?\)?|\(d\)"
)
_LOOSE_END = re.compile(r"(?<=\d{4})[\s/.\-*!]+$")
_HALF_DAY = re.compile(r"(?<!\d)(?:\?\d|\d\?)(?=\s*[/.\-])")
_YEAR_FIRST_WORDS = re.compile(r"^(?:nam )?(\d{4})[\s,;]+thang (\d{1,2})[\s,;]+ngay (\d{1,2})$")
_THOUSANDS = re.compile(r"^([12])[.,](\d{3})$")
_YEAR_APART = re.compile(r"^(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*(?:1[89]|20)) (\d\d)$")
_WEEKDAY = re.compile(r"^(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])|chu nhat|cn|t[2-7](?=,\s*\d))\b[,;]?\s*")
_LEAP = re.compile(r"\(?\bnhuan\b\)?")

_SEP = r"\s*[/.\-,:\s\\]\s*"
_BLANK = r"[?x_*.\-/\s0…]"
_TRIPLE = re.compile(rf"^(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}'?(\d{{4}}|\d{{2}})$")
_YEAR_FIRST = re.compile(rf"^(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})$")
_MONTH_YEAR = re.compile(rf"^(\d{{1,2}}){_SEP}(\d{{4}})$")
_YEAR_MONTH = re.compile(rf"^(\d{{4}}){_SEP}(\d{{1,2}})$")
_YEAR_ALONE = re.compile(rf"^{_BLANK}*(?<!\d)(\d{{4}})(?:\.0+)?$")
_DAY_BLANK = re.compile(rf"^(?:{_BLANK}+[/.\-\s]|[/.\-])\s*(\d{{1,2}}){_SEP}(\d{{4}})$")
_MONTH_BLANK = re.compile(rf"^(\d{{1,2}})[/.\-\s]{_BLANK}+(?<!\d)(\d{{4}})$")
_COMPACT = re.compile(r"^(\d{5,8})(?:\.0+)?$")
_SERIAL_TIME = re.compile(r"^(\d{5})[.,]\d+$")
_NEAR_DIGITS = re.compile(r"^(?=.*\d.*\d)(?=.*[oil|])[\doil|/.\-\s]+$")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12}
_ROMAN_MONTH = re.compile(rf"^(?:(\d{{1,2}}){_SEP})?([ivx]+){_SEP}(\d{{4}}|\d{{2}})$")
_LONE_X = re.compile(rf"^\d{{1,2}}{_SEP}x{_SEP}\d{{2,4}}$")
_LONGEST = 200
_EXCEL_START = date(1899, 12, 30)
_LETTERS_AS_DIGITS = str.maketrans("oil|", "0111")
_QUOTES = "'’‘`\"“”"


@dataclass(frozen=True)
class DateReading:
    """What one text says: solar year, month, day (None = unknown), whether it was lunar, marks."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    is_lunar: bool = False
    marks: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Nothing could be taken from the text."""
        return self.year is None


@lru_cache(maxsize=50_000)
def read_date(text: str, order: Order, latest: date) -> DateReading:
    """Read a date.

    Args:
        text: as written; not empty.
        order: of day and month in the column it stands in.
        latest: no date may lie after it; it also decides which centuries a two-digit year can mean.
    """
    if len(text) > _LONGEST or _MALE.fullmatch(text):
        return DateReading(marks=("unreadable",))
    plain = plain_text(text)
    nothing = _says_nothing(plain)
    if nothing is not None:
        return DateReading(marks=(nothing,))
    if date_doubts.is_half_said(plain):
        return DateReading(marks=(NO_YEAR,))
    plain, animal = date_doubts.without_animal(_HALF_DAY.sub("??", plain.strip("[]")))
    plain, marks = _without_remarks(plain)
    parts = _read_parts(plain, order, latest)
    if parts is None:
        return _of_doubt(plain, order, latest)
    odd = ("not_digits",) if any(c.isdigit() and not c.isascii() for c in text) else ()
    reading = _judge(replace(parts, marks=tuple(dict.fromkeys((*marks, *odd, *parts.marks)))), latest)
    return reading if animal is None else _with_animal(reading, animal)


def _with_animal(reading: DateReading, animal: str) -> DateReading:
    """A zodiac animal beside a year must be that of the year; the year may then be a lunar one."""
    if reading.year is None:
        return reading
    if not lunar.branch_fits(animal, reading.year):
        return DateReading(marks=("impossible",))
    return reading if reading.is_lunar else replace(reading, marks=(*reading.marks, "calendar_unclear"))


def _of_doubt(plain: str, order: Order, latest: date) -> DateReading:
    """A text that is no date: two dates keep what both say; an age or a span gives no year; else it is unreadable."""
    if date_doubts.says_no_year(plain):
        return DateReading(marks=(NO_YEAR,))
    each = [read_date(text, order, latest) for text in date_doubts.dates_in(plain)]
    if not each or any(reading.failed for reading in each):
        return _without_words(plain, order, latest)
    said = {(r.year, r.month, r.day) for r in each}
    if len(said) == 1:
        return each[0]
    years = {r.year for r in each}
    return DateReading(years.pop() if len(years) == 1 else None, marks=(SEVERAL,))


def _without_words(plain: str, order: Order, latest: date) -> DateReading:
    """A date with other words beside it ("5/3/1960, Sơn La") is that date, marked; anything else is unreadable."""
    for said in date_doubts.both_calendars(plain):
        found = read_date(said, order, latest)
        if found.day is not None and not found.is_lunar:
            return replace(found, marks=(*found.marks, NOTE_REMOVED))
    bare = date_doubts.without_words(plain)
    reading = DateReading(marks=("unreadable",)) if bare == plain else read_date(bare, order, latest)
    return reading if reading.failed else replace(reading, marks=(*reading.marks, NOTE_REMOVED))


def _says_nothing(plain: str) -> str | None:
    """Mark of an empty cell ("missing") or of one that says so ("stated_unknown": không rõ, ?, 00/00/0000), or None."""
    if plain in _NO_WORDS:
        return "missing"
    if plain in _UNKNOWN_WORDS:
        return "stated_unknown"
    if _NO_CONTENT.fullmatch(plain):
        return "stated_unknown" if "?" in plain else "missing"
    if _MARKED_UNKNOWN.fullmatch(plain):
        return "stated_unknown"
    says = not any(c.isdigit() for c in plain) and _SAYS_UNKNOWN.search(plain)
    return "stated_unknown" if says else None


def plain_text(text: str) -> str:
    """Lower case, no Vietnamese marks, ASCII digits, single spaces, no quotes: what the forms are written for."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    kept = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_unseen())
    if not kept.isascii():
        kept = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)
    kept = kept.replace("–", "-").replace("—", "-").replace("⁄", "/").replace("−", "-")
    kept = " ".join(kept.split()).rstrip(";, ")
    return kept[:-1].rstrip() if kept[-1:] == "." and kept[-2:-1].isdigit() else kept


@cache
def _unseen() -> dict[int, None]:
    """Quotes and characters that show nothing: no part of any date or number."""
    return dict.fromkeys([*map(ord, _QUOTES), *np.flatnonzero(characters.invisible()).tolist()])


def _without_remarks(plain: str) -> tuple[str, tuple[str, ...]]:
    """Take off time of day, calendar words and words of doubt; each leaves its mark ("is_lunar" is internal)."""
    marks: list[str] = []
    plain = _BARE_ZONE.sub(r"\1 00:00z", plain)
    time = _TIME.search(plain)
    if time:
        plain = plain[: time.start()]
        if not _is_midnight(time):
            marks.append("time_removed")
    plain, dotted = _THOUSANDS.subn(r"\1\2", _YEAR_FIRST_WORDS.sub(r"\1-\2-\3", _LOOSE_END.sub("", plain)))
    plain, apart = _YEAR_APART.subn(r"\1\2", _UNKNOWN_PART.sub(" ", _WEEKDAY.sub("", plain)))
    if dotted or apart:
        marks.append("year_joined")
    for pattern, mark in ((_LUNAR, "is_lunar"), (_SOLAR, "is_solar"), (_LEAP, "is_leap"), (ABOUT, "approximate")):
        plain, count = pattern.subn(" ", plain)
        if count:
            marks.append(mark)
    return " ".join(plain.split()).strip(" ,;"), tuple(marks)


def _is_midnight(time: re.Match[str]) -> bool:
    hour, minute, second, half, zone = time.groups()
    is_first_hour = hour == "12" if half in {"am", "sa"} else int(hour) == 0
    return is_first_hour and int(minute) == 0 and int(second or 0) == 0 and zone is None


def _read_parts(plain: str, order: Order, latest: date) -> Parts | None:
    found = _numeric(plain, order, latest)
    if found is None and _NEAR_DIGITS.match(plain) and not _ROMAN_MONTH.match(plain):
        found = _numeric(plain.translate(_LETTERS_AS_DIGITS), order, latest)
        found = None if found is None else replace(found, marks=(*found.marks, "not_digits"))
    if found is None:
        found = _roman(plain)
    return date_words.read_words(plain) if found is None else found


def _numeric(plain: str, order: Order, latest: date) -> Parts | None:
    if _LONE_X.match(plain):
        return None  # October to some clerks, "unknown" to others
    for form in (_triple, _month_and_year):
        found = form(plain, order)
        if found is not None:
            return found
    return _compact(plain, order, latest)


def _triple(plain: str, order: Order) -> Parts | None:
    if match := _TRIPLE.match(plain):
        return _in_order(int(match[1]), int(match[2]), match[3], order)
    if match := _YEAR_FIRST.match(plain):
        return Parts(match[1], int(match[2]), int(match[3]))
    return None


def _month_and_year(plain: str, order: Order) -> Parts | None:
    if match := _YEAR_ALONE.match(plain):
        return Parts(match[1])
    if match := _MONTH_YEAR.match(plain):
        return Parts(match[2], int(match[1]))
    if match := _YEAR_MONTH.match(plain):
        return Parts(match[1], int(match[2]))
    if match := _DAY_BLANK.match(plain):
        return _in_order(0, int(match[1]), match[2], order)
    if match := _MONTH_BLANK.match(plain):
        return _in_order(int(match[1]), 0, match[2], order)
    return None


def _in_order(first: int, second: int, year: str, order: Order) -> Parts:
    if order == "dmy" or first == second:
        return Parts(year, second, first)
    if order == "mdy" or (second > 12 >= first):
        return Parts(year, first, second, marks=("month_first",))
    if first > 12:
        return Parts(year, second, first)
    return Parts(year, marks=("order_unclear",))


def _compact(plain: str, order: Order, latest: date) -> Parts | None:
    if match := _SERIAL_TIME.match(plain):
        return _serial(match[1], latest)
    match = _COMPACT.match(plain)
    if match is None:
        return None
    digits = match[1]
    if len(digits) == 5:
        return _serial(digits, latest)
    readings = {
        parts for split in _SPLITS[len(digits)] if (parts := split(digits, order)) and _is_plausible(parts, latest)
    }
    if len(readings) != 1:
        return None
    parts = readings.pop()
    return replace(parts, marks=(*parts.marks, "leading_zero")) if len(digits) == 7 else parts


def _serial(digits: str, latest: date) -> Parts | None:
    day = _EXCEL_START + timedelta(days=int(digits))
    if day > latest:
        return None
    return Parts(str(day.year), day.month, day.day, marks=("excel_serial",))


_Split = Callable[[str, Order], Parts]
_SPLITS: dict[int, tuple[_Split, ...]] = {
    8: (
        lambda d, order: _in_order(int(d[:2]), int(d[2:4]), d[4:], order),
        lambda d, order: Parts(d[:4], int(d[4:6]), int(d[6:])),
    ),
    # a spreadsheet drops the zero of 05031960; 1111960 may also be 11/1/1960, so only a single reading counts
    7: (
        lambda d, order: _in_order(int(d[0]), int(d[1:3]), d[3:], order),
        lambda d, order: _in_order(int(d[:2]), int(d[2]), d[3:], order),
    ),
    6: (
        lambda d, order: _in_order(int(d[:2]), int(d[2:4]), d[4:], order),
        lambda d, order: Parts(d[2:], int(d[:2])),
        lambda d, order: Parts(d[:4], int(d[4:])),
    ),
}


def _is_plausible(parts: Parts, latest: date) -> bool:
    if len(parts.year) == 4 and not EARLIEST_YEAR <= int(parts.year) <= latest.year:
        return False
    return "order_unclear" in parts.marks or (parts.month in range(1, 13) and 0 <= parts.day <= 31)


def _roman(plain: str) -> Parts | None:
    match = _ROMAN_MONTH.match(plain)
    if match is None or match[2] not in _ROMAN:
        return None
    return Parts(match[3], _ROMAN[match[2]], int(match[1] or 0)) if match[1] or len(match[3]) == 4 else None


def _judge(parts: Parts, latest: date) -> DateReading:
    """Decide century and calendar, then refuse what no calendar holds and what lies outside the range."""
    parts = _with_century(parts, latest)
    if not parts.year:
        return DateReading(marks=(NO_YEAR if parts.cycle is not None else "century_unknown",))
    is_lunar = bool({"is_lunar", "is_leap"} & set(parts.marks)) and "is_solar" not in parts.marks
    is_of_cycle = parts.cycle is not None and not parts.month and not parts.day  # the pair must fit the year
    solar = _from_lunar(parts) if is_lunar or is_of_cycle else _from_solar(parts)
    if solar is None:
        return DateReading(marks=("impossible",))
    if not solar.year >= EARLIEST_YEAR or (solar.year, solar.month or 1, solar.day or 1) > _triple_of(latest):
        return DateReading(marks=("out_of_range",))
    return DateReading(solar.year, solar.month, solar.day, is_lunar, _outer_marks(parts, solar, is_lunar))


def _triple_of(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


def _with_century(parts: Parts, latest: date) -> Parts:
    if len(parts.year) != 2:
        return parts
    later = (2000 + int(parts.year), parts.month or 1, parts.day or 1)
    if later <= _triple_of(latest):
        return replace(parts, year="")
    return replace(parts, year=f"19{parts.year}", marks=(*parts.marks, "two_digit_year"))


def _from_solar(parts: Parts) -> lunar.Solar | None:
    year, month, day = int(parts.year), parts.month, parts.day
    if month == 0:
        return lunar.Solar(year, None, None) if day <= 31 else None
    if not 1 <= month <= 12 or day > monthrange(max(year, 1), month)[1]:
        return None
    return lunar.Solar(year, month, day or None)


def _from_lunar(parts: Parts) -> lunar.Solar | None:
    year, month, day = int(parts.year), parts.month or None, (parts.day or None) if parts.month else None
    leap = "is_leap" in parts.marks
    if parts.cycle is None or lunar.place_of_year(year) == parts.cycle:
        return (
            lunar.to_solar(year, month, day, leap=leap) if year >= lunar.FIRST_YEAR else lunar.Solar(year, None, None)
        )
    # the last lunar weeks of a can-chi year fall into the next solar year, which is then the one written beside it
    if lunar.place_of_year(year - 1) == parts.cycle and day is not None:
        found = lunar.to_solar(year - 1, month, day, leap=leap)
        return found if found is not None and found.year == year else None
    return None


def _outer_marks(parts: Parts, solar: lunar.Solar, is_lunar: bool) -> tuple[str, ...]:
    is_said = is_lunar or "is_solar" in parts.marks
    marks = [m for m in parts.marks if not m.startswith("is_") and not (is_said and m == "calendar_unclear")]
    if is_lunar:
        marks.append("lunar")
    if "order_unclear" in marks:
        return tuple(marks)
    if solar.month is None:
        marks.append("year_only")
    elif solar.day is None:
        marks.append("month_only")
    return tuple(marks)
