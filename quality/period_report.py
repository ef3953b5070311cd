"""The report of a month, of a province or the nation, as data: what an auditor reads from top to bottom.

Pure, like `quality.report`: the same facts give the same report byte for byte, in whatever order batches came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from quality import period_suppression as suppression
from quality.groups import DIMENSIONS
from quality.period_facts import (
    NATION,
    BatchLine,
    Cases,
    Part,
    PeriodFacts,
    RuleRows,
    Tally,
    added,
    added_cases,
    added_fields,
)
from quality.period_fields import PeriodField, period_fields
from quality.period_people import PeopleShown, shown_people
from quality.period_sums import together
from quality.period_suppression import Groups
from quality.period_trend import Trend, trends
from quality.report import (
    FEWEST_SHOWN,
    SENSITIVE_BREAKDOWNS,
    Breakdown,
    Population,
    population,
    shown_population,
)
from quality.report_facts import Balance, GroupRows
from quality.report_households import HouseholdSection, household_section, shown_households

MOST_LISTED = 100
"""Of more batches the nation's report lists its provinces only."""

_WORST = 10
_VERDICTS = ("accepted", "accepted_in_part", "nothing_new", "nothing_accepted", "stopped", "undone")


@dataclass(frozen=True)
class Named:
    """A batch or a province with its rows: `kept_out` are those in quarantine and those refused."""

    name: str
    balance: Balance

    @property
    def kept_out(self) -> int:
        """Rows that did not come in."""
        return self.balance.quarantined + self.balance.rejected


@dataclass(frozen=True)
class ProvinceLine:
    """A province in the nation's report: its batches by verdict, its rows."""

    province_code: str
    batches: int
    verdicts: Mapping[str, int]
    balance: Balance


@dataclass(frozen=True)
class PeriodReport:
    """The report of a month; its sections in the order of reading.

    Attributes:
        facts: what it is built from.
        verdict: accepted, accepted_in_part, nothing_accepted, or nothing (no batch came).
        verdicts: batches by the verdict of each.
        tally: sums of the batches that stand.
        batches: each batch, oldest first; of the nation's many none.
        provinces: of the nation's report.
        fields: the 17 fields.
        trends: of the gate.
        population: persons as the batches brought them, their ages at the end of the month.
        left_out: persons of batches so small that neither ages nor households tell of them.
        households: None where the month was counted before households were.
        groups: what became of rows by group of people; None before the month is over, as `breakdowns`.
        breakdowns: by sensitive code; None before the month is over, when the next batch would be the difference.
        rules: rows kept out by rule, most first.
        worst: batches, or provinces, with the largest share kept out.
        cases: what waits, of batches of any month.
    """

    facts: PeriodFacts
    verdict: str
    verdicts: Mapping[str, int]
    tally: Tally
    batches: tuple[BatchLine, ...]
    provinces: tuple[ProvinceLine, ...]
    fields: tuple[PeriodField, ...]
    trends: tuple[Trend, ...]
    population: Population
    left_out: int
    households: HouseholdSection | None
    groups: tuple[GroupRows, ...] | None
    breakdowns: tuple[Breakdown, ...] | None
    rules: tuple[RuleRows, ...]
    worst: tuple[Named, ...]
    cases: Cases

    @property
    def stem(self) -> str:
        """The name of its files."""
        return stem_of(self.facts.scope, self.facts.month)


def stem_of(scope: str, month: str) -> str:
    """The name of the files of a report: nation-2026-10, province-01-2026-10."""
    return f"{NATION}-{month}" if scope == NATION else f"province-{scope}-{month}"


