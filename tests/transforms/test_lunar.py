from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.lunar import Solar, cycle_place, place_of_year, to_lunar, to_solar

# First day of the lunar year in Việt Nam; 1985 a month before the Chinese new year.
NEW_YEARS = [
    date(1945, 2, 13), date(1960, 1, 28), date(1965, 2, 2), date(1984, 2, 2), date(1985, 1, 21),
    date(1987, 1, 29), date(2000, 2, 5), date(2007, 2, 17), date(2024, 2, 10), date(2030, 2, 2),
]  # fmt: skip


@pytest.mark.parametrize("day", NEW_YEARS, ids=str)
def test_the_lunar_year_begins_on_tet(day: date) -> None:
    assert to_solar(day.year, 1, 1) == Solar(day.year, day.month, day.day)
    before = day - timedelta(days=1)
    assert to_lunar(before.year, before.month, before.day)[:2] == (day.year - 1, 12)


TWO_CALENDARS = {(1968, 1), (1969, 1), (1974, 11), (1975, 3)}


@pytest.mark.parametrize(("year", "month"), sorted(TWO_CALENDARS))
def test_a_day_that_north_and_south_had_apart_is_left_out(year: int, month: int) -> None:
    """Tết Mậu Thân: 29 January 1968 in the North, 30 January in the South."""
    found = to_solar(year, month, 1)
    assert found is not None
    assert (found.day, found.month) == (None, {1968: 1, 1969: 2, 1974: 12, 1975: 4}[year])


def test_a_day_that_one_calendar_alone_has_is_its_day() -> None:
    assert to_solar(1967, 12, 29) == Solar(1968, 1, 28)
    assert to_solar(1967, 12, 30) == Solar(1968, 1, 29)


@given(st.dates(date(1850, 1, 1), date(2099, 12, 31)))
def test_there_and_back(day: date) -> None:
    year, month, lunar_day, leap = to_lunar(day.year, day.month, day.day)
    found = to_solar(year, month, lunar_day, leap=leap)
    if (year, month) in TWO_CALENDARS:
        assert found is None or found.day is None
    else:
        assert found == Solar(day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("stem", "branch", "year"),
    [
        ("giap", "ty", 1984), ("at", "dau", 1945), ("quy", "mao", 2023), ("qui", "meo", 1963), ("ky", "ty", 1989),
        ("tan", "ti", 2001), ("canh", "ti", 2020), ("dinh", "vi", 1967), ("nham", "than", 1932), ("mau", "ngo", 1978),
    ],
)  # fmt: skip
def test_can_chi_names_a_year_in_sixty(stem: str, branch: str, year: int) -> None:
    assert cycle_place(stem, branch) == place_of_year(year)
    assert cycle_place(stem, branch) != place_of_year(year + 1)


@pytest.mark.parametrize(("stem", "branch"), [("giap", "suu"), ("at", "tuat"), ("x", "ty"), ("giap", "x")])
def test_pairs_that_do_not_exist(stem: str, branch: str) -> None:
    assert cycle_place(stem, branch) is None


def test_a_lunar_month_gives_a_solar_one_only_where_it_lies_in_it() -> None:
    assert to_solar(1960, None, None) == Solar(1960, None, None)
    assert to_solar(1984, 12, None) == Solar(1984, None, None)  # from 22 December to 20 January
    found = to_solar(2000, 8, None)
    assert found is not None
    assert found.day is None


@pytest.mark.parametrize(("year", "month", "day"), [(1945, 13, 1), (1945, 1, 31), (1799, 1, 1), (2200, 1, 1)])
def test_lunar_days_that_do_not_exist(year: int, month: int, day: int) -> None:
    assert to_solar(year, month, day) is None
