"""One pair of records as whoever decides it sees it: what both say, whose they are, what was decided of it before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from schemas.field import Column, TableSpec
from schemas.tables import VALUE_COLUMNS
from store.copying import copy_out
from store.engine import Store
from store.queries import of_members
from store.reviews import OPEN
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")
_HEX = "encode(uuid_send({0}), 'hex')"

PAIR_RECORDS = TableSpec(
    "pair_records",
    (Column("record_id", pa.string(), nullable=False), *VALUE_COLUMNS),
    ("record_id",),
    "What records say, in the fields of the law; unmasked: whoever shows it masks it first.",
)


@dataclass(frozen=True)
class Pair:
    """A compared pair: its records in order, their persons, the provinces (of the 34) they are of; does it wait?"""

    left: str
    right: str
    left_person: str
    right_person: str
    provinces: frozenset[str]
    is_open: bool


@dataclass(frozen=True)
class Said:
    """A decision about a pair: same, different or undone; by whom, why, when."""

    decision: str
    author: str
    reason: str
    recorded_at: datetime


def pair(store: Store, left: str, right: str) -> Pair | None:
    """The pair of those two records, in any order; None if the session sees no such pair."""
    if not (_ID.fullmatch(left) and _ID.fullmatch(right)):
        return None
    query = f"""
        SELECT {_HEX.format("s.left_record_id")}, {_HEX.format("s.right_record_id")}, {_HEX.format("l.person_id")},
            {_HEX.format("r.person_id")}, ARRAY[l.province_code, r.province_code],
            EXISTS (SELECT {OPEN} AND s.left_record_id = CAST(:l AS uuid) AND s.right_record_id = CAST(:r AS uuid))
        FROM scored_pairs s JOIN memberships l ON l.record_id = s.left_record_id
        JOIN memberships r ON r.record_id = s.right_record_id
        WHERE s.left_record_id = CAST(:l AS uuid) AND s.right_record_id = CAST(:r AS uuid)"""
    one, other = sorted((left, right))
    with store.reading(Role.REVIEW) as connection:
        row = connection.execute(sa.text(query), {"l": one, "r": other}).one_or_none()
    if row is None:
        return None
    return Pair(str(row[0]), str(row[1]), str(row[2]), str(row[3]), frozenset(map(str, row[4])), bool(row[5]))


def records(store: Store, record_ids: Sequence[str]) -> pa.Table:
    """PAIR_RECORDS of those ids that the session sees."""
    ids = ", ".join(f"'{i}'" for i in record_ids if _ID.fullmatch(i))
    empty = PAIR_RECORDS.schema.empty_table()
    if not ids:
        return empty
    names = ", ".join(f"r.{c}" for c in PAIR_RECORDS.column_names)
    query = f"SELECT {names} FROM memberships m {of_members()} WHERE m.record_id IN ({ids})"
    with store.reading(Role.REVIEW) as connection:
        return pa.concat_tables([empty, *copy_out(connection, query, PAIR_RECORDS)])


def history(store: Store, shown: Pair) -> list[Said]:
    """Every decision about a pair, also those taken back, oldest first."""
    query = """
        SELECT decision, author, reason, recorded_at FROM judgements
        WHERE left_record_id = CAST(:l AS uuid) AND right_record_id = CAST(:r AS uuid) ORDER BY number"""
    with store.reading(Role.REVIEW) as connection:
        return [Said(*row) for row in connection.execute(sa.text(query), {"l": shown.left, "r": shown.right})]


def last_of(store: Store, author: str) -> tuple[str, str, str] | None:
    """The last decision of an author that stands: both records and the decision.

    Walks back from the newest judgement to the author's own: quick for whoever decided something lately.
    """
    query = f"""
        SELECT {_HEX.format("j.left_record_id")}, {_HEX.format("j.right_record_id")}, j.decision FROM judgements j
        WHERE j.author = :author AND j.decision <> 'undone' AND NOT EXISTS (
            SELECT FROM judgements n WHERE n.left_record_id = j.left_record_id
            AND n.right_record_id = j.right_record_id AND n.number > j.number)
        ORDER BY j.number DESC LIMIT 1"""
    with store.reading(Role.REVIEW) as connection:
        row = connection.execute(sa.text(query), {"author": author}).one_or_none()
    return None if row is None else (str(row[0]), str(row[1]), str(row[2]))


def provinces_of(store: Store, person_id: str) -> frozenset[str]:
    """The provinces (of the 34) of the records of a person, as far as the session sees them."""
    query = "SELECT DISTINCT province_code FROM memberships WHERE person_id = CAST(:p AS uuid)"
    with store.reading(Role.REVIEW) as connection:
        return frozenset(map(str, connection.execute(sa.text(query), {"p": person_id}).scalars()))
