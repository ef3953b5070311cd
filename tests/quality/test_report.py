from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.report import (
    FEWEST_SHOWN,
    SENSITIVE_BREAKDOWNS,
    breakdown,
    build_report,
    field_sections,
    population,
    verdict,
)
from quality.report_facts import Balance, CodeCount, FieldFacts, FileFacts, PersonCount
from quality.report_json import as_json
from schemas.field import EmptyReason
from schemas.fields import FIELDS
from schemas.tables import FILE_OUTCOMES, OUTCOMES
from tests.quality import made_facts

RECEIVED = date(2026, 11, 20)
counts = st.integers(0, 10**9)


def file_of(outcome: str = "accepted", **sums: int) -> FileFacts:
    return FileFacts("so.csv", "delimited", "utf-8", outcome, None, Balance(**sums))


def test_each_of_the_17_fields_has_its_section_in_the_laws_order() -> None:
    assert [s.name for s in field_sections()] == [f.name for f in FIELDS]
    assert [s.name for s in build_report(made_facts.facts()).fields] == [f.name for f in FIELDS]


@given(st.dictionaries(st.sampled_from([r.value for r in EmptyReason]), st.integers(0, 10**6)), st.integers(0, 10**6))
def test_values_and_empty_ones_of_a_field_make_its_rows(by_reason: dict[str, int], review: int) -> None:
    in_review = min(review, by_reason.get(".", 0))
    facts = replace(made_facts.facts(), fields=(FieldFacts("religion", by_reason, in_review),))
    section = next(s for s in build_report(facts).fields if s.name == "religion")
    assert section.valid + section.in_review + sum((section.empty or {}).values()) == sum(by_reason.values())
    assert (section.rows, section.in_review) == (sum(by_reason.values()), in_review)


def test_a_letter_that_is_no_reason_is_an_error() -> None:
    with pytest.raises(ValueError):
        build_report(replace(made_facts.facts(), fields=(FieldFacts("religion", {"?": 1}),)))


@given(st.lists(counts, min_size=5, max_size=5), counts)
def test_the_difference_is_what_no_outcome_accounts_for(outcomes: list[int], missing: int) -> None:
    assert Balance(sum(outcomes) + missing, *outcomes).difference == missing


@pytest.mark.parametrize(
    ("state", "sums", "files", "expected"),
    [
        ("loaded", {"read": 5, "loaded": 4, "merged": 1}, "accepted", "accepted"),
        ("loaded", {"read": 5, "loaded": 4, "known": 1}, "accepted_with_warnings", "accepted"),
        ("loaded", {"read": 5, "merged": 5}, "accepted", "accepted"),
        ("loaded", {"read": 5, "loaded": 4, "quarantined": 1}, "rows_rejected", "accepted_in_part"),
        ("loaded", {"read": 5, "loaded": 4, "rejected": 1}, "accepted", "accepted_in_part"),
        ("loaded", {"read": 5, "loaded": 5}, "file_rejected", "accepted_in_part"),
        ("loaded", {"read": 5, "known": 5}, "already_known", "nothing_new"),
        ("loaded", {"read": 5, "known": 5}, "file_rejected", "accepted_in_part"),
        ("loaded", {"read": 5, "quarantined": 5}, "rows_rejected", "nothing_accepted"),
        ("loaded", {"read": 0}, "file_rejected", "nothing_accepted"),
        ("stopped", {"read": 5, "rejected": 5}, "file_rejected", "stopped"),
    ],
)
def test_the_verdict(state: str, sums: dict[str, int], files: str, expected: str) -> None:
    assert verdict(state, Balance(**sums), [file_of(files, **sums)]) == expected


@given(st.sampled_from(("loaded", "stopped")), st.lists(counts, min_size=5, max_size=5), st.sampled_from(FILE_OUTCOMES))
def test_nothing_that_was_kept_out_passes_as_accepted(state: str, outcomes: list[int], file: str) -> None:
    sums = dict(zip(OUTCOMES, outcomes, strict=True))
    found = verdict(state, Balance(sum(outcomes), **sums), [file_of(file)])
    clean = state == "loaded" and not sums["quarantined"] and not sums["rejected"] and file != "file_rejected"
    assert (found in {"accepted", "nothing_new"}) == (clean and sum(outcomes) > 0)


def test_quarantine_stands_by_its_rows() -> None:
    rows = [r.rows for r in build_report(made_facts.facts()).quarantine]
    assert rows == sorted(rows, reverse=True)
    assert sum(rows) == made_facts.total().quarantined


def test_ages_by_five_years_and_the_last_group_is_open() -> None:
    people = [
        PersonCount(2026, "1", False, 3), PersonCount(2022, "2", False, 4), PersonCount(2021, "1", False, 5),
        PersonCount(1941, "2", False, 6), PersonCount(1900, "2", False, 7), PersonCount(None, "1", False, 8),
        PersonCount(1960, None, False, 9), PersonCount(1950, "1", True, 10), PersonCount(2031, "1", False, 1),
    ]  # fmt: skip
    found = population(people, RECEIVED)
    groups = {g.age_from: (g.males, g.females, g.unknown) for g in found.groups}
    assert (groups[0], groups[5], groups[65], groups[85]) == ((3, 4, 0), (5, 0, 0), (0, 0, 9), (0, 13, 0))
    assert groups[None] == (9, 0, 0)  # nobody's age is below 0
    assert (found.persons, found.deceased, found.males, found.females) == (53, 10, 17, 17)
    assert found.sex_ratio is None


