"""How each expectation of the gate fared over the batches of a month: held or failed, and what it saw."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality import svg
from quality.period_facts import BatchLine, GatePoint, MonthGate
from quality.suite import BATCH
from quality.svg import Caption

MOST_POINTS = 40
"""Of more batches the points are days."""

_WIDTH, _HEIGHT, _EDGE = 260.0, 44.0, 8.0


@dataclass(frozen=True)
class TrendPoint:
    """One batch, or the batches of one day.

    Attributes:
        at: id of the batch, or the day (ISO).
        batches: judged there.
        failed: of those it failed.
        low: the least that was seen: the figure of the batch, or the share of values that broke the expectation.
        high: the most; None as `low` where nothing was measured.
    """

    at: str
    batches: int
    failed: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Trend:
    """One expectation over the batches, oldest first; `by_day` says what its points are."""

    id: str
    field: str
    column: str
    severity: str
    batches: int
    failed: int
    by_day: bool
    points: tuple[TrendPoint, ...]

    @property
    def is_quiet(self) -> bool:
        """Did it hold everywhere, and was there nothing to be seen of?"""
        return not self.failed and not any(p.high for p in self.points)


def trends(lines: Iterable[BatchLine]) -> tuple[Trend, ...]:
    """The trend of each expectation that any batch was judged by; those that failed most come first."""
    judged = sorted((x for x in lines if x.gate and x.counts), key=lambda x: (x.recorded_at, x.batch_id))
    by_day = len(judged) > MOST_POINTS
    found: dict[str, list[tuple[str, GatePoint]]] = {}
    for line in judged:
        for point in line.gate:
            found.setdefault(point.id, []).append((line.recorded_at[:10] if by_day else line.batch_id, point))
    made = [_trend(seen, by_day) for seen in found.values()]
    return tuple(sorted(made, key=lambda t: (-t.failed, t.is_quiet, t.id)))


def month_trends(gate: MonthGate, month: str) -> tuple[Trend, ...]:
    """Each expectation on months as a whole, from the earliest month that is told to this one (YYYY-MM)."""
    before = [(m.month, {s.id: s for s in m.seen}) for m in gate.before]
    made = []
    for result in gate.results:
        earlier = ((at, seen[result.id]) for at, seen in before if result.id in seen)
        told = [*((at, s.observed, s.success) for at, s in earlier), (month, result.observed, result.success)]
        points = tuple(TrendPoint(at, 1, int(not held), observed, observed) for at, observed, held in told)
        failed = sum(p.failed for p in points)
        made.append(Trend(result.id, BATCH, result.column, result.severity, len(points), failed, False, points))
    return tuple(made)


def chart(trend: Trend, title: str, words: str, key: str) -> Markup:
    """What was seen as a line from batch to batch; a failed one is a square, one that held a dot."""
    most = max((p.high for p in trend.points if p.high is not None), default=0.0) or 1.0
    step = (_WIDTH - 2 * _EDGE) / max(1, len(trend.points) - 1)
    base = _HEIGHT - _EDGE
    places = [(_EDGE + n * step, p) for n, p in enumerate(trend.points)]

    def height(value: float | None) -> float:
        return base - max(0.0, value or 0.0) / most * (base - _EDGE)

    parts = [svg.line(0, base, _WIDTH, base, "axis")]
    parts += [svg.line(x, height(p.low), x, height(p.high), "span") for x, p in places if p.low != p.high]
    parts.append(svg.polyline([(x, height(p.high)) for x, p in places], "path"))
    for x, point in places:
        y = height(point.high)
        parts.append(svg.rect(x - 4, y - 4, 8, 8, "failed") if point.failed else svg.dot(x, y, 3, "held"))
    return svg.picture(Caption(key, title, words), (_WIDTH, _HEIGHT), parts, "trend")


def _trend(seen: Sequence[tuple[str, GatePoint]], by_day: bool) -> Trend:
    first = seen[0][1]
    places: dict[str, list[GatePoint]] = {}
    for at, point in seen:
        places.setdefault(at, []).append(point)
    return Trend(
        first.id, first.field, first.column, first.severity, len(seen), sum(not p.success for _, p in seen), by_day,
        tuple(_point(at, points) for at, points in places.items()),
    )  # fmt: skip


def _point(at: str, points: Sequence[GatePoint]) -> TrendPoint:
    seen = [value for value in map(seen_by, points) if value is not None]
    failed = sum(not p.success for p in points)
    return TrendPoint(at, len(points), failed, min(seen, default=None), max(seen, default=None))


def seen_by(point: GatePoint) -> float | None:
    """The figure of a batch, or the share of values that broke the expectation; None where nothing was measured."""
    if not point.evaluated:
        return None
    if point.field == BATCH:
        return point.observed
    return round(point.unexpected / point.checked, 6) if point.checked else None
