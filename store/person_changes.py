"""Merges undone and made by somebody's decision: planned from the store, then written in one transaction.

Records leave a person and become one of their own, or two persons become one. Either way each pair of records across
the two parts gets a judgement, so that no later batch decides otherwise; nothing is deleted, undoing a change is
another change. The part with the lowest record id keeps the person id, and a former id comes back with its records.
What the persons say afterwards is made by survivorship: the caller hands it over as for a batch.
"""

import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import StoreMoved, UsageError
from schemas.lineage import hash_text
from store import audit, membership_history
from store.audit import Event
from store.batch import BatchTables
from store.copying import copy_in
from store.engine import Store
from store.issuing import IssuingAuthority, issue_numbers
from store.load import LOAD_LOCK
from store.numbering import Because
from store.persons import load_persons
from store.turns import wait_for_turn

_LOG = logging.getLogger(__name__)
_ID = re.compile(r"[0-9a-f]{32}")
_CURRENT = "coalesce((SELECT person_id FROM person_redirects WHERE retired_person_id = {0}), {0})"


@dataclass(frozen=True)
class PersonChange:
    """Records that move from one person to another.

    Attributes:
        kind: parted, or joined.
        from_person_id: whose records they are; after `joined` this id leads to the other one.
        person_id: whose they become.
        moved: the records that move.
        others: the records of the other part.
        redirects: former ids that come along with the records that bore them.
        seen_version: version of the store when this was planned.
    """

    kind: Literal["parted", "joined"]
    from_person_id: str
    person_id: str
    moved: tuple[str, ...]
    others: tuple[str, ...]
    redirects: tuple[str, ...] = ()
    seen_version: int = 0

    @property
    def members(self) -> Mapping[str, str]:
        """The person of each record afterwards."""
        theirs = self.person_id if self.kind == "joined" else self.from_person_id
        return dict.fromkeys(self.moved, self.person_id) | dict.fromkeys(self.others, theirs)


def plan_part(store: Store, person_id: str, record_ids: Collection[str]) -> PersonChange:
    """What happens when those records leave a person; a mended record and the one it replaced go together.

    Raises:
        UsageError: there is no such person, a record is not one of its, or nothing would be left of it.
    """
    with store.reading() as connection:
        person = _person(connection, person_id)
        members = _members(connection, person)
        strange = not set(record_ids) <= set(members)
        if strange or not record_ids:
            raise UsageError("person.not_its_record", person=person_id)
        parted = _with_replaced(connection, members, record_ids)
        if parted == set(members):
            raise UsageError("person.nothing_left", person=person_id)
        # The part with the lowest record id keeps the id of the person, whichever of the two was named.
        moved = parted if min(members) not in parted else set(members) - parted
        came, new_id = _ids_that_come_along(connection, person, members, moved)
        return PersonChange(
            "parted", person, new_id, _sorted(moved), _sorted(set(members) - moved), came, _version(connection)
        )


def plan_join(store: Store, one: str, other: str) -> PersonChange:
    """What happens when two persons become one.

    Raises:
        UsageError: there is no such person, or the two are one already.
    """
    with store.reading() as connection:
        persons = [_person(connection, given) for given in (one, other)]
        if persons[0] == persons[1]:
            raise UsageError("person.one_already", person=one)
        records = {person: _sorted(_members(connection, person)) for person in persons}
        stays, goes = sorted(persons, key=lambda person: records[person][0])
        return PersonChange("joined", goes, stays, records[goes], records[stays], (), _version(connection))


def change_persons(
    store: Store,
    change: PersonChange,
    tables: BatchTables,
    author: str,
    reason: str,
    issuing: IssuingAuthority | None = None,
) -> None:
    """Write a change with the judgements it rests on.

    Args:
        store: the store.
        change: as it was planned.
        tables: clusters (all records of both persons, `is_stored`), golden_persons, value_sources and
            household_members of the persons that there are afterwards.
        author: who decided it.
        reason: why.
        issuing: the allocation of personal numbers for who has none afterwards, or None: none are issued.

    Raises:
        UsageError: author or reason is missing.
        StoreMoved: the store was changed since; plan again.
    """
    if not (author.strip() and reason.strip()):
        raise UsageError("person.unsigned")
    with store.writing() as connection:
        wait_for_turn(connection)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
        if (now := _version(connection)) != change.seen_version:
            raise StoreMoved("store.moved", seen=change.seen_version, now=now)
        _lead_back(connection, change)
        load_persons(connection, tables, Because(author=author, note=reason))
        if issuing is not None:
            issue_numbers(connection, issuing, scope="staged")
        _judge(connection, change, author, reason)
        _note(connection, change, author, reason)
        membership_history.note_moved_by_decision(connection, change.kind)
        connection.execute(sa.text("UPDATE store_version SET version = version + 1"))
        audit.append(connection, store.acting, _event(change, author, reason))
    _LOG.info("person %s %s %s: %d records", change.from_person_id, change.kind, change.person_id, len(change.moved))


def _person(connection: Connection, given: str) -> str:
    if _ID.fullmatch(given):
        current = _CURRENT.format("CAST(:p AS uuid)")
        query = f"SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons WHERE person_id = {current}"
        found = connection.execute(sa.text(query), {"p": given}).scalar_one_or_none()
        if found is not None:
            return str(found)
    raise UsageError("person.unknown", person=given)


def _members(connection: Connection, person: str) -> dict[str, str | None]:
    """The records of a person, each with the person it was when it came."""
    found = connection.execute(
        sa.text("""
            SELECT encode(uuid_send(m.record_id), 'hex'), encode(uuid_send(o.person_id), 'hex') FROM memberships m
            LEFT JOIN row_outcomes o ON o.record_id = m.record_id AND o.outcome IN ('loaded', 'merged')
            WHERE m.person_id = CAST(:p AS uuid)"""),
        {"p": person},
    )
    return {str(record): bore for record, bore in found}


