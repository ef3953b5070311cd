from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rules import all_rules
from tests.transforms.case_tables import cases, differences
from transforms.column import Standardised
from transforms.date_text import Order, read_date
from transforms.dates import (
    date_order,
    decide_order,
    order_evidence,
    read_distinct,
    standardise_birth_date,
    standardise_day,
    standardise_death_date,
)

RECEIVED = date(2024, 5, 1)
PARTS = ("year", "month", "day", "calendar")


def texts(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


def rules(result: Standardised) -> dict[str, list[int]]:
    return {f.rule_id: f.rows.tolist() for f in result.findings}


def test_a_column_of_births() -> None:
    raw = texts("05/03/1960", "1950", None, "30/02/1975", "05/03/1960", "không rõ", "5/3/67", "5/3/12")
    result = standardise_birth_date(raw, "dmy", RECEIVED)
    rows = list(zip(*(result.columns[f"birth_{p}"].to_pylist() for p in PARTS), strict=True))
    nothing = (None, None, None, None)
    assert rows == [
        (1960, 3, 5, "solar"), (1950, None, None, "solar"), nothing, nothing, (1960, 3, 5, "solar"), nothing,
        (1967, 3, 5, "solar"), nothing,
    ]  # fmt: skip
    assert "".join(result.reasons.to_pylist()) == "..bi.u.a"
    assert rules(result) == {
        "birth_date.year_only": [1], "birth_date.missing": [2], "birth_date.impossible": [3],
        "birth_date.stated_unknown": [5], "birth_date.two_digit_year": [6], "birth_date.century_unknown": [7],
    }  # fmt: skip
    assert [result.columns[f"birth_{p}"].type for p in PARTS] == [pa.int16(), pa.int8(), pa.int8(), pa.string()]


def test_words_of_no_form_keep_the_year_they_name() -> None:
    raw = texts("sinh năm con trâu 1961", "mùa lúa chín", "sinh năm con ngựa 2038", "năm 1955 hoặc năm nào đó")
    result = standardise_birth_date(raw, "dmy", RECEIVED)
    assert [result.columns[f"birth_{p}"][0].as_py() for p in PARTS] == [1961, None, None, "solar"]
    assert result.columns["birth_year"].to_pylist() == [1961, None, None, None]
    assert "".join(result.reasons.to_pylist()) == ".iii"
    assert rules(result) == {
        "birth_date.year_of_text": [0], "birth_date.year_only": [0], "birth_date.unreadable": [1, 2, 3],
    }  # fmt: skip


ORDERS = [
    ([], "dmy"),
    (["03/04/1980", "1980", "không rõ"], "dmy"),
    (["25/12/1980", "03/04/1980"], "dmy"),
    (["12/25/1980", "03/04/1980"], "mdy"),
    (["sinh ngày 12.25.80"], "mdy"),
    (["25/12/1980", "12/25/1980"], "unclear"),
    (["25/12/1980"] * 9 + ["12/25/1980"], "dmy"),  # one slip of the pen in ten
    (["12/25/1980"] * 9 + ["25/12/1980"], "mdy"),
    (["25/12/1980"] * 8 + ["12/25/1980"] * 2, "unclear"),
    (["25/12/1980"] * 95 + ["12/25/1980"] * 5, "dmy"),
    (["25/12/1980"] * 90 + ["12/25/1980"] * 10, "unclear"),
    (["45/12/1980", "12/45/1980", "1980-12-25"], "dmy"),  # neither is a date of any order
    (["25/12/1980"] * 3 + ["02/30/1970", "06/31/1970"], "dmy"),  # no order makes them a date: no evidence
    (["12/25/1980"] * 3 + ["30/02/1970", "31-4-1970"], "mdy"),
    (["25/12/1980", "02/29/1972"], "unclear"),
]


@pytest.mark.parametrize(("values", "expected"), ORDERS)
def test_a_whole_column_tells_the_order_of_its_dates(values: list[str], expected: Order) -> None:
    assert date_order(values) == expected


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_order_is_a_matter_of_evidence_and_symmetric(day_first: int, month_first: int) -> None:
    swapped = {"dmy": "mdy", "mdy": "dmy", "unclear": "unclear"}
    if day_first != month_first:
        assert decide_order(month_first, day_first) == swapped[decide_order(day_first, month_first)]
    assert decide_order(day_first, 0) == "dmy"


@given(st.lists(st.dates(date(1900, 1, 1), date(2020, 1, 1)), min_size=1, max_size=30), st.booleans())
def test_a_column_in_one_order_is_read_in_that_order(days: list[date], is_month_first: bool) -> None:
    pattern = "%m/%d/%Y" if is_month_first else "%d/%m/%Y"
    values = texts(*(d.strftime(pattern) for d in days))
    evidence = order_evidence(values)
    if is_month_first and any(d.day > 12 for d in days):
        assert evidence[0] == 0
        read = read_distinct(values, decide_order(*evidence), RECEIVED)
        assert list(zip(read.year, read.month, read.day, strict=True)) == [(d.year, d.month, d.day) for d in days]
    if not is_month_first:
        assert decide_order(*evidence) == "dmy"


CELLS = st.lists(
    st.sampled_from(["05/03/1960", "1950", "29/02/1900", "2024-05-02", "1850", "1849", "12/25/1980", "3/4/80",
                     "0/0/1950"])
    | st.from_regex(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", fullmatch=True)
    | st.from_regex(r"\d{4}-\d\d-\d\d([T ]00:00(:00)?)?", fullmatch=True)
    | st.text(alphabet="0123456789/.- tháng", max_size=12),
    max_size=12,
)  # fmt: skip


@given(CELLS, st.sampled_from(["dmy", "mdy", "unclear"]))
def test_the_fast_way_says_what_the_slow_way_says(cells: list[str], order: Order) -> None:
    fast = read_distinct(texts(*cells), order, RECEIVED)
    for i, cell in enumerate(cells):
        slow = read_date(cell, order, RECEIVED)
        assert (fast.year[i], fast.month[i], fast.day[i]) == (slow.year or 0, slow.month or 0, slow.day or 0), cell
        assert {m for m, places in fast.marks.items() if i in places} == set(slow.marks), cell


DEATHS = [
    ("5/3/1995", (1995, 3, 5), "dead", ".", set()),
    ("1995-03-05 00:00:00", (1995, 3, 5), "dead", ".", set()),
    ("chết 1995", (1995, None, None), "dead", ".", set()),
    ("đã mất ngày 12 tháng 5 năm 1990", (1990, 5, 12), "dead", ".", set()),
    ("hy sinh 12/4/1972", (1972, 4, 12), "dead", ".", set()),
    ("mất tích 1972", (1972, None, None), "missing", ".", set()),
    ("tòa án tuyên bố mất tích ngày 01/02/1980", (1980, 2, 1), "missing", ".", set()),
    ("mất 5/3/95", (1995, 3, 5), "dead", ".", {"uncertain"}),
    ("chết năm Ất Dậu 1945", (1945, None, None), "dead", ".", {"uncertain"}),
    ("đã chết", (None, None, None), "dead", ".", {"unreadable"}),
    ("mất", (None, None, None), "dead", ".", {"unreadable"}),
    ("mất tích", (None, None, None), "missing", ".", {"unreadable"}),
    ("30/02/1990", (None, None, None), None, "i", {"unreadable"}),
    ("2030", (None, None, None), None, "i", {"unreadable"}),
    ("?", (None, None, None), None, "u", {"unreadable"}),
    ("x", (None, None, None), None, "u", {"unreadable"}),
    ("†", (None, None, None), None, "b", {"unreadable"}),
    ("không", (None, None, None), None, "n", set()),
    ("còn sống", (None, None, None), None, "n", set()),
    ("-", (None, None, None), None, "b", set()),
    ("NULL", (None, None, None), None, "b", set()),
    (None, (None, None, None), None, "b", set()),
]


@pytest.mark.parametrize(("raw", "day", "kind", "reason", "found"), DEATHS)
def test_deaths(
    raw: str | None, day: tuple[int | None, ...], kind: str | None, reason: str, found: set[str]
) -> None:  # fmt: skip
    result = standardise_death_date(texts(raw), "dmy", RECEIVED)
    assert tuple(result.columns[f"death_{p}"][0].as_py() for p in PARTS[:3]) == day
    assert (result.columns["death_kind"][0].as_py(), result.reasons[0].as_py()) == (kind, reason)
    assert set(rules(result)) == {f"death_date.{m}" for m in found}


def test_days_are_whole_or_null() -> None:
    raw = texts("01/06/2018", None, "2018", "30/02/2018", "?", "5/3/67", "01/06/2018")
    days, findings = standardise_day(raw, "dmy", "entry_date.unreadable", "", RECEIVED)
    first = date(2018, 6, 1)
    assert days.to_pylist() == [first, None, None, None, None, date(1967, 3, 5), first]
    assert [(f.rule_id, f.field, f.rows.tolist()) for f in findings] == [("entry_date.unreadable", "", [2, 3, 5])]


@given(st.lists(st.none() | st.text(max_size=15), max_size=10), st.sampled_from(["dmy", "mdy", "unclear"]))
def test_any_column_gives_a_value_or_a_reason_for_each_row(cells: list[str | None], order: Order) -> None:
    raw = pa.array(cells, pa.string())
    for result, stem in (
        (standardise_birth_date(raw, order, RECEIVED), "birth"),
        (standardise_death_date(raw, order, RECEIVED), "death"),
    ):
        assert {len(c) for c in result.columns.values()} == {len(cells)}
        assert {f.rule_id for f in result.findings} <= set(all_rules())
        for finding in result.findings:
            assert np.array_equal(finding.rows, np.unique(finding.rows))
        if stem == "birth":
            years = result.columns["birth_year"].to_pylist()
            assert [y is not None for y in years] == [r == "." for r in result.reasons.to_pylist()]


def _read_case(case: dict[str, str]) -> dict[str, str]:
    result = standardise_birth_date(pa.array([case["given"]], pa.string()), case["order"], date(2025, 6, 30))
    parts = {k: result.columns[f"birth_{k}"][0].as_py() for k in ("year", "month", "day", "calendar")}
    said = {k: "" if v is None else str(v) for k, v in parts.items()}
    rules = sorted(f.rule_id.removeprefix("birth_date.") for f in result.findings)
    assert (result.reasons[0].as_py() == ".") == (said["year"] != ""), case
    return said | {"rules": " ".join(rules)}


def test_dates_as_clerks_write_them() -> None:
    assert differences([(case, _read_case(case)) for case in cases("dates")]) == []


@pytest.mark.parametrize(
    ("text", "expected", "rules"),
    [
        ("bị chết đuối 1980", (1980, None, None, "dead"), {"death_date.uncertain"}),
        ("hy sinh tại chiến trường 5/3/1968", (1968, 3, 5, "dead"), {"death_date.uncertain"}),
        ("đã mất năm 2001, 80 tuổi", (2001, None, None, "dead"), {"death_date.uncertain"}),
        ("mất tích từ 1975", (1975, None, None, "missing"), {"death_date.uncertain"}),
        ("chết trước 1975", (None, None, None, "dead"), {"death_date.unreadable"}),
        ("chết 30/02/1990 tại nhà", (None, None, None, "dead"), {"death_date.unreadable"}),
        ("mất sổ hộ khẩu 1999", (None, None, None, None), {"death_date.unreadable"}),
        ("chuyển đi 1990", (None, None, None, None), {"death_date.unreadable"}),
    ],
)
def test_words_of_how_and_where_someone_died(
    text: str, expected: tuple[int | str | None, ...], rules: set[str]
) -> None:
    result = standardise_death_date(texts(text), "dmy", RECEIVED)
    found = tuple(result.columns[f"death_{part}"][0].as_py() for part in ("year", "month", "day", "kind"))
    assert (found, {f.rule_id for f in result.findings}) == (expected, rules)
