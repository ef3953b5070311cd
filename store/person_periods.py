"""Which records belonged to which persons when: the periods of every record that ever met a person, and what they say.

Source: `memberships` with `membership_history`, both with the events that began and ended the periods.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import copy_out
from store.engine import Store
from store.membership_history import BEGAN
from store.queries import of_members, spoken_columns
from store.roles import Role

_HEX = "encode(uuid_send({0}), 'hex')"
_PERIODS = f"""
    SELECT {_HEX.format("h.record_id")} AS record_id, {_HEX.format("h.person_id")} AS person_id, h.recorded_from,
           h.recorded_to, h.cause, {_HEX.format("h.batch_id")} AS batch_id,
           EXISTS (SELECT FROM memberships m WHERE m.record_id = h.record_id) AS is_kept
    FROM membership_history h WHERE h.record_id = ANY(CAST(:records AS uuid[]))
    UNION ALL
    SELECT {_HEX.format("m.record_id")}, {_HEX.format("m.person_id")}, {BEGAN.format("m.record_id")}, NULL, NULL,
           (SELECT {_HEX.format("o.batch_id")} FROM row_outcomes o
            WHERE o.record_id = m.record_id AND o.outcome <> 'rejected' LIMIT 1), true
    FROM memberships m WHERE m.record_id = ANY(CAST(:records AS uuid[]))
    ORDER BY 3, 1"""
_MET = f"""
    WITH RECURSIVE ids AS (
        SELECT CAST(:p AS uuid) AS id
        UNION SELECT person_id FROM person_redirects WHERE retired_person_id = CAST(:p AS uuid)),
    met (record_id, person_id) AS (
        SELECT CAST(NULL AS uuid), id FROM ids
        UNION
        SELECT n.record_id, n.person_id FROM met CROSS JOIN LATERAL (
            SELECT m.record_id, m.person_id FROM memberships m
            WHERE m.person_id = met.person_id OR m.record_id = met.record_id
            UNION ALL
            SELECT h.record_id, h.person_id FROM membership_history h
            WHERE h.person_id = met.person_id OR h.record_id = met.record_id) n)
    SELECT DISTINCT {_HEX.format("record_id")} FROM met WHERE record_id IS NOT NULL"""


@dataclass(frozen=True)
class Period:
    """A record was one person's for that time.

    Attributes:
        record_id: the record.
        person_id: whose it was; None: it was not in the store.
        recorded_from: since when the store said so.
        recorded_to: until when; None: it says so now.
        cause: what ended it: load, parted, joined or undo; None: nothing has.
        batch_id: the batch that ended it, or of a period that lasts, the one that brought the record.
        is_kept: the record is still in the store.
    """

    record_id: str
    person_id: str | None
    recorded_from: datetime
    recorded_to: datetime | None
    cause: str | None
    batch_id: str | None
    is_kept: bool


@dataclass(frozen=True)
class Periods:
    """All that is known of a person and of those that it shared records with.

    Attributes:
        periods: of every record, the earliest first.
        replaced: records in whose place a mended one stands, with that one.
        since: since when the store notes what moves; what was before is told as it was then.
    """

    periods: tuple[Period, ...]
    replaced: tuple[tuple[str, str], ...]
    since: datetime


def periods_of(store: Store, person_id: str) -> Periods:
    """What is known of a person (32 hexadecimal digits), also under a former id; no periods where it is unknown."""
    with store.reading(Role.REVIEW) as connection:
        records = list(connection.execute(sa.text(_MET), {"p": person_id}).scalars())
        found = connection.execute(sa.text(_PERIODS), {"records": records}).all()
        replaced = connection.execute(
            sa.text(f"""
                SELECT {_HEX.format("corrected_record_id")}, {_HEX.format("record_id")} FROM replaced_records
                WHERE corrected_record_id = ANY(CAST(:records AS uuid[])) ORDER BY 1, 2"""),
            {"records": records},
        ).all()
        since = connection.execute(sa.text("SELECT history_since FROM store_version")).scalar_one()
    periods = (
        Period(r.record_id, r.person_id, r.recorded_from, r.recorded_to, r.cause, r.batch_id, r.is_kept) for r in found
    )
    return Periods(tuple(periods), tuple((str(one), str(other)) for one, other in replaced), since)


def records_said(store: Store, record_ids: Sequence[str], silent: Collection[str]) -> pa.Table:
    """RECORDS of those ids; the `silent` ones say nothing. Ids are those of `periods_of`."""
    with store.reading(Role.REVIEW) as connection:
        return _said(connection, record_ids, silent)


def _said(connection: Connection, record_ids: Sequence[str], silent: Collection[str]) -> pa.Table:
    query = f"""
        SELECT {spoken_columns(contracts.RECORDS)}
        FROM memberships m {of_members()}
        LEFT JOIN (SELECT unnest({_array(sorted(silent))}) AS record_id) s ON s.record_id = m.record_id
        WHERE m.record_id = ANY({_array(record_ids)})"""
    return pa.concat_tables([contracts.RECORDS.schema.empty_table(), *copy_out(connection, query, contracts.RECORDS)])


def _array(ids: Sequence[str]) -> str:
    """A literal of ids; each is one of the store's, and checked again, because text goes into the query."""
    return "CAST('{" + ",".join(f"{int(i, 16):032x}" for i in ids) + "}' AS uuid[])"
