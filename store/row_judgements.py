"""Decisions about rows in quarantine: appended, never changed; the last one of a row stands until it is taken back.

A row is what it says (`content_id`) in the ledgers of one province; a decision binds whatever file it comes in again.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import UsageError
from schemas.field import Column, TableSpec
from schemas.judged import OF_NO_VALUE, Judged, RowDecision, not_overrulable
from store import audit
from store.audit import Event
from store.engine import Store
from store.roles import Role

ROW_JUDGEMENTS = TableSpec(
    "row_judgements",
    (
        Column("province_code", pa.string(), nullable=False),
        Column("content_id", pa.string(), nullable=False, description="what the row says, as in QUARANTINE"),
        Column("rule_ids", pa.list_(pa.string()), nullable=False, description="rules that were overruled"),
        Column("decision", pa.string(), nullable=False, description="accept | reject"),
        Column("author", pa.string(), nullable=False),
        Column("reason", pa.string(), nullable=False),
        Column("recorded_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ),
    ("province_code", "content_id"),
    "The decisions about rows that stand: the last one of each row, unless it was undone.",
)
STANDING_ROWS = """
    SELECT * FROM (
        SELECT DISTINCT ON (province_code, content_id) * FROM row_judgements
        ORDER BY province_code, content_id, number DESC) last
    WHERE decision <> 'undone'"""
"""Query of the decisions about rows that stand."""

Answer = RowDecision | Literal["undone"]

_ID = re.compile(r"[0-9a-f]{32}")
_NAMES = ", ".join(
    f"encode(uuid_send({c}), 'hex') AS {c}" if c == "content_id" else c for c in ROW_JUDGEMENTS.column_names
)
# A row that was sent again unchanged leaves no row in quarantine: the one that it repeats waits for both.
_WAITING = """
    SELECT encode(uuid_send(q.content_id), 'hex') AS content_id, b.province_code,
        ARRAY(SELECT DISTINCT rule_id FROM (
            SELECT q.rule_id UNION ALL
            SELECT c.rule_id FROM check_results c WHERE c.record_id = q.record_id AND c.severity = 'block') r
            ORDER BY rule_id) AS rule_ids,
        EXISTS (SELECT FROM corrections m WHERE m.corrected_record_id = q.record_id) AS is_mended
    FROM row_outcomes o JOIN batches b USING (batch_id)
    JOIN quarantine q
        ON q.record_id = CASE WHEN o.known_record_id IS NULL THEN o.record_id ELSE o.known_record_id END
    WHERE o.record_id = CAST(:id AS uuid) AND o.outcome <> 'rejected'"""


@dataclass(frozen=True)
class RowJudgement:
    """A decision about the row of that record id, with its author and reason."""

    record_id: str
    decision: Answer
    author: str
    reason: str


@dataclass(frozen=True)
class _Row:
    content_id: str
    province_code: str
    rule_ids: tuple[str, ...]
    is_mended: bool


def decide(store: Store, judgement: RowJudgement) -> None:
    """Record a decision about a row that waits; an earlier one about the same words gives way.

    Raises:
        UsageError: the store keeps no such row out, another row took its place meanwhile, or one of the rules that
            keep it out is none that a person may overrule.
    """
    with store.writing("row_judgements", Role.REVIEW) as connection:
        row = _waiting(connection, judgement.record_id)
        if row.is_mended:
            raise UsageError("store.row_mended")
        hard = not_overrulable(frozenset(row.rule_ids)) if judgement.decision == "accept" else []
        if hard:
            raise UsageError("store.row_not_overrulable", rules=", ".join(hard))
        _append(connection, store, judgement, row)


def undo(store: Store, judgement: RowJudgement) -> None:
    """Take back the decision that stands about a row; author and reason are those of the taking back.

    Raises:
        UsageError: the store keeps no such row out, or no decision about it stands.
    """
    with store.writing("row_judgements", Role.REVIEW) as connection:
        row = _waiting(connection, judgement.record_id)
        if not _standing_of(connection, row):
            raise UsageError("store.row_judgement_unknown")
        _append(connection, store, judgement, row)


def standing(store: Store, province_code: str | None = None) -> pa.Table:
    """ROW_JUDGEMENTS that stand, of one province or of all that the session sees."""
    where = "" if province_code is None else " WHERE province_code = :province"
    with store.reading(Role.REVIEW) as connection:
        query = f"SELECT {_NAMES} FROM ({STANDING_ROWS}) j{where} ORDER BY province_code, j.content_id"
        found = connection.execute(sa.text(query), {} if province_code is None else {"province": province_code})
        return pa.Table.from_pylist([dict(row) for row in found.mappings()], schema=ROW_JUDGEMENTS.schema)


def judged(store: Store, province_code: str) -> Judged:
    """The decisions of a province that stand, as a run follows them."""
    rows = standing(store, province_code).to_pylist()
    return Judged(
        {row["content_id"]: frozenset(row["rule_ids"]) for row in rows if row["decision"] == "accept"},
        frozenset(row["content_id"] for row in rows if row["decision"] == "reject"),
    )


def event_of(judgement: RowJudgement) -> Event:
    """The event of a decision about a row, for the audit."""
    action = {"accept": "review.row_accepted", "reject": "review.row_rejected", "undone": "review.row_undone"}
    said = (judgement.author, judgement.reason)
    return Event(action[judgement.decision], "record", judgement.record_id, said=said)


def _waiting(connection: Connection, record_id: str) -> _Row:
    found = None
    if _ID.fullmatch(record_id):
        found = connection.execute(sa.text(_WAITING), {"id": record_id}).mappings().one_or_none()
    if found is None:
        raise UsageError("store.row_unknown")
    return _Row(found["content_id"], found["province_code"], tuple(found["rule_ids"]), bool(found["is_mended"]))


def _standing_of(connection: Connection, row: _Row) -> tuple[str, ...]:
    query = f"""
        SELECT decision FROM ({STANDING_ROWS}) j WHERE province_code = :province AND content_id = CAST(:said AS uuid)"""
    given = {"province": row.province_code, "said": row.content_id}
    return tuple(map(str, connection.execute(sa.text(query), given).scalars()))


def _append(connection: Connection, store: Store, judgement: RowJudgement, row: _Row) -> None:
    before = _standing_of(connection, row)
    rule_ids = [r for r in row.rule_ids if r not in OF_NO_VALUE] if judgement.decision == "accept" else []
    connection.execute(
        sa.text("""
            INSERT INTO row_judgements (province_code, content_id, rule_ids, decision, author, reason)
            VALUES (:province, CAST(:said AS uuid), CAST(:rules AS text[]), :decision, :author, :reason)"""),
        {"province": row.province_code, "said": row.content_id, "rules": rule_ids, "decision": judgement.decision,
         "author": judgement.author, "reason": judgement.reason},
    )  # fmt: skip
    event = replace(event_of(judgement), province_code=row.province_code)
    audit.append(connection, store.acting, replace(event, before=before, after=(judgement.decision, *rule_ids)))
