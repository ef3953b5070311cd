"""What was decided about the ledgers of an office: append-only; the last decision of a match counts.

An office is a province (code of the 34) and, where its communes write their ledgers differently, the commune's name.
"""

from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa

from schemas.decisions import Decision
from schemas.errors import UsageError
from schemas.field import Column, TableSpec
from store import audit
from store.audit import Event
from store.engine import Store

OFFICE_DECISIONS = TableSpec(
    "office_decisions",
    (
        Column("province_code", pa.string(), nullable=False),
        Column("office", pa.string(), nullable=False, description="name of the commune; empty for the whole province"),
        Column("kind", pa.string(), nullable=False, description="encoding | heading"),
        Column("match", pa.string(), nullable=False, description="folded heading, field, or empty for whole files"),
        Column("value", pa.string(), nullable=False),
        Column("author", pa.string(), nullable=False),
        Column("reason", pa.string(), nullable=False),
        Column("recorded_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ),
    ("province_code", "office", "kind", "match"),
    "The decisions that stand, of an office or of all.",
)
_STANDING = """
    SELECT * FROM (
        SELECT DISTINCT ON (province_code, office, kind, match) * FROM office_decisions
        ORDER BY province_code, office, kind, match, number DESC) last
    WHERE NOT is_withdrawn"""


@dataclass(frozen=True)
class Office:
    """Who sent a ledger: code of the province of the 34, name of the commune or "" for any."""

    province_code: str
    name: str = ""


@dataclass(frozen=True)
class Author:
    """Who decides, and why."""

    name: str
    reason: str


def remember(store: Store, office: Office, decision: Decision, author: Author) -> None:
    """Record a decision; an earlier one about the same match gives way."""
    _append(store, office, decision, author, is_withdrawn=False)


def forget(store: Store, office: Office, decision: Decision, author: Author) -> None:
    """Withdraw the decision that stands about a match; its value does not matter.

    Raises:
        UsageError: no decision stands.
    """
    found = [row for row in standing(store, office).to_pylist() if row["office"] == office.name]
    if not any((row["kind"], row["match"]) == (decision.kind, decision.match) for row in found):
        raise UsageError("office.decision_unknown", match=decision.match)
    _append(store, office, decision, author, is_withdrawn=True)


def standing(store: Store, office: Office | None = None) -> pa.Table:
    """OFFICE_DECISIONS that stand: of an office and its province, or of all."""
    query = f"SELECT {', '.join(OFFICE_DECISIONS.column_names)} FROM ({_STANDING}) d"
    given = {} if office is None else {"province": office.province_code, "office": office.name}
    where = " WHERE province_code = :province AND office IN ('', :office)" if given else ""
    with store.reading() as connection:
        rows = connection.execute(sa.text(f"{query}{where} ORDER BY province_code, office, kind, match"), given)
        return pa.Table.from_pylist([dict(row) for row in rows.mappings()], schema=OFFICE_DECISIONS.schema)


def decisions_of(store: Store, office: Office) -> tuple[Decision, ...]:
    """The decisions for the ledgers of an office; its own before those of its province."""
    found: dict[tuple[str, str], Decision] = {}
    for row in sorted(standing(store, office).to_pylist(), key=lambda r: str(r["office"])):
        found[row["kind"], row["match"]] = Decision(row["kind"], row["match"], row["value"], "remembered")
    return tuple(found.values())


def _append(store: Store, office: Office, decision: Decision, author: Author, *, is_withdrawn: bool) -> None:
    with store.writing("office_decisions") as connection:
        connection.execute(
            sa.text("""
                INSERT INTO office_decisions (province_code, office, kind, match, value, author, reason, is_withdrawn)
                VALUES (:province, :office, :kind, :match, :value, :author, :reason, :withdrawn)"""),
            {"province": office.province_code, "office": office.name, "kind": decision.kind, "match": decision.match,
             "value": decision.value, "author": author.name, "reason": author.reason, "withdrawn": is_withdrawn},
        )  # fmt: skip
        event = event_of(office, decision, author, "office.forgotten" if is_withdrawn else "office.remembered")
        audit.append(connection, store.acting, event)


def event_of(office: Office, decision: Decision, author: Author, action: str) -> Event:
    """The event of a decision about an office, for the audit."""
    about = "/".join((office.province_code, office.name, decision.kind, decision.match))
    return Event(
        action, "office", about, province_code=office.province_code, said=(author.name, author.reason),
        after=(decision.value,),
    )  # fmt: skip
