"""Reveals: somebody asks to see a person, or a row kept out, in clear; another allows it; it ends after minutes.

Append-only. By the clock of the server alone: nobody's own clock makes a grant last longer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from schemas.errors import UsageError
from store import audit
from store.audit import Event
from store.engine import Store
from store.roles import Role

Kind = Literal["person", "record"]
State = Literal["waiting", "stale", "open", "expired"]
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Subject:
    """What is to be seen: a person, or the record of a row kept out; its province, and its records or content."""

    kind: Kind
    id: str
    province_code: str
    content: tuple[str, ...]


@dataclass(frozen=True)
class Reveal:
    """A wish and what became of it.

    Attributes:
        number: by which it is approved and used.
        kind: person or record.
        subject: id of the person or record.
        province_code: of the 34.
        plan: hash of what the subject was made of when it was asked.
        author: who asked.
        reason: why.
        asked_at: when.
        approver: who allowed it; "" = nobody yet.
        expires_at: until when.
        state: waiting; stale (it waited too long); open; expired.
    """

    number: int
    kind: Kind
    subject: str
    province_code: str
    plan: str
    author: str
    reason: str
    asked_at: datetime
    approver: str
    expires_at: datetime | None
    state: State


@dataclass(frozen=True)
class KeptRow:
    """A row in quarantine: where it stands."""

    record_id: str
    batch_id: str
    file_id: str
    file: str
    sheet: str | None
    page: int | None
    line: int
    recorded_at: datetime


def subject_of(store: Store, subject: str) -> Subject | None:
    """The person (also under a former id) or the row kept out of that id; None where the session sees neither."""
    if not _ID.fullmatch(subject):
        return None
    with store.reading(Role.REVIEW) as connection:
        for kind, query in _SUBJECTS.items():
            found = connection.execute(sa.text(query), {"id": subject}).one_or_none()
            if found is not None:
                return Subject(kind, str(found[0]), str(found[1]), tuple(map(str, found[2])))
    return None


def kept_row(store: Store, record_id: str) -> KeptRow | None:
    """Where a row in quarantine stands."""
    with store.reading(Role.REVIEW) as connection:
        found = connection.execute(sa.text(_KEPT_ROW), {"id": record_id}).one_or_none()
    return None if found is None else KeptRow(*found)


def ask(store: Store, subject: Subject, plan: str, author: str, reason: str) -> int:
    """Note a wish; its number."""
    with store.writing("reveal_requests", Role.REVIEW) as connection:
        number = connection.execute(
            sa.text("""
                INSERT INTO reveal_requests (kind, subject_id, province_code, plan, author, reason)
                VALUES (:kind, CAST(:id AS uuid), :province, :plan, :author, :reason) RETURNING number"""),
            {"kind": subject.kind, "id": subject.id, "province": subject.province_code, "plan": plan,
             "author": author, "reason": reason},
        ).scalar_one()  # fmt: skip
        audit.append(connection, store.acting, event("reveal.asked", subject.kind, subject.id, subject.province_code,
                                                     author, reason))  # fmt: skip
    return int(number)


def grant(store: Store, found: Reveal, approver: str, lasts: timedelta) -> None:
    """Allow a wish, once, for so long. Raises UsageError approval.none where somebody allowed it before."""
    with store.writing("reveal_grants", Role.REVIEW) as connection:
        noted = connection.execute(
            sa.text("""
                INSERT INTO reveal_grants (request, province_code, approver, expires_at)
                VALUES (:number, :province, :approver, clock_timestamp() + CAST(:lasts AS interval))
                ON CONFLICT DO NOTHING"""),
            {"number": found.number, "province": found.province_code, "approver": approver, "lasts": lasts},
        ).rowcount
        if noted != 1:
            raise UsageError("approval.none")
        told = event("reveal.approved", found.kind, found.subject, found.province_code, approver, found.reason)
        audit.append(connection, store.acting, told)


def by_number(store: Store, number: int, waits: timedelta) -> Reveal | None:
    """A wish by its number; `waits` is how long one may wait."""
    found = _listed(store, "r.number = :number", waits, {"number": number})
    return found[0] if found else None


def waiting(store: Store, waits: timedelta) -> list[Reveal]:
    """The wishes that wait, the oldest first."""
    return [r for r in _listed(store, "g.request IS NULL", waits, {}) if r.state == "waiting"]


def open_to(store: Store, subject: str, waits: timedelta, is_author: Callable[[str], bool]) -> Reveal | None:
    """The grant that is open on a subject for whoever asked; the one that lasts longest."""
    if not _ID.fullmatch(subject):
        return None
    found = _listed(
        store, "r.subject_id = CAST(:id AS uuid) AND g.expires_at > clock_timestamp()", waits, {"id": subject}
    )
    mine = [r for r in found if r.state == "open" and is_author(r.author)]
    return mine[-1] if mine else None


def event(action: str, kind: Kind, subject: str, province_code: str, *said: str) -> Event:
    """The event of a wish, of its approval, of a showing."""
    return Event(action, kind, subject, province_code=province_code, said=said)


def _listed(store: Store, where: str, waits: timedelta, given: dict[str, Any]) -> list[Reveal]:
    with store.reading(Role.REVIEW) as connection:
        rows = connection.execute(sa.text(_REVEALS.format(where=where)), given | {"waits": waits})
        return [Reveal(*row) for row in rows]


_HEX = "encode(uuid_send({}), 'hex')"
_SUBJECTS: dict[Kind, str] = {
    "person": f"""
        SELECT {_HEX.format("p.person_id")}, p.province_code,
               ARRAY(SELECT {_HEX.format("m.record_id")} FROM memberships m
                     WHERE m.person_id = p.person_id ORDER BY 1)
        FROM golden_persons p
        WHERE p.person_id = (SELECT coalesce(  -- asked first: row security hides the index from a bare coalesce
            (SELECT r.person_id FROM person_redirects r WHERE r.retired_person_id = CAST(:id AS uuid)),
            CAST(:id AS uuid)))""",
    "record": f"""
        SELECT {_HEX.format("q.record_id")}, b.province_code, ARRAY[{_HEX.format("q.content_id")}]
        FROM quarantine q JOIN row_outcomes o ON o.record_id = q.record_id AND o.outcome = 'quarantined'
        JOIN batches b ON b.batch_id = o.batch_id WHERE q.record_id = CAST(:id AS uuid)""",
}
_KEPT_ROW = f"""
    SELECT {_HEX.format("q.record_id")}, {_HEX.format("o.batch_id")}, {_HEX.format("q.file_id")}, q.file, q.sheet,
           q.page, q.line, b.recorded_at
    FROM quarantine q JOIN row_outcomes o ON o.record_id = q.record_id AND o.outcome = 'quarantined'
    JOIN batches b ON b.batch_id = o.batch_id WHERE q.record_id = CAST(:id AS uuid)"""
_REVEALS = f"""
    SELECT r.number, r.kind, {_HEX.format("r.subject_id")}, r.province_code, r.plan, r.author, r.reason, r.recorded_at,
           coalesce(g.approver, ''), g.expires_at,
           CASE WHEN g.request IS NULL AND r.recorded_at + CAST(:waits AS interval) < clock_timestamp() THEN 'stale'
                WHEN g.request IS NULL THEN 'waiting'
                WHEN g.expires_at > clock_timestamp() THEN 'open' ELSE 'expired' END
    FROM reveal_requests r LEFT JOIN reveal_grants g ON g.request = r.number
    WHERE {{where}} ORDER BY g.expires_at NULLS FIRST, r.number"""
