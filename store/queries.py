"""All that others ask of the store while they process a batch: what is known, what might match, what is stored.

Rows go in by COPY into a temporary table and come out by COPY as tables of at most PART_ROWS rows; one join each.
Each call sees one snapshot; `version` tells `load_batch` whether it still holds.
"""

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.field import Column, EmptyReason, TableSpec
from schemas.fields import FIELDS
from store.copying import copy_in, copy_out
from store.engine import Store
from store.roles import Role
from store.tables import ENTERED
from store.upserts import is_empty

CORRECTED = TableSpec(
    "corrected",
    (
        Column("record_id", pa.string(), nullable=False),
        Column("corrected_record_id", pa.string(), nullable=False),
        Column("content_id", pa.string(), nullable=False),
        Column("is_live", pa.bool_(), nullable=False, description="no mended record stands in its place"),
    ),
    ("record_id", "corrected_record_id"),
    "A row of a returned file, the stored records for which it stands, and what these say.",
)
NOTHING_REPLACED = pa.array([], pa.string())
_NOTHING_SAID = EmptyReason.BLANK.value * len(FIELDS)
_CORRECTED = """
    CREATE TEMP TABLE corrected ON COMMIT DROP AS
    WITH RECURSIVE earlier (record_id, at) AS (
        SELECT record_id, corrected_record_id FROM claims
        UNION
        SELECT e.record_id, coalesce(c.corrected_record_id, o.known_record_id) FROM earlier e
        JOIN row_outcomes o ON o.record_id = e.at AND o.outcome IN ('known', 'quarantined')
        LEFT JOIN corrections c ON c.record_id = e.at),
    later (record_id, at) AS (
        SELECT record_id, at FROM earlier WHERE at IS NOT NULL
        UNION
        SELECT l.record_id, n.record_id FROM later l JOIN (
            SELECT record_id, corrected_record_id FROM corrections
            UNION ALL SELECT record_id, corrected_record_id FROM replaced_records) n ON n.corrected_record_id = l.at)
    SELECT l.record_id, l.at AS corrected_record_id, r.content_id,
           NOT EXISTS (SELECT FROM replaced_records o WHERE o.corrected_record_id = l.at) AS is_live
    FROM later l JOIN records r ON r.record_id = l.at AND r.province_code = :province_code"""
MATCHED = ", ".join(name for name in contracts.MATCH_RECORDS.column_names if name != "person_id")
"""The columns of records that matching may read."""
_ENTERED_FILES = f"(SELECT file_id, batch_id FROM batch_files WHERE {ENTERED}) e"


def version(store: Store) -> int:
    """How many batches were committed; read it before matching and hand it to `load_batch`."""
    with store.reading(Role.MATCH) as connection:
        return int(connection.execute(sa.text("SELECT version FROM store_version")).scalar_one())


def is_without_records(store: Store) -> bool:
    """Has no batch brought any record yet?"""
    with store.reading(Role.MATCH) as connection:
        return is_empty(connection, "memberships")


def known_files(store: Store, file_ids: Iterable[str]) -> Mapping[str, str]:
    """Which of these files were loaded before: file_id -> batch_id. Refused and stopped ones are not known."""
    with store.reading(Role.MATCH) as connection:
        found = connection.execute(
            sa.text(f"""
                SELECT encode(uuid_send(file_id), 'hex'), encode(uuid_send(batch_id), 'hex') FROM batch_files
                WHERE ({ENTERED}) AND file_id = ANY(CAST(:ids AS uuid[]))"""),
            {"ids": list(file_ids)},
        )
        return {str(file_id): str(batch_id) for file_id, batch_id in found}


def given_up_files(store: Store, file_ids: Iterable[str]) -> Mapping[str, int]:
    """Which of these files no try came through and no batch brought since: file_id -> in how many loaded batches."""
    with store.reading(Role.MATCH) as connection:
        found = connection.execute(
            sa.text(f"""
                SELECT encode(uuid_send(file_id), 'hex'), count(*) FROM batch_files g
                WHERE reason = 'file.given_up' AND file_id = ANY(CAST(:ids AS uuid[]))
                  AND NOT EXISTS (SELECT FROM {_ENTERED_FILES} WHERE e.file_id = g.file_id)
                GROUP BY 1"""),
            {"ids": list(file_ids)},
        )
        return {str(file_id): int(count) for file_id, count in found}