@given(st.lists(st.builds(
    PersonCount, st.none() | st.integers(1850, 2030), st.sampled_from(("1", "2", "0", None)), st.booleans(),
    st.integers(0, 10**5),
), max_size=30))  # fmt: skip
def test_every_living_person_is_in_one_age_group(people: list[PersonCount]) -> None:
    found = population(people, RECEIVED)
    in_groups = sum(g.males + g.females + g.unknown for g in found.groups)
    assert in_groups == found.persons - found.deceased == sum(p.persons for p in people if not p.is_dead)


def test_the_sex_ratio_and_heaping_of_many() -> None:
    even = [PersonCount(year, sex, False, 10) for year in range(1964, 2004) for sex in "12"]
    found = population([*even, PersonCount(2010, "1", False, 80)], RECEIVED)
    assert (found.sex_ratio, found.whipple_index) == (120.0, 100.0)
    heaped = [PersonCount(year, "1", False, 50) for year in range(1965, 2004, 5)]
    assert population(heaped, RECEIVED).whipple_index == 500.0


def test_final_digits_and_the_sex_ratio_of_the_youngest() -> None:
    people = [
        PersonCount(year, sex, False, 30 if year > 2020 and sex == "1" else 20)
        for year in range(1930, 2026)
        for sex in "12"
    ]
    found = population([*people, PersonCount(2024, "1", True, 500)], RECEIVED)
    assert found.young_sex_ratio == 150.0
    assert found.final_digits is not None
    assert found.final_digits.myers_index == 0.0
    few = population([PersonCount(2024, "1", False, 3)], RECEIVED)
    assert (few.young_sex_ratio, few.final_digits) == (None, None)


def codes(*persons: int) -> list[CodeCount]:
    return [CodeCount("religion", "religions", f"{i:02d}", n) for i, n in enumerate(persons, 1)]


@pytest.mark.parametrize(
    ("persons", "shown", "others", "is_withheld"),
    [
        ((900, 50, 12), (900, 50, 12), None, False),
        ((900, 50, 6, 5), (900, 50), 11, False),
        ((900, 50, 3), (900,), 53, False),
        ((900, 3), (), 903, False),
        ((3, 2), (), None, True),
        ((), (), None, False),
    ],
)
def test_small_groups_are_shown_together_only(
    persons: tuple[int, ...], shown: tuple[int, ...], others: int | None, is_withheld: bool
) -> None:
    found = breakdown("religion", codes(*persons))
    assert (tuple(g.persons for g in found.groups), found.others, found.is_withheld) == (shown, others, is_withheld)


@given(st.lists(st.integers(1, 40), max_size=12))
def test_no_small_count_can_be_read_or_worked_out(persons: list[int]) -> None:
    found = breakdown("religion", codes(*persons))
    seen = [g.persons for g in found.groups] + ([] if found.others is None else [found.others])
    assert all(n >= FEWEST_SHOWN for n in seen)
    assert found.is_withheld or sum(seen) == sum(persons)
    # One small group beside the others would be the total less the rest.
    assert found.others is None or found.other_groups >= 2


def test_other_fields_stay_out_of_a_breakdown() -> None:
    mixed = [*codes(50), CodeCount("ethnic_group", "ethnic_groups_1019_2008", "01", 70)]
    assert [g.persons for g in breakdown("ethnic_group", mixed).groups] == [70]
    assert {b.field for b in build_report(made_facts.facts()).breakdowns} == set(SENSITIVE_BREAKDOWNS)


def test_a_batch_of_nothing_has_a_report() -> None:
    empty = replace(made_facts.stopped(), balance=Balance(), files=(), gate=None)
    report = build_report(empty)
    assert (report.gate_results, report.population.groups, report.verdict) == ((), (), "stopped")
    assert [s.rows for s in report.fields] == [0] * len(FIELDS)


def test_of_fewer_than_ten_persons_nothing_but_their_number_is_told() -> None:
    people = (PersonCount(1990, "1", False, 6), PersonCount(1950, "2", True, 3))
    made = replace(made_facts.facts(), people=people, states={"living": 6, "dead": 3}, codes=())
    report = build_report(made)
    assert (report.population.persons, report.population.is_withheld, report.population.groups) == (9, True, ())
    told = as_json(report)
    assert (told["population"]["deceased"], told["population"]["males"]) == (None, None)
    assert {name: value for name, value in told["households"].items() if value is not None} == {"is_withheld": True}
    more = build_report(replace(made, people=(*people, PersonCount(None, None, False, 1)), states={"living": 10}))
    assert not more.population.is_withheld
    assert not more.households.is_withheld
