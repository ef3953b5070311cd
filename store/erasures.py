"""Erasure of a person from the store: proposed by one, approved by another, done in one transaction (`store.erasing`).

What guards the append-only tables lets the changes of an approved erasure pass, and nothing else. Cut anywhere, it is
not done, or done whole; one that was approved and not done is told by `sohoa store check`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import Refused, UsageError
from store import audit, erasing, holds
from store.audit import Event
from store.engine import Store
from store.households import count_touched
from store.load import LOAD_LOCK
from store.roles import Role
from store.turns import wait_for_turn

_PLACES = """
    SELECT DISTINCT encode(uuid_send(batch_id), 'hex') FROM row_outcomes
    WHERE record_id = ANY(CAST(:r AS uuid[])) OR known_record_id = ANY(CAST(:r AS uuid[]))"""
OnePerson = Callable[[str, str], bool]


@dataclass(frozen=True)
class Erasure:
    """An approved erasure: its number, the person, the records (kept-out rows of the person too), their batches."""

    number: int
    person_id: str
    record_ids: tuple[str, ...]
    batches: tuple[str, ...]
    state: str
    proof: str | None = None


@dataclass(frozen=True)
class Values:
    """What the person alone bears, to be looked for once it is erased: numbers; and those that were issued here."""

    numbers: tuple[str, ...]
    issued: int
    names: tuple[str, ...]


def propose(store: Store, person_id: str, reason: str, author: str) -> int:
    """Note that somebody asks for a person's erasure; a later proposal takes the place of an earlier one.

    Returns its number.

    Raises:
        UsageError: person.unknown, erase.reason, erase.approved (approved and cut off: approve again).
        Refused: hold.blocks.
    """
    if not reason.strip() or not author.strip():
        raise UsageError("erase.reason")
    with store.writing("erasures", Role.ERASE) as connection:
        found = _open(connection, person_id)
        if found is not None and found["state"] == "approved":
            raise UsageError("erase.approved", person=person_id)
        records = _records_of(connection, person_id)
        _demand_free(connection, person_id, records)
        if found is not None:
            connection.execute(sa.text("DELETE FROM erasures WHERE number = :n"), {"n": found["number"]})
        number = connection.execute(
            sa.text("""INSERT INTO erasures (person_id, state, reason, proposed_by, record_ids)
                       VALUES (:p, 'proposed', :r, :a, CAST(:ids AS uuid[])) RETURNING number"""),
            {"p": person_id, "r": reason.strip(), "a": author.strip(), "ids": records},
        ).scalar_one()
        told = Event("person.erasure_proposed", "person", person_id, said=(author.strip(), reason.strip()))
        audit.append(connection, store.acting, told)
        return int(number)


def approve(store: Store, person_id: str, author: str, one_person: OnePerson, good_for: timedelta) -> Erasure:
    """Approve an erasure; one that was approved and cut off, or is done, is given back as it is.

    `one_person` and `good_for` are those of all acts of two persons (`pipeline.four_eyes`).

    Raises:
        UsageError: erase.none (nobody proposed it).
        Refused: erase.same_person, erase.stale (proposed long ago, or the person has other records now: propose
            again), hold.blocks.
    """
    with store.writing("erasures", Role.ERASE) as connection:
        found = _open(connection, person_id)
        if found is None:
            return _done(connection, person_id)
        if found["state"] == "proposed":
            _approve(connection, found, author.strip(), one_person, good_for)
    with store.reading(Role.ERASE) as connection:
        ids = tuple(str(i) for i in found["record_ids"])
        batches = tuple(sorted(str(b) for (b,) in connection.execute(sa.text(_PLACES), {"r": list(ids)})))
        return Erasure(int(found["number"]), person_id, ids, batches, "approved")


def _approve(
    connection: Connection, found: Mapping[str, Any], author: str, one_person: OnePerson, good_for: timedelta
) -> None:
    """Note the approval, which is of these records and no others."""
    person_id = str(found["person_id"])
    if not author or one_person(str(found["proposed_by"]), author):
        raise Refused("erase.same_person")
    records = _records_of(connection, person_id)
    is_stale = datetime.now(UTC) - found["recorded_at"] > good_for
    if is_stale or records != sorted(str(i) for i in found["record_ids"]):
        raise Refused("erase.stale")
    _demand_free(connection, person_id, records)
    connection.execute(
        sa.text("UPDATE erasures SET state = 'approved', approved_by = :a WHERE number = :n"),
        {"a": author, "n": found["number"]},
    )


def values_of(store: Store, erasure: Erasure) -> Values:
    """What the person bears and is called, from the store as it is."""
    with store.reading(Role.ERASE) as connection:
        erasing.stage(connection, erasure.person_id, erasure.record_ids)
        return Values(
            erasing.numbers_of(connection), erasing.issued_to(connection), erasing.names_of(connection)
        )  # fmt: skip


def carry_out(store: Store, erasure: Erasure, sealed: Callable[[str], str] | None) -> Mapping[str, int]:
    """Take every value of the person out of the store; returns the rows of each table. One transaction.

    Args:
        store: the store.
        erasure: as it was approved.
        sealed: what makes the digest of an issued number; None where none was issued.

    Raises:
        StoreUnavailable, ContractError: nothing was erased.
    """
    with store.writing("erasures", Role.ERASE) as connection:
        wait_for_turn(connection)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
        connection.execute(sa.text("SELECT set_config('sohoa.erasure', :n, true)"), {"n": str(erasure.number)})
        erasing.stage(connection, erasure.person_id, erasure.record_ids)
        gone = erasing.erase(connection, sealed)
        count_touched(connection)
        connection.execute(
            sa.text("""INSERT INTO removed_rows (record_id, rule) SELECT record_id, 'erasure' FROM erased
                       ON CONFLICT DO NOTHING""")
        )
        connection.execute(sa.text("UPDATE store_version SET version = version + 1"))
        connection.execute(
            sa.text("""UPDATE erasures SET state = 'done', record_ids = NULL, done_at = clock_timestamp()
                       WHERE number = :n"""),
            {"n": erasure.number},
        )
        audit.append(connection, store.acting, Event("person.erased", "person", erasure.person_id))
        return gone


def hits(store: Store, words: Sequence[str]) -> int:
    """Rows of the whole store in which one of the words stands in any text, as a word of its own."""
    columns = """SELECT table_name, string_agg(format('%I ~ word', column_name), ' OR ')
                 FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
                 WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type = 'text'
                 GROUP BY 1"""
    whole = [f"\\m{re.escape(word)}\\M" for word in words]  # not within a longer number
    with store.reading(Role.BACKUP) as connection:
        return sum(
            int(
                connection.execute(
                    sa.text(f'SELECT count(*) FROM "{table}" JOIN unnest(CAST(:w AS text[])) word ON {tests}'),
                    {"w": whole},
                ).scalar_one()
            )
            for table, tests in connection.execute(sa.text(columns)).all()
        )


def keep_proof(store: Store, number: int, proof: str) -> None:
    """Keep the proof of an erasure with it: counts, times and rules, nothing of the person."""
    with store.writing("erasures", Role.ERASE) as connection:
        connection.execute(sa.text("UPDATE erasures SET proof = :p WHERE number = :n"), {"p": proof, "n": number})


def listed(store: Store) -> list[Mapping[str, Any]]:
    """Every erasure with who asked, who approved and how far it is, oldest first."""
    query = """SELECT encode(uuid_send(person_id), 'hex') AS person, state, reason, proposed_by, approved_by,
                      to_char(recorded_at, 'YYYY-MM-DD HH24:MI') AS recorded_at,
                      to_char(done_at, 'YYYY-MM-DD HH24:MI') AS done_at, proof FROM erasures ORDER BY number"""
    with store.reading(Role.ERASE) as connection:
        return [dict(row) for row in connection.execute(sa.text(query)).mappings()]


def _records_of(connection: Connection, person_id: str) -> list[str]:
    """The person's records and the rows kept out whose place they took. Raises UsageError person.unknown."""
    query = """
        SELECT encode(uuid_send(record_id), 'hex') FROM memberships WHERE person_id = CAST(:p AS uuid)
        UNION SELECT encode(uuid_send(c.corrected_record_id), 'hex') FROM corrections c
        JOIN memberships m USING (record_id) JOIN quarantine q ON q.record_id = c.corrected_record_id
        WHERE m.person_id = CAST(:p AS uuid) ORDER BY 1"""
    is_id = len(person_id) == 32 and set(person_id) <= set("0123456789abcdef")
    found = [str(i) for (i,) in connection.execute(sa.text(query), {"p": person_id})] if is_id else []
    if not found:
        raise UsageError("person.unknown", person=person_id)
    return found


