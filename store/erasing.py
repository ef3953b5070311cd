"""What becomes of each table when a person is erased: the person's rows go, and values of his in rows of others.

Outcomes, sums and ids of rows stay. Statements of one transaction, on temporary tables: `erased_persons` (with the ids
that lead to the person), `erased` (records, and rows kept out), `erased_numbers` and `erased_words` (what he alone
bears, and what he is called).
"""

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.households import TOUCHED
from store.numbering import OWNER, OWNER_JOINS

_RELATED = ("father_name", "mother_name", "spouse_name", "representative_name", "head_name")
TYPED = {
    "judgements": "reason", "cross_judgements": "reason", "row_judgements": "reason", "cell_judgements": "reason",
    "person_changes": "reason", "proposals": "reason",
    "batch_undos": "reason", "office_decisions": "reason", "holds": "reason", "erasures": "reason",
    "number_changes": "note", "gate_releases": "reason", "reveal_requests": "reason",
}  # fmt: skip
"""Texts that somebody typed; nobody is to name a person there, and some will."""

_SYLLABLE = 6

KEPT: Mapping[str, str] = {
    "accounts": "staff who sign in, nobody of a ledger", "account_sessions": "hashes of tokens",
    "account_proposals": "staff",
    "audit_events": "keyed pseudonyms, chained", "audit_heads": "hashes", "batch_events": "codes",
    "batch_files": "aliases and sums", "batch_notes": "counts, codes, ids",
    "batch_undos": "counts; reasons are cleared",
    "batches": "sums", "block_key_scheme": "no person", "corrections": "ids of rows", "erasures": "the proof",
    "file_columns": "headings; sheets that name the person are cleared",
    "file_names": "sealed; those that name the person are cleared by the pipeline", "gone_persons": "ids",
    "gate_releases": "no person; reasons are cleared",
    "holds": "ids; reasons are cleared", "mended_claims": "ids of rows", "number_allocations": "no person",
    "number_buckets": "counts", "office_decisions": "no person; reasons are cleared",
    "period_figures": "counts, codes, ids of batches",
    "person_changes": "ids; reasons are cleared", "proposals": "ids; reasons are cleared",
    "reveal_requests": "ids; reasons are cleared", "reveal_grants": "staff and moments",
    "removed_rows": "ids of rows", "row_samples": "counts and a digest",
    "row_sample_findings": "counts", "retired_numbers": "keyed digests", "row_outcomes": "outcomes; sheets are cleared",
    "store_version": "no person", "taken_indexes": "definitions of indexes",
    "golden_households": "counted anew from the members who are left",
}  # fmt: skip
"""Tables that no row of a person is deleted from, and why."""

_PAIRS = "DELETE FROM {0} t USING erased e WHERE e.record_id IN (t.left_record_id, t.right_record_id)"
_OF_RECORD = "DELETE FROM {0} t USING erased e WHERE t.record_id = e.record_id"
_OF_PERSON = "DELETE FROM {0} t USING erased_persons p WHERE t.person_id = p.person_id"
DELETED: Mapping[str, str] = {
    "issued_numbers": "DELETE FROM {0} WHERE personal_number IN (SELECT personal_number FROM erased_issued)",
    "number_changes": """DELETE FROM {0} t WHERE person_id IN (SELECT person_id FROM erased_persons)
        OR old_number IN (SELECT number FROM erased_numbers) OR new_number IN (SELECT number FROM erased_numbers)""",
    "number_issues": """DELETE FROM {0} t WHERE person_id IN (SELECT person_id FROM erased_persons)
        OR personal_number IN (SELECT number FROM erased_numbers)""",
    "cells": _OF_RECORD, "cell_judgements": _OF_RECORD,
    "scored_pairs": _PAIRS, "judgements": _PAIRS, "cross_judgements": _PAIRS,
    "block_keys": _OF_RECORD, "recent_block_keys": _OF_RECORD, "check_results": _OF_RECORD,
    "row_judgements": """DELETE FROM {0} t USING quarantine q, erased e
        WHERE q.record_id = e.record_id AND t.content_id = q.content_id""",
    "quarantine": _OF_RECORD, "value_sources": _OF_PERSON, "household_members": _OF_PERSON,
    "known_rows": """DELETE FROM {0} t USING row_outcomes o, erased e
        WHERE o.record_id = t.record_id AND o.known_record_id = e.record_id""",
    "replaced_records": """DELETE FROM {0} t USING erased e
        WHERE e.record_id IN (t.record_id, t.corrected_record_id)""",
    "membership_history": """DELETE FROM {0} t WHERE record_id IN (SELECT record_id FROM erased)
        OR person_id IN (SELECT person_id FROM erased_persons)""",
    "memberships": _OF_RECORD, "records": _OF_RECORD, "golden_persons": _OF_PERSON, "person_redirects": _OF_PERSON,
}  # fmt: skip
"""Tables that the person's rows are deleted from, in this order."""


