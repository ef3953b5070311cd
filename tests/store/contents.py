"""What a store holds, for comparisons."""

import sqlalchemy as sa

from store.engine import Store
from store.roles import Role
from store.tables import METADATA

NO_PART_OF_A_BATCH = ("batch_events", "audit_events")


def digest(store: Store, without: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    """Rows and a hash of all rows of each table."""
    hashed = "SELECT count(*), coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"
    wanted = [name for name in METADATA.tables if name not in without]
    with store.reading(Role.BACKUP) as connection:  # no other role reads all tables
        return {name: tuple(connection.execute(sa.text(hashed.format(name))).one()) for name in wanted}


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def run(store: Store, *statements: str) -> None:
    """Run statements in one transaction, as the owner of the tables: no other may do all that tests do."""
    with store.writing(role=Role.MIGRATE) as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


_PERSON = "(SELECT min(l.record_id::text) FROM memberships l WHERE l.person_id = {}.person_id) AS person"
_NOT_SAID = {"person_id", "head_person_id", "personal_number", "recorded_at"}
_SAID = {
    "golden_persons": f"SELECT {_PERSON.format('p')}, {{}} FROM golden_persons p",
    "value_sources": f"SELECT {_PERSON.format('p')}, {{}} FROM value_sources p",
    "household_members": f"SELECT {_PERSON.format('p')}, {{}} FROM household_members p",
    "golden_households": (
        "SELECT (SELECT min(l.record_id::text) FROM memberships l WHERE l.person_id = p.head_person_id) AS head, {} "
        "FROM golden_households p"
    ),
    "memberships": f"SELECT {_PERSON.format('p')}, {{}} FROM memberships p",
}


def said(store: Store) -> dict[str, tuple[int, str]]:
    """Rows and a hash of what the store says of persons: no ids of persons, no issued numbers, no times of writing.

    A person is named by its lowest record id, so two stores agree where the partition, the golden values with their
    sources, and the members and heads of households do.
    """
    found = {}
    with store.reading() as connection:
        for name, query in _SAID.items():
            columns = ", ".join(f"p.{c.name}" for c in METADATA.tables[name].columns if c.name not in _NOT_SAID)
            hashed = f"""SELECT count(*), coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '')
                         FROM ({query.format(columns)}) t"""
            found[name] = tuple(connection.execute(sa.text(hashed)).one())
    return found
