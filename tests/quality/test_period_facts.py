"""Sums of batches: the same in any order and however they are grouped, so that provinces make up the nation."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quality.period_facts import (
    AGES,
    OLDEST_SHOWN,
    AgeGroup,
    Cases,
    OpenCases,
    PairCount,
    RuleRows,
    Tally,
    Threshold,
    added,
    added_cases,
)
from quality.report_facts import Balance, CodeCount, FieldFacts, PersonCount, WeightCount

counts = st.integers(0, 1_000)
some = st.sampled_from


def few(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=4).map(tuple)


tallies = st.builds(
    Tally,
    balance=st.builds(Balance, counts, counts, counts, counts, counts, counts),
    fields=few(
        st.builds(FieldFacts, some(["sex", "full_name"]), st.dictionaries(some(".bf"), counts, max_size=3), counts)
    ),
    merged_within=counts,
    merged_with_store=counts,
    pairs=few(st.builds(PairCount, some(["match", "review"]), st.booleans(), counts)),
    weights=few(st.builds(WeightCount, some([-2, 0, 9]), some(["match", "review"]), counts)),
    thresholds=few(st.builds(Threshold, some(["v1", "v2"]), some([None, 8.0]), some([None, -2.0]))),
    candidate_pairs=counts,
    people=few(st.builds(PersonCount, some([None, 1950, 1980]), some([None, "1", "2"]), st.booleans(), counts)),
    codes=few(st.builds(CodeCount, some(["religion"]), some(["religions"]), some([None, "01"]), counts)),
    quarantine=few(st.builds(RuleRows, some(["sex.missing", "full_name.missing"]), counts)),
)
cases = st.builds(
    Cases,
    few(st.builds(AgeGroup, some(AGES), counts, counts)),
    few(st.builds(OpenCases, st.uuids().map(lambda u: u.hex), some(["01", "33"]), some(["2026-01-01", "2026-02-01"]),
                  counts, counts)),
)  # fmt: skip


@given(st.lists(tallies, max_size=5), st.randoms(), st.integers(0, 5))
def test_sums_depend_neither_on_order_nor_on_grouping(given_: list[Tally], random: Any, cut: int) -> None:
    whole = added(given_)
    assert added(random.sample(given_, len(given_))) == whole
    assert added([added(given_[:cut]), added(given_[cut:])]) == whole
    assert added([whole]) == whole


@given(st.lists(tallies, max_size=5))
def test_nothing_is_lost_in_a_sum(given_: list[Tally]) -> None:
    whole = added(given_)
    assert whole.balance.read == sum(t.balance.read for t in given_)
    for name, count in (("people", "persons"), ("codes", "persons"), ("weights", "pairs"), ("quarantine", "rows")):
        assert sum(getattr(x, count) for x in getattr(whole, name)) == sum(
            getattr(x, count) for t in given_ for x in getattr(t, name)
        )
    assert sum(sum(f.by_reason.values()) for f in whole.fields) == sum(
        sum(f.by_reason.values()) for t in given_ for f in t.fields
    )


@given(st.lists(cases, max_size=5), st.randoms())
def test_cases_add_up_and_the_oldest_come_first(given_: list[Cases], random: Any) -> None:
    whole = added_cases(given_)
    assert added_cases(random.sample(given_, len(given_))) == whole
    assert [g.days_from for g in whole.groups] == list(AGES)
    for what in ("rows", "pairs"):
        assert sum(getattr(g, what) for g in whole.groups) == sum(getattr(g, what) for c in given_ for g in c.groups)
    days = [o.recorded_on for o in whole.oldest]
    assert days == sorted(days)
    assert len(days) <= OLDEST_SHOWN
