"""The sums of a batch, counted from its row outcomes by the database and compared with all that was written."""

from collections.abc import Mapping

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.errors import ContractError
from store.batch import SUM_COLUMNS, Sums
from store.upserts import stage

_EACH = ", ".join(f"count(*) FILTER (WHERE outcome = '{o}') AS {o}" for o in contracts.OUTCOMES)
_ALL = ", ".join(f"coalesce(sum({c}), 0)" for c in SUM_COLUMNS)


def write_file_sums(connection: Connection, files: pa.Table, batch_id: str) -> None:
    """Write batch_files with sums counted from row_outcomes.

    Raises:
        ContractError: a file's declared `read` differs from its rows, or a row is of a file that is not declared.
    """
    stage(connection, contracts.BATCH_FILES, [files])
    given = [c for c in contracts.BATCH_FILES.column_names if c not in SUM_COLUMNS]
    counted = ", ".join(f"coalesce({_counted(c)}, 0)" for c in SUM_COLUMNS)
    connection.execute(
        sa.text(f"""
            INSERT INTO batch_files ({", ".join([*given, *SUM_COLUMNS])})
            SELECT {", ".join(f"g.{c}" for c in given)}, {counted} FROM staged_batch_files g
            LEFT JOIN (
                SELECT file_id, count(*) AS read, {_EACH} FROM row_outcomes
                WHERE batch_id = :batch_id AND file_id IN (SELECT file_id FROM staged_batch_files) GROUP BY file_id
            ) n ON n.file_id = g.file_id
            LEFT JOIN batch_files first ON g.outcome = 'already_known' AND first.file_id = g.file_id
                AND first.outcome IN ('accepted', 'accepted_with_warnings', 'rows_rejected')"""),
        {"batch_id": batch_id},
    )
    wrong = connection.execute(
        sa.text("""
            SELECT count(*) FROM staged_batch_files g JOIN batch_files f USING (batch_id, file_id)
            WHERE g.outcome <> 'already_known' AND g.read <> f.read""")
    ).scalar_one()
    if wrong:
        raise ContractError("batch_files", "sums", f"{wrong} files declare other rows than they have outcomes")


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
        sa.text(f"SELECT {_ALL} FROM batch_files WHERE batch_id = :b AND outcome <> 'already_known'"), {"b": batch_id}
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


def _counted(column: str) -> str:
    known = f"CASE g.outcome WHEN 'already_known' THEN first.read ELSE n.{column} END"
    return known if column in ("read", "known") else f"n.{column}"
