"""Clerical decisions about pairs that wait for review: append-only; undoing one is another row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.errors import UsageError
from schemas.field import Column, TableSpec
from store import audit
from store.audit import Event
from store.copying import copy_out
from store.engine import Store
from store.roles import Role

Verdict = Literal["same", "different"]

JUDGEMENTS = TableSpec(
    "judgements",
    (
        Column("left_record_id", pa.string(), nullable=False),
        Column("right_record_id", pa.string(), nullable=False),
        Column("decision", pa.string(), nullable=False, description="same | different"),
        Column("author", pa.string(), nullable=False),
        Column("reason", pa.string(), nullable=False),
        Column("recorded_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ),
    ("left_record_id", "right_record_id"),
    "The decisions that stand: the last one of each pair, unless it was undone.",
)

_PERSONS = ("left_person_id", "right_person_id")
OPEN_PAIRS = TableSpec(
    "open_pairs",
    (*contracts.SCORED_PAIRS.columns, *(Column(name, pa.string(), nullable=False) for name in _PERSONS)),
    ("left_record_id", "right_record_id"),
    "Pairs that wait for a decision, with the persons that their two records are of.",
)
PAIR_SIDES = TableSpec(
    "pair_sides",
    (
        Column("record_id", pa.string(), nullable=False),
        Column("file", pa.string()),
        Column("sheet", pa.string()),
        Column("line", pa.int32()),
        Column("full_name", pa.string()),
    ),
    ("record_id",),
    "One record of a pair: its place and its name.",
)

_ID = re.compile(r"[0-9a-f]{32}")
STANDING = """
    SELECT * FROM (
        SELECT DISTINCT ON (left_record_id, right_record_id) * FROM judgements
        ORDER BY left_record_id, right_record_id, number DESC) last
    WHERE decision <> 'undone'"""
"""Query of the judgements that stand: the last of each pair, unless it was undone."""
OPEN = f"""
    FROM scored_pairs s
    JOIN memberships l ON l.record_id = s.left_record_id JOIN memberships r ON r.record_id = s.right_record_id
    WHERE s.outcome = 'review' AND l.person_id <> r.person_id AND NOT EXISTS (
        SELECT FROM replaced_records o WHERE o.corrected_record_id IN (s.left_record_id, s.right_record_id))
    AND NOT EXISTS (
        SELECT FROM ({STANDING}) j
        WHERE j.left_record_id = s.left_record_id AND j.right_record_id = s.right_record_id)"""
"""From where on a query asks for the pairs s that wait, with the memberships l and r of their records."""


@dataclass(frozen=True)
class Judgement:
    """A decision about a pair of records, with its author and reason; the order of the two does not matter."""

    left_record_id: str
    right_record_id: str
    decision: Verdict
    author: str
    reason: str


def open_reviews(store: Store, limit: int = contracts.PART_ROWS) -> pa.Table:
    """SCORED_PAIRS that wait for a decision, most likely matches first.

    Pairs of one person wait no longer, nor those of a record in whose place a mended one stands.
    """
    names = ", ".join(f"s.{c}" for c in contracts.SCORED_PAIRS.column_names)
    order = "ORDER BY s.match_weight DESC, s.left_record_id, s.right_record_id"
    return _table(store, f"SELECT {names} {OPEN} {order} LIMIT {int(limit)}", contracts.SCORED_PAIRS)


def open_pairs(store: Store) -> pa.Table:
    """OPEN_PAIRS: all pairs that wait, in the order of their ids; in a store of one province, those within it."""
    names = ", ".join(f"s.{c}" for c in contracts.SCORED_PAIRS.column_names)
    persons = ", ".join(f"encode(uuid_send({s}.person_id), 'hex') AS {n}" for s, n in zip("lr", _PERSONS, strict=True))
    query = f"SELECT {names}, {persons} {OPEN} ORDER BY s.left_record_id, s.right_record_id"
    return _table(store, query, OPEN_PAIRS)


def sides(store: Store, record_ids: Sequence[str]) -> pa.Table:
    """PAIR_SIDES of those records, unmasked: whoever shows them masks them first."""
    ids = ", ".join(f"'{i}'" for i in record_ids if _ID.fullmatch(i))
    if not ids:
        return PAIR_SIDES.schema.empty_table()
    query = f"""
        SELECT r.record_id, o.file, o.sheet, o.line, r.full_name FROM records r
        LEFT JOIN row_outcomes o ON o.record_id = r.record_id AND o.outcome <> 'rejected'
        WHERE r.record_id IN ({ids})"""
    return _table(store, query, PAIR_SIDES)


def judgements(store: Store) -> pa.Table:
    """JUDGEMENTS that stand."""
    return _table(store, f"SELECT {', '.join(JUDGEMENTS.column_names)} FROM ({STANDING}) j", JUDGEMENTS)


def decide(store: Store, judgement: Judgement) -> None:
    """Record a decision about a pair that was compared; an earlier one of the pair gives way.

    Raises:
        UsageError: the store knows no such pair.
    """
    with store.writing("judgements", Role.REVIEW) as connection:
        if not _is_in(connection, "scored_pairs", judgement):
            raise UsageError("store.pair_unknown")
        before = _standing(connection, judgement)
        _append(connection, judgement, judgement.decision)
        _tell(connection, store, judgement, (*before, judgement.decision))


def undo(store: Store, judgement: Judgement) -> None:
    """Take back the decision that stands for the pair; author and reason are those of the taking back.

    Raises:
        UsageError: no decision stands for the pair.
    """
    with store.writing("judgements", Role.REVIEW) as connection:
        if not _is_in(connection, f"({STANDING})", judgement):
            raise UsageError("store.judgement_unknown")
        before = _standing(connection, judgement)
        _append(connection, judgement, "undone")
        _tell(connection, store, judgement, (*before, "undone"))


def _is_in(connection: Connection, pairs: str, judgement: Judgement) -> bool:
    left, right = _ordered(judgement)
    if not (_ID.fullmatch(left) and _ID.fullmatch(right)):
        return False
    found = sa.text(f"""
        SELECT EXISTS (SELECT FROM {pairs} p WHERE left_record_id = CAST(:l AS uuid)
                       AND right_record_id = CAST(:r AS uuid))""")
    return bool(connection.execute(found, {"l": left, "r": right}).scalar_one())


def _ordered(judgement: Judgement) -> tuple[str, str]:
    left, right = sorted((judgement.left_record_id, judgement.right_record_id))
    return left, right


def _append(connection: Connection, judgement: Judgement, decision: str) -> None:
    left, right = _ordered(judgement)
    connection.execute(
        sa.text("""
            INSERT INTO judgements (left_record_id, right_record_id, decision, author, reason)
            VALUES (CAST(:l AS uuid), CAST(:r AS uuid), :decision, :author, :reason)"""),
        {"l": left, "r": right, "decision": decision, "author": judgement.author, "reason": judgement.reason},
    )


def event_of(judgement: Judgement, action: str = "review.decided") -> Event:
    """The event of a judgement, for the audit."""
    left, right = _ordered(judgement)
    return Event(action, "record", left, right, said=(judgement.author, judgement.reason))


def _standing(connection: Connection, judgement: Judgement) -> tuple[str, ...]:
    left, right = _ordered(judgement)
    found = sa.text(f"""
        SELECT decision FROM ({STANDING}) j
        WHERE left_record_id = CAST(:l AS uuid) AND right_record_id = CAST(:r AS uuid)""")
    return tuple(map(str, connection.execute(found, {"l": left, "r": right}).scalars()))


def _tell(connection: Connection, store: Store, judgement: Judgement, decisions: tuple[str, ...]) -> None:
    """Write the event: what stood before, if anything, and what was decided; the province if both records have one."""
    *before, after = decisions
    event = event_of(judgement, "review.undone" if after == "undone" else "review.decided")
    provinces = connection.execute(
        sa.text("SELECT DISTINCT province_code FROM records WHERE record_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": list(_ordered(judgement))},
    ).scalars()
    codes = set(map(str, provinces))
    province = codes.pop() if len(codes) == 1 else ""
    audit.append(connection, store.acting, replace(event, province_code=province, before=tuple(before), after=(after,)))


def _table(store: Store, query: str, spec: TableSpec) -> pa.Table:
    with store.reading(Role.REVIEW) as connection:
        return pa.concat_tables([spec.schema.empty_table(), *copy_out(connection, query, spec)])
