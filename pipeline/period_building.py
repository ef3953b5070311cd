"""The reports of a month as the DAGs `build_reports` and `province_report` build them: count once, then write."""

from datetime import UTC, datetime

from pipeline import period_counting, period_reporting
from pipeline.period import month_of, period_of, previous
from pipeline.scope import scope_of
from pipeline.settings import Settings
from quality.period_facts import NATION
from schemas.errors import UsageError


def count(month: str, settings: Settings, now: datetime | None = None) -> str:
    """Count a month and keep it: after that, reports are only written, in any order and by any number of tasks.

    Args:
        month: YYYY-MM; "" = the month before this one.
        settings: where the store is.
        now: the moment by which the month is over or not; None = now.

    Returns:
        The month.

    Raises:
        UsageError: period.no_month, period.future, store.national_only; period.not_over.
    """
    moment = now or datetime.now(UTC)
    wanted = period_of(NATION, month or previous(month_of(moment)))
    if not period_reporting.count(wanted.month, settings, moment):
        raise UsageError("period.not_over", month=wanted.month)
    return wanted.month


def provinces(settings: Settings) -> list[str]:
    """Codes of the provinces whose reports this machine writes. Raises UsageError province.unknown."""
    own = scope_of(settings)
    return list(period_counting.provinces()) if own is None else [own]


def write(scope: str, month: str, settings: Settings, now: datetime | None = None) -> str:
    """Write a report among those of the home folder; the name of its page. Raises as `report_period`."""
    return period_reporting.report_period(period_of(scope, month), settings, None, now).path.name
