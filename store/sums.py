"""The sums of a batch, counted from its row outcomes by the database and compared with all that was written."""

from collections.abc import Mapping

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.errors import ContractError
from store.batch import SUM_COLUMNS, Sums
from store.tables import ENTERED
from store.upserts import stage

_EACH = ", ".join(f"count(*) FILTER (WHERE outcome = '{o}') AS {o}" for o in contracts.OUTCOMES)
_ALL = ", ".join(f"coalesce(sum({c}), 0)" for c in SUM_COLUMNS)
_KNOWN = ("read", "known")
_COUNTED_HERE = "(g.outcome <> 'already_known' OR g.reason IS NULL)"
"""Files whose rows have their outcomes in this batch; the others were delivered before, and name that batch."""


def write_file_sums(connection: Connection, files: pa.Table, batch_id: str) -> None:
    """Write batch_files with sums counted from row_outcomes; those of a file delivered before, from that delivery.

    Raises:
        ContractError: a file's declared `read` differs from its rows, or the delivery that a file names is unknown.
    """
    stage(connection, contracts.BATCH_FILES, [files])
    given = [c for c in contracts.BATCH_FILES.column_names if c not in SUM_COLUMNS]
    into = f"INSERT INTO batch_files ({', '.join([*given, *SUM_COLUMNS])}) SELECT {', '.join(f'g.{c}' for c in given)}"
    connection.execute(
        sa.text(f"""
            {into}, {", ".join(f"coalesce(n.{c}, 0)" for c in SUM_COLUMNS)} FROM staged_batch_files g
            LEFT JOIN (
                SELECT file_id, count(*) AS read, {_EACH} FROM row_outcomes
                WHERE batch_id = :batch_id AND file_id IN (SELECT file_id FROM staged_batch_files) GROUP BY file_id
            ) n ON n.file_id = g.file_id
            WHERE {_COUNTED_HERE}"""),
        {"batch_id": batch_id},
    )
    # After the others: the first delivery may be in this very batch.
    first = ", ".join("coalesce(first.read, 0)" if c in _KNOWN else "0" for c in SUM_COLUMNS)
    connection.execute(
        sa.text(f"""
            {into}, {first} FROM staged_batch_files g
            LEFT JOIN (SELECT file_id, read FROM batch_files WHERE {ENTERED}) first USING (file_id)
            WHERE NOT ({_COUNTED_HERE})""")
    )
    _refuse(connection, f"{_COUNTED_HERE} AND g.read <> f.read", "files declare other rows than they have outcomes")
    unknown = f"""NOT ({_COUNTED_HERE}) AND g.reason <> replace(CAST(g.batch_id AS text), '-', '')
        AND NOT EXISTS (SELECT FROM batch_files e WHERE e.file_id = g.file_id AND ({ENTERED}))"""
    _refuse(connection, unknown, "files name a delivery that is not in the store")


def batch_sums(connection: Connection, batch_id: str) -> Sums:
    """Sums of the batch over its files, those delivered before included (their rows are known)."""
    row = connection.execute(sa.text(f"SELECT {_ALL} FROM batch_files WHERE batch_id = :b"), {"b": batch_id}).one()
    return Sums(*(int(n) for n in row))


def compare(connection: Connection, batch_id: str, written: Mapping[str, int]) -> None:
    """Compare the rows written to each table with the outcomes of the batch.

    Raises:
        ContractError: they differ: a row would be lost or doubled.
    """
    row = connection.execute(
        sa.text(f"SELECT {_ALL} FROM batch_files g WHERE batch_id = :b AND {_COUNTED_HERE}"), {"b": batch_id}
    ).one()
    sums = Sums(*(int(n) for n in row))
    wanted = {
        "row_outcomes": sums.read,
        "records": sums.loaded + sums.merged,
        "memberships": sums.loaded + sums.merged,
        "quarantine": sums.quarantined,
    }
    for table, rows in wanted.items():
        if written[table] != rows:
            raise ContractError(table, "sums", f"{written[table]} rows written, {rows} by outcome")


def _refuse(connection: Connection, condition: str, what: str) -> None:
    wrong = connection.execute(
        sa.text(f"""
            SELECT count(*) FROM staged_batch_files g JOIN batch_files f ON (f.batch_id, f.file) = (g.batch_id, g.file)
            WHERE {condition}""")
    ).scalar_one()
    if wrong:
        raise ContractError("batch_files", "sums", f"{wrong} {what}")