def stage(connection: Connection, person_id: str, record_ids: Sequence[str]) -> None:
    """Make the temporary tables of the person: ids, records, households, what he bears and is called."""
    connection.execute(sa.text("CREATE TEMP TABLE erased (record_id uuid PRIMARY KEY) ON COMMIT DROP"))
    connection.execute(
        sa.text("INSERT INTO erased SELECT DISTINCT unnest(CAST(:ids AS uuid[]))"), {"ids": list(record_ids)}
    )
    connection.execute(
        sa.text("""CREATE TEMP TABLE erased_persons ON COMMIT DROP AS SELECT CAST(:p AS uuid) AS person_id
                   UNION SELECT retired_person_id FROM person_redirects WHERE person_id = CAST(:p AS uuid)"""),
        {"p": person_id},
    )
    for statement in _STAGED:
        connection.execute(sa.text(statement))


_STAGED = (
    f"""CREATE TEMP TABLE erased_issued ON COMMIT DROP AS
        SELECT i.personal_number FROM issued_numbers i {OWNER_JOINS}
        WHERE {OWNER} IN (SELECT person_id FROM erased_persons)""",
    # A number that a record of somebody else bears too is his as well.
    """CREATE TEMP TABLE erased_numbers ON COMMIT DROP AS
        SELECT DISTINCT number FROM (
            SELECT unnest(ARRAY[personal_number, old_id_number]) AS number FROM records JOIN erased USING (record_id)
            UNION SELECT unnest(ARRAY[personal_number, old_id_number]) FROM golden_persons
            JOIN erased_persons USING (person_id)
            UNION SELECT personal_number FROM erased_issued
            UNION SELECT unnest(ARRAY[old_number, new_number]) FROM number_changes JOIN erased_persons USING (person_id)
            UNION SELECT personal_number FROM number_issues JOIN erased_persons USING (person_id)) n
        WHERE number IS NOT NULL""",
    """DELETE FROM erased_numbers n USING records r WHERE n.number IN (r.personal_number, r.old_id_number)
       AND r.record_id NOT IN (SELECT record_id FROM erased)""",
    f"""CREATE TEMP TABLE {TOUCHED} ON COMMIT DROP AS
        SELECT household_key FROM records JOIN erased USING (record_id) WHERE household_key IS NOT NULL
        UNION SELECT household_key FROM household_members JOIN erased_persons USING (person_id)""",
    f"""CREATE TEMP TABLE relatives ON COMMIT DROP AS
        SELECT m.person_id, m.record_id FROM records r JOIN memberships m USING (record_id)
        WHERE r.household_key IN (SELECT household_key FROM {TOUCHED})
        AND r.record_id NOT IN (SELECT record_id FROM erased)""",
    """CREATE TEMP TABLE erased_words ON COMMIT DROP AS
        SELECT DISTINCT lower(word) AS word FROM records JOIN erased USING (record_id),
            unnest(full_name || string_to_array(other_names, '; ')) word WHERE btrim(word) <> ''
        UNION SELECT number FROM erased_numbers""",
)


def erase(connection: Connection, sealed: Callable[[str], str] | None) -> dict[str, int]:
    """Erase the staged person; returns how many rows of each table were deleted, how many of others cleared.

    Args:
        connection: the transaction, in which an approved erasure is named.
        sealed: what makes the digest by which a number that was issued here is kept from being issued again.
    """
    gone = {name: connection.execute(sa.text(statement)).rowcount for name, statement in _cleared().items()}
    _retire(connection, sealed)
    for table, statement in DELETED.items():
        gone[table] = connection.execute(sa.text(statement.format(table))).rowcount
    return gone


