"""Limits of the gate as data: whose go before whose, what may be moved, and what is said of a wrong line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.gate_limits import COLUMNS, NATION, Limit, limits_of, read_limits, shipped
from quality.suite import EXPECTATIONS, batch_expectations, person_expectations
from schemas.errors import UsageError

HEAD = ",".join(COLUMNS) + "\n"


def test_the_limits_of_the_package_are_of_known_expectations_and_move_no_guard() -> None:
    known = {e.id: e for e in EXPECTATIONS}
    for limit in shipped():
        expected = known[limit.expectation]
        assert expected.severity == "warning" or expected.may_be_released, limit.expectation
        assert limit.scope == NATION
    assert read_limits(HEAD + "".join(_line(limit) for limit in shipped())) == shipped(), "a copy may be a start"


def _line(limit: Limit) -> str:
    bounds = ("" if x is None else str(x) for x in (limit.mostly, limit.low, limit.high))
    return ",".join((limit.scope, limit.expectation, *bounds)) + "\n"


def test_a_province_goes_before_the_nation_and_the_operator_before_the_package() -> None:
    own = read_limits(
        HEAD + "nation,gate.batch.quarantined,,,0.4\n92,gate.batch.quarantined,,,0.7\n92,gate.batch.sex,,0.1,\n"
    )
    for province, high, low in (("92", 0.7, 0.1), ("01", 0.4, 0.2)):
        found = {e.id: e for e in batch_expectations(limits_of(shipped(), own, province=province))}
        assert (found["gate.batch.quarantined"].high, found["gate.batch.sex"].low) == (high, low)
        assert found["gate.batch.sex"].high == 0.8, "a bound that is not given is not moved"


@given(st.sampled_from(shipped()), st.floats(0, 1))
def test_a_moved_limit_is_the_one_that_is_judged_by(limit: Limit, value: float) -> None:
    name = "mostly" if limit.mostly is not None else "high"
    bounds = ",".join(str(value) if column == name else "" for column in ("mostly", "low", "high"))
    own = read_limits(f"{HEAD}nation,{limit.expectation},{bounds}\n")
    limits = limits_of(shipped(), own)
    found = {e.id: e for e in (*person_expectations(date(2024, 1, 1), limits), *batch_expectations(limits))}
    assert getattr(found[limit.expectation], name) == value
    others = {e.id: e for e in (*person_expectations(date(2024, 1, 1)), *batch_expectations())}
    assert all(found[i] == e for i, e in others.items() if i != limit.expectation)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("scope,expectation\n", "columns"),
        ("", "columns"),
        (HEAD + "nation,gate.batch.sex,,x,\n", "number"),
        (HEAD + "nation,gate.batch.sex,,nan,\n", "number"),
        (HEAD + "nation,gate.batch.sex,,0.9,0.1\n", "number"),
        (HEAD + "nation,gate.sex.share,1.5,,\n", "number"),
        (HEAD + "99,gate.batch.sex,,0.1,\n", "scope"),
        (HEAD + "nation,gate.batch.balance,,,5\n", "expectation"),
        (HEAD + "nation,gate.person.unique,0.5,,\n", "expectation"),
        (HEAD + "nation,gate.batch.sex,0.5,,\n", "expectation"),
        (HEAD + "nation,gate.batch.sex,,,\n", "expectation"),
        (HEAD + "nation,gate.nothing,,,1\n", "expectation"),
        (HEAD + "nation,gate.batch.sex,,0.1,\nnation,gate.batch.sex,,0.2,\n", "twice"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(text: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_limits(text)
    assert refused.value.code == f"gate_limits.{code}"
    if code != "columns":
        assert refused.value.details["line"] in (2, 3)
