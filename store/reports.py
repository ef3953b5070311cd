"""What reports and people ask of the store: batches, files, outcomes, quarantine, persons and how they were built.

Counts and places are read as the role of reports; persons and waiting rows, in clear, as that of reviewers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.field import Column, TableSpec
from store.batch import SUM_COLUMNS, Sums
from store.copying import copy_out
from store.engine import Store
from store.roles import Role

_ID = re.compile(r"[0-9a-f]{32}")

PYRAMID = TableSpec(
    "pyramid",
    (Column("sex_code", pa.string()), Column("birth_year", pa.int16()), Column("persons", pa.int64())),
    ("sex_code", "birth_year"),
    "Persons without a recorded death by sex and year of birth; nulls are unknown.",
)
PERSON_SOURCES = TableSpec(
    "person_sources",
    (
        Column("person_id", pa.string(), nullable=False),
        Column("field", pa.string(), nullable=False),
        Column("record_id", pa.string(), description="null for a number that was issued here"),
        Column("method", pa.string(), nullable=False),
        Column("file", pa.string()),
        Column("sheet", pa.string()),
        Column("line", pa.int32()),
    ),
    ("person_id", "field"),
    "The record that each filled golden value came from, and its place.",
)
COMPARED_RECORDS = TableSpec(
    "compared_records",
    (*contracts.MATCH_RECORDS.columns, Column("file", pa.string()), Column("sheet", pa.string())),
    ("record_id",),
    "What matching compares of the records of a person, with the places of their rows.",
)
PAIR_PLACES = TableSpec(
    "pair_places",
    (
        *contracts.SCORED_PAIRS.columns,
        *(
            Column(f"{side}_{name}", kind)
            for side in ("left", "right")
            for name, kind in (("file", pa.string()), ("sheet", pa.string()), ("line", pa.int32()))
        ),
        Column("model_version", pa.string(), description="model of the batch that compared them"),
    ),
    ("left_record_id", "right_record_id"),
    "Scored pairs with the places of their two rows.",
)
BATCH_EVENTS = TableSpec(
    "batch_events",
    (
        Column("batch_id", pa.string(), nullable=False),
        Column("event", pa.string(), nullable=False, description="loaded | repeated | stopped"),
        Column("code_version", pa.string(), nullable=False),
        Column("recorded_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ),
    (),
    "What happened to a batch, oldest first.",
)


@dataclass(frozen=True)
class StoredBatch:
    """A batch as the store has it; `state` is loaded or stopped."""

    batch_id: str
    province_code: str
    province_code_63: str | None
    state: str
    stop_rule: str | None
    code_version: str
    model_version: str
    recorded_at: datetime
    sums: Sums


def batch(store: Store, batch_id: str) -> StoredBatch | None:
    """The batch of that id; None if the store does not know it."""
    if not _ID.fullmatch(batch_id):
        return None
    names = ["province_code", "province_code_63", "state", "stop_rule", "code_version", "model_version", "recorded_at"]
    with store.reading(Role.REPORT) as connection:
        row = connection.execute(
            sa.text(f"SELECT {', '.join([*names, *SUM_COLUMNS])} FROM batches WHERE batch_id = :b"), {"b": batch_id}
        ).one_or_none()
    if row is None:
        return None
    of_batch, counted = row[: len(names)], Sums(*row[len(names) :])
    return StoredBatch(batch_id, **dict(zip(names, of_batch, strict=True)), sums=counted)


def batches(store: Store) -> pa.Table:
    """BATCHES, newest first."""
    return _whole(store, _from("batches") + " ORDER BY recorded_at DESC, batch_id", contracts.BATCHES)


def batch_files(store: Store, batch_id: str) -> pa.Table:
    """BATCH_FILES of a batch, by name."""
    return _of_batch(store, _from("batch_files") + " WHERE batch_id = '{id}' ORDER BY file", batch_id, "batch_files")


def batch_events(store: Store, batch_id: str) -> pa.Table:
    """BATCH_EVENTS of a batch, oldest first."""
    if not _ID.fullmatch(batch_id):
        return BATCH_EVENTS.schema.empty_table()
    query = "SELECT batch_id, event, code_version, recorded_at FROM batch_events "
    return _whole(store, query + f"WHERE batch_id = '{batch_id}' ORDER BY number", BATCH_EVENTS)


def outcome_counts(store: Store, batch_id: str) -> Mapping[str, int]:
    """Rows of a batch by outcome, each of OUTCOMES, counted from row_outcomes."""
    if not _ID.fullmatch(batch_id):
        return dict.fromkeys(contracts.OUTCOMES, 0)
    with store.reading(Role.REPORT) as connection:
        found = connection.execute(
            sa.text("SELECT outcome, count(*) FROM row_outcomes WHERE " + _rows_of(batch_id) + " GROUP BY outcome")
        )
        return dict.fromkeys(contracts.OUTCOMES, 0) | {str(outcome): int(rows) for outcome, rows in found}


def row_outcomes(store: Store, batch_id: str) -> Iterator[pa.Table]:
    """ROW_OUTCOMES of a batch."""
    if _ID.fullmatch(batch_id):
        yield from _parts(store, _from("row_outcomes") + " WHERE " + _rows_of(batch_id), contracts.ROW_OUTCOMES)


def quarantined_rows(store: Store, batch_id: str) -> Iterator[pa.Table]:
    """QUARANTINE of a batch: the places, in order."""
    if _ID.fullmatch(batch_id):
        query = f"{_from('quarantine')} WHERE {_files_of(batch_id)} ORDER BY file, sheet, line"
        yield from _parts(store, query, contracts.QUARANTINE, Role.REVIEW)


def corrections(store: Store, batch_id: str) -> pa.Table:
    """CORRECTIONS of the rows that this batch left waiting: which of them were mended, and by which delivery."""
    query = f"""{_from("corrections")} WHERE corrected_record_id IN (
        SELECT record_id FROM row_outcomes WHERE {_rows_of("{id}")} AND outcome = 'quarantined') ORDER BY record_id"""
    return _of_batch(store, query, batch_id, "corrections")


def current_person_id(store: Store, person_id: str) -> str | None:
    """The id under which that person stands now, which another may have become; None if there is no such person."""
    if not _ID.fullmatch(person_id):
        return None
    with store.reading(Role.REVIEW) as connection:
        return _current(connection, person_id)


def person(store: Store, person_id: str) -> pa.Table:
    """GOLDEN_PERSONS: the one row of that person, under its present id; no row if there is none."""
    return _of_person(store, person_id, _from("golden_persons") + " WHERE person_id = '{id}'", contracts.GOLDEN_PERSONS)


def person_records(store: Store, person_id: str) -> pa.Table:
    """RECORDS that make up a person."""
    names = ", ".join(f"r.{c}" for c in contracts.RECORDS.column_names)
    query = f"SELECT {names} FROM memberships m JOIN records r USING (record_id) WHERE m.person_id = '{{id}}'"
    return _of_person(store, person_id, query + " ORDER BY r.file_id, r.line", contracts.RECORDS)


def person_sources(store: Store, person_id: str) -> pa.Table:
    """PERSON_SOURCES: where each filled value of a person came from, why it survived, and its place."""
    query = """
        SELECT v.person_id, v.field, v.record_id, v.method, o.file, o.sheet, o.line
        FROM golden_value_sources v LEFT JOIN row_outcomes o
            ON o.record_id = v.record_id AND o.outcome <> 'rejected'
        WHERE v.person_id = '{id}'"""
    return _of_person(store, person_id, query, PERSON_SOURCES)


def is_known(store: Store, given: str) -> bool:
    """Is this the id of a person, also a former one, or of a record that belongs to one?"""
    if current_person_id(store, given) is not None:
        return True
    if not _ID.fullmatch(given):
        return False
    with store.reading(Role.REVIEW) as connection:
        query = sa.text("SELECT EXISTS (SELECT FROM memberships WHERE record_id = CAST(:id AS uuid))")
        return bool(connection.execute(query, {"id": given}).scalar_one())


def pairs_between(store: Store, one: str, other: str) -> pa.Table:
    """PAIR_PLACES: matches and reviews between the records of two persons, the most likely first.

    `one` and `other` are ids of persons (also former ones) or of records; equal ids ask for the pairs inside a person.
    """
    if not (_ID.fullmatch(one) and _ID.fullmatch(other)):
        return PAIR_PLACES.schema.empty_table()
    ids = [current_person_id(store, i) or i for i in (one, other)]
    a, b = (f"SELECT record_id FROM memberships WHERE person_id = '{i}' OR record_id = '{i}'" for i in ids)
    names = ", ".join(f"s.{c}" for c in contracts.SCORED_PAIRS.column_names)
    sides = ("left", "right")
    places = ", ".join(f"{side[0]}.{n} AS {side}_{n}" for side in sides for n in ("file", "sheet", "line"))
    query = f"""
        SELECT {names}, {places}, (
            SELECT b.model_version FROM batches b WHERE b.batch_id IN (l.batch_id, r.batch_id)
            ORDER BY b.recorded_at DESC LIMIT 1) AS model_version
        FROM scored_pairs s
        LEFT JOIN row_outcomes l ON l.record_id = s.left_record_id AND l.outcome <> 'rejected'
        LEFT JOIN row_outcomes r ON r.record_id = s.right_record_id AND r.outcome <> 'rejected'
        WHERE s.left_record_id IN ({a}) AND s.right_record_id IN ({b})
           OR s.left_record_id IN ({b}) AND s.right_record_id IN ({a})
        ORDER BY s.match_weight DESC, s.left_record_id, s.right_record_id"""
    return _whole(store, query, PAIR_PLACES, Role.REVIEW)


def compared_records(store: Store, given: str) -> pa.Table:
    """COMPARED_RECORDS of a person, also a former one, or of a record: what matching compares, and its place."""
    if not _ID.fullmatch(given):
        return COMPARED_RECORDS.schema.empty_table()
    now = current_person_id(store, given) or given
    names = (f"m.{c.name}" if c.name == "person_id" else f"r.{c.name}" for c in contracts.MATCH_RECORDS.columns)
    query = f"""
        SELECT {", ".join(names)}, o.file, o.sheet FROM memberships m JOIN records r USING (record_id)
        LEFT JOIN row_outcomes o ON o.record_id = m.record_id AND o.outcome <> 'rejected'
        WHERE m.person_id = '{now}' OR m.record_id = '{now}' ORDER BY m.record_id"""
    return _whole(store, query, COMPARED_RECORDS, Role.REVIEW)


def golden_persons(store: Store, province_code: str | None = None) -> Iterator[pa.Table]:
    """GOLDEN_PERSONS of the store, or of one province of the 34."""
    query = _from("golden_persons") + _in_province(province_code)
    yield from _parts(store, query, contracts.GOLDEN_PERSONS, Role.REVIEW)


def person_count(store: Store, province_code: str | None = None) -> int:
    """Persons in the store, or in one province."""
    with store.reading(Role.REPORT) as connection:
        query = "SELECT count(*) FROM golden_persons" + _in_province(province_code)
        return int(connection.execute(sa.text(query)).scalar_one())


def pyramid(store: Store, province_code: str | None = None) -> pa.Table:
    """PYRAMID of the store, or of one province."""
    where = _in_province(province_code) or " WHERE true"
    query = (
        f"SELECT sex_code, birth_year, count(*) AS persons FROM golden_persons{where} "
        "AND death_kind IS NULL AND death_year IS NULL GROUP BY sex_code, birth_year ORDER BY sex_code, birth_year"
    )
    return _whole(store, query, PYRAMID)


def _from(table: str) -> str:
    spec = next(s for s in contracts.TABLES if s.name == table)
    return f"SELECT {', '.join(spec.column_names)} FROM {table}"


def _in_province(code: str | None) -> str:
    if code is None:
        return ""
    return f" WHERE province_code = '{code}'" if re.fullmatch(r"[0-9]{2}", code) else " WHERE false"


def _rows_of(batch_id: str) -> str:
    return f"batch_id = '{batch_id}' AND {_files_of(batch_id)}"


def _files_of(batch_id: str) -> str:
    """Rows that came in with that batch; files delivered before belong to the earlier one."""
    return f"file_id IN (SELECT file_id FROM batch_files WHERE batch_id = '{batch_id}' AND outcome <> 'already_known')"


def _current(connection: Connection, person_id: str) -> str | None:
    found = connection.execute(
        sa.text("""
            SELECT encode(uuid_send(person_id), 'hex') FROM golden_persons
            WHERE person_id = (SELECT coalesce(
                (SELECT person_id FROM person_redirects WHERE retired_person_id = CAST(:p AS uuid)),
                CAST(:p AS uuid)))"""),
        {"p": person_id},
    ).scalar_one_or_none()
    return None if found is None else str(found)


def _of_person(store: Store, person_id: str, query: str, spec: TableSpec) -> pa.Table:
    current = current_person_id(store, person_id)
    return spec.schema.empty_table() if current is None else _whole(store, query.format(id=current), spec, Role.REVIEW)


def _of_batch(store: Store, query: str, batch_id: str, table: str) -> pa.Table:
    spec = next(s for s in contracts.TABLES if s.name == table)
    return _whole(store, query.format(id=batch_id), spec) if _ID.fullmatch(batch_id) else spec.schema.empty_table()


def _parts(store: Store, query: str, spec: TableSpec, role: Role = Role.REPORT) -> Iterator[pa.Table]:
    with store.reading(role) as connection:
        yield from copy_out(connection, query, spec)


def _whole(store: Store, query: str, spec: TableSpec, role: Role = Role.REPORT) -> pa.Table:
    return pa.concat_tables([spec.schema.empty_table(), *_parts(store, query, spec, role)])
