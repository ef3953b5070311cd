"""The persons of a batch: whose records they are, their golden values and sources, their households.

New persons go straight in. Persons of the store that the batch touches are staged and updated where they differ;
those that turn out to be another one are retired, with a redirect, and their issued number moves along.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.batch import BatchTables
from store.copying import copy_in, count_rows, read_parts
from store.indexes import copy_many
from store.upserts import is_empty, stage, upsert_staged

_MEMBER = ("record_id", "person_id")


@dataclass(frozen=True)
class PersonCounts:
    """What became of persons; `members` are the batch's own records that have one."""

    members: int
    new: int
    changed: int
    retired: int


def load_persons(connection: Connection, tables: BatchTables, batch_id: str) -> PersonCounts:
    """Write memberships, golden persons, value sources and households of the batch."""
    members = copy_many(connection, "memberships", _own_members(tables.clusters), count_rows(tables.clusters))
    stored, touched = _stored_members(tables.clusters)
    _stage_persons(connection, stored, _of_persons(tables.golden_persons, touched, are_touched=True))
    _stage_households(connection, tables.golden_households)
    retired = _move_members(connection, batch_id)
    golden = _of_persons(tables.golden_persons, touched, are_touched=False)
    new = copy_many(connection, "golden_persons", golden, count_rows(tables.golden_persons))
    inserted, changed = _update_persons(connection)
    _write_sources(connection, tables.value_sources)
    _update_households(connection)
    return PersonCounts(members, new + inserted, changed, retired)


def _own_members(clusters: Sequence[Path]) -> Iterator[pa.Table]:
    for table in read_parts(clusters, (*_MEMBER, "is_stored")):
        yield table.filter(pc.invert(table["is_stored"])).select(_MEMBER)


def _stored_members(clusters: Sequence[Path]) -> tuple[pa.Table, pa.Array]:
    """Stored records that the batch touches, and the ids of all persons of the store among the clusters."""
    names = (*_MEMBER, "stored_person_id", "is_stored")
    tables = [t.filter(t["is_stored"]) for t in read_parts(clusters, names)]
    if not tables:
        return pa.table({n: pa.array([], pa.string()) for n in _MEMBER}), pa.array([], pa.string())
    stored = pa.concat_tables(tables)
    ids = [*stored["person_id"].chunks, *stored["stored_person_id"].chunks]
    return stored.select(_MEMBER), pc.unique(pa.chunked_array(ids, pa.string()).drop_null())


def _of_persons(folders: Sequence[Path], touched: pa.Array, *, are_touched: bool) -> Iterator[pa.Table]:
    if are_touched and not len(touched):
        return
    for table in read_parts(folders, contracts.GOLDEN_PERSONS.column_names):
        if len(touched):
            mask = pc.is_in(table["person_id"], value_set=touched)
            yield table.filter(mask if are_touched else pc.invert(mask))
        else:
            yield table


def _stage_persons(connection: Connection, stored: pa.Table, golden: Iterator[pa.Table]) -> None:
    _run(connection, "CREATE TEMP TABLE stored_members (record_id uuid, person_id uuid) ON COMMIT DROP")
    copy_in(connection, "stored_members", [stored])
    stage(connection, contracts.GOLDEN_PERSONS, golden)
    _run(
        connection,
        """CREATE TEMP TABLE moved ON COMMIT DROP AS
           SELECT record_id, m.person_id AS old_person_id, s.person_id
           FROM stored_members s JOIN memberships m USING (record_id) WHERE m.person_id <> s.person_id""",
    )


def _stage_households(connection: Connection, folders: Sequence[Path]) -> None:
    spec = contracts.GOLDEN_HOUSEHOLDS
    stage(connection, spec, read_parts(folders, spec.column_names))
    # Their members are counted anew at the end: the batch sees only the persons that it touches.
    _run(
        connection,
        """CREATE TEMP TABLE touched_households ON COMMIT DROP AS
           SELECT household_key FROM staged_golden_households JOIN golden_households USING (household_key)
           UNION
           SELECT household_key FROM golden_persons WHERE household_key IS NOT NULL AND person_id IN (
               SELECT person_id FROM staged_golden_persons UNION SELECT old_person_id FROM moved)""",
    )


