"""Legal holds: a batch or a person that may be neither removed nor erased until the hold is lifted; append-only."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import UsageError
from store import audit
from store.audit import Event
from store.engine import Store
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")
IN_FORCE = """
    SELECT subject, author, reason, recorded_at FROM (
        SELECT DISTINCT ON (subject) * FROM holds ORDER BY subject, number DESC) last WHERE NOT is_lifted"""
"""The holds that stand: the last row of each subject, unless it lifted the hold."""


def add(store: Store, subject: str, reason: str, author: str) -> None:
    """Hold a batch or a person.

    Raises:
        UsageError: hold.unknown (no batch or person of that id), hold.reason (nothing said), hold.there.
    """
    with store.writing("holds", Role.ERASE) as connection:
        _demand_said(reason, author)
        if not _ID.fullmatch(subject) or not _exists(connection, subject):
            raise UsageError("hold.unknown", subject=subject)
        if is_held(connection, subject):
            raise UsageError("hold.there", subject=subject)
        _write(connection, subject, reason, author, is_lifted=False)
        _tell(store, connection, "hold.added", subject, (author, reason))


def remove(store: Store, subject: str, reason: str, author: str) -> None:
    """Lift a hold. Raises UsageError hold.none, hold.reason."""
    with store.writing("holds", Role.ERASE) as connection:
        _demand_said(reason, author)
        if not is_held(connection, subject):
            raise UsageError("hold.none", subject=subject)
        _write(connection, subject, reason, author, is_lifted=True)
        _tell(store, connection, "hold.lifted", subject, (author, reason))


def in_force(store: Store) -> list[Mapping[str, Any]]:
    """The holds that stand, oldest first."""
    with store.reading(Role.ERASE) as connection:
        found = connection.execute(sa.text(f"{IN_FORCE} ORDER BY recorded_at"))
        return [
            {"subject": s, "author": a, "reason": r, "recorded_at": f"{at:%Y-%m-%d %H:%M}"} for s, a, r, at in found
        ]


def held_batches(connection: Connection) -> frozenset[str]:
    """Batches under a hold: by their own id, or because they brought a record of a person under one."""
    found = connection.execute(
        sa.text(f"""
            WITH held AS (SELECT subject::uuid AS subject FROM ({IN_FORCE}) h)
            SELECT encode(uuid_send(subject), 'hex') FROM held
            UNION SELECT encode(uuid_send(o.batch_id), 'hex') FROM held JOIN memberships m ON m.person_id = held.subject
            JOIN row_outcomes o ON o.record_id = m.record_id OR o.known_record_id = m.record_id""")
    )
    return frozenset(str(batch) for (batch,) in found)


def is_held(connection: Connection, *subjects: str) -> bool:
    """Is one of them under a hold?"""
    return bool(_any(connection, subjects))


def _any(connection: Connection, subjects: Sequence[str]) -> int:
    query = sa.text(f"SELECT count(*) FROM ({IN_FORCE}) h WHERE subject = ANY(:s)")
    return int(connection.execute(query, {"s": list(subjects)}).scalar_one())


def _exists(connection: Connection, subject: str) -> bool:
    query = """SELECT EXISTS (SELECT FROM batches WHERE batch_id = :s)
               OR EXISTS (SELECT FROM golden_persons WHERE person_id = :s)"""
    return bool(connection.execute(sa.text(query), {"s": subject}).scalar_one())


def _write(connection: Connection, subject: str, reason: str, author: str, *, is_lifted: bool) -> None:
    connection.execute(
        sa.text("INSERT INTO holds (subject, is_lifted, author, reason) VALUES (:s, :l, :a, :r)"),
        {"s": subject, "l": is_lifted, "a": author, "r": reason},
    )


def _tell(store: Store, connection: Connection, action: str, subject: str, said: tuple[str, str]) -> None:
    query = "SELECT EXISTS (SELECT FROM batches WHERE batch_id = :s)"
    is_batch = connection.execute(sa.text(query), {"s": subject}).scalar_one()
    audit.append(connection, store.acting, Event(action, "batch" if is_batch else "person", subject, said=said))


def _demand_said(reason: str, author: str) -> None:
    if not reason.strip() or not author.strip():
        raise UsageError("hold.reason")
