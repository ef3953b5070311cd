"""The figures of a month, counted once when it is over and kept: whatever is loaded, undone or erased since.

All provinces and the nation are counted together, so that the nation is the sum of its provinces whenever reports are
made; months before that nobody counted are counted first, because a month tells what the one before came to.
"""

from dataclasses import dataclass
from datetime import datetime

from pipeline import period, period_counting, plain_data
from pipeline.context import CODE_VERSION
from pipeline.intake import VIET_NAM_TIME
from pipeline.period import Period
from quality.period_facts import NATION, EventCount, Part, PeriodFacts
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


@dataclass(frozen=True)
class Counted:
    """The facts of a report, and when they were counted."""

    facts: PeriodFacts
    frame: Frame


def of_period(store: Store, wanted: Period, now: datetime) -> Counted:
    """The facts of a month: as they were kept; else counted now, and kept where the month is over.

    A store that is limited to a province keeps nothing: its report stays provisional until the nation has counted.

    Raises:
        UsageError: period.future: the month has not begun.
    """
    if wanted.month > period.month_of(now):
        raise UsageError("period.future", month=wanted.month)
    found = _kept(store, wanted)
    if found is None and store.province is None:
        for month in _uncounted(store, wanted.month):
            if period.is_over(month, now):
                _keep(store, month, now)
        found = _kept(store, wanted)
    return found or _counted(store, wanted, now)


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


def _keep(store: Store, month: str, now: datetime) -> None:
    """Count a month and keep it; where somebody else was faster, what he kept stays."""
    before = audit_marks.newest(store)
    parts = period_counting.parts(store, month, now, _before(store, month))
    nation = period_counting.access(store, month)
    frame = _frame(now, before, audit_marks.newest(store))
    contents = {part.province_code: plain_data.written(KeptPart(frame, part)) for part in parts}
    period_figures.keep(store, month, contents | {NATION: plain_data.written(KeptNation(frame, nation))})


def _kept(store: Store, wanted: Period) -> Counted | None:
    if wanted.scope != NATION:
        content = period_figures.kept(store, wanted.scope, wanted.month)
        if content is None:
            return None
        kept = plain_data.read(KeptPart, content)
        return _facts(wanted, kept.frame, (kept.part,), kept.part.access, is_final=True)
    contents = period_figures.kept_of_all(store, wanted.month)
    if NATION not in contents:
        return None
    nation = plain_data.read(KeptNation, contents.pop(NATION))
    parts = tuple(plain_data.read(KeptPart, content).part for content in contents.values())
    return _facts(wanted, nation.frame, parts, nation.access, is_final=True)


def _counted(store: Store, wanted: Period, now: datetime) -> Counted:
    """The facts as they are now, not kept."""
    before, only = audit_marks.newest(store), None if wanted.scope == NATION else wanted.scope
    parts = period_counting.parts(store, wanted.month, now, _before(store, wanted.month), only)
    access = period_counting.access(store, wanted.month) if only is None else parts[0].access
    return _facts(wanted, _frame(now, before, audit_marks.newest(store)), parts, access, is_final=False)


def _before(store: Store, month: str) -> period_counting.Before:
    """The fields of the month before by province, of what was kept of it; none where nothing was."""
    contents = period_figures.kept_of_all(store, period.previous(month))
    kept = [plain_data.read(KeptPart, content).part for scope, content in contents.items() if scope != NATION]
    return {part.province_code: part.tally.fields for part in kept}


def _facts(
    wanted: Period, frame: Frame, parts: tuple[Part, ...], access: tuple[EventCount, ...], *, is_final: bool
) -> Counted:
    as_of = AuditPlace(**vars(frame.before)) if frame.before else None
    facts = PeriodFacts(wanted.scope, wanted.month, is_final, frame.counted_on, as_of, parts, access)
    return Counted(facts, frame)


def _frame(now: datetime, before: Mark | None, after: Mark | None) -> Frame:
    return Frame(now.astimezone(VIET_NAM_TIME).date().isoformat(), CODE_VERSION, before, after)