def _demand_free(connection: Connection, person_id: str, records: Sequence[str]) -> None:
    batches = [str(b) for (b,) in connection.execute(sa.text(_PLACES), {"r": list(records)})]
    if holds.is_held(connection, person_id, *batches):
        raise Refused("hold.blocks", subject=person_id)


def _open(connection: Connection, person_id: str) -> Mapping[str, Any] | None:
    query = """SELECT number, encode(uuid_send(person_id), 'hex') AS person_id, state, proposed_by,
                      ARRAY(SELECT encode(uuid_send(i), 'hex') FROM unnest(record_ids) i) AS record_ids,
                      recorded_at
               FROM erasures WHERE state <> 'done' AND encode(uuid_send(person_id), 'hex') = :p FOR UPDATE"""
    found = connection.execute(sa.text(query), {"p": person_id}).mappings().one_or_none()
    return None if found is None else dict(found)


def _done(connection: Connection, person_id: str) -> Erasure:
    query = """SELECT number, proof FROM erasures WHERE encode(uuid_send(person_id), 'hex') = :p
               ORDER BY number DESC LIMIT 1"""
    found = connection.execute(sa.text(query), {"p": person_id}).one_or_none()
    if found is None:
        raise UsageError("erase.none", person=person_id)
    return Erasure(int(found[0]), person_id, (), (), "done", found[1])
