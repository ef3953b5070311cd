"""Rows kept out that a returned error file mended: who takes whose place, as facts that are only added."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from store.copying import count_rows, read_parts
from store.upserts import stage

# An old row is mended by one that came in, or by one that waits for another reason; not by one that says the same, and
# not by a row of another province.
_MENDED = """
    INSERT INTO corrections (record_id, corrected_record_id, batch_id)
    SELECT g.record_id, g.corrected_record_id, o.batch_id
    FROM staged_corrections g
    JOIN row_outcomes o ON o.record_id = g.record_id AND o.batch_id = :batch_id AND o.outcome <> 'rejected'
    JOIN row_outcomes w ON w.record_id = g.corrected_record_id AND w.outcome = 'quarantined'
    JOIN batches b ON b.batch_id = w.batch_id AND b.province_code = :province_code
    WHERE w.batch_id <> o.batch_id
        AND (o.outcome <> 'known' OR NOT EXISTS (SELECT FROM quarantine q WHERE q.record_id = o.known_record_id))"""


def write_corrections(connection: Connection, folders: Sequence[Path], batch_id: str, province_code: str) -> None:
    """Note which waiting rows the rows of this batch take the place of; after its outcomes are written.

    Args:
        connection: the transaction of the load.
        folders: CORRECTIONS as the returned files claim them: any row id may stand there.
        batch_id: the batch.
        province_code: its province, of the 34.
    """
    if count_rows(folders):
        stage(connection, contracts.CORRECTIONS, read_parts(folders, contracts.CORRECTIONS.column_names))
        connection.execute(sa.text(_MENDED), {"batch_id": batch_id, "province_code": province_code})
