"""A month of a province or of the nation: what a report of a period is about. Months are those of Viet Nam's clock."""

import re
from dataclasses import dataclass
from datetime import datetime

from pipeline.intake import VIET_NAM_TIME, resolve_province
from quality.period_facts import NATION
from quality.period_report import stem_of
from schemas.errors import UsageError

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """A scope (code of the 34, or `nation`) and a month (YYYY-MM)."""

    scope: str
    month: str

    @property
    def stem(self) -> str:
        """The name of its report, without ending."""
        return stem_of(self.scope, self.month)

    @property
    def province_code(self) -> str:
        """Its province; "" of the nation."""
        return "" if self.scope == NATION else self.scope


def period_of(scope: str, month: str) -> Period:
    """A period as somebody names it.

    Args:
        scope: `nation`, or a code of the 34 or of the 63.
        month: YYYY-MM.

    Raises:
        UsageError: period.no_month; province.unknown.
    """
    if not _MONTH.fullmatch(month):
        raise UsageError("period.no_month", month=month)
    return Period(NATION if scope == NATION else resolve_province(scope)[0], month)


def bounds(month: str) -> tuple[datetime, datetime]:
    """The first moment of a month and the first one after it."""
    return _first(month), _first(following(month))


def is_over(month: str, now: datetime) -> bool:
    """Has the month ended?"""
    return bounds(month)[1] <= now


def previous(month: str) -> str:
    """The month before."""
    year, number = _parts(month)
    return f"{year - (number == 1):04}-{(number - 2) % 12 + 1:02}"


def following(month: str) -> str:
    """The month after."""
    year, number = _parts(month)
    return f"{year + (number == 12):04}-{number % 12 + 1:02}"


def month_of(moment: datetime) -> str:
    """The month of a moment."""
    return moment.astimezone(VIET_NAM_TIME).strftime("%Y-%m")


def _parts(month: str) -> tuple[int, int]:
    year, number = month.split("-")
    return int(year), int(number)


def _first(month: str) -> datetime:
    return datetime(*_parts(month), 1, tzinfo=VIET_NAM_TIME)
