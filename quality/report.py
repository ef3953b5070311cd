"""The batch report as data: what an auditor reads from top to bottom, built from facts alone.

Pure: no clock, file or store, so that the same facts give the same report byte for byte. `quality.render` turns it
into HTML and JSON.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from quality.axes import axes
from quality.failing_rows import RowIndex
from quality.field_history import FieldHistory, FieldTally
from quality.gate_trends import trends
from quality.groups import without_few
from quality.metrics import FEW_PERSONS, MYERS_AGES, WHIPPLE_AGES
from quality.period_trend import Trend
from quality.profiling import FinalDigits, final_digits, whipple_index
from quality.report_facts import (
    Balance,
    CellCount,
    CodeCount,
    Delivery,
    DuplicateFacts,
    FieldFacts,
    FileFacts,
    GateFacts,
    GroupRows,
    PersonCount,
    ReportFacts,
    RuleCount,
    WaitingRows,
)
from quality.report_households import HouseholdSection, household_section, shown_households
from quality.shares import Share
from schemas.field import EmptyReason, Field
from schemas.fields import FIELDS

if TYPE_CHECKING:  # the gate imports pandas, which those who only draw pages need not wait for
    from quality.validate import ExpectationResult

FEWEST_SHOWN = 10
"""Counts of a sensitive breakdown below this are shown only together with others."""

OLDEST_GROUP = 85
YEARS_A_GROUP = 5
SENSITIVE_BREAKDOWNS: tuple[str, ...] = ("ethnic_group", "religion")
_MALE, _FEMALE = "1", "2"
_YEARS = 2200


@dataclass(frozen=True)
class FieldSection:
    """One of the 17 fields: its declaration and the quality of its values in this batch.

    rows = valid + in_review + the sum of `empty`; valid = filled, and no rule wants the row's value reviewed.
    """

    declared: Field
    rows: int = 0
    filled: int = 0
    in_review: int = 0
    empty: Mapping[str, int] | None = None
    changed: int | None = None
    by_hand: int | None = None

    @property
    def name(self) -> str:
        """The field's name."""
        return self.declared.name

    @property
    def valid(self) -> int:
        """Filled values that no rule wants reviewed."""
        return self.filled - self.in_review

    @property
    def tally(self) -> FieldTally:
        """Its counts, to be compared with those of other batches."""
        return FieldTally(self.name, self.rows, self.filled, self.valid, self.changed, self.by_hand)


@dataclass(frozen=True)
class GateResult:
    """One expectation with the bounds it was judged by; None = no bound on that side."""

    result: "ExpectationResult"
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AgeGroup:
    """Living persons of one five-year age group by sex; the last group is open. `age_from` None = age unknown."""

    age_from: int | None
    males: int
    females: int
    unknown: int


@dataclass(frozen=True)
class Population:
    """Persons of the batch. Ages are years of delivery less years of birth.

    Attributes:
        persons: all of them.
        deceased: those who are dead or missing; all else is of the living.
        groups: by age and sex.
        sex_ratio: males to 100 females; None where there are too few.
        young_sex_ratio: the same below the age of five, where the sex ratio at birth still shows.
        whipple_index: heaping of years of birth on 0 and 5.
        final_digits: preference for any final digit.
        is_withheld: so few persons that any group would betray somebody; then nothing but `persons` is told.
    """

    persons: int
    deceased: int
    groups: tuple[AgeGroup, ...]
    sex_ratio: float | None
    young_sex_ratio: float | None
    whipple_index: float | None
    final_digits: FinalDigits | None
    is_withheld: bool = False

    @property
    def males(self) -> int:
        """Living males."""
        return sum(g.males for g in self.groups)

    @property
    def females(self) -> int:
        """Living females."""
        return sum(g.females for g in self.groups)


