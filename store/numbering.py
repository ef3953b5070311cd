"""Which personal number each person bears after a batch or a decision, and what became of the one it bore before.

A valid number of the records wins; then the first number that was issued on one of the person's records and still
fits its sex and year of birth. What the ledgers claim is not borne while somebody has to look at it: claimed for two
persons, issued to another one, or of another sex or year of birth than the person's. All of it follows from what the
store holds, so any order of batches ends the same, and whatever is undone gives each person its own number back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.copying import copy_in
from store.number_rules import birth_differs, make_units, province_differs, sex_differs
from store.queries import by_index


@dataclass
class NewClaims:
    """The numbers that new persons bring, noted while their rows go by."""

    chunks: list[pa.Table] = field(default_factory=list)

    def noting(self, golden: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The same tables; those of their persons who have a number are kept in mind."""
        for table in golden:
            claims = table.select(["person_id", "personal_number"])
            self.chunks.append(claims.filter(pc.is_valid(claims["personal_number"])))
            yield table


@dataclass(frozen=True)
class Because:
    """For what numbers change: a batch, or somebody's decision with its reason."""

    batch_id: str | None = None
    author: str | None = None
    note: str | None = None


def remember_numbers(connection: Connection) -> None:
    """Note the numbers of the stored persons that are about to change; after they were staged."""
    _run(
        connection,
        """CREATE TEMP TABLE numbers_before ON COMMIT DROP AS
           SELECT person_id, personal_number FROM golden_persons WHERE person_id IN (
               SELECT person_id FROM staged_golden_persons UNION SELECT old_person_id FROM moved)""",
    )


def settle_numbers(connection: Connection, new: NewClaims, because: Because) -> int:
    """Give each touched person the number it bears from now on; returns how many issues were opened.

    Staged persons and new ones are in golden_persons by now, with the number that their records claim.
    """
    make_units(connection)
    _list_claims(connection, new)
    _judge_claims(connection)
    for statement in (*_HOLD_AND_RELEASE, *_OWN_NUMBERS, *_SOURCES, _WANTED_ISSUES, _CLOSE_ISSUES):
        _run(connection, statement)
    opened = connection.execute(sa.text(_OPEN_ISSUES), {"batch_id": because.batch_id}).rowcount
    for statement in (_CHANGES, _RETURNED):
        told = {"batch_id": because.batch_id, "author": because.author, "note": because.note}
        connection.execute(sa.text(statement), told)
    return opened


def _list_claims(connection: Connection, new: NewClaims) -> None:
    """Who claims a number that a touched person claims, or has claimed until now."""
    _run(connection, "CREATE TEMP TABLE claims (person_id uuid, personal_number text) ON COMMIT DROP")
    _run(connection, "CREATE TEMP TABLE IF NOT EXISTS numbers_freed (personal_number text) ON COMMIT DROP")
    copy_in(connection, "claims", new.chunks)
    for statement in _CLAIMS:
        _run(connection, statement)


_TOUCHED = "(SELECT person_id FROM numbers_before UNION SELECT person_id FROM staged_golden_persons)"
_CLAIMS = (
    f"""INSERT INTO claims SELECT p.person_id, p.personal_number FROM staged_golden_persons s
        {by_index("golden_persons", "person_id", "s", "p", "person_id, personal_number")}
        WHERE p.personal_number IS NOT NULL""",
    "ANALYZE claims",
    f"""CREATE TEMP TABLE numbers_asked ON COMMIT DROP AS
        SELECT personal_number FROM claims
        UNION SELECT personal_number FROM numbers_freed
        UNION SELECT personal_number FROM number_issues WHERE closed_at IS NULL AND person_id IN {_TOUCHED}""",
    "ANALYZE numbers_asked",
    f"""CREATE TEMP TABLE claims_elsewhere ON COMMIT DROP AS
        SELECT person_id, personal_number FROM (
            SELECT p.person_id, p.personal_number FROM numbers_asked
            {by_index("golden_persons", "personal_number", "numbers_asked", "p", "person_id, personal_number")}
            UNION
            SELECT i.person_id, personal_number FROM numbers_asked JOIN number_issues i USING (personal_number)
            WHERE i.closed_at IS NULL AND i.person_id NOT IN {_TOUCHED}
            AND EXISTS (SELECT FROM golden_persons p WHERE p.person_id = i.person_id)) all_claims
        EXCEPT SELECT person_id, personal_number FROM claims""",
    """INSERT INTO numbers_before
       SELECT DISTINCT p.person_id, p.personal_number FROM golden_persons p JOIN claims_elsewhere USING (person_id)""",
    "INSERT INTO claims SELECT person_id, personal_number FROM claims_elsewhere",
    "ANALYZE claims",
)