def _move_members(connection: Connection, batch_id: str) -> int:
    _run(connection, "UPDATE memberships m SET person_id = v.person_id FROM moved v WHERE v.record_id = m.record_id")
    _run(
        connection,
        """CREATE TEMP TABLE retired ON COMMIT DROP AS
           SELECT old_person_id, (array_agg(v.person_id ORDER BY v.person_id))[1] AS person_id FROM moved v
           WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = v.old_person_id) GROUP BY 1""",
    )
    _run(
        connection,
        """UPDATE person_redirects r SET person_id = n.person_id FROM retired n
           WHERE r.person_id = n.old_person_id AND r.retired_person_id <> n.person_id""",
    )
    _run(connection, "DELETE FROM person_redirects WHERE retired_person_id IN (SELECT person_id FROM retired)")
    connection.execute(
        sa.text("""
            INSERT INTO person_redirects (retired_person_id, person_id, batch_id)
            SELECT old_person_id, person_id, CAST(:batch_id AS uuid) FROM retired
            ON CONFLICT (retired_person_id) DO UPDATE SET person_id = excluded.person_id"""),
        {"batch_id": batch_id},
    )
    for table in ("value_sources", "golden_persons"):
        _run(connection, f"DELETE FROM {table} WHERE person_id IN (SELECT old_person_id FROM retired)")
    return int(connection.execute(sa.text("SELECT count(*) FROM retired")).scalar_one())


def _update_persons(connection: Connection) -> tuple[int, int]:
    # A golden record is built from records, which do not know the number that was issued to the person.
    _run(
        connection,
        """UPDATE staged_golden_persons s SET personal_number = held.personal_number
           FROM (SELECT DISTINCT ON (t.person_id) t.person_id, i.personal_number
                 FROM staged_golden_persons t
                 LEFT JOIN person_redirects r ON r.person_id = t.person_id
                 JOIN issued_numbers i ON i.person_id IN (t.person_id, r.retired_person_id)
                 ORDER BY t.person_id, i.recorded_at, i.personal_number) held
           WHERE held.person_id = s.person_id AND s.personal_number IS NULL""",
    )
    counts = upsert_staged(connection, contracts.GOLDEN_PERSONS)
    _run(
        connection,
        """DELETE FROM person_redirects r USING golden_persons p
           WHERE p.person_id = r.retired_person_id""",
    )
    return counts


def _write_sources(connection: Connection, folders: Sequence[Path]) -> None:
    _run(connection, "DELETE FROM value_sources WHERE person_id IN (SELECT person_id FROM staged_golden_persons)")
    sources = read_parts(folders, contracts.VALUE_SOURCES.column_names)
    copy_many(connection, "value_sources", sources, count_rows(folders))


def _update_households(connection: Connection) -> None:
    spec = contracts.GOLDEN_HOUSEHOLDS
    if is_empty(connection, spec.name):
        _run(connection, f"INSERT INTO {spec.name} SELECT * FROM staged_{spec.name}")
        return
    upsert_staged(connection, spec, keep=("household_id", "head_person_id"))
    _run(
        connection,
        """UPDATE golden_households h SET member_count = n.members FROM (
               SELECT t.household_key, count(p.person_id) AS members FROM touched_households t
               LEFT JOIN golden_persons p USING (household_key) GROUP BY 1) n
           WHERE n.household_key = h.household_key AND h.member_count <> n.members""",
    )
    _run(
        connection,
        "DELETE FROM golden_households h USING touched_households t "
        "WHERE t.household_key = h.household_key AND h.member_count = 0",
    )
    _run(
        connection,
        """UPDATE golden_households h SET head_person_id = r.person_id
           FROM retired n JOIN person_redirects r ON r.retired_person_id = n.old_person_id
           WHERE h.head_person_id = n.old_person_id""",
    )


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