@dataclass(frozen=True)
class Breakdown:
    """Persons by the codes of one sensitive field. Small groups stand together in `others`, or not at all.

    Attributes:
        field: ethnic_group or religion.
        groups: groups of at least FEWEST_SHOWN persons, the largest first.
        others: persons of all smaller groups together; None where there are none.
        other_groups: how many groups `others` holds.
        is_withheld: too few persons in all to show anything.
    """

    field: str
    groups: tuple[CodeCount, ...]
    others: int | None
    other_groups: int
    is_withheld: bool


@dataclass(frozen=True)
class Report:
    """A batch report; its sections in the order of reading."""

    delivery: Delivery
    verdict: str
    balance: Balance
    recount: Balance
    files: tuple[FileFacts, ...]
    fields: tuple[FieldSection, ...]
    identifiers: Mapping[str, int]
    duplicates: DuplicateFacts
    quarantine: tuple[RuleCount, ...]
    gate: GateFacts | None
    gate_results: tuple[GateResult, ...]
    population: Population
    breakdowns: tuple[Breakdown, ...]
    households: HouseholdSection
    waiting: tuple[WaitingRows, ...] = ()
    failing: RowIndex | None = None
    history: FieldHistory = field(default_factory=FieldHistory)
    axes: Mapping[str, Share] = field(default_factory=dict)
    cells: tuple[CellCount, ...] = ()
    groups: tuple[GroupRows, ...] = ()
    trends: tuple[Trend, ...] = ()


def build_report(facts: ReportFacts) -> Report:
    """The report of a batch.

    Raises:
        KeyError: a fact names a field or reason that `schemas` does not know.
    """
    received = facts.delivery.received_on
    return Report(
        delivery=facts.delivery,
        verdict=verdict(facts.delivery.state, facts.balance, facts.files),
        balance=facts.balance,
        recount=facts.recount,
        files=facts.files,
        fields=tuple(_field_section(s, facts.fields) for s in field_sections()),
        identifiers=facts.identifiers,
        duplicates=facts.duplicates,
        quarantine=tuple(sorted(facts.quarantine, key=lambda r: (-r.rows, r.rule_id))),
        gate=facts.gate,
        gate_results=_gate_results(facts.gate),
        population=shown_population(population(facts.people, received)),
        breakdowns=tuple(breakdown(name, facts.codes) for name in SENSITIVE_BREAKDOWNS),
        households=shown_households(household_section(facts.households, facts.states), FEWEST_SHOWN),
        waiting=facts.waiting,
        failing=facts.failing,
        history=facts.history,
        cells=facts.cells,
        groups=without_few(facts.groups),
        axes=axes(facts.balance, facts.fields, facts.identifiers),
        trends=trends(facts.gate, facts.delivery, facts.gate_history),
    )


def field_sections() -> tuple[FieldSection, ...]:
    """An empty section for each of the 17 fields, in the law's order."""
    return tuple(FieldSection(field) for field in FIELDS)


def verdict(state: str, balance: Balance, files: Iterable[FileFacts]) -> str:
    """One of accepted, accepted_in_part, nothing_new, nothing_accepted, stopped."""
    refused = any(f.outcome == "file_rejected" for f in files)
    if state == "stopped":
        return "stopped"
    if balance.known + balance.taken == 0:
        return "nothing_accepted"
    if balance.quarantined or balance.rejected or refused:
        return "accepted_in_part"
    return "accepted" if balance.taken else "nothing_new"


