"""Rows that a later delivery mended: who takes whose place, as facts that are only added.

A returned error file names the row of each of its lines. A ledger mended in its original file names none; it is a later
version of that file where most of its rows are known from there and stand on the same lines, and then a row that says
something new takes the place of the one that waited on its line.

Of a stored record, matching settles whether a mended row takes its place (`replaced_records`). A returned row that is
known, or waits itself, says nothing new of it; which row it stands for is noted, because it may be mended next time.
"""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import count_rows, read_parts
from store.upserts import stage

# A waiting row is mended by one that came in, or by one that waits for another reason; not by one that says the same,
# and not by a row of another province.
_MENDED = """
    INSERT INTO corrections (record_id, corrected_record_id, batch_id)
    SELECT g.record_id, g.corrected_record_id, o.batch_id
    FROM staged_corrections g
    JOIN row_outcomes o ON o.record_id = g.record_id AND o.batch_id = :batch_id AND o.outcome <> 'rejected'
    JOIN row_outcomes w ON w.record_id = g.corrected_record_id AND w.outcome <> 'rejected'
    JOIN batches b ON b.batch_id = w.batch_id AND b.province_code = :province_code
    WHERE w.batch_id <> o.batch_id AND CASE
        WHEN w.outcome <> 'quarantined' THEN o.outcome IN ('known', 'quarantined')
        ELSE o.outcome <> 'known' OR NOT EXISTS (SELECT FROM quarantine q WHERE q.record_id = o.known_record_id) END"""

_REPLACED = """
    INSERT INTO replaced_records (corrected_record_id, record_id, batch_id)
    SELECT corrected_record_id, record_id, batch_id FROM staged_replaced_records"""

_CLAIMED = """
    INSERT INTO mended_claims (record_id, named_record_id)
    SELECT DISTINCT ON (g.record_id) g.record_id, g.corrected_record_id FROM staged_corrections g
    JOIN staged_replaced_records USING (record_id) ORDER BY g.record_id, g.corrected_record_id"""

_ON_THE_SAME_LINE = """
    INSERT INTO corrections (record_id, corrected_record_id, batch_id)
    WITH own AS (
        SELECT * FROM row_outcomes WHERE batch_id = :batch_id AND outcome <> 'rejected'
        AND file_id IN (SELECT file_id FROM batch_files WHERE batch_id = :batch_id)),
    sizes AS (SELECT file_id, count(*) AS rows FROM own GROUP BY file_id),
    versions AS (
        SELECT o.file_id, w.file_id AS old_file_id, count(*) AS known, count(*) FILTER (
            WHERE w.line = o.line AND w.sheet IS NOT DISTINCT FROM o.sheet) AS on_their_lines
        FROM own o JOIN row_outcomes w ON w.record_id = o.known_record_id AND w.outcome <> 'rejected'
        WHERE o.outcome = 'known' AND w.batch_id <> o.batch_id GROUP BY 1, 2)
    SELECT o.record_id, w.record_id, o.batch_id
    FROM versions v JOIN sizes s USING (file_id)
    JOIN own o ON o.file_id = v.file_id AND o.outcome <> 'known'
    JOIN row_outcomes w ON w.file_id = v.old_file_id AND w.outcome = 'quarantined'
        AND w.line = o.line AND w.sheet IS NOT DISTINCT FROM o.sheet
    JOIN batches b ON b.batch_id = w.batch_id AND b.province_code = :province_code
    WHERE 2 * v.known >= s.rows AND v.on_their_lines >= :aligned * v.known
    ON CONFLICT DO NOTHING"""
_ALIGNED = 0.95


def write_corrections(connection: Connection, folders: Sequence[Path], batch_id: str, province_code: str) -> None:
    """Note which waiting rows the rows of this batch take the place of; after its outcomes are written.

    Args:
        connection: the transaction of the load, after the files of the batch are written.
        folders: CORRECTIONS as the returned files claim them: any row id may stand there.
        batch_id: the batch.
        province_code: its province, of the 34.
    """
    if count_rows(folders):
        stage(connection, contracts.CORRECTIONS, read_parts(folders, contracts.CORRECTIONS.column_names))
        connection.execute(sa.text(_MENDED), {"batch_id": batch_id, "province_code": province_code})
    same_line = {"batch_id": batch_id, "province_code": province_code, "aligned": _ALIGNED}
    connection.execute(sa.text(_ON_THE_SAME_LINE), same_line)


def write_replaced(connection: Connection, folders: Sequence[Path], claimed: Sequence[Path] = ()) -> None:
    """Note which stored records say nothing any more.

    Args:
        connection: the transaction of the load, after `write_corrections`.
        folders: REPLACED_RECORDS as matching settled them.
        claimed: CORRECTIONS, as for `write_corrections`: by which row each of them was found.
    """
    if count_rows(folders):
        stage(connection, contracts.REPLACED_RECORDS, read_parts(folders, contracts.REPLACED_RECORDS.column_names))
        connection.execute(sa.text(_REPLACED))
        if count_rows(claimed):
            connection.execute(sa.text(_CLAIMED))
