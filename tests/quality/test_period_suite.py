"""The expectations on months: derived from FIELDS, each with its texts, its bounds in the data of every scope."""

import pytest

from quality.gate_limits import COLUMNS, NATION, PROVINCE, read_limits, shipped_of_months
from quality.period_suite import FIGURES, MONTH_EXPECTATIONS, REQUIRED, month_expectations
from quality.sections_gate import wrong_of
from schemas.code_lists import rows
from schemas.errors import UsageError
from schemas.fields import FIELDS
from schemas.messages import LANGUAGES

HEAD = ",".join(COLUMNS) + "\n"
SCOPES = (NATION, *(row["code"] for row in rows("provinces_34")))


def test_every_field_is_judged_and_required_ones_must_be_filled() -> None:
    ids = {e.id for e in MONTH_EXPECTATIONS}
    assert {f"month.{f.name}.valid" for f in FIELDS} <= ids
    assert {f"month.{f.name}.filled" for f in FIELDS if f.required} == {i for i in ids if i.endswith(".filled")}
    assert REQUIRED
    assert len(ids) == len(MONTH_EXPECTATIONS) == len(set(FIGURES))


@pytest.mark.parametrize("scope", SCOPES)
def test_each_has_bounds_in_each_scope_and_guards_are_in_no_data(scope: str) -> None:
    moved = {limit.expectation for limit in shipped_of_months()}
    for e in month_expectations(scope):
        assert (e.low, e.high) != (None, None), e.id
        assert (e.severity == "critical") == (e.id not in moved)
    assert moved < {e.id for e in MONTH_EXPECTATIONS}
    assert {limit.scope for limit in shipped_of_months()} == {NATION, PROVINCE}


def test_the_operator_goes_before_the_package_and_a_province_before_any() -> None:
    own = read_limits(
        HEAD + "nation,month.batches.stopped,,,0.01\nprovince,month.batches.stopped,,,0.3\n"
        "92,month.batches.stopped,,,0.9\n92,gate.batch.quarantined,,,0.7\n"
    )
    highs = {
        s: {e.id: e.high for e in month_expectations(s, own)}["month.batches.stopped"] for s in (NATION, "01", "92")
    }
    assert highs == {NATION: 0.01, "01": 0.3, "92": 0.9}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nation,month.rows.balance,,,5", "expectation"),
        ("nation,month.batches.stopped,0.5,,", "expectation"),
        ("province,gate.batch.quarantined,,,0.5", "scope"),
        ("63,month.batches.stopped,,,0.5", "scope"),
    ],
)
def test_what_guards_or_is_unknown_is_not_moved(line: str, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_limits(f"{HEAD}{line}\n")
    assert (refused.value.code, refused.value.details["line"]) == (f"gate_limits.{code}", 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_its_own_words(language) -> None:  # type: ignore[no-untyped-def]
    said = [wrong_of(e.id, language) for e in MONTH_EXPECTATIONS]
    assert len(set(said)) == len(said)
    assert not [s for s in said if s.startswith("month.") or "{" in s]
