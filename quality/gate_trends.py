"""Each expectation of the gate over the last batches of a province: held or failed, and what it saw."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quality.gate_history import FAILED, HELD, UNKNOWN, EarlierBatch, GateHistory
from quality.period_facts import GatePoint
from quality.period_trend import Trend, TrendPoint, seen_by
from quality.report_facts import Delivery, GateFacts


def history(given: Iterable[tuple[str, str, str, Sequence[Mapping[str, Any]]]]) -> GateHistory:
    """The history of batches: id, moment (ISO), state, and the results of the gate as they were kept."""
    told = [(batch_id, at, state, {r["id"]: r for r in results}) for batch_id, at, state, results in given]
    ids = tuple(sorted({i for *_, results in told for i in results}))
    return GateHistory(ids, tuple(_batch(ids, *each) for each in told))


def trends(gate: GateFacts | None, delivery: Delivery, before: GateHistory) -> tuple[Trend, ...]:
    """The trend of each expectation of a batch that has earlier ones; those that failed most come first."""
    if gate is None or not before.batches:
        return ()
    place = {name: n for n, name in enumerate(before.ids)}
    made = []
    for result in gate.results:
        points = _points(before.batches, place.get(result.id))
        own = GatePoint(result.id, result.field, result.column, result.severity, result.success, result.evaluated,
                        result.checked, result.unexpected, result.observed)  # fmt: skip
        value = seen_by(own)
        points.append(TrendPoint(delivery.batch_id, 1, int(not own.success), value, value))
        failed = sum(p.failed for p in points)
        made.append(
            Trend(result.id, result.field, result.column, result.severity, len(points), failed, False, tuple(points))
        )
    return tuple(sorted(made, key=lambda t: (-t.failed, t.is_quiet, t.id)))


def _points(batches: Iterable[EarlierBatch], place: int | None) -> list[TrendPoint]:
    if place is None:
        return []
    told = ((b, b.verdicts[place], b.values[place]) for b in batches)
    return [TrendPoint(b.batch_id, 1, int(v == FAILED), seen, seen) for b, v, seen in told if v != UNKNOWN]


def _batch(ids: Iterable[str], batch_id: str, at: str, state: str, results: Mapping[str, Any]) -> EarlierBatch:
    verdicts, values = [], []
    for name in ids:
        found = results.get(name)
        verdicts.append(UNKNOWN if found is None else HELD if found["success"] else FAILED)
        values.append(None if found is None else _value(found))
    return EarlierBatch(batch_id, at, state, "".join(verdicts), tuple(values))


def _value(found: Mapping[str, Any]) -> float | None:
    names = ("id", "field", "column", "severity", "success", "evaluated", "checked", "unexpected", "observed")
    return seen_by(GatePoint(*(found[name] for name in names)))
