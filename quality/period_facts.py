"""What the report of a month is built from: sums of its batches, province by province, as they were counted and kept.

Counts, codes and ids of batches, no value of a person. Sums are sorted, so that they do not depend on the order in
which batches came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quality.period_sums import added_counts, together
from quality.report_facts import (
    AuditPlace,
    Balance,
    CellCount,
    CodeCount,
    FieldFacts,
    GroupRows,
    HouseholdCount,
    PersonCount,
    WeightCount,
)
from schemas.tables import OUTCOMES

NATION = "nation"
OLDEST_SHOWN = 20
"""So many of the batches that have waited longest are named."""

AGES: tuple[int, ...] = (0, 31, 91, 181)
"""Days from which on a case counts to the next group of age."""


@dataclass(frozen=True)
class GatePoint:
    """What one expectation of the gate saw in one batch.

    Attributes:
        id: of the expectation.
        field: what it looks at, as in `quality.suite`.
        column: the column, or the figure of the batch.
        severity: critical or warning.
        success: did it hold.
        evaluated: could it be judged.
        checked: values looked at.
        unexpected: values that broke it.
        observed: the figure, of expectations on the batch as a whole.
    """

    id: str
    field: str
    column: str
    severity: str
    success: bool
    evaluated: bool
    checked: int
    unexpected: int
    observed: float | None = None


@dataclass(frozen=True)
class BatchLine:
    """One batch of the month.

    Attributes:
        batch_id: its id, also the name of its report.
        province_code: of the 34.
        recorded_at: when it was loaded or stopped, ISO with the offset of Viet Nam.
        state: loaded, stopped, or undone before the month was counted.
        verdict: as in its report; undone where it was.
        balance: its rows, as they were loaded.
        code_version: of the program that loaded it.
        model_version: of the matching model.
        gate: what the gate saw.
        codes: persons by sensitive code: what its own report shows of them follows from it.
        groups: what became of rows by group of people; what its own report shows follows from it.
    """

    batch_id: str
    province_code: str
    recorded_at: str
    state: str
    verdict: str
    balance: Balance
    code_version: str = ""
    model_version: str = ""
    gate: tuple[GatePoint, ...] = ()
    codes: tuple[CodeCount, ...] = ()
    groups: tuple[GroupRows, ...] = ()

    @property
    def counts(self) -> bool:
        """Is it part of the sums? What was undone is not."""
        return self.state != "undone"


@dataclass(frozen=True)
class PairCount:
    """Pairs by outcome (match, review) and whether one side was in the store before."""

    outcome: str
    with_store: bool
    pairs: int


@dataclass(frozen=True)
class Threshold:
    """The thresholds of a matching model; None where they were not kept."""

    model_version: str
    match: float | None
    review: float | None


@dataclass(frozen=True)
class RuleRows:
    """Rows kept out by a rule."""

    rule_id: str
    rows: int


@dataclass(frozen=True)
class People:
    """Persons of batches, their households and their states (living, dead, missing, without_household)."""

    people: tuple[PersonCount, ...] = ()
    households: tuple[HouseholdCount, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)

    @property
    def persons(self) -> int:
        """How many they are."""
        return sum(p.persons for p in self.people)


@dataclass(frozen=True)
class Tally:
    """Sums of batches; adding is the same in any order. Persons are those of each batch: one of two counts twice.

    `states` is empty of months that were counted before households were.
    """

    balance: Balance = field(default_factory=Balance)
    fields: tuple[FieldFacts, ...] = ()
    merged_within: int = 0
    merged_with_store: int = 0
    pairs: tuple[PairCount, ...] = ()
    weights: tuple[WeightCount, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    candidate_pairs: int = 0
    people: tuple[PersonCount, ...] = ()
    codes: tuple[CodeCount, ...] = ()
    quarantine: tuple[RuleRows, ...] = ()
    households: tuple[HouseholdCount, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    cells: tuple[CellCount, ...] = ()


@dataclass(frozen=True)
class AgeGroup:
    """Cases that wait, `days_from` days or longer, up to the next group."""

    days_from: int
    rows: int
    pairs: int


@dataclass(frozen=True)
class OpenCases:
    """What waits of one batch: its day (ISO), rows kept out, pairs to be judged."""

    batch_id: str
    province_code: str
    recorded_on: str
    rows: int
    pairs: int


@dataclass(frozen=True)
class Cases:
    """All that waits, of batches of any month: by age, and the batches that have waited longest."""

    groups: tuple[AgeGroup, ...] = ()
    oldest: tuple[OpenCases, ...] = ()


@dataclass(frozen=True)
class EventCount:
    """Events of the audit by action and outcome (done, refused)."""

    action: str
    outcome: str
    events: int


@dataclass(frozen=True)
class MonthResult:
    """One expectation on a month as a whole: its bounds (None = none on that side) and the figure that was seen.

    `observed` is None where the figure would say nothing; that breaks no expectation.
    """

    id: str
    column: str
    severity: str
    low: float | None
    high: float | None
    observed: float | None
    success: bool
    evaluated: bool = True


@dataclass(frozen=True)
class SeenBefore:
    """What an expectation saw in an earlier month."""

    id: str
    observed: float | None
    success: bool


@dataclass(frozen=True)
class MonthBefore:
    """An earlier month (YYYY-MM) as it was judged."""

    month: str
    seen: tuple[SeenBefore, ...]


@dataclass(frozen=True)
class MonthGate:
    """A month as it was judged: by what, each expectation, and the months before, oldest first.

    No results: nothing was loaded, or the month was counted before months were judged.
    """

    engine: str = ""
    results: tuple[MonthResult, ...] = ()
    before: tuple[MonthBefore, ...] = ()


@dataclass(frozen=True)
class Part:
    """A province in a month: its batches in order, their sums, the fields of the month before, what waits.

    `before` is empty where nothing was loaded in the month before; `few` are the persons of batches so small that
    their own reports do not tell of them.
    """

    province_code: str
    batches: tuple[BatchLine, ...] = ()
    tally: Tally = field(default_factory=Tally)
    before: tuple[FieldFacts, ...] = ()
    cases: Cases = field(default_factory=Cases)
    access: tuple[EventCount, ...] = ()
    few: People = field(default_factory=People)
    gate: MonthGate = field(default_factory=MonthGate)


@dataclass(frozen=True)
class PeriodFacts:
    """All that a report of a month is built from.

    Attributes:
        scope: code of the 34, or `nation`.
        month: YYYY-MM.
        is_final: the month was over, its figures are kept.
        counted_on: the day on which it was counted (ISO): until when cases had waited.
        as_of: the newest event of the audit before it was counted.
        parts: the province, or all provinces by code.
        access: events of the audit in the month.
        gate: how the month as a whole was judged.
    """

    scope: str
    month: str
    is_final: bool
    counted_on: str
    as_of: AuditPlace | None
    parts: tuple[Part, ...]
    access: tuple[EventCount, ...] = ()
    gate: MonthGate = field(default_factory=MonthGate)


def added(tallies: Iterable[Tally]) -> Tally:
    """The sum of sums."""
    each = tuple(tallies)
    return Tally(
        balance=added_balances(t.balance for t in each),
        fields=added_fields(t.fields for t in each),
        merged_within=sum(t.merged_within for t in each),
        merged_with_store=sum(t.merged_with_store for t in each),
        pairs=together((p for t in each for p in t.pairs), "outcome", "with_store"),
        weights=together((w for t in each for w in t.weights), "weight", "outcome"),
        thresholds=tuple(sorted({h for t in each for h in t.thresholds}, key=repr)),
        candidate_pairs=sum(t.candidate_pairs for t in each),
        people=together((p for t in each for p in t.people), "birth_year", "sex_code", "is_dead"),
        codes=together((c for t in each for c in t.codes), "field", "code_list", "code"),
        quarantine=together((r for t in each for r in t.quarantine), "rule_id"),
        households=together((h for t in each for h in t.households), "members", "heads"),
        states=added_counts(t.states for t in each),
        cells=together((c for t in each for c in t.cells), "field", "band"),
    )


def added_balances(balances: Iterable[Balance]) -> Balance:
    """Rows of several batches by outcome."""
    each = tuple(balances)
    return Balance(*(sum(getattr(b, name) for b in each) for name in ("read", *OUTCOMES)))


def added_fields(fields: Iterable[Iterable[FieldFacts]]) -> tuple[FieldFacts, ...]:
    """Fields of several batches: rows by reason, and those in review."""
    given = [f for each in fields for f in each]
    names = sorted({f.field for f in given})
    return tuple(
        FieldFacts(
            name, added_counts(f.by_reason for f in given if f.field == name),
            sum(f.in_review for f in given if f.field == name),
        )
        for name in names
    )  # fmt: skip


def added_cases(cases: Iterable[Cases]) -> Cases:
    """What waits in several provinces."""
    each = tuple(cases)
    groups = [g for c in each for g in c.groups]
    oldest = sorted((o for c in each for o in c.oldest), key=lambda o: (o.recorded_on, o.batch_id))
    return Cases(
        tuple(
            AgeGroup(d, *(sum(getattr(g, w) for g in groups if g.days_from == d) for w in ("rows", "pairs")))
            for d in AGES
        ),
        tuple(oldest[:OLDEST_SHOWN]),
    )
