"""The whole register against itself: its live records by province, and what matching finds between persons, as reviews.

No person is changed here. A pair that the present model holds for one person, and that are two in the store, becomes a
review that only people decide; nothing that a later batch is matched by changes with it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

import pyarrow as pa
import sqlalchemy as sa

from schemas import tables as contracts
from store import audit
from store.audit import Event
from store.copying import copy_out
from store.engine import Store
from store.reviews import STANDING
from store.roles import Role
from store.upserts import stage

_HOME = "coalesce(r.household_key, r.record_id)"
_LIVE = "NOT EXISTS (SELECT FROM replaced_records o WHERE o.corrected_record_id = r.record_id)"
_COLUMNS = ", ".join(
    "CAST(NULL AS uuid) AS person_id" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names
)
_NAMES = ", ".join(contracts.SCORED_PAIRS.column_names)
_ASKED = ", ".join({"outcome": "'review'", "basis": "0"}.get(c, f"p.{c}") for c in contracts.SCORED_PAIRS.column_names)


@dataclass(frozen=True)
class Proposed:
    """What matching found between records of the store.

    Attributes:
        confirmed: matches within one person.
        apart: matches or reviews of two persons that people decided already.
        waiting: those that wait for a decision already.
        proposed: matches of two persons that are asked about from now on.
        reviews: other pairs of two persons that are asked about from now on.
    """

    confirmed: int
    apart: int
    waiting: int
    proposed: int
    reviews: int


def provinces(store: Store) -> dict[str, int]:
    """Province -> its live records."""
    query = f"SELECT r.province_code, count(*) FROM records r WHERE {_LIVE} GROUP BY 1 ORDER BY 1"
    with store.reading(Role.MATCH) as connection:
        return {str(code): int(count) for code, count in connection.execute(sa.text(query))}


def records_of(store: Store, province: str, number: int, of: int) -> Iterator[pa.Table]:
    """MATCH_RECORDS, without persons, of the live records of one of so many parts of a province, whole households."""
    slice_ = f"('x' || substr(md5({_HOME}::text), 1, 8))::bit(32)::bigint % {int(of)} = {int(number)}"
    code = "'" + province.replace("'", "''") + "'"
    query = f"SELECT {_COLUMNS} FROM records r WHERE r.province_code = {code} AND {_LIVE} AND {slice_}"
    with store.reading(Role.MATCH) as connection:
        yield from copy_out(connection, query, contracts.MATCH_RECORDS)


def propose(store: Store, pairs: Iterable[pa.Table], about: str) -> Proposed:
    """Ask people about the pairs of two persons that nobody asked about yet; count all of them. Twice does it once.

    Args:
        store: the store.
        pairs: SCORED_PAIRS between records of the store; each pair may come several times.
        about: of which matching, for the audit.
    """
    with store.writing("scored_pairs") as connection:
        stage(connection, contracts.SCORED_PAIRS, pairs)
        connection.execute(sa.text(_FOUND))
        counted = connection.execute(
            sa.text("""
                SELECT count(*) FILTER (WHERE is_one AND outcome = 'match'),
                       count(*) FILTER (WHERE NOT is_one AND decided),
                       count(*) FILTER (WHERE NOT is_one AND NOT decided AND waits),
                       count(*) FILTER (WHERE is_new AND outcome = 'match'),
                       count(*) FILTER (WHERE is_new AND outcome <> 'match') FROM found""")
        ).one()
        found = Proposed(*map(int, counted))
        asked = f"INSERT INTO scored_pairs ({_NAMES}) SELECT {_ASKED} FROM found p WHERE is_new ON CONFLICT DO NOTHING"
        connection.execute(sa.text(asked))
        audit.append(connection, store.acting, Event("register.rematched", "model", about, after=astuple(found)))
    return found


_FOUND = f"""
    CREATE TEMP TABLE found ON COMMIT DROP AS
    SELECT *, NOT is_one AND NOT decided AND NOT waits AS is_new FROM (
        SELECT p.*, l.person_id = r.person_id AS is_one, k.left_record_id IS NOT NULL AS waits,
               EXISTS (SELECT FROM ({STANDING}) j WHERE j.left_record_id = p.left_record_id
                       AND j.right_record_id = p.right_record_id) AS decided
        FROM (SELECT DISTINCT ON (left_record_id, right_record_id) * FROM staged_scored_pairs
              ORDER BY left_record_id, right_record_id, outcome, match_weight DESC) p
        JOIN memberships l ON l.record_id = p.left_record_id
        JOIN memberships r ON r.record_id = p.right_record_id
        LEFT JOIN scored_pairs k
            ON k.left_record_id = p.left_record_id AND k.right_record_id = p.right_record_id) f"""
