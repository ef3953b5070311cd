from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.period import Period, bounds, following, is_over, month_of, period_of, previous
from quality.period_facts import NATION
from schemas.errors import UsageError

months = st.tuples(st.integers(2000, 2098), st.integers(1, 12)).map(lambda m: f"{m[0]}-{m[1]:02}")


@given(months)
def test_months_follow_each_other_without_gap(month: str) -> None:
    assert previous(following(month)) == following(previous(month)) == month
    assert bounds(month)[1] == bounds(following(month))[0]
    assert previous(month) < month < following(month)


@given(months, st.floats(0, 0.999))
def test_every_moment_between_the_bounds_is_of_the_month(month: str, share: float) -> None:
    first, end = bounds(month)
    moment = first + share * (end - first)
    assert month_of(moment.astimezone(UTC)) == month
    assert month_of(end) == following(month)
    assert is_over(month, end)
    assert not is_over(month, end - timedelta(microseconds=1))


def test_a_month_begins_at_midnight_in_viet_nam() -> None:
    assert bounds("2026-10")[0].astimezone(UTC) == datetime(2026, 9, 30, 17, tzinfo=UTC)
    assert month_of(datetime(2026, 9, 30, 17, tzinfo=UTC)) == "2026-10"


def test_a_province_may_be_named_by_its_former_code() -> None:
    assert period_of("01", "2026-10") == Period("01", "2026-10")
    assert period_of("17", "2026-10").scope == period_of("25", "2026-10").scope == "25"
    assert period_of(NATION, "2026-10").stem == "nation-2026-10"
    assert (Period("01", "2026-10").province_code, Period(NATION, "2026-10").province_code) == ("01", "")


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "10/2026", "", "2026-10-01", "2026-1٠"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(UsageError, match=r"period\.no_month"):
        period_of("01", month)


def test_what_is_no_province_is_refused() -> None:
    with pytest.raises(UsageError, match=r"province\.unknown"):
        period_of("99", "2026-10")
