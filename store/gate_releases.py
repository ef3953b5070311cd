"""Releases of batches that the gate stopped: a named person lets one in, with a reason; append-only.

A release speaks of one content (a batch's id is made from its files) and of what was broken when it was given: each
broken expectation with how many values broke it. What is broken more, or otherwise, stops the batch again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import UsageError
from store import audit
from store.audit import Event
from store.engine import Store
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Broken:
    """An expectation that failed, and how many values broke it."""

    rule_id: str
    unexpected: int


@dataclass(frozen=True)
class Released:
    """A release that stands: of one expectation, by whom, when."""

    rule_id: str
    unexpected: int
    author: str
    recorded_at: datetime


@dataclass(frozen=True)
class Said:
    """Who let a batch in last, why, and when; `number` is that of the release."""

    number: int
    author: str
    reason: str
    recorded_at: datetime


def release(store: Store, batch_id: str, broken: Sequence[Broken], author: str, reason: str) -> None:
    """Note that somebody lets a batch in though those expectations failed.

    Raises:
        UsageError: release.unsigned (no name or no reason); batch.unknown; release.not_stopped.
    """
    if not author.strip() or not reason.strip():
        raise UsageError("release.unsigned")
    with store.writing("gate_releases", Role.REVIEW) as connection:
        state, province = _batch(connection, batch_id)
        if state != "stopped":
            raise UsageError("release.not_stopped", batch=batch_id)
        connection.execute(
            sa.text("""INSERT INTO gate_releases (batch_id, rule_id, unexpected, author, reason)
                       VALUES (CAST(:b AS uuid), :rule, :unexpected, :author, :reason)"""),
            [
                {"b": batch_id, "rule": b.rule_id, "unexpected": b.unexpected, "author": author.strip(),
                 "reason": reason.strip()}
                for b in broken
            ],
        )  # fmt: skip
        said = (author.strip(), reason.strip())
        after = tuple(f"{b.rule_id} {b.unexpected}" for b in broken)
        audit.append(
            connection, store.acting,
            Event("batch.released", "batch", batch_id, province_code=province, said=said, after=after),
        )  # fmt: skip


def standing(store: Store, batch_id: str) -> Mapping[str, Released]:
    """Rule id -> its last release, of a batch; none of one that the store does not know."""
    if not _ID.fullmatch(batch_id):
        return {}
    query = """SELECT DISTINCT ON (rule_id) rule_id, unexpected, author, recorded_at FROM gate_releases
               WHERE batch_id = CAST(:b AS uuid) ORDER BY rule_id, number DESC"""
    with store.reading(Role.LOAD) as connection:
        found = connection.execute(sa.text(query), {"b": batch_id})
        return {str(rule): Released(str(rule), int(rows), str(by), at) for rule, rows, by, at in found}


def last_said(store: Store, batch_id: str) -> Said | None:
    """The last release of a batch as people see it; None where there is none, or the session sees none."""
    if not _ID.fullmatch(batch_id):
        return None
    query = """SELECT number, author, reason, recorded_at FROM gate_releases
               WHERE batch_id = CAST(:b AS uuid) ORDER BY number DESC LIMIT 1"""
    with store.reading(Role.REPORT) as connection:
        found = connection.execute(sa.text(query), {"b": batch_id}).one_or_none()
    return None if found is None else Said(int(found[0]), str(found[1]), str(found[2]), found[3])


def still_broken(broken: Sequence[Broken], released: Mapping[str, Released]) -> tuple[str, ...]:
    """The rules that no release covers: none was given, or more values break them than were seen then."""
    return tuple(
        b.rule_id for b in broken if b.rule_id not in released or b.unexpected > released[b.rule_id].unexpected
    )


def _batch(connection: Connection, batch_id: str) -> tuple[str, str]:
    query = "SELECT state, province_code FROM batches WHERE batch_id = CAST(:b AS uuid)"
    found = connection.execute(sa.text(query), {"b": batch_id}).one_or_none() if _ID.fullmatch(batch_id) else None
    if found is None:
        raise UsageError("batch.unknown", batch=batch_id)
    return str(found[0]), str(found[1])
