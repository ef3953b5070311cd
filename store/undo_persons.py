"""Persons when a batch is undone: those of whom nothing is left, and ids that led to somebody who comes apart.

An id that was given out leads to a person for ever, or is noted as gone; a number that was issued stays used.
"""

from collections.abc import Mapping

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.copying import copy_in

HOMES_OF_GONE = "SELECT household_key FROM homes_of_gone"
"""Query of the households that persons who are gone lived in."""
_FORMER = """
    SELECT former_id, record_id FROM (
        SELECT o.person_id AS former_id, o.record_id FROM at_stake JOIN row_outcomes o USING (record_id)
        UNION
        SELECT CASE kind WHEN 'parted' THEN person_id ELSE from_person_id END, unnest(record_ids)
        FROM person_changes) b
    JOIN at_stake USING (record_id)
    WHERE former_id IN (SELECT retired_person_id FROM person_redirects
                        WHERE person_id IN (SELECT person_id FROM at_stake JOIN memberships USING (record_id)))"""
_VANISHED = (
    """CREATE TEMP TABLE vanished ON COMMIT DROP AS
       SELECT person_id FROM persons_of_lost p
       WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = p.person_id)
       AND NOT EXISTS (SELECT FROM person_redirects r WHERE r.retired_person_id = p.person_id)""",
    """INSERT INTO vanished SELECT r.retired_person_id FROM person_redirects r JOIN vanished v USING (person_id)""",
    "ANALYZE vanished",
    """CREATE TEMP TABLE homes_of_gone ON COMMIT DROP AS
       SELECT DISTINCT household_key FROM household_members JOIN vanished USING (person_id)""",
    # What they claimed others may bear from now on.
    """CREATE TEMP TABLE numbers_freed ON COMMIT DROP AS
       SELECT personal_number FROM golden_persons JOIN vanished USING (person_id) WHERE personal_number IS NOT NULL
       UNION SELECT personal_number FROM number_issues JOIN vanished USING (person_id) WHERE closed_at IS NULL""",
    """UPDATE number_issues SET closed_at = clock_timestamp()
       WHERE closed_at IS NULL AND person_id IN (SELECT person_id FROM vanished)""",
    *(
        f"DELETE FROM {table} WHERE person_id IN (SELECT person_id FROM vanished)"
        for table in ("household_members", "value_sources", "golden_persons", "person_redirects")
    ),
)


def note_persons(connection: Connection) -> None:
    """Note whose records go, before they do."""
    _run(
        connection,
        """CREATE TEMP TABLE persons_of_lost ON COMMIT DROP AS
           SELECT DISTINCT person_id FROM lost JOIN memberships USING (record_id) WHERE NOT is_waiting""",
    )


def former_ids(connection: Connection) -> pa.Table:
    """former_id and record_id: ids that lead to a person at stake, with records at stake that bore them."""
    hexed = f"SELECT encode(uuid_send(former_id), 'hex'), encode(uuid_send(record_id), 'hex') FROM ({_FORMER}) f"
    found = connection.execute(sa.text(hexed + " ORDER BY 2, 1")).all()
    names = ("former_id", "record_id")
    return pa.table({n: pa.array([row[i] for row in found], pa.string()) for i, n in enumerate(names)})


def lead(connection: Connection, led: Mapping[str, str]) -> None:
    """Let former ids lead elsewhere; one that leads to itself is a person again."""
    if not led:
        return
    _run(connection, "CREATE TEMP TABLE led (retired_person_id uuid, person_id uuid) ON COMMIT DROP")
    copy_in(connection, "led", [pa.table({"retired_person_id": list(led), "person_id": list(led.values())})])
    _run(
        connection,
        """DELETE FROM person_redirects r USING led l
           WHERE l.retired_person_id = r.retired_person_id AND l.person_id = l.retired_person_id""",
    )
    _run(
        connection,
        """UPDATE person_redirects r SET person_id = l.person_id FROM led l
           WHERE l.retired_person_id = r.retired_person_id AND l.person_id <> r.person_id""",
    )


def bury(connection: Connection, batch_id: str) -> int:
    """Let persons of whom no record is left go, and note it; how many they are.

    Before the others are written: what they claimed may then be borne by another.
    """
    for statement in _VANISHED:
        _run(connection, statement)
    connection.execute(
        sa.text("INSERT INTO gone_persons (person_id, batch_id) SELECT person_id, :batch_id FROM vanished"),
        {"batch_id": batch_id},
    )
    return int(connection.execute(sa.text("SELECT count(*) FROM vanished")).scalar_one())


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
