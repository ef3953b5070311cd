"""Numbers, dates and places in the words of a language: 1.234,5 in Vietnamese, 1,234.5 in English."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from math import ceil, floor

from quality.report_facts import RowPlace
from schemas import messages
from schemas.messages import Language

VIET_NAM_TIME = timezone(timedelta(hours=7))
_VIETNAMESE = str.maketrans(",.", ".,")
_MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
_ALMOST = 1e-7  # what a share of binary digits may lack


def number(value: float, language: Language, digits: int = 0) -> str:
    """A number with separators of thousands; a minus that is no hyphen."""
    text = f"{value:,.{digits}f}".replace("-", _MINUS)
    return text.translate(_VIETNAMESE) if language == "vi" else text


def percent(part: float, whole: float, language: Language) -> str:
    """A share in per cent. What is not all is never shown as 100, what is not none never as 0."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return f"< {_percent(0.1, language)}"
    if 99.9 < share < 100:
        return f"> {_percent(99.9, language)}"
    return _percent(share, language)


def share(value: float, language: Language) -> str:
    """A share between 0 and 1 in per cent, with no more digits than it has."""
    text = f"{100 * value:.2f}".rstrip("0").rstrip(".")
    return number(float(text), language, len(text.partition(".")[2])) + NO_BREAK + "%"


def exact_share(value: float, language: Language) -> str:
    """A share in per cent with two digits. What is not all is never shown as 100, what is not none never as 0."""
    if 0 < value < 0.0001:
        return f"< {number(0.01, language, 2)}{NO_BREAK}%"
    if 0.9999 < value < 1:
        return f"> {number(99.99, language, 2)}{NO_BREAK}%"
    return number(100 * value, language, 0 if value in (0, 1) else 2) + NO_BREAK + "%"


def span(low: float, high: float, language: Language) -> str:
    """The two ends of an interval of shares, in per cent and rounded outwards: 99,15–99,93."""
    ends = floor(low * 10_000 + _ALMOST) / 100, ceil(high * 10_000 - _ALMOST) / 100
    return "–".join(number(end, language, 0 if end in (0, 100) else 2) for end in ends)


def day(value: date, language: Language) -> str:
    """05/03/2026 in Vietnamese, 5 March 2026 in English."""
    if language == "vi":
        return value.strftime("%d/%m/%Y")
    return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"


def month_said(month: str, language: Language) -> str:
    """Tháng 10/2026 without a capital in Vietnamese, October 2026 in English; `month` is YYYY-MM."""
    year, number_of = month.split("-")
    named = str(int(number_of)) if language == "vi" else _ENGLISH_MONTHS[int(number_of) - 1]
    return messages.text("period.month", language, month=named, year=year)


def moment(value: datetime, language: Language) -> str:
    """A moment in Viet Nam's time, to the minute."""
    local = value.astimezone(VIET_NAM_TIME)
    clock = local.strftime("%H:%M")
    return f"{clock} ngày {day(local, language)}" if language == "vi" else f"{day(local, language)}, {clock} (UTC+7)"


def places(found: Iterable[RowPlace], language: Language) -> str:
    """File, sheet and lines in words, those of one sheet together; lines bare, as they are searched for."""
    said = []
    for (file, sheet), rows in groupby(found, key=lambda p: (p.file, p.sheet)):
        lines = [_run(row) for row in rows if row.line is not None]
        parts = [file] if file else []
        if sheet is not None:
            parts.append(messages.text("report.place.sheet", language, sheet=sheet))
        if lines:
            key = "report.place.line" if len(lines) == 1 and "-" not in lines[0] else "report.place.lines"
            parts.append(messages.text(key, language, line=", ".join(lines)))
        said.append(", ".join(parts) or messages.text("report.place.file", language))
    return "; ".join(said)


def _run(place: RowPlace) -> str:
    return str(place.line) if place.last in (None, place.line) else f"{place.line}-{place.last}"


def _percent(value: float, language: Language) -> str:
    digits = 0 if value in (0, 100) else 1
    return number(value, language, digits) + NO_BREAK + "%"


_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def file_outcome(outcome: str, is_twin: bool) -> str:
    """The word for a file's outcome: `twice` for a further file of one content in a delivery, else the outcome."""
    return "twice" if is_twin else outcome
