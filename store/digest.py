"""The digest of a store: what it says about whom, without how it came to say it.

Equal for any order in which the same ledgers were loaded: which records are one person, the golden values with their
sources, and who lived in which household when. Left out are surrogate ids, issued numbers and times of recording, and
what is lineage rather than a value: texts as they were written, why one is missing, and places in a roster. A record
goes by its content, because the same content delivered twice is stored from whichever file came first.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import psycopg_cursor
from store.engine import Store

_NO_PART = {"person_id", "main_record_id", "personal_number", "head_person_id", "record_id", "from_record_id",
            "to_record_id", "household_key", "household_position", "empty_reasons"}  # fmt: skip


@dataclass(frozen=True)
class StoreDigest:
    """SHA-256 over the sorted rows of each part, with their number, and over all parts together."""

    parts: Mapping[str, tuple[int, str]]
    whole: str


def store_digest(store: Store) -> StoreDigest:
    """Read the whole store once, sorted: minutes for millions of records, little memory."""
    with store.reading() as connection:
        return digest_of(connection)


def digest_of(connection: Connection) -> StoreDigest:
    """The digest as that transaction sees the store; it writes a temporary table."""
    connection.execute(sa.text("SET LOCAL work_mem = '256MB'"))
    connection.execute(sa.text(_PERSONS))
    connection.execute(sa.text("ANALYZE person_content"))
    cursor = psycopg_cursor(connection)
    parts = {}
    for name, query in _PARTS.items():
        rows, whole = 0, hashlib.sha256()
        with cursor.copy(f"COPY ({query} ORDER BY 1) TO STDOUT".encode()) as copy:
            for row in copy:
                rows += 1
                whole.update(row)
        parts[name] = (rows, whole.hexdigest())
    together = hashlib.sha256(repr(sorted(parts.items())).encode())
    return StoreDigest(parts, together.hexdigest())


_PERSONS = """
    CREATE TEMP TABLE person_content ON COMMIT DROP AS
    SELECT person_id, md5(string_agg(content_id::text, ',' ORDER BY content_id)) AS person
    FROM memberships JOIN records USING (record_id) GROUP BY person_id"""
"""A person goes by what its records say."""


def _said(spec_columns: tuple[str, ...], table: str) -> str:
    return ", ".join(f'{table}."{c}"' for c in spec_columns if c not in _NO_PART and not c.endswith("_raw"))


_PARTS: Mapping[str, str] = {
    "persons": "SELECT person FROM person_content",
    "golden_persons": f"""
        SELECT row(c.person, r.content_id, g.household_key, {_said(contracts.GOLDEN_PERSONS.column_names, "g")},
            CASE WHEN NOT EXISTS (SELECT FROM issued_numbers i WHERE i.personal_number = g.personal_number)
                 THEN g.personal_number END)::text
        FROM golden_persons g JOIN person_content c USING (person_id)
        JOIN records r ON r.record_id = g.main_record_id""",
    "value_sources": """
        SELECT row(c.person, v.field, v.method, r.content_id)::text
        FROM value_sources v JOIN person_content c USING (person_id) JOIN records r USING (record_id)""",
    "household_members": f"""
        SELECT row(c.person, m.household_key, {_said(contracts.HOUSEHOLD_MEMBERS.column_names, "m")}, l.content_id,
            f.content_id, t.content_id)::text
        FROM household_members m JOIN person_content c USING (person_id)
        JOIN records l ON l.record_id = m.record_id JOIN records f ON f.record_id = m.from_record_id
        LEFT JOIN records t ON t.record_id = m.to_record_id""",
    "golden_households": f"""
        SELECT row(h.household_key, c.person, {_said(contracts.GOLDEN_HOUSEHOLDS.column_names, "h")})::text
        FROM golden_households h LEFT JOIN person_content c ON c.person_id = h.head_person_id""",
}
