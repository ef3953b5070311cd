from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import wording
from quality.report_facts import RowPlace
from schemas.messages import LANGUAGES, Language

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "digits", "vi", "en"),
    [
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1_234_567, 0, "1.234.567", "1,234,567"),
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-2.25, 1, "\N{MINUS SIGN}2,2", "\N{MINUS SIGN}2.2"),
    ],
)
def test_numbers(value: float, digits: int, vi: str, en: str) -> None:
    assert (wording.number(value, "vi", digits), wording.number(value, "en", digits)) == (vi, en)


@given(st.integers(-(10**12), 10**12), st.sampled_from(LANGUAGES))
def test_a_number_keeps_its_digits(value: int, language: Language) -> None:
    said = wording.number(value, language)
    assert int(said.replace("\N{MINUS SIGN}", "-").replace("." if language == "vi" else ",", "")) == value


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 7, "0"), (7, 7, "100"), (1, 3, "33.3"), (1, 10_000, "< 0.1"), (9_999, 10_000, "> 99.9"),
        (1, 1000, "0.1"), (999, 1000, "99.9"),
    ],
)  # fmt: skip
def test_shares_are_never_more_sure_than_they_are(part: int, whole: int, expected: str) -> None:
    assert wording.percent(part, whole, "en") == f"{expected}{SPACE}%"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert wording.percent(0, 0, "vi") == "–"


@given(st.integers(1, 10**6), st.data())
def test_only_all_is_a_hundred_per_cent_and_only_none_is_0(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    said = wording.percent(part, whole, "en")
    assert (said == f"100{SPACE}%") == (part == whole)
    assert (said == f"0{SPACE}%") == (part == 0)


@pytest.mark.parametrize(("value", "expected"), [(0.5, "50"), (0.01, "1"), (0.3187, "31,87"), (0, "0"), (1, "100")])
def test_a_limit_has_the_digits_that_it_needs(value: float, expected: str) -> None:
    assert wording.share(value, "vi") == f"{expected}{SPACE}%"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (1, "100"), (0.926, "92,60"), (0.99995, "> 99,99"), (0.00001, "< 0,01"), (1 / 3, "33,33")],
)
def test_only_all_is_a_hundred_exactly(value: float, expected: str) -> None:
    assert wording.exact_share(value, "vi") == f"{expected}{SPACE}%"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, "0–100"), (0.99151, 0.99932, "99.15–99.94"), (0.9994, 0.9995, "99.94–99.95"), (0.99999, 1, "99.99–100")],
)
def test_an_interval_is_rounded_outwards(low: float, high: float, expected: str) -> None:
    assert wording.span(low, high, "en") == expected


def test_days_and_moments() -> None:
    assert wording.day(date(2026, 3, 5), "vi") == "05/03/2026"
    assert wording.day(date(2026, 3, 5), "en") == "5 March 2026"
    late = datetime(2026, 3, 5, 20, 7, tzinfo=UTC)  # the next day in Viet Nam
    assert wording.moment(late, "vi") == "03:07 ngày 06/03/2026"
    assert wording.moment(late, "en") == "6 March 2026, 03:07 (UTC+7)"


def test_places_of_one_sheet_stand_together_with_bare_lines() -> None:
    found = [RowPlace("a.xlsx", "Sổ 1", 12), RowPlace("a.xlsx", "Sổ 1", 1032), RowPlace("b.csv", None, 7)]
    assert wording.places(found, "vi") == "a.xlsx, trang “Sổ 1”, các dòng 12, 1032; b.csv, dòng 7"
    assert wording.places(found, "en") == "a.xlsx, sheet “Sổ 1”, lines 12, 1032; b.csv, line 7"
    assert wording.places([RowPlace("", None, None)], "en") == "whole file"
    assert wording.places([RowPlace("", "Sổ 2", None)], "vi") == "trang “Sổ 2”"


def test_the_second_file_of_one_content_is_told_from_one_that_was_delivered_before() -> None:
    assert wording.file_outcome("already_known", is_twin=True) == "twice"
    assert wording.file_outcome("already_known", is_twin=False) == "already_known"