def build_period(facts: PeriodFacts) -> PeriodReport:
    """The report of a month."""
    parts = tuple(sorted(facts.parts, key=lambda p: p.province_code))
    lines = _in_order(line for part in parts for line in part.batches)
    tally = added(part.tally for part in parts)
    is_nation = facts.scope == NATION
    told = shown_people(parts, is_final=facts.is_final)
    by_province = {p.province_code: p.tally.fields for p in parts} if is_nation else {}
    provinces = tuple(_province(part) for part in parts if part.batches) if is_nation else ()
    named = [Named(p.province_code, p.balance) for p in provinces] if is_nation else [
        Named(line.batch_id, line.balance) for line in lines if line.counts
    ]  # fmt: skip
    return PeriodReport(
        facts=facts,
        verdict=verdict(lines, tally.balance),
        verdicts=_verdicts(lines),
        tally=tally,
        batches=lines if not is_nation or len(lines) <= MOST_LISTED else (),
        provinces=provinces,
        fields=period_fields(tally.fields, added_fields(part.before for part in parts), by_province),
        trends=trends(lines),
        population=shown_population(population(told.people.people, last_day(facts.month))),
        left_out=told.left_out,
        households=_households(told, tally),
        groups=_group_rows(parts, is_nation) if facts.is_final else None,
        breakdowns=_breakdowns(parts, is_nation) if facts.is_final else None,
        rules=tuple(sorted(tally.quarantine, key=lambda r: (-r.rows, r.rule_id))),
        worst=_worst(named),
        cases=added_cases(part.cases for part in parts),
    )


def verdict(lines: Iterable[BatchLine], balance: Balance) -> str:
    """accepted, accepted_in_part, nothing_accepted, or nothing where no batch came."""
    if not any(line.counts for line in lines):
        return "nothing"
    if balance.known + balance.taken == 0:
        return "nothing_accepted"
    kept_out = balance.quarantined or balance.rejected
    all_well = all(line.verdict in ("accepted", "nothing_new") for line in lines if line.counts)
    return "accepted" if all_well and not kept_out else "accepted_in_part"


def last_day(month: str) -> date:
    """The last day of a month, YYYY-MM."""
    year, number = (int(part) for part in month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)


def _in_order(lines: Iterable[BatchLine]) -> tuple[BatchLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.recorded_at, line.batch_id)))


def _verdicts(lines: Iterable[BatchLine]) -> dict[str, int]:
    told = [line.verdict for line in lines]
    return {name: told.count(name) for name in _VERDICTS if name in told}


def _province(part: Part) -> ProvinceLine:
    return ProvinceLine(part.province_code, len(part.batches), _verdicts(part.batches), part.tally.balance)


def _worst(named: Iterable[Named]) -> tuple[Named, ...]:
    found = [n for n in named if n.kept_out]
    found.sort(key=lambda n: (-n.kept_out / n.balance.read, -n.kept_out, n.name))
    return tuple(found[:_WORST])


def _households(told: PeopleShown, tally: Tally) -> HouseholdSection | None:
    if tally.people and not tally.states:
        return None
    return shown_households(household_section(told.people.households, told.people.states), FEWEST_SHOWN)


def _breakdowns(parts: Iterable[Part], is_nation: bool) -> tuple[Breakdown, ...]:
    """What is shown of sensitive codes, with the reports of the batches and of the provinces beside it."""
    told = []
    for field in SENSITIVE_BREAKDOWNS:
        provinces = [_groups(field, part) for part in parts]
        told.append(suppression.told(field, suppression.of_whole(provinces) if is_nation else provinces[0]))
    return tuple(told)


def _group_rows(parts: Iterable[Part], is_nation: bool) -> tuple[GroupRows, ...]:
    """What became of rows by group of people, again with all reports that show parts of it beside it."""
    each = tuple(parts)
    rows = [g for part in each for line in part.batches if line.counts for g in line.groups]
    told: list[GroupRows] = []
    for dimension in DIMENSIONS:
        provinces = [
            suppression.of_whole([suppression.of_rows(dimension, x.groups) for x in part.batches if x.counts])
            for part in each
        ]
        mine = together((g for g in rows if g.dimension == dimension), "dimension", "code_list", "code")
        told += suppression.told_rows(suppression.of_whole(provinces) if is_nation else provinces[0], mine)
    return tuple(told)


def _groups(field: str, part: Part) -> Groups:
    return suppression.of_whole([suppression.of_batch(field, x.codes) for x in part.batches if x.counts])
