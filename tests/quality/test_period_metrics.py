"""The figures of a month follow from its report; each planted fault fails the expectation that it is meant for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from quality import validate
from quality.period_facts import AgeGroup, Cases, MonthResult, Part, PeriodFacts
from quality.period_metrics import figures
from quality.period_report import build_period
from quality.period_suite import FIGURES, MONTH_EXPECTATIONS, month_expectations
from quality.report_facts import Balance, CellCount, FieldFacts, GroupRows, HouseholdCount, PersonCount
from schemas.fields import FIELDS
from tests.quality import made_months

Plant = Callable[[Part], Part]


def month(part: Part) -> PeriodFacts:
    return PeriodFacts("01", made_months.MONTH, True, "2026-12-01", made_months.PLACE, (part,))


@pytest.fixture(scope="module")
def sound() -> Part:
    """A month of three batches in which nothing is odd."""
    own = made_months.part("01", made_months.batches("01", 3))
    taken = own.tally.balance.taken
    balance = Balance(taken + 100, taken - 10, 10, 0, 100, 0)
    lines = tuple(
        replace(line, balance=balance if n == 0 else Balance(), groups=()) for n, line in enumerate(own.batches)
    )
    people = tuple(
        PersonCount(year, sex, False, 100) for year in range(1930, 2027) for sex in ("1", "2")
    )  # fmt: skip
    tally = replace(
        own.tally, balance=balance, people=people, households=(HouseholdCount(4, 1, 4_850),),
        states={"living": 19_400, "dead": 0, "missing": 0, "without_household": 0},
        fields=tuple(FieldFacts(f.name, {".": taken}, 0) for f in FIELDS),
        cells=(CellCount("sex", 9, 100, 100, 0, 0, 0),),
    )  # fmt: skip
    return replace(own, batches=lines, tally=tally, before=tally.fields, cases=Cases((AgeGroup(0, 100, 5),)))


def fields(change: Callable[[FieldFacts], FieldFacts]) -> Plant:
    return lambda part: replace(part, tally=replace(part.tally, fields=tuple(map(change, part.tally.fields))))


def empty(name: str) -> Plant:
    return fields(lambda f: replace(f, by_reason={"b": f.by_reason["."]}) if f.field == name else f)


def doubtful(name: str) -> Plant:
    return fields(lambda f: replace(f, in_review=f.by_reason["."] // 2) if f.field == name else f)


def balance(**moved: int) -> Plant:
    """Rows of the first batch, and of the sums, with another outcome."""

    def plant(part: Part) -> Part:
        one = replace(part.batches[0].balance, **moved)
        lines = (replace(part.batches[0], balance=one), *part.batches[1:])
        return replace(part, batches=lines, tally=replace(part.tally, balance=one))

    return plant


def told_as(verdict: str) -> Plant:
    def plant(part: Part) -> Part:
        state = "undone" if verdict == "undone" else "stopped"
        more = tuple(
            replace(part.batches[1], batch_id=f"{n:032x}", verdict=verdict, state=state) for n in range(9)
        )  # fmt: skip
        return replace(part, batches=(*part.batches, *more))

    return plant


def tally(**moved: object) -> Plant:
    return lambda part: replace(part, tally=replace(part.tally, **moved))  # type: ignore[arg-type]


def people(keep: Callable[[PersonCount], int]) -> Plant:
    return lambda part: replace(
        part, tally=replace(part.tally, people=tuple(replace(p, persons=keep(p)) for p in part.tally.people))
    )


def young_males(person: PersonCount) -> int:
    return person.persons * (3 if person.sex_code == "1" and (person.birth_year or 0) > 2021 else 1)


def groups(part: Part) -> Part:
    told = tuple(GroupRows("sex", code, None, 5_000, out, 0, 0) for code, out in (("1", 100), ("2", 4_000)))
    return replace(part, batches=(replace(part.batches[0], groups=told), *part.batches[1:]))


PLANTED: list[tuple[str, Plant]] = [
    ("month.rows.balance", lambda part: balance(read=part.tally.balance.read + 5)(part)),
    ("month.rows.batches", lambda part: replace(part, batches=part.batches[1:])),
    ("month.fields.rows", fields(lambda f: replace(f, by_reason={".": 7}) if f.field == "religion" else f)),
    ("month.batches.stopped", told_as("stopped")),
    ("month.batches.undone", told_as("undone")),
    ("month.rows.quarantined", balance(read=200_000, loaded=53_726, quarantined=146_264)),
    ("month.rows.rejected", balance(read=200_000, loaded=53_726, quarantined=0, rejected=146_264)),
    ("month.rows.merged", lambda part: balance(loaded=10, merged=part.tally.balance.taken - 10)(part)),
    ("month.fields.worse", fields(lambda f: replace(f, in_review=f.by_reason["."] // 8) if f.field == "death" else f)),
    *((f"month.{f.name}.filled", empty(f.name)) for f in FIELDS if f.required),
    *((f"month.{f.name}.valid", doubtful(f.name)) for f in FIELDS),
    ("month.persons.sex", people(lambda p: p.persons * (4 if p.sex_code == "1" else 1))),
    ("month.persons.young_sex", people(young_males)),
    ("month.persons.heaping", people(lambda p: p.persons * (9 if (p.birth_year or 1) % 5 == 0 else 1))),
    ("month.persons.digits", people(lambda p: p.persons * (9 if (p.birth_year or 1) % 10 == 7 else 1))),
    ("month.households.head", tally(households=(HouseholdCount(4, 1, 100), HouseholdCount(4, 0, 900)))),
    ("month.households.heads", tally(households=(HouseholdCount(4, 1, 100), HouseholdCount(4, 2, 900)))),
    ("month.households.size", tally(households=(HouseholdCount(1, 1, 9_000),))),
    ("month.scans.waiting", tally(cells=(CellCount("sex", 2, 100, 10, 90, 0, 0),))),
    ("month.scans.corrected", tally(cells=(CellCount("sex", 2, 100, 0, 0, 10, 90),))),
    ("month.groups.kept_out", groups),
    ("month.cases.old", lambda part: replace(part, cases=Cases((AgeGroup(0, 10, 0), AgeGroup(181, 90, 0))))),
]  # fmt: skip


@pytest.fixture(scope="module")
def judged(sound: Part) -> dict[str, tuple[MonthResult, ...]]:
    """All planted months in one run of Great Expectations, as provinces of a real count are."""
    told = {"sound": figures(build_period(month(sound)))}
    told |= {name: figures(build_period(month(plant(sound)))) for name, plant in PLANTED}
    return validate.judge_months(told, dict.fromkeys(told, month_expectations("01")))


def test_there_is_a_planted_fault_for_each_expectation() -> None:
    assert {name for name, _ in PLANTED} == {e.id for e in MONTH_EXPECTATIONS}


def test_a_sound_month_fails_nothing(judged: dict[str, tuple[MonthResult, ...]]) -> None:
    assert [r.id for r in judged["sound"] if not r.success] == []
    assert all(r.evaluated for r in judged["sound"])


@pytest.mark.parametrize("name", [name for name, _ in PLANTED])
def test_each_planted_fault_is_found_and_no_other_month_pays_for_it(
    judged: dict[str, tuple[MonthResult, ...]], name: str
) -> None:
    failed = {r.id for r in judged[name] if not r.success}
    assert name in failed
    follows = {
        "month.batches.stopped", "month.rows.merged", "month.fields.worse", "month.fields.rows", "month.rows.batches",
        "month.persons.digits", "month.persons.heaping", "month.persons.young_sex",
    }  # fmt: skip
    assert failed - {name} <= follows, "what else a fault brings about"


def test_every_expectation_has_its_figure_and_what_says_nothing_is_none() -> None:
    assert set(figures(build_period(made_months.nation()))) == set(FIGURES)
    few = figures(build_period(made_months.nothing()))
    assert set(few) == set(FIGURES)
    assert {name: value for name, value in few.items() if value not in (None, 0)} == {}


def test_the_groups_of_a_provisional_month_are_not_judged(sound: Part) -> None:
    facts = replace(month(groups(sound)), is_final=False)
    assert figures(build_period(facts))["widest_gap_share"] is None