def _judge_claims(connection: Connection) -> None:
    _run(
        connection,
        f"""
        CREATE TEMP TABLE judged_claims ON COMMIT DROP AS
        SELECT *, is_of_other OR is_shared OR is_other_sex OR is_other_birth AS is_held FROM (
            SELECT c.person_id, c.personal_number, o.person_id IS NOT NULL AS is_issued,
                   coalesce(o.person_id <> c.person_id, false) AS is_of_other,
                   o.person_id IS NULL AND count(*) OVER (PARTITION BY c.personal_number) > 1 AS is_shared,
                   {sex_differs("c.personal_number", "p")} AS is_other_sex,
                   {birth_differs("c.personal_number", "p")} AS is_other_birth
            FROM claims c JOIN golden_persons p USING (person_id)
            LEFT JOIN (
                SELECT i.personal_number, {OWNER} AS person_id FROM issued_numbers i {OWNER_JOINS}
                WHERE i.personal_number IN (SELECT personal_number FROM claims)) o
                ON o.personal_number = c.personal_number) c""",
    )
    _run(connection, "ANALYZE judged_claims")


OWNER = "coalesce(m.person_id, r.person_id, i.person_id)"
OWNER_JOINS = """
    LEFT JOIN memberships m ON m.record_id = i.record_id
    LEFT JOIN person_redirects r ON r.retired_person_id = i.person_id"""
"""SQL of whose an issued number `i` is: the person of the record it was issued on; who it was then, without one."""
_HOLD_AND_RELEASE = (
    """UPDATE golden_persons p SET personal_number = NULL FROM judged_claims c
       WHERE c.is_held AND p.person_id = c.person_id AND p.personal_number = c.personal_number""",
    """UPDATE golden_persons p SET personal_number = c.personal_number FROM judged_claims c
       WHERE NOT c.is_held AND p.person_id = c.person_id AND p.personal_number IS DISTINCT FROM c.personal_number""",
)
_UNSEEN = "NOT EXISTS (SELECT FROM memberships m WHERE m.record_id = i.record_id)"
_OWN_NUMBERS = (
    # Somebody of whom nothing was left, and who is delivered again, gets the number back that was issued then.
    """CREATE TEMP TABLE numberless ON COMMIT DROP AS
       SELECT person_id FROM golden_persons WHERE personal_number IS NULL AND person_id IN (
           SELECT person_id FROM staged_golden_persons UNION SELECT person_id FROM judged_claims
           UNION SELECT person_id FROM gone_persons)""",
    "ANALYZE numberless",
    f"""
    UPDATE golden_persons g SET personal_number = own.personal_number FROM (
        SELECT DISTINCT ON (p.person_id) p.person_id, i.personal_number FROM (
            SELECT t.person_id, i.personal_number FROM numberless t JOIN memberships USING (person_id)
            JOIN issued_numbers i USING (record_id)
            UNION
            SELECT t.person_id, i.personal_number FROM numberless t
            JOIN issued_numbers i ON i.person_id = t.person_id WHERE {_UNSEEN}
            UNION
            SELECT t.person_id, i.personal_number FROM numberless t JOIN person_redirects r USING (person_id)
            JOIN issued_numbers i ON i.person_id = r.retired_person_id WHERE {_UNSEEN}) may
        JOIN issued_numbers i USING (personal_number) JOIN golden_persons p ON p.person_id = may.person_id
        WHERE NOT {sex_differs("i.personal_number", "p")} AND NOT {birth_differs("i.personal_number", "p")}
        ORDER BY p.person_id, i.recorded_at, i.personal_number) own
    WHERE own.person_id = g.person_id""",
)
# A number that is not the one of the record it is said to come from comes from elsewhere.
_SOURCES = (
    """DELETE FROM value_sources v USING golden_persons p, numberless n, records r
       WHERE v.person_id = n.person_id AND v.field = 'personal_number' AND p.person_id = n.person_id
       AND r.record_id = v.record_id AND p.personal_number <> r.personal_number""",
)
_WANTED_ISSUES = f"""
    CREATE TEMP TABLE wanted_issues ON COMMIT DROP AS
    SELECT person_id, personal_number, issue FROM judged_claims CROSS JOIN LATERAL (VALUES
        ('of_issued', is_of_other), ('two_persons', is_shared), ('sex', is_other_sex AND NOT is_issued),
        ('birth', is_other_birth AND NOT is_issued)) AS v (issue, is_so) WHERE is_so
    UNION
    SELECT p.person_id, p.personal_number, 'province' FROM golden_persons p
    JOIN number_units u ON u.code = p.birth_registration_place_code
    WHERE p.personal_number IS NOT NULL AND {province_differs("p.personal_number", "u")} AND p.person_id IN (
        SELECT person_id FROM staged_golden_persons UNION SELECT person_id FROM judged_claims)"""
