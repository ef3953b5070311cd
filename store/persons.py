"""The persons of a batch: whose records they are, their golden values and sources, their households.

New persons go straight in. Persons of the store that the batch touches are staged and updated where they differ;
those that turn out to be another one are retired, with a redirect. Which number each bears: `store.numbering`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store import households
from store.batch import BatchTables
from store.copying import copy_in, count_rows, of_persons, read_parts
from store.indexes import copy_many
from store.numbering import Because, NewClaims, remember_numbers, settle_numbers
from store.upserts import stage, upsert_staged

_MEMBER = ("record_id", "person_id")


@dataclass(frozen=True)
class PersonCounts:
    """What became of persons; `members` are the batch's own records that have one.

    `number_issues` are claimed numbers that somebody has to look at from now on.
    """

    members: int
    new: int
    changed: int
    retired: int
    number_issues: int


def load_persons(connection: Connection, tables: BatchTables, because: Because) -> PersonCounts:
    """Write memberships, golden persons, value sources and households of the batch, or of a decision without one."""
    claims = NewClaims()
    members = copy_many(connection, "memberships", _own_members(tables.clusters), count_rows(tables.clusters))
    stored, touched = _stored_members(tables.clusters)
    spec, folders = contracts.GOLDEN_PERSONS, tables.golden_persons
    _stage_persons(connection, stored, of_persons(folders, spec, touched, are_touched=True))
    remember_numbers(connection)
    households.stage_members(connection, tables.household_members, touched)
    retired = _move_members(connection, because.batch_id)
    golden = claims.noting(of_persons(folders, spec, touched, are_touched=False))
    new = copy_many(connection, "golden_persons", golden, count_rows(folders))
    inserted, changed = _update_persons(connection)
    _write_sources(connection, tables.value_sources)
    issues = settle_numbers(connection, claims, because)
    households.write_members(connection, tables.household_members, touched)
    households.count_touched(connection)
    return PersonCounts(members, new + inserted, changed, retired, issues)


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


def _move_members(connection: Connection, batch_id: str | None) -> int:
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


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
