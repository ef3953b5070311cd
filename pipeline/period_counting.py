"""Count a month: its batches as their own reports have them, what waits, what the audit tells.

Nothing of a batch is counted twice: its figures are those that were kept when it was loaded (`pipeline.kept_figures`).
What it costs: two notes of each batch to read, a pass over the rows and pairs that wait, the events of the month.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline import kept_figures
from pipeline.gathering import gather
from pipeline.intake import VIET_NAM_TIME
from pipeline.period import bounds
from quality import period_tally
from quality.period_facts import (
    AGES,
    AgeGroup,
    BatchLine,
    Cases,
    EventCount,
    OpenCases,
    Part,
    People,
    Tally,
    added,
    added_cases,
)
from quality.period_people import added_people
from quality.report_facts import FieldFacts
from schemas import code_lists
from store import period_figures
from store.engine import Store
from store.period_figures import MonthBatch, WaitingCases

Before = Mapping[str, tuple[FieldFacts, ...]]
"""The fields of the month before, by province."""


def provinces() -> tuple[str, ...]:
    """The codes of the 34."""
    return tuple(sorted(str(row["code"]) for row in code_lists.rows("provinces_34")))


def parts(store: Store, month: str, now: datetime, before: Before, only: str | None = None) -> tuple[Part, ...]:
    """All provinces in a month, or one of them, by code.

    Args:
        store: the store.
        month: YYYY-MM.
        now: the moment of counting: how long cases have waited until then.
        before: what the month before came to.
        only: the one province that is asked for.
    """
    wanted = provinces() if only is None else (only,)
    listed = period_figures.batches(store, *bounds(month))
    waiting, events = period_figures.waiting(store), period_figures.events(store, *bounds(month))
    made = []
    for code in wanted:
        lines, tally, few = _counted(store, (b for b in listed if b.province_code == code))
        access = tuple(EventCount(e.action, e.outcome, e.events) for e in events if e.province_code == code)
        cases = cases_of((w for w in waiting if w.province_code == code), now)
        made.append(Part(code, lines, tally, before.get(code, ()), cases, access, few))
    return tuple(made)


def access(store: Store, month: str) -> tuple[EventCount, ...]:
    """Events of the audit in a month, those of no province too."""
    sums: dict[tuple[str, str], int] = {}
    for found in period_figures.events(store, *bounds(month)):
        key = found.action, found.outcome
        sums[key] = sums.get(key, 0) + found.events
    return tuple(EventCount(*key, events) for key, events in sorted(sums.items()))


def cases_of(waiting: Iterable[WaitingCases], now: datetime) -> Cases:
    """What waits, by the days since its batch was loaded, and the batches that have waited longest."""
    today = now.astimezone(VIET_NAM_TIME).date()
    each = []
    for case in waiting:
        day = case.recorded_at.astimezone(VIET_NAM_TIME).date()
        start = max(d for d in AGES if d <= max(0, (today - day).days))
        open_cases = OpenCases(case.batch_id, case.province_code, day.isoformat(), case.rows, case.pairs)
        each.append(Cases((AgeGroup(start, case.rows, case.pairs),), (open_cases,)))
    return added_cases(each)


def _counted(store: Store, listed: Iterable[MonthBatch]) -> tuple[tuple[BatchLine, ...], Tally, People]:
    """The batches of a province, the sums of those that stand, and the persons of those that are too small to show."""
    lines, tallies, few = [], [], []
    for batch in listed:
        facts = gather(store, kept_figures.of_batch(store, batch.batch_id))
        line = period_tally.line(facts, batch.state, batch.recorded_at.astimezone(VIET_NAM_TIME))
        lines.append(line)
        if line.counts:
            tallies.append(period_tally.tally(facts))
            few.append(period_tally.few(facts))
    return tuple(lines), added(tallies), added_people(each for each in few if each is not None)
