"""The figures of a month, counted once when it is over and kept: whatever is loaded, undone or erased since.

All provinces and the nation are counted together, so that the nation is the sum of its provinces whenever reports are
made; months before that nobody counted are counted first, because a month tells what the one before came to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline import period, period_counting, period_judging, plain_data
from pipeline.context import CODE_VERSION
from pipeline.intake import VIET_NAM_TIME
from pipeline.period import Period
from pipeline.period_judging import Gates
from quality.gate_limits import Limit
from quality.period_facts import NATION, EventCount, MonthGate, Part, PeriodFacts
from quality.report_facts import AuditPlace
from schemas.errors import UsageError
from store import audit_marks, period_figures
from store.audit_marks import Mark
from store.engine import Store


@dataclass(frozen=True)
class Frame:
    """When a month was counted: the day (ISO), the newest event of the audit before and after, by which program."""

    counted_on: str
    code_version: str
    before: Mark | None
    after: Mark | None


@dataclass(frozen=True)
class KeptPart:
    """What is kept of a province."""

    frame: Frame
    part: Part


@dataclass(frozen=True)
class KeptNation:
    """What is kept of the nation beside its provinces."""

    frame: Frame
    access: tuple[EventCount, ...]
    gate: MonthGate = field(default_factory=MonthGate)


@dataclass(frozen=True)
class MonthCame:
    """What the month before came to, of what was kept of it: fields and judgements; empty where nothing was."""

    fields: period_counting.Before
    gates: Gates


@dataclass(frozen=True)
class Counted:
    """The facts of a report, and when they were counted."""

    facts: PeriodFacts
    frame: Frame


def of_period(store: Store, wanted: Period, now: datetime, own: tuple[Limit, ...] = ()) -> Counted:
    """The facts of a month: as they were kept; else counted and judged now, and kept where the month is over.

    A store that is limited to a province keeps nothing: its report stays provisional until the nation has counted.

    Args:
        store: the store.
        wanted: scope and month.
        now: the moment of asking.
        own: limits of the operator's, by which a month is judged.

    Raises:
        UsageError: period.future: the month has not begun.
    """
    if wanted.month > period.month_of(now):
        raise UsageError("period.future", month=wanted.month)
    found = _kept(store, wanted)
    if found is None and store.province is None:
        for month in _uncounted(store, wanted.month):
            if period.is_over(month, now):
                _keep(store, month, now, own)
        found = _kept(store, wanted)
    return found or _counted(store, wanted, now, own)


def _uncounted(store: Store, month: str) -> list[str]:
    """Months to be counted, oldest first: this one, and those before it back to one that is kept or the first batch."""
    wanted = [month]
    while True:
        before = period.previous(wanted[-1])
        if not period_figures.has_batch_before(store, period.bounds(wanted[-1])[0]):
            break
        if period_figures.kept(store, NATION, before) is not None:
            break
        wanted.append(before)
    return wanted[::-1]


def _keep(store: Store, month: str, now: datetime, own: tuple[Limit, ...] = ()) -> None:
    """Count a month, judge it, and keep both; where somebody else was faster, what he kept stays."""
    before, earlier = audit_marks.newest(store), _before(store, month)
    parts = period_counting.parts(store, month, now, earlier.fields)
    access = period_counting.access(store, month)
    frame = _frame(now, before, audit_marks.newest(store))
    each = [_facts(Period(p.province_code, month), frame, (p,), p.access, is_final=True).facts for p in parts]
    nation = _facts(Period(NATION, month), frame, parts, access, is_final=True).facts
    gates = period_judging.judged([*each, nation], earlier.gates, period.previous(month), own)
    contents = {
        part.province_code: plain_data.written(KeptPart(frame, part))
        for part in period_judging.with_gates(parts, gates)
    }
    whole = KeptNation(frame, access, gates[NATION])
    period_figures.keep(store, month, contents | {NATION: plain_data.written(whole)})


def _kept(store: Store, wanted: Period) -> Counted | None:
    if wanted.scope != NATION:
        content = period_figures.kept(store, wanted.scope, wanted.month)
        if content is None:
            return None
        kept = plain_data.read(KeptPart, content)
        return _facts(wanted, kept.frame, (kept.part,), kept.part.access, is_final=True, gate=kept.part.gate)
    contents = period_figures.kept_of_all(store, wanted.month)
    if NATION not in contents:
        return None
    nation = plain_data.read(KeptNation, contents.pop(NATION))
    parts = tuple(plain_data.read(KeptPart, content).part for content in contents.values())
    return _facts(wanted, nation.frame, parts, nation.access, is_final=True, gate=nation.gate)


def _counted(store: Store, wanted: Period, now: datetime, own: tuple[Limit, ...]) -> Counted:
    """The facts as they are now, not kept."""
    before, only = audit_marks.newest(store), None if wanted.scope == NATION else wanted.scope
    earlier = _before(store, wanted.month)
    parts = period_counting.parts(store, wanted.month, now, earlier.fields, only)
    access = period_counting.access(store, wanted.month) if only is None else parts[0].access
    counted = _facts(wanted, _frame(now, before, audit_marks.newest(store)), parts, access, is_final=False)
    gates = period_judging.judged([counted.facts], earlier.gates, period.previous(wanted.month), own)
    return replace(counted, facts=replace(counted.facts, gate=gates[wanted.scope]))


def _before(store: Store, month: str) -> MonthCame:
    """What the month before came to, by province and of the nation."""
    contents = period_figures.kept_of_all(store, period.previous(month))
    nation = contents.pop(NATION, None)
    kept = [plain_data.read(KeptPart, content).part for content in contents.values()]
    gates = {part.province_code: part.gate for part in kept}
    if nation is not None:
        gates[NATION] = plain_data.read(KeptNation, nation).gate
    return MonthCame({part.province_code: part.tally.fields for part in kept}, gates)


def _facts(
    wanted: Period, frame: Frame, parts: Sequence[Part], access: tuple[EventCount, ...], *, is_final: bool,
    gate: MonthGate | None = None,
) -> Counted:  # fmt: skip
    as_of = AuditPlace(**vars(frame.before)) if frame.before else None
    facts = PeriodFacts(
        wanted.scope, wanted.month, is_final, frame.counted_on, as_of, tuple(parts), access, gate or MonthGate()
    )
    return Counted(facts, frame)


def _frame(now: datetime, before: Mark | None, after: Mark | None) -> Frame:
    return Frame(now.astimezone(VIET_NAM_TIME).date().isoformat(), CODE_VERSION, before, after)