_CLOSE_ISSUES = """
    UPDATE number_issues i SET closed_at = clock_timestamp() WHERE closed_at IS NULL AND person_id IN (
        SELECT person_id FROM numbers_before UNION SELECT person_id FROM staged_golden_persons
        UNION SELECT person_id FROM judged_claims)
    AND NOT EXISTS (SELECT FROM wanted_issues w
        WHERE (w.person_id, w.personal_number, w.issue) = (i.person_id, i.personal_number, i.issue))"""
_OPEN_ISSUES = """
    INSERT INTO number_issues (person_id, personal_number, issue, batch_id)
    SELECT person_id, personal_number, issue, CAST(:batch_id AS uuid) FROM wanted_issues ON CONFLICT DO NOTHING"""
# Worked out before the persons are looked up: row security lets no index be asked for a "coalesce", so that every batch
# would read all persons of the nation.
_BEARERS_NOW = """
    SELECT b.person_id AS former_id, b.personal_number, coalesce(d.person_id, b.person_id) AS person_id
    FROM numbers_before b LEFT JOIN person_redirects d ON d.retired_person_id = b.person_id OFFSET 0"""
_CHANGES = f"""
    INSERT INTO number_changes (person_id, old_number, new_number, reason, batch_id, author, note)
    SELECT p.person_id, b.personal_number, p.personal_number,
        CASE WHEN p.person_id <> b.former_id THEN 'merged'
             WHEN EXISTS (SELECT FROM judged_claims c WHERE (c.is_of_other OR c.is_shared)
                 AND (c.person_id, c.personal_number) = (p.person_id, b.personal_number)) THEN 'contested'
             WHEN EXISTS (SELECT FROM golden_persons o WHERE o.personal_number = b.personal_number)
               OR EXISTS (SELECT FROM issued_numbers i {OWNER_JOINS}
                          WHERE i.personal_number = b.personal_number AND {OWNER} <> p.person_id) THEN 'parted'
             WHEN {sex_differs("b.personal_number", "p")} THEN 'sex'
             WHEN {birth_differs("b.personal_number", "p")} THEN 'birth'
             WHEN EXISTS (SELECT FROM moved v WHERE v.person_id = p.person_id) THEN 'merged'
             WHEN p.personal_number IS NOT NULL THEN 'record' ELSE 'withdrawn' END,
        CAST(:batch_id AS uuid), :author, :note
    FROM ({_BEARERS_NOW}) b {by_index("golden_persons", "person_id", "b", "p")}
    WHERE b.personal_number IS NOT NULL AND p.personal_number IS DISTINCT FROM b.personal_number"""
_RETURNED = """
    INSERT INTO number_changes (person_id, new_number, reason, batch_id, author, note)
    SELECT p.person_id, p.personal_number, 'returned', CAST(:batch_id AS uuid), :author, :note
    FROM golden_persons p CROSS JOIN LATERAL (
        SELECT c.old_number FROM number_changes c
        WHERE p.personal_number IN (c.old_number, c.new_number) ORDER BY c.number DESC LIMIT 1) last
    WHERE last.old_number = p.personal_number AND p.person_id IN (
        SELECT person_id FROM staged_golden_persons UNION SELECT person_id FROM judged_claims)"""


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
