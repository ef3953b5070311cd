"""Periods of residence: "từ 01/02/2010 đến 01/02/2011", "kể từ ngày 5 tháng 3 năm 2015", "đến 31/12/2020".

Fields 11 (temporary residence) and 12 (declared temporary absence), Law 68/2020/QH14 art. 27-31. The store keeps
whole days only: a month or a year as the end of a period is a finding and leaves that end empty.
"""

import re
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from schemas.field import EmptyReason
from transforms.column import Reading, Standardised, Value, by_distinct
from transforms.date_text import Order, plain_text, read_date
from transforms.dates import FAR

ABSENT, PRESENT = "absent", "present"
UNREADABLE = "period.unreadable"

_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}"
    r"|(?:\d{1,2}\s+thang\s+|thang\s+)\d{1,2}(?:\s+nam|\s*/|\s*-)?\s*\d{4}|\d{1,2}\s*[/.\-]\s*\d{4}|\b(?:19|20)\d{2}\b"
)
_END_WORD = re.compile(r"\b(?:den|toi|het)\b[^\d]*$")
_PERIOD_TAIL = (
    r"(?i)[\s,;:(\-]*(?:(?:kể\s+|ke\s+)?(?:\bt[uừ])\s*:?\s*(?:ngày\s*|ngay\s*|tháng\s*|thang\s*|năm\s*|nam\s*)?\d"
    r"|(?:đến|den)\s+(?:hết\s+)?(?:ngày\s*|ngay\s*)?\d|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}).*$"
)
_NOT_ABSENT = re.compile(r"^(?:khong|ko|chua|co mat|o nha|dang o|thuong xuyen o|da ve|het han)\b")
_IS_ABSENT = re.compile(r"\bvang\b|^(?:di|co|x)\b|\bdi (?:lam|hoc|bo doi|lao dong|nuoc ngoai)\b")
_NAMES_A_PERIOD = re.compile(r"^(?:ke )?(?:tu|den)\b")
_UNKNOWN = re.compile(r"(?:[\W_]|khong ro|ko ro|chua ro|null|nan|n/a|none)*")


@dataclass(frozen=True)
class Period:
    """First and last day, None = not given; whether something was written that gave no day."""

    start: date | None = None
    end: date | None = None
    is_unreadable: bool = False


def read_period(text: str, order: Order) -> Period:
    """The period that a text names; no date in the text gives an empty period."""
    plain = plain_text(text)
    start: date | None = None
    end: date | None = None
    bad = False
    for place, found in enumerate(_DATE.finditer(plain)):
        day = _whole_day(found[0], order)
        bad = bad or day is None or place > 1
        if place == 1 or _END_WORD.search(plain[: found.start()]):
            end = day
        else:
            start = day
    if start is not None and end is not None and start > end:
        return Period(is_unreadable=True)
    return Period(start, end, bad)


def standardise_period(raw: pa.Array, stem: str, order: Order, field: str) -> Standardised:
    """<stem>_from and <stem>_to (date32); for `temporary_absence` also _status (absent | present).

    A period, "tạm vắng" or "đi ..." is an absence; "không" is presence; nothing is assumed of a blank cell.
    """
    if stem == "temporary_absence":
        names = (f"{stem}_status", f"{stem}_from", f"{stem}_to")
        types = (pa.string(), pa.date32(), pa.date32())
        return by_distinct(raw, Reading(lambda t: _absence(t, order), names, types, field))
    ends = (f"{stem}_from", f"{stem}_to")
    return by_distinct(raw, Reading(lambda t: _stay(t, order), ends, (pa.date32(), pa.date32()), field))


def without_period(raw: pa.Array) -> pa.Array:
    """The address of a cell that holds address and period; null where nothing but the period stands."""
    cut = pc.utf8_trim_whitespace(pc.replace_substring_regex(raw, _PERIOD_TAIL, ""))
    return pc.if_else(pc.equal(cut, ""), None, cut)


def _whole_day(text: str, order: Order) -> date | None:
    reading = read_date(text, order, FAR)
    if reading.year is None or reading.month is None or reading.day is None:
        return None
    return date(reading.year, reading.month, reading.day)


def _stay(text: str, order: Order) -> Value:
    period = read_period(text, order)
    names_none = not (period.start or period.end) and _NAMES_A_PERIOD.match(plain_text(text))
    rules = (UNREADABLE,) if period.is_unreadable or names_none else ()
    return Value((period.start, period.end), EmptyReason.FILLED, rules)


def _absence(text: str, order: Order) -> Value:
    plain = plain_text(text)
    if _UNKNOWN.fullmatch(plain):
        return Value((None, None, None), EmptyReason.STATED_UNKNOWN)
    period = read_period(text, order)
    rules = (UNREADABLE,) if period.is_unreadable else ()
    if period.start or period.end or period.is_unreadable or _IS_ABSENT.search(plain):
        is_present = _NOT_ABSENT.match(plain) and not (period.start or period.end)
        return Value((PRESENT if is_present else ABSENT, period.start, period.end), EmptyReason.FILLED, rules)
    if _NOT_ABSENT.match(plain):
        return Value((PRESENT, None, None))
    return Value((None, None, None), EmptyReason.INVALID, (UNREADABLE,))