def _with_replaced(connection: Connection, members: Collection[str], wanted: Collection[str]) -> set[str]:
    found = connection.execute(
        sa.text("""
            SELECT encode(uuid_send(corrected_record_id), 'hex'), encode(uuid_send(record_id), 'hex')
            FROM replaced_records WHERE record_id = ANY(CAST(:records AS uuid[]))"""),
        {"records": list(members)},
    )
    pairs, whole, size = [{str(one), str(other)} for one, other in found], set(wanted), -1
    while size != len(whole):
        size = len(whole)
        whole.update(*(pair for pair in pairs if pair & whole))
    return whole


def _ids_that_come_along(
    connection: Connection, person: str, members: Mapping[str, str | None], moved: set[str]
) -> tuple[tuple[str, ...], str]:
    """The former ids that go with the moved records, and the one that their person bears from now on."""
    retired = {
        str(i)
        for i in connection.execute(
            sa.text("""
                SELECT encode(uuid_send(retired_person_id), 'hex') FROM person_redirects
                WHERE person_id = CAST(:p AS uuid)"""),
            {"p": person},
        ).scalars()
    }
    bearers = [(record, bore) for record, bore in members.items() if bore in retired]
    bearers += [(record, bore) for bore, record in _changed(connection, retired) if record in members]
    first: dict[str, str] = {}
    for record, bore in sorted(bearers, key=lambda pair: pair[0]):
        first.setdefault(str(bore), record)
    came = sorted((record, bore) for bore, record in first.items() if record in moved)
    if came:
        return tuple(bore for _, bore in came[1:]), came[0][1]
    return (), _new_id(connection, min(moved))


def _changed(connection: Connection, persons: Collection[str]) -> list[tuple[str, str]]:
    """Which of those persons bore which records by an earlier change."""
    found = connection.execute(
        sa.text("""
            SELECT encode(uuid_send(bore), 'hex'), encode(uuid_send(record), 'hex') FROM (
                SELECT CASE kind WHEN 'parted' THEN person_id ELSE from_person_id END AS bore,
                       unnest(record_ids) AS record FROM person_changes) c
            WHERE bore = ANY(CAST(:persons AS uuid[]))"""),
        {"persons": list(persons)},
    )
    return [(str(bore), str(record)) for bore, record in found]


def _new_id(connection: Connection, lowest: str) -> str:
    """An id made of the lowest record id that no person ever had."""
    number = 0
    while True:
        new = hash_text(f"person\x1f{lowest}\x1f{number}")
        taken = connection.execute(
            sa.text("""
                SELECT EXISTS (SELECT FROM golden_persons WHERE person_id = CAST(:p AS uuid))
                OR EXISTS (SELECT FROM person_redirects WHERE retired_person_id = CAST(:p AS uuid))"""),
            {"p": new},
        ).scalar_one()
        if not taken:
            return new
        number += 1


def _lead_back(connection: Connection, change: PersonChange) -> None:
    """A former id that comes back leads nowhere else any more, and those of its records lead to it."""
    if change.kind == "joined":
        return
    connection.execute(
        sa.text("DELETE FROM person_redirects WHERE retired_person_id = CAST(:p AS uuid)"), {"p": change.person_id}
    )
    connection.execute(
        sa.text("""
            UPDATE person_redirects SET person_id = CAST(:p AS uuid)
            WHERE retired_person_id = ANY(CAST(:former AS uuid[]))"""),
        {"p": change.person_id, "former": list(change.redirects)},
    )


def _judge(connection: Connection, change: PersonChange, author: str, reason: str) -> None:
    ordered = [sorted((one, other)) for one in change.moved for other in change.others]
    connection.execute(sa.text("CREATE TEMP TABLE judged (left_id uuid, right_id uuid) ON COMMIT DROP"))
    pairs = pa.table({"left_id": [left for left, _ in ordered], "right_id": [right for _, right in ordered]})
    copy_in(connection, "judged", [pairs])
    connection.execute(
        sa.text("""
            INSERT INTO judgements (left_record_id, right_record_id, decision, author, reason)
            SELECT left_id, right_id, :decision, :author, :reason FROM judged ORDER BY left_id, right_id"""),
        {"decision": "same" if change.kind == "joined" else "different", "author": author, "reason": reason},
    )


def _note(connection: Connection, change: PersonChange, author: str, reason: str) -> None:
    connection.execute(
        sa.text("""
            INSERT INTO person_changes (kind, from_person_id, person_id, record_ids, author, reason)
            VALUES (
                :kind, CAST(:source AS uuid), CAST(:target AS uuid), CAST(:records AS uuid[]), :author, :reason)"""),
        {"kind": change.kind, "source": change.from_person_id, "target": change.person_id,
         "records": list(change.moved), "author": author, "reason": reason},
    )  # fmt: skip


def _event(change: PersonChange, author: str, reason: str) -> Event:
    action = "person.merged" if change.kind == "joined" else "person.unmerged"
    before = [(record, change.from_person_id) for record in change.moved]
    after = [(record, change.person_id) for record in change.moved]
    return Event(
        action, "person", change.from_person_id, change.person_id, said=(author, reason), before=tuple(before),
        after=tuple(after),
    )  # fmt: skip


def _version(connection: Connection) -> int:
    return int(connection.execute(sa.text("SELECT version FROM store_version")).scalar_one())


def _sorted(records: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(records))
