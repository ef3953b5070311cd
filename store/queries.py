"""All that others ask of the store while they process a batch: what is known, what might match, what is stored.

Rows go in by COPY into a temporary table and come out by COPY as tables of at most PART_ROWS rows; one join each.
Each call sees one snapshot; `version` tells `load_batch` whether it still holds.
"""

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import copy_in, copy_out
from store.engine import Store
from store.tables import ENTERED
from store.upserts import is_empty

_WORK_MEMORY = "128MB"
_LARGEST_BLOCK = 2_000
"""Most stored records of one key that are fetched. Matching splits a block of more than a few dozen and leaves out what
stays large, so a key that thousands share costs much and decides nothing; rarer keys find the same people."""


def version(store: Store) -> int:
    """How many batches were committed; read it before matching and hand it to `load_batch`."""
    with store.reading() as connection:
        return int(connection.execute(sa.text("SELECT version FROM store_version")).scalar_one())


def known_files(store: Store, file_ids: Iterable[str]) -> Mapping[str, str]:
    """Which of these files were loaded before: file_id -> batch_id. Refused and stopped ones are not known."""
    with store.reading() as connection:
        found = connection.execute(
            sa.text(f"""
                SELECT encode(uuid_send(file_id), 'hex'), encode(uuid_send(batch_id), 'hex') FROM batch_files
                WHERE ({ENTERED}) AND file_id = ANY(CAST(:ids AS uuid[]))"""),
            {"ids": list(file_ids)},
        )
        return {str(file_id): str(batch_id) for file_id, batch_id in found}


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


def match_candidates(store: Store, keys: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Stored records that share a blocking key with the batch, and all records of their persons, each once.

    `keys` are the BLOCK_KEYS of the batch's own records; the tables are MATCH_RECORDS with person_id. Keys that
    thousands of stored records share are passed over.
    """
    with store.reading() as connection:
        if is_empty(connection, "block_keys"):
            return
        _run(connection, f"SET LOCAL work_mem = '{_WORK_MEMORY}'")
        _run(connection, "CREATE TEMP TABLE wanted (key bigint) ON COMMIT DROP")
        copy_in(connection, "wanted", (pa.table({"key": t["key"].combine_chunks().unique()}) for t in keys))
        _run(connection, "CREATE TEMP TABLE wanted_once ON COMMIT DROP AS SELECT DISTINCT key FROM wanted")
        _run(connection, "ANALYZE wanted_once")
        columns = ", ".join(
            f"m.{c.name}" if c.name == "person_id" else f"r.{c.name}" for c in contracts.MATCH_RECORDS.columns
        )
        yield from copy_out(
            connection,
            f"""SELECT {columns} FROM (
                    SELECT DISTINCT m.person_id FROM (
                        SELECT DISTINCT record_id FROM (
                            SELECT record_id, count(*) OVER (PARTITION BY key) AS records
                            FROM wanted_once JOIN block_keys USING (key)) found
                        WHERE records <= {_LARGEST_BLOCK}) hit
                    JOIN memberships m USING (record_id)) people
                JOIN memberships m USING (person_id) JOIN records r USING (record_id)""",
            contracts.MATCH_RECORDS,
        )


def stored_records(store: Store, record_ids: pa.Array | pa.ChunkedArray) -> Iterator[pa.Table]:
    """RECORDS of those ids that the store has, each once."""
    with store.reading() as connection:
        _run(connection, "CREATE TEMP TABLE wanted (record_id uuid) ON COMMIT DROP")
        ids = record_ids.combine_chunks() if isinstance(record_ids, pa.ChunkedArray) else record_ids
        copy_in(connection, "wanted", [pa.table({"record_id": ids.unique()})])
        _run(connection, "ANALYZE wanted")
        names = ", ".join(f"r.{c}" for c in contracts.RECORDS.column_names)
        yield from copy_out(
            connection, f"SELECT {names} FROM wanted JOIN records r USING (record_id)", contracts.RECORDS
        )


def _known_in(store: Store, content: pa.Table, table: str) -> pa.Table:
    with store.reading() as connection:
        if not content.num_rows or is_empty(connection, table):
            return contracts.KNOWN_CONTENT.schema.empty_table()
        _run(connection, "CREATE TEMP TABLE asked (record_id uuid, content_id uuid) ON COMMIT DROP")
        copy_in(connection, "asked", [content.select(["record_id", "content_id"])])
        _run(connection, "ANALYZE asked")
        found = copy_out(
            connection,
            f"""SELECT DISTINCT ON (a.record_id)
                       a.record_id, s.record_id AS known_record_id, f.batch_id AS known_batch_id
                FROM asked a JOIN {table} s USING (content_id)
                JOIN (SELECT file_id, batch_id FROM batch_files WHERE {ENTERED}) f USING (file_id)
                ORDER BY a.record_id, s.record_id""",
            contracts.KNOWN_CONTENT,
        )
        return pa.concat_tables([contracts.KNOWN_CONTENT.schema.empty_table(), *found])


def _run(connection: Connection, statement: str) -> None:
    connection.execute(sa.text(statement))
