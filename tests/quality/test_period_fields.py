import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.intervals import wilson
from quality.period_fields import period_fields
from quality.report_facts import FieldFacts
from quality.shares import share
from schemas.fields import FIELDS


@given(st.integers(0, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_is_that_of_the_evaluation(counts: tuple[int, int]) -> None:
    found = share(*counts)
    assert (found.low, found.high) == pytest.approx(wilson(*counts), abs=1e-6)
    assert found.share is None or found.low <= found.share <= found.high


def test_rows_are_filled_valid_or_in_review_in_the_order_of_the_law() -> None:
    now = [FieldFacts("sex", {".": 90, "b": 10}, 5)]
    fields = period_fields(now, [], {})
    assert [f.declared.name for f in fields] == [f.name for f in FIELDS]
    sex = next(f for f in fields if f.declared.name == "sex")
    assert (sex.now.rows, sex.now.filled, sex.now.valid, sex.now.in_review) == (100, 90, 85, 5)
    assert (sex.filled.share, sex.valid.share) == (0.9, 0.85)
    assert sex.before is None
    assert not sex.has_changed
    assert fields[0].filled.share is None


@pytest.mark.parametrize(
    ("before", "has_changed"), [((9_000, 10_000), True), ((9_480, 10_000), False), ((0, 0), False)]
)
def test_a_change_is_one_where_the_intervals_lie_apart(before: tuple[int, int], has_changed: bool) -> None:
    filled, rows = before
    now = [FieldFacts("sex", {".": 9_500, "b": 500})]
    earlier = [FieldFacts("sex", {".": filled, "b": rows - filled})]
    sex = next(f for f in period_fields(now, earlier, {}) if f.declared.name == "sex")
    assert sex.has_changed is has_changed


def test_provinces_stand_beside_the_nation_and_add_up() -> None:
    parts = {"01": [FieldFacts("sex", {".": 60, "b": 1}, 2)], "33": [FieldFacts("sex", {".": 30, "b": 9}, 3)], "04": []}
    now = [FieldFacts("sex", {".": 90, "b": 10}, 5)]
    sex = next(f for f in period_fields(now, [], parts) if f.declared.name == "sex")
    assert sex.provinces is not None
    assert set(sex.provinces) == {"01", "33"}
    assert sum(of.valid for of in sex.provinces.values()) == sex.now.valid