def is_without_a_file(store: Store, batch_id: str) -> bool:
    """Was the batch loaded without a file that no try came through, and that no batch brought since?"""
    query = f"""SELECT EXISTS (SELECT FROM batch_files g WHERE batch_id = CAST(:b AS uuid) AND reason = 'file.given_up'
                AND NOT EXISTS (SELECT FROM {_ENTERED_FILES} WHERE e.file_id = g.file_id))"""
    with store.reading(Role.MATCH) as connection:
        return bool(connection.execute(sa.text(query), {"b": batch_id}).scalar_one())


def known_content(store: Store, content: pa.Table) -> pa.Table:
    """KNOWN_CONTENT: rows whose content a stored record says already, each once.

    `content` has the columns record_id, content_id.
    """
    return _known_in(store, content, "records")


def known_quarantined(store: Store, content: pa.Table) -> pa.Table:
    """KNOWN_CONTENT: rows whose content waits in quarantine already, each once.

    Only for rows that would be quarantined again: a row that is fit now must not stay out because it once was not.
    """
    return _known_in(store, content, "quarantine")


def corrected_records(store: Store, claims: pa.Table, province_code: str) -> pa.Table:
    """CORRECTED: the stored records of that province for which the rows of a returned file stand.

    A claimed row that was known or kept out leads to the row that it stood for itself, one that was mended meanwhile
    to the mended record as well. `claims` are CORRECTIONS.
    """
    with store.reading(Role.MATCH) as connection:
        if not claims.num_rows or is_empty(connection, "records"):
            return CORRECTED.schema.empty_table()
        _run(connection, "CREATE TEMP TABLE claims (record_id uuid, corrected_record_id uuid) ON COMMIT DROP")
        copy_in(connection, "claims", [claims.select(["record_id", "corrected_record_id"])])
        _run(connection, "ANALYZE claims")
        connection.execute(sa.text(_CORRECTED), {"province_code": province_code})
        return pa.concat_tables(
            [CORRECTED.schema.empty_table(), *copy_out(connection, "SELECT * FROM corrected", CORRECTED)]
        )


def by_index(table: str, key: str, beside: str, alias: str, columns: str = "*") -> str:
    """A join that looks the rows of a large table up by their index, one for each row of the table beside it.

    Planners that guess read all of a large table instead; OFFSET 0 keeps them from it. What is looked up is a batch, so
    each lookup costs its few microseconds and no more, whatever the size of the store; fewest where the table beside it
    is in the order of that index.
    """
    return f"CROSS JOIN LATERAL (SELECT {columns} FROM {table} WHERE {key} = {beside}.{key} OFFSET 0) {alias}"


def of_members(columns: str = "*") -> str:
    """The same for the records r of memberships m, in the one partition that each lies in."""
    here = "record_id = m.record_id AND province_code = m.province_code"
    return f"CROSS JOIN LATERAL (SELECT {columns} FROM records WHERE {here} OFFSET 0) r"


def each_record(record_id: str, columns: str = "*", number: str = "") -> str:
    """A join that looks the record `r` of an id up by itself, whatever the size of the store; `m` is its membership."""
    own = f"SELECT record_id, province_code FROM memberships WHERE record_id = {record_id} OFFSET 0"
    here = f"record_id = {record_id} AND province_code = m{number}.province_code"
    said = f"SELECT {columns} FROM records WHERE {here} OFFSET 0"
    return f"CROSS JOIN LATERAL ({own}) m{number} CROSS JOIN LATERAL ({said}) r{number}"


def pages_of(connection: Connection, table: str) -> int:
    """Pages of 8 KiB of a table, without its indexes."""
    size = "SELECT pg_relation_size(CAST(:table AS regclass)) / current_setting('block_size')::int"
    return int(connection.execute(sa.text(size), {"table": table}).scalar_one())