def numbers_of(connection: Connection) -> tuple[str, ...]:
    """The numbers that the staged person alone bears."""
    return tuple(str(n) for n in connection.execute(sa.text("SELECT number FROM erased_numbers ORDER BY 1")).scalars())


def names_of(connection: Connection) -> tuple[str, ...]:
    """What the staged person is called, in lower case."""
    query = "SELECT word FROM erased_words WHERE word !~ '^[0-9]+$' ORDER BY 1"
    return tuple(str(word) for word in connection.execute(sa.text(query)).scalars())


def issued_to(connection: Connection) -> int:
    """How many numbers were issued here to the staged person."""
    return int(connection.execute(sa.text("SELECT count(*) FROM erased_issued")).scalar_one())


def _cleared() -> dict[str, str]:
    """Statements that take names and numbers of the person out of rows of others."""
    words, numbers = "(SELECT word FROM erased_words)", "(SELECT number FROM erased_numbers)"
    named = ", ".join(f"{c} = CASE WHEN lower({c}) IN {words} THEN NULL ELSE {c} END" for c in _RELATED)
    is_named = " OR ".join(f"lower({c}) IN {words}" for c in _RELATED)
    # One syllable stands in too many other words.
    says = f"""EXISTS (SELECT FROM erased_words w
        WHERE length(w.word) > {_SYLLABLE} AND position(w.word IN lower({{}})) > 0)"""
    cleared = {
        "relatives_records": f"""UPDATE records SET {named}
            WHERE record_id IN (SELECT record_id FROM relatives) AND ({is_named})""",
        "relatives_persons": f"""UPDATE golden_persons SET {named}
            WHERE person_id IN (SELECT person_id FROM relatives) AND ({is_named})""",
        **{
            f"{table}_head_number": f"UPDATE {table} SET head_number = NULL WHERE head_number IN {numbers}"
            for table in ("records", "golden_persons")
        },
        **{
            f"{table}_head": f"""UPDATE {table} t SET head_record_id = NULL FROM erased e
                WHERE t.head_record_id = e.record_id AND t.record_id NOT IN (SELECT record_id FROM erased)"""
            for table in ("records", "known_rows")
        },
        "rows_kept_out": f"""UPDATE quarantine SET raw_value = NULL
            WHERE raw_value IS NOT NULL AND {says.format("raw_value")}
            AND file_id IN (SELECT file_id FROM row_outcomes JOIN erased USING (record_id))""",
        "numbers_kept_out": f"""UPDATE quarantine SET raw_value = NULL WHERE raw_value IS NOT NULL
            AND regexp_replace(raw_value, '[^0-9]', '', 'g') IN {numbers}""",
    }
    for table in ("row_outcomes", "quarantine"):
        cleared[f"{table}_sheet"] = f"""UPDATE {table} SET sheet = NULL WHERE sheet IS NOT NULL
            AND file_id IN (SELECT file_id FROM row_outcomes JOIN erased USING (record_id))
            AND (record_id IN (SELECT record_id FROM erased) OR {says.format("sheet")})"""
    cleared["file_columns_sheet"] = f"""UPDATE file_columns SET sheet = NULL WHERE sheet IS NOT NULL
        AND file_id IN (SELECT file_id FROM row_outcomes JOIN erased USING (record_id)) AND {says.format("sheet")}"""
    for table, column in TYPED.items():
        cleared[f"{table}_{column}"] = f"UPDATE {table} SET {column} = '-' WHERE {says.format(column)}"
    return cleared


def _retire(connection: Connection, sealed: Callable[[str], str] | None) -> None:
    issued = connection.execute(sa.text("SELECT personal_number FROM erased_issued ORDER BY 1")).scalars().all()
    for number in issued:
        if sealed is None:
            raise ValueError("a number that was issued here needs the key of numbers")
        connection.execute(
            sa.text("INSERT INTO retired_numbers (digest) VALUES (:d) ON CONFLICT DO NOTHING"), {"d": sealed(number)}
        )
