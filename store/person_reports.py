"""What people ask of one person: its records, who became it, what somebody decided about it."""

import pyarrow as pa

from schemas.field import Column, TableSpec
from store.copying import copy_out
from store.engine import Store
from store.reports import current_person_id
from store.reviews import JUDGEMENTS
from store.roles import Role

_S, _I32, _TIME = pa.string(), pa.int32(), pa.timestamp("us", tz="UTC")

RECORD_PLACES = TableSpec(
    "record_places",
    (
        Column("record_id", _S, nullable=False),
        Column("file", _S),
        Column("sheet", _S),
        Column("page", _I32),
        Column("line", _I32),
        Column("batch_id", _S),
        Column("recorded_at", _TIME, description="when the batch was loaded"),
        Column("known_record_id", _S, description="the mended record that took its place; null = it still counts"),
    ),
    ("record_id",),
    "The records of a person with their places and batches, in the order in which they came.",
)
REDIRECTS = TableSpec(
    "redirects",
    (
        Column("retired_person_id", _S, nullable=False),
        Column("batch_id", _S, description="null = by somebody's decision"),
        Column("recorded_at", _TIME, nullable=False),
    ),
    ("retired_person_id",),
    "Persons that became this one, the first ones first.",
)
DECISIONS = TableSpec(
    "decisions",
    JUDGEMENTS.columns,
    (),
    "Every decision about pairs with a record of a person, also those that later ones replaced, oldest first.",
)
CHANGES = TableSpec(
    "changes",
    (
        Column("kind", _S, nullable=False, description="parted | joined"),
        Column("from_person_id", _S, nullable=False, description="the person whose records moved"),
        Column("person_id", _S, nullable=False, description="the person whose they became"),
        Column("records", _I32, nullable=False),
        Column("author", _S, nullable=False),
        Column("reason", _S, nullable=False),
        Column("recorded_at", _TIME, nullable=False),
    ),
    (),
    "What somebody parted from a person or joined to it, oldest first.",
)


def record_places(store: Store, person_id: str) -> pa.Table:
    """RECORD_PLACES of a person, also under a former id."""
    query = """
        SELECT m.record_id, o.file, o.sheet, o.page, o.line, o.batch_id, b.recorded_at, n.record_id AS known_record_id
        FROM memberships m
        LEFT JOIN row_outcomes o ON o.record_id = m.record_id AND o.outcome <> 'rejected'
        LEFT JOIN batches b ON b.batch_id = o.batch_id
        LEFT JOIN replaced_records n ON n.corrected_record_id = m.record_id
        WHERE m.person_id = '{id}' ORDER BY b.recorded_at, o.file, o.sheet, o.line, m.record_id"""
    return _asked(store, query, person_id, RECORD_PLACES)


def redirects(store: Store, person_id: str) -> pa.Table:
    """REDIRECTS to a person."""
    query = """
        SELECT retired_person_id, batch_id, recorded_at FROM person_redirects
        WHERE person_id = '{id}' ORDER BY recorded_at, retired_person_id"""
    return _asked(store, query, person_id, REDIRECTS)


def decisions(store: Store, person_id: str) -> pa.Table:
    """DECISIONS about pairs with a record of a person."""
    own = "SELECT record_id FROM memberships WHERE person_id = '{id}'"
    query = f"""
        SELECT left_record_id, right_record_id, decision, author, reason, recorded_at FROM judgements
        WHERE left_record_id IN ({own}) OR right_record_id IN ({own}) ORDER BY number"""
    return _asked(store, query, person_id, DECISIONS)


def changes(store: Store, person_id: str) -> pa.Table:
    """CHANGES of a person and of those that became it."""
    ids = "SELECT retired_person_id FROM person_redirects WHERE person_id = '{id}' UNION SELECT '{id}'::uuid"
    query = f"""
        SELECT kind, from_person_id, person_id, cardinality(record_ids) AS records, author, reason, recorded_at
        FROM person_changes WHERE from_person_id IN ({ids}) OR person_id IN ({ids}) ORDER BY number"""
    return _asked(store, query, person_id, CHANGES)


def _asked(store: Store, query: str, person_id: str, spec: TableSpec) -> pa.Table:
    current = current_person_id(store, person_id)
    if current is None:
        return spec.schema.empty_table()
    with store.reading(Role.REVIEW) as connection:
        return pa.concat_tables([spec.schema.empty_table(), *copy_out(connection, query.format(id=current), spec)])