def match_records_of(store: Store, record_ids: pa.Array) -> pa.Table:
    """MATCH_RECORDS of those ids that the store has, with person_id, whether or not others took their place."""
    with store.reading(Role.MATCH) as connection:
        _run(connection, "CREATE TEMP TABLE wanted (record_id uuid) ON COMMIT DROP")
        copy_in(connection, "wanted", [_in_order(record_ids)])
        names = ", ".join(f"m.{c}" if c == "person_id" else f"r.{c}" for c in contracts.MATCH_RECORDS.column_names)
        query = f"""SELECT {names} FROM wanted {by_index("memberships", "record_id", "wanted", "m")}
                    {of_members(MATCHED)}"""
        return pa.concat_tables(
            [contracts.MATCH_RECORDS.schema.empty_table(), *copy_out(connection, query, contracts.MATCH_RECORDS)]
        )


def stored_records(
    store: Store, record_ids: pa.Array | pa.ChunkedArray, replaced: pa.Array = NOTHING_REPLACED
) -> Iterator[pa.Table]:
    """RECORDS of those ids that the store has, each once; replaced ones say nothing, as in `match_candidates`."""
    with store.reading(Role.LOAD) as connection:
        say_nothing(connection, replaced)
        _run(connection, "CREATE TEMP TABLE wanted (record_id uuid) ON COMMIT DROP")
        copy_in(connection, "wanted", [_in_order(record_ids)])
        _run(connection, "ANALYZE wanted")
        yield from copy_out(
            connection,
            f"""SELECT {spoken_columns(contracts.RECORDS)} FROM wanted
                {by_index("memberships", "record_id", "wanted", "m")} {of_members()}
                LEFT JOIN silent s ON s.record_id = wanted.record_id""",
            contracts.RECORDS,
        )


def _in_order(record_ids: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The ids, each once, in the order of an index over them."""
    return pa.table({"record_id": record_ids.unique()}).sort_by("record_id")


def say_nothing(connection: Connection, replaced: pa.Array) -> None:
    """Make the temporary table `silent` of the records in whose place others stand, those of this batch too."""
    _run(
        connection,
        """CREATE TEMP TABLE silent ON COMMIT DROP AS
           SELECT corrected_record_id AS record_id FROM replaced_records""",
    )
    copy_in(connection, "silent", [pa.table({"record_id": replaced})])
    _run(connection, "ANALYZE silent")


def spoken_columns(spec: TableSpec) -> str:
    """The columns of records r, without the values of those in `silent` s."""
    silent = {c.name: "NULL" for c in spec.columns if c.nullable} | {"empty_reasons": f"'{_NOTHING_SAID}'"}
    return ", ".join(
        f"CASE WHEN s.record_id IS NULL THEN r.{c} ELSE {silent[c]} END AS {c}" if c in silent else f"r.{c}"
        for c in spec.column_names if c != "person_id"
    )  # fmt: skip


def _known_in(store: Store, content: pa.Table, table: str) -> pa.Table:
    with store.reading(Role.MATCH) as connection:
        if not content.num_rows or is_empty(connection, table):
            return contracts.KNOWN_CONTENT.schema.empty_table()
        _run(connection, "CREATE TEMP TABLE asked (record_id uuid, content_id uuid) ON COMMIT DROP")
        copy_in(connection, "asked", [content.select(["record_id", "content_id"]).sort_by("content_id")])
        _run(connection, "ANALYZE asked")
        found = copy_out(
            connection,
            f"""SELECT DISTINCT ON (a.record_id)
                       a.record_id, s.record_id AS known_record_id, f.batch_id AS known_batch_id
                FROM asked a {by_index(table, "content_id", "a", "s", "record_id, file_id")}
                {by_index(_ENTERED_FILES, "file_id", "s", "f", "batch_id")}
                ORDER BY a.record_id, s.record_id""",
            contracts.KNOWN_CONTENT,
        )
        return pa.concat_tables([contracts.KNOWN_CONTENT.schema.empty_table(), *found])


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
