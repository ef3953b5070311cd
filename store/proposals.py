"""Proposals that a second person has to approve: append-only; what was carried out since is open no more."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from store import audit
from store.audit import Event
from store.engine import Store
from store.roles import Role

Kind = Literal["batch_undo", "person_unmerge"]
_ID = re.compile(r"[0-9a-f]{32}")
_DONE = {
    "batch_undo": "SELECT max(recorded_at) FROM batch_undos WHERE batch_id = CAST(:subject AS uuid)",
    "person_unmerge": "SELECT max(recorded_at) FROM person_changes WHERE from_person_id = CAST(:subject AS uuid)",
}


@dataclass(frozen=True)
class Proposal:
    """What somebody proposes.

    Attributes:
        number: 0 before it is noted.
        kind: batch_undo, or person_unmerge.
        subject: id of the batch or person.
        records: records that leave the person.
        plan: hash of all that happens.
        author: who proposes it.
        reason: why.
        recorded_at: when it was noted.
    """

    number: int
    kind: Kind
    subject: str
    records: tuple[str, ...]
    plan: str
    author: str
    reason: str
    recorded_at: datetime | None = None


def add(store: Store, proposal: Proposal) -> None:
    """Note a proposal."""
    with store.writing("proposals", Role.REVIEW) as connection:
        connection.execute(
            sa.text("""
                INSERT INTO proposals (kind, subject_id, record_ids, plan, author, reason)
                VALUES (:kind, CAST(:subject AS uuid), CAST(:records AS uuid[]), :plan, :author, :reason)"""),
            {"kind": proposal.kind, "subject": proposal.subject, "records": list(proposal.records),
             "plan": proposal.plan, "author": proposal.author, "reason": proposal.reason},
        )  # fmt: skip
        about, said = proposal.kind.split("_")[0], (proposal.author, proposal.reason)
        action = f"{about}.{proposal.kind.split('_')[1]}_proposed"
        audit.append(connection, store.acting, Event(action, about, proposal.subject, said=said))


def last(store: Store, kind: Kind, subject: str) -> Proposal | None:
    """The last proposal of that kind about that batch or person, unless it was carried out since."""
    if not _ID.fullmatch(subject):
        return None
    with store.reading(Role.REVIEW) as connection:
        row = connection.execute(
            sa.text(f"""
                SELECT number, CAST(record_ids AS text[]), plan, author, reason, recorded_at FROM proposals
                WHERE kind = :kind AND subject_id = CAST(:subject AS uuid)
                AND recorded_at > coalesce(({_DONE[kind]}), '-infinity') ORDER BY number DESC LIMIT 1"""),
            {"kind": kind, "subject": subject},
        ).one_or_none()
    if row is None:
        return None
    records = tuple(str(record).replace("-", "") for record in row[1])
    return Proposal(int(row[0]), kind, subject, records, row[2], row[3], row[4], row[5])


def open_subjects(store: Store, kind: Kind, limit: int) -> list[str]:
    """The batches or persons of which a proposal of that kind was not carried out since, the oldest first."""
    done = _DONE[kind].replace("CAST(:subject AS uuid)", "p.subject_id")
    query = f"""
        SELECT encode(uuid_send(p.subject_id), 'hex') FROM proposals p
        WHERE p.kind = :kind AND p.recorded_at > coalesce(({done}), '-infinity')
        GROUP BY p.subject_id ORDER BY max(p.number) LIMIT :limit"""
    with store.reading(Role.REVIEW) as connection:
        return [str(found) for found in connection.execute(sa.text(query), {"kind": kind, "limit": limit}).scalars()]
