from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.periods import Period, read_period, standardise_period, without_period

FIRST, LAST = date(2010, 2, 1), date(2011, 2, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("từ 01/02/2010 đến 01/02/2011", Period(FIRST, LAST)),
        ("từ ngày 1/2/2010 đến hết ngày 1/2/2011", Period(FIRST, LAST)),
        ("01/02/2010 - 01/02/2011", Period(FIRST, LAST)),
        ("2010-02-01 đến 2011-02-01", Period(FIRST, LAST)),
        ("kể từ ngày 1 tháng 2 năm 2010", Period(FIRST, None)),
        ("đến 01/02/2011", Period(None, LAST)),
        ("12 Lê Lợi, Q.1, TP HCM từ 01/02/2010", Period(FIRST, None)),
        ("tạm vắng", Period()),
        ("từ 2010", Period(is_unreadable=True)),
        ("từ tháng 3/2010", Period(is_unreadable=True)),
        ("từ 30/02/2010 đến 01/02/2011", Period(None, LAST, is_unreadable=True)),
        ("từ 01/02/2011 đến 01/02/2010", Period(is_unreadable=True)),
    ],
)
def test_periods(text: str, expected: Period) -> None:
    assert read_period(text, "dmy") == expected


ABSENCES = [
    ("từ 01/02/2010 đến 01/02/2011", ("absent", FIRST, LAST), ".", False),
    ("tạm vắng", ("absent", None, None), ".", False),
    ("đi bộ đội", ("absent", None, None), ".", False),
    ("x", ("absent", None, None), ".", False),
    ("đi làm ăn xa từ 2010", ("absent", None, None), ".", True),
    ("không", ("present", None, None), ".", False),
    ("Có mặt", ("present", None, None), ".", False),
    ("NULL", (None, None, None), "u", False),
    ("-", (None, None, None), "u", False),
    (None, (None, None, None), "b", False),
    ("KT1", (None, None, None), "i", True),
]


@pytest.mark.parametrize(("raw", "values", "reason", "is_found"), ABSENCES)
def test_absence(raw: str | None, values: tuple[object, ...], reason: str, is_found: bool) -> None:
    result = standardise_period(pa.array([raw], pa.string()), "temporary_absence", "dmy", "temporary_absence")
    got = tuple(result.columns[f"temporary_absence_{p}"][0].as_py() for p in ("status", "from", "to"))
    assert (got, result.reasons[0].as_py()) == (values, reason)
    assert {f.rule_id for f in result.findings} == ({"period.unreadable"} if is_found else set())


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("12 Lê Lợi, Q.1, TP HCM từ 01/02/2010 đến 01/02/2011", "12 Lê Lợi, Q.1, TP HCM"),
        ("12 Lê Lợi (từ ngày 01/02/2010)", "12 Lê Lợi"),
        ("12 Lê Lợi, đến 01/02/2010", "12 Lê Lợi"),
        ("Phường Từ Liêm, Hà Nội", "Phường Từ Liêm, Hà Nội"),
        ("từ 01/02/2010", None),
        (None, None),
    ],
)
def test_an_address_is_what_stands_before_its_period(raw: str | None, address: str | None) -> None:
    assert without_period(pa.array([raw], pa.string())).to_pylist() == [address]


@pytest.mark.parametrize(("raw", "is_found"), [("từ dạo ấy", True), ("đến nay", True), ("12 Lê Lợi", False)])
def test_a_stay_that_names_no_day(raw: str, is_found: bool) -> None:
    result = standardise_period(pa.array([raw]), "temporary_residence", "dmy", "temporary_residence")
    assert bool(result.findings) is is_found


@given(st.text(max_size=40) | st.text(alphabet="0123456789/- từđến", max_size=40))
def test_any_text_gives_days_in_order(text: str) -> None:
    period = read_period(text, "dmy")
    assert period.start is None or period.end is None or period.start <= period.end
