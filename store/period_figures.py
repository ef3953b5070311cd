"""What the reports of a month are counted from: its batches, the cases that wait, the events of the audit; and kept.

A batch belongs to the month in which it was loaded or stopped last, by the clock of Viet Nam; the pipeline says where a
month begins and ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import audit
from store.audit import Event
from store.engine import Store
from store.period_tables import NATION
from store.reviews import STANDING
from store.roles import Role
from store.row_judgements import STANDING_ROWS

__all__ = ["NATION"]


@dataclass(frozen=True)
class MonthBatch:
    """A batch of a month as it is now; `state` is loaded, stopped or undone."""

    batch_id: str
    province_code: str
    state: str
    recorded_at: datetime


@dataclass(frozen=True)
class WaitingCases:
    """What waits for somebody of one batch: rows kept out, and pairs whose later row it brought."""

    batch_id: str
    province_code: str
    recorded_at: datetime
    rows: int
    pairs: int


@dataclass(frozen=True)
class EventCount:
    """Events of the audit of one kind, by the province they name ("" = none)."""

    action: str
    outcome: str
    province_code: str
    events: int


def batches(store: Store, first: datetime, end: datetime) -> list[MonthBatch]:
    """The batches loaded or stopped from `first` until before `end`, in the order in which that happened."""
    query = """
        SELECT encode(uuid_send(batch_id), 'hex'), province_code, state, recorded_at FROM batches
        WHERE recorded_at >= :first AND recorded_at < :end ORDER BY recorded_at, batch_id"""
    with store.reading(Role.REPORT) as connection:
        found = connection.execute(sa.text(query), {"first": first, "end": end})
        return [MonthBatch(*row) for row in found]


def has_batch_before(store: Store, moment: datetime) -> bool:
    """Was any batch loaded or stopped before that moment?"""
    with store.reading(Role.REPORT) as connection:
        query = sa.text("SELECT EXISTS (SELECT FROM batches WHERE recorded_at < :moment)")
        return bool(connection.execute(query, {"moment": moment}).scalar_one())


def waiting(store: Store) -> list[WaitingCases]:
    """What waits now, by batch, the oldest batch first.

    Rows that somebody refused for good wait no longer. In a store of one province, pairs with another one are not seen.
    """
    with store.reading(Role.REVIEW) as connection:
        return [WaitingCases(*row) for row in connection.execute(sa.text(_WAITING))]


def events(store: Store, first: datetime, end: datetime) -> list[EventCount]:
    """Events of the audit from `first` until before `end`; none where the store is limited to a province.

    The audit has no index of moments and needs none: sequences have no gaps and moments never go back.
    """
    if store.province is not None:
        return []
    with store.reading() as connection:
        bounds = {"low": _sequence(connection, first), "high": _sequence(connection, end)}
        found = connection.execute(
            sa.text("""
                SELECT action, outcome, province_code, count(*) FROM audit_events
                WHERE sequence >= :low AND sequence < :high GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""),
            bounds,
        )
        return [EventCount(*row) for row in found]


def kept(store: Store, scope: str, month: str) -> str | None:
    """The figures of a month as they were kept; None where it was not counted, or is not this session's to see."""
    with store.reading(Role.REPORT) as connection:
        query = sa.text("SELECT content FROM period_figures WHERE scope = :scope AND month = :month")
        found = connection.execute(query, {"scope": scope, "month": month}).scalar_one_or_none()
    return None if found is None else str(found)


def kept_of_all(store: Store, month: str) -> dict[str, str]:
    """The figures of a month of every scope that this session sees."""
    with store.reading(Role.REPORT) as connection:
        query = sa.text("SELECT scope, content FROM period_figures WHERE month = :month ORDER BY scope")
        return {str(scope): str(content) for scope, content in connection.execute(query, {"month": month})}


def keep(store: Store, month: str, contents: Mapping[str, str]) -> bool:
    """Keep the figures of a month, all scopes or none; False where somebody else did before.

    Raises:
        UsageError: the store is limited to a province.
    """
    with store.writing("period_figures") as connection:
        # Who comes second waits here, and then finds the nation's row.
        insert = sa.text("""
            INSERT INTO period_figures (scope, month, content) VALUES (:scope, :month, :content)
            ON CONFLICT DO NOTHING""")
        first = {"scope": NATION, "month": month, "content": contents[NATION]}
        if connection.execute(insert, first).rowcount != 1:
            return False
        for scope, content in contents.items():
            if scope != NATION:
                connection.execute(insert, {"scope": scope, "month": month, "content": content})
        audit.append(connection, store.acting, Event("period.counted", "month", month, after=(len(contents),)))
        return True


def _sequence(connection: Connection, moment: datetime) -> int:
    """The first sequence at or after a moment; one more than the last where there is none."""
    last = int(connection.execute(sa.text("SELECT coalesce(max(sequence), 0) FROM audit_events")).scalar_one())
    low, high = 1, last + 1
    query = sa.text("SELECT moment < :moment FROM audit_events WHERE sequence = :middle")
    while low < high:
        middle = (low + high) // 2
        if connection.execute(query, {"moment": moment, "middle": middle}).scalar_one():
            low = middle + 1
        else:
            high = middle
    return low


_ROWS = f"""
    SELECT o.batch_id, 1 AS is_row FROM quarantine q
    JOIN row_outcomes o ON o.record_id = q.record_id AND o.outcome = 'quarantined'
    JOIN batches b ON b.batch_id = o.batch_id
    LEFT JOIN ({STANDING_ROWS}) j ON j.province_code = b.province_code AND j.content_id = q.content_id
    WHERE j.decision IS DISTINCT FROM 'reject'
      AND NOT EXISTS (SELECT FROM corrections c WHERE c.corrected_record_id = q.record_id)"""
_PAIRS = f"""
    SELECT CASE WHEN (lb.recorded_at, lb.batch_id) >= (rb.recorded_at, rb.batch_id)
                THEN lb.batch_id ELSE rb.batch_id END, 0
    FROM scored_pairs s
    JOIN memberships l ON l.record_id = s.left_record_id JOIN memberships r ON r.record_id = s.right_record_id
    JOIN row_outcomes lo ON lo.record_id = s.left_record_id AND lo.outcome IN ('loaded', 'merged')
    JOIN row_outcomes ro ON ro.record_id = s.right_record_id AND ro.outcome IN ('loaded', 'merged')
    JOIN batches lb ON lb.batch_id = lo.batch_id JOIN batches rb ON rb.batch_id = ro.batch_id
    WHERE s.outcome = 'review' AND l.person_id <> r.person_id
      AND NOT EXISTS (SELECT FROM replaced_records o
                      WHERE o.corrected_record_id IN (s.left_record_id, s.right_record_id))
      AND NOT EXISTS (SELECT FROM ({STANDING}) j
                      WHERE j.left_record_id = s.left_record_id AND j.right_record_id = s.right_record_id)"""
_WAITING = f"""
    SELECT encode(uuid_send(b.batch_id), 'hex'), b.province_code, b.recorded_at,
           sum(w.is_row)::bigint, count(*) - sum(w.is_row)::bigint
    FROM ({_ROWS} UNION ALL {_PAIRS}) w JOIN batches b USING (batch_id)
    GROUP BY 1, 2, 3 ORDER BY 3, 1"""