def population(people: Iterable[PersonCount], received_on: date) -> Population:
    """Living persons by age group and sex, sex ratios (males to 100 females), heaping of years of birth."""
    counted = tuple(people)
    living = [p for p in counted if not p.is_dead]
    starts = range(0, OLDEST_GROUP + 1, YEARS_A_GROUP)
    by_group = {start: _age_group(start, living, received_on.year) for start in (*starts, None)}
    groups = tuple(g for start, g in by_group.items() if start is not None or g.males + g.females + g.unknown)
    young = [p for p in living if _group_of(p.birth_year, received_on.year) == 0]
    born, year = _born(living), received_on.year
    return Population(
        persons=sum(p.persons for p in counted),
        deceased=sum(p.persons for p in counted if p.is_dead),
        groups=groups if living else (),
        sex_ratio=_sex_ratio(living),
        young_sex_ratio=_sex_ratio(young),
        whipple_index=whipple_index(born, year - WHIPPLE_AGES[1], year - WHIPPLE_AGES[0], fewest=FEW_PERSONS),
        final_digits=final_digits(born, year - MYERS_AGES[1], year - MYERS_AGES[0], fewest=FEW_PERSONS),
    )


def shown_population(found: Population) -> Population:
    """The population as it may be shown: of fewer than FEWEST_SHOWN persons nothing but how many they are."""
    if not 0 < found.persons < FEWEST_SHOWN:
        return found
    return Population(found.persons, 0, (), None, None, None, None, is_withheld=True)


def breakdown(field: str, codes: Iterable[CodeCount]) -> Breakdown:
    """Persons by code with small groups joined, so that no count below FEWEST_SHOWN can be read or worked out.

    The smallest group that is large enough joins them where they would be too few together.
    """
    mine = sorted((c for c in codes if c.field == field), key=lambda c: (-c.persons, c.code_list, c.code or ""))
    shown = [c for c in mine if c.persons >= FEWEST_SHOWN]
    small = [c for c in mine if c.persons < FEWEST_SHOWN]
    while small and sum(c.persons for c in small) < FEWEST_SHOWN and shown:
        small.append(shown.pop())
    others = sum(c.persons for c in small)
    withheld = bool(small) and others < FEWEST_SHOWN
    return Breakdown(field, tuple(shown), None if withheld or not small else others, len(small), withheld)


def _field_section(section: FieldSection, facts: Iterable[FieldFacts]) -> FieldSection:
    found = next((f for f in facts if f.field == section.name), FieldFacts(section.name, {}))
    by_reason = {EmptyReason(letter): rows for letter, rows in found.by_reason.items()}
    empty = {r.name.lower(): by_reason.get(r, 0) for r in EmptyReason if r is not EmptyReason.FILLED}
    rows = sum(by_reason.values())
    filled = by_reason.get(EmptyReason.FILLED, 0)
    return FieldSection(section.declared, rows, filled, found.in_review, empty, found.changed, found.by_hand)


def _gate_results(gate: GateFacts | None) -> tuple[GateResult, ...]:
    if gate is None:
        return ()
    return tuple(GateResult(r, *gate.limits.get(r.id, (None, None))) for r in gate.results)


def _age_group(start: int | None, living: Iterable[PersonCount], year: int) -> AgeGroup:
    by_sex = {_MALE: 0, _FEMALE: 0, "": 0}
    for p in living:
        if _group_of(p.birth_year, year) == start:
            by_sex[p.sex_code if p.sex_code in by_sex else ""] += p.persons
    return AgeGroup(start, by_sex[_MALE], by_sex[_FEMALE], by_sex[""])


def _group_of(birth_year: int | None, year: int) -> int | None:
    if birth_year is None or birth_year > year:
        return None
    return min(OLDEST_GROUP, (year - birth_year) // YEARS_A_GROUP * YEARS_A_GROUP)


def _sex_ratio(people: Sequence[PersonCount]) -> float | None:
    males, females = (sum(p.persons for p in people if p.sex_code == sex) for sex in (_MALE, _FEMALE))
    return round(100 * males / females, 1) if females and males + females >= FEW_PERSONS else None


def _born(living: Iterable[PersonCount]) -> np.ndarray:
    born = np.zeros(_YEARS, np.int64)
    for p in living:
        if p.birth_year is not None and 0 <= p.birth_year < _YEARS:
            born[p.birth_year] += p.persons
    return born
