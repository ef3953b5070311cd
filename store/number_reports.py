"""What is asked of personal numbers: how full each bucket is, the history of a number or a person, what waits."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.engine import Store
from store.issuing import LOW_SHARE, MAY_HAVE_ONE
from store.number_rules import bucket, make_units
from store.numbering import OWNER, OWNER_JOINS
from store.roles import Role

Row = Mapping[str, Any]
_NUMBER = re.compile(r"[0-9]{12}")
_ID = re.compile(r"[0-9a-f]{32}")
_MONTHS_AHEAD = 12
_USED = """
    WITH used AS (
        SELECT personal_number FROM issued_numbers WHERE substr(personal_number, 7) BETWEEN :first AND :last
        UNION SELECT personal_number FROM records
        WHERE personal_number ~ '^[0-9]{12}$' AND substr(personal_number, 7) BETWEEN :first AND :last),
    full_by AS (SELECT left(personal_number, 6)::int AS bucket, count(*) AS used FROM used GROUP BY 1),
    recent AS (
        SELECT bucket, sum(issued) / least(12, count(DISTINCT month)) AS monthly FROM number_buckets
        WHERE month > now() - interval '12 months' GROUP BY 1),"""
_BUCKETS = f"""{_USED}
    waiting AS (
        SELECT {bucket("p", "u")} AS bucket, count(*) AS persons FROM golden_persons p
        JOIN number_units u ON u.code = p.birth_registration_place_code
        WHERE p.personal_number IS NULL AND {MAY_HAVE_ONE} GROUP BY 1)
    SELECT bucket, coalesce(used, 0) AS used, coalesce(monthly, 0) AS monthly, coalesce(persons, 0) AS waiting
    FROM full_by FULL JOIN recent USING (bucket) FULL JOIN waiting USING (bucket) ORDER BY 2 DESC, 1"""
_PERSON_OF = f"""
    SELECT replace(person_id::text, '-', '') FROM (
        SELECT {OWNER} AS person_id, 1 AS place FROM issued_numbers i {OWNER_JOINS} WHERE i.personal_number = :n
        UNION ALL SELECT person_id, 2 FROM golden_persons WHERE personal_number = :n
        UNION ALL SELECT m.person_id, 3 FROM records JOIN memberships m USING (record_id) WHERE personal_number = :n) p
    ORDER BY place LIMIT 1"""
_EVENTS = """
    WITH mine AS (
        SELECT CAST(:p AS uuid) AS person_id
        UNION SELECT retired_person_id FROM person_redirects WHERE person_id = CAST(:p AS uuid))
    SELECT recorded_at, 'issued' AS event, NULL AS old_number, personal_number AS new_number,
           replace(batch_id::text, '-', '') AS batch_id, NULL AS author, NULL AS note
    FROM issued_numbers LEFT JOIN memberships m USING (record_id)
    WHERE coalesce(m.person_id, issued_numbers.person_id) IN (SELECT person_id FROM mine)
    UNION ALL
    SELECT recorded_at, reason, old_number, new_number, replace(batch_id::text, '-', ''), author, note
    FROM number_changes WHERE person_id IN (SELECT person_id FROM mine)
    UNION ALL
    SELECT recorded_at, 'waits:' || issue, personal_number, NULL, replace(batch_id::text, '-', ''), NULL, NULL
    FROM number_issues WHERE person_id IN (SELECT person_id FROM mine) AND closed_at IS NULL
    ORDER BY 1"""


def buckets(store: Store) -> list[Row]:
    """Each bucket of the range in use, fullest first: used, free, monthly, waiting, share, months_left, state.

    `used` counts numbers that ledgers claim too. State: full; low (four fifths used, or the free ones do not last a
    year, or more persons wait than are free); fine. Empty where no number was ever issued.
    """
    with store.reading() as connection:
        last = connection.execute(
            sa.text("SELECT range_from, range_to FROM number_allocations ORDER BY number DESC LIMIT 1")
        ).one_or_none()
        if last is None:
            return []
        make_units(connection)
        ends = {"first": f"{last.range_from:06d}", "last": f"{last.range_to:06d}"}
        size = last.range_to - last.range_from + 1
        return [_filled(row, size) for row in connection.execute(sa.text(_BUCKETS), ends).mappings()]


def _filled(row: Mapping[Any, Any], size: int) -> Row:
    free, monthly = max(size - row["used"], 0), float(row["monthly"])
    months = round(free / monthly, 1) if monthly else None
    is_low = row["used"] >= size * LOW_SHARE or (months or _MONTHS_AHEAD + 1) <= _MONTHS_AHEAD or row["waiting"] > free
    return {
        "bucket": f"{row['bucket']:06d}", "used": row["used"], "free": free, "share": round(row["used"] / size, 4),
        "monthly": round(monthly, 1), "months_left": months, "waiting": row["waiting"],
        "state": "low" if free and is_low else "fine" if free else "full",
    }  # fmt: skip


def history(store: Store, given: str) -> tuple[str, list[Row]] | None:
    """The person that a number or a person id leads to, and all that happened to its numbers; None = unknown."""
    with store.reading(Role.REVIEW) as connection:
        person = _person(connection, given)
        if person is None:
            return None
        return person, [dict(row) for row in connection.execute(sa.text(_EVENTS), {"p": person}).mappings()]


def _person(connection: Connection, given: str) -> str | None:
    if _NUMBER.fullmatch(given):
        found = connection.execute(sa.text(_PERSON_OF), {"n": given}).scalar_one_or_none()
        return None if found is None else str(found)
    if not _ID.fullmatch(given):
        return None
    query = """
        SELECT replace(person_id::text, '-', '') FROM golden_persons WHERE person_id = (SELECT coalesce(
            (SELECT person_id FROM person_redirects WHERE retired_person_id = CAST(:p AS uuid)), CAST(:p AS uuid)))"""
    found = connection.execute(sa.text(query), {"p": given}).scalar_one_or_none()
    return None if found is None else str(found)
