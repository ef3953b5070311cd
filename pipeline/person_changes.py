"""Undo a merge, or make one, because somebody decided so: what the persons then say is made anew from their records."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedup import survivorship
from dedup.household_members import household_members
from pipeline import four_eyes, workplace
from pipeline.artefacts import write_parts
from pipeline.batch_steps import MEMBERS
from pipeline.inquiries import asked
from pipeline.issuing_authority import issuing_authority
from pipeline.settings import Settings
from schemas import tables as t
from schemas.errors import StoreMoved, UsageError
from schemas.lineage import hash_text
from store import audit, queries, reports
from store.audit import Event
from store.batch import BatchTables
from store.engine import Store
from store.person_changes import PersonChange, change_persons, plan_join, plan_part
from store.proposals import Kind

_ATTEMPTS = 3
MOST_ALONE = 100
"""Records of a person that one person may part; a larger one takes a second person (RELIABILITY S11)."""
_KIND: Kind = "person_unmerge"


def unmerge(
    person_id: str, record_ids: Collection[str], author: str, reason: str, settings: Settings
) -> dict[str, Any]:
    """Let records leave a person and be one of their own; their pairs with the others are judged different.

    A person of more than MOST_ALONE records is not parted: it is proposed, and another person approves it.

    Raises:
        UsageError: person.unknown, person.not_its_record, person.nothing_left, person.unsigned.
    """
    refused = Event("person.unmerged", "person", person_id, said=(author, reason))
    with asked(settings) as store, audit.refusals(store, refused):
        planned = plan_part(store, person_id, record_ids)
        if len(planned.members) > MOST_ALONE:
            return _proposed(store, planned, record_ids, author, reason)
        change = _changed(store, lambda: plan_part(store, person_id, record_ids), author, reason, settings)
    return _told(change)


def propose_unmerge(
    person_id: str, record_ids: Collection[str], author: str, reason: str, settings: Settings
) -> dict[str, Any]:
    """Propose that records leave a person, however few they are; another person approves it.

    Raises:
        UsageError: as `unmerge`.
    """
    refused = Event("person.unmerge_proposed", "person", person_id, said=(author, reason))
    with asked(settings) as store, audit.refusals(store, refused):
        return _proposed(store, plan_part(store, person_id, record_ids), record_ids, author, reason)


def approve_unmerge(person_id: str, author: str, settings: Settings) -> dict[str, Any]:
    """Part a person as another person proposed it, and only so.

    Raises:
        UsageError: person.unknown, person.unsigned; approval.none, approval.same_person, approval.stale;
            approval.changed where the person, or what would happen to it, is not what it was.
    """
    if not author.strip():
        raise UsageError("person.unsigned")
    refused = Event("person.unmerged", "person", person_id, said=(author,))
    with asked(settings) as store, audit.refusals(store, refused):
        current = reports.current_person_id(store, person_id)
        if current is None:
            raise UsageError("person.unknown", person=person_id)
        proposal = four_eyes.open_proposal(store, _KIND, current, author)

        def plan() -> PersonChange:
            try:
                planned = plan_part(store, current, proposal.records)
            except UsageError:  # a record has left it meanwhile
                raise UsageError("approval.changed", person=person_id) from None
            if _hash_of(planned) != proposal.plan:
                raise UsageError("approval.changed", person=person_id)
            return planned

        both = f"{proposal.author}, {author.strip()}"
        return _told(_changed(store, plan, both, proposal.reason, settings))


def _proposed(
    store: Store, planned: PersonChange, record_ids: Collection[str], author: str, reason: str
) -> dict[str, Any]:
    if not (author.strip() and reason.strip()):
        raise UsageError("person.unsigned")
    content = four_eyes.Content(_hash_of(planned), author.strip(), reason.strip())
    four_eyes.propose(store, _KIND, planned.from_person_id, sorted(record_ids), content)
    return _told(planned) | {"kind": "proposed"}


def _hash_of(change: PersonChange) -> str:
    """All that happens: who is parted, which records go where, and which former ids come along."""
    told = (change.from_person_id, change.person_id, *change.moved, "|", *change.others, "|", *change.redirects)
    return hash_text("\n".join(told))


def merge(one: str, other: str, author: str, reason: str, settings: Settings) -> dict[str, Any]:
    """Make two persons one; all pairs of their records are judged the same.

    Raises:
        UsageError: person.unknown, person.one_already, person.unsigned.
    """
    refused = Event("person.merged", "person", one, other, said=(author, reason))
    with asked(settings) as store, audit.refusals(store, refused):
        change = _changed(store, lambda: plan_join(store, one, other), author, reason, settings)
    return _told(change)


def _changed(
    store: Store, plan: Callable[[], PersonChange], author: str, reason: str, settings: Settings
) -> PersonChange:
    """Plan and write; a batch that was loaded in between is no reason to give up."""
    issuing = issuing_authority(settings)
    for attempt in range(1, _ATTEMPTS + 1):
        change = plan()
        # What people say lies in the home folder for a moment only, and goes with the next start after a kill.
        with workplace.borrowed_place(settings.home) as folder:
            tables = _tables(store, change, folder)
            try:
                change_persons(store, change, tables, author, reason, issuing)
            except StoreMoved:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return change
    raise AssertionError("the last attempt returns or raises")


def _tables(store: Store, change: PersonChange, folder: Path) -> BatchTables:
    """What survivorship makes of the persons that there are afterwards, as folder tables."""
    persons = change.members
    records = pa.concat_tables(queries.stored_records(store, pa.array(list(persons), pa.string())))
    owners = pa.array([persons[r] for r in records["record_id"].to_pylist()], pa.string())
    members = records.append_column(MEMBERS.schema.field("person_id"), owners)
    golden, sources = survivorship.survive(members)
    made = {
        t.CLUSTERS: _clusters(change), t.GOLDEN_PERSONS: golden, t.VALUE_SOURCES: sources,
        t.HOUSEHOLD_MEMBERS: household_members(members, golden),
    }  # fmt: skip
    for spec, table in made.items():
        write_parts([table], folder / spec.name, spec)
    return BatchTables(**{spec.name: (folder / spec.name,) for spec in made})


def _clusters(change: PersonChange) -> pa.Table:
    persons = change.members
    owners = list(persons.values())
    before = [change.from_person_id if r in change.moved else owner for r, owner in persons.items()]
    columns = [list(persons), owners, before, [True] * len(owners)]
    return pa.table([pa.array(c) for c in columns], schema=t.CLUSTERS.schema)


def _told(change: PersonChange) -> dict[str, Any]:
    other = change.from_person_id
    return {
        "kind": change.kind, "person": change.person_id, "other_person": other, "records": list(change.moved),
        "other_records": list(change.others),
    }  # fmt: skip
