"""What goes when a batch is undone, as temporary tables of the transaction that undoes it.

A file that a later batch delivered again as it is stays, and counts as brought by that one (`taken_over`). Of the rest
the rows go (`undone_rows`) with their records and waiting rows (`lost`). Where rows of later batches were known because
of a lost one (`known_again`), the first of them take its place (`chosen`) and the others are known for their sake.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.errors import UsageError
from store.tables import ENTERED

_PLACES = """
    CREATE TEMP TABLE places ON COMMIT DROP AS
    SELECT e.batch_id, max(e.number) AS place FROM batch_events e JOIN batches b USING (batch_id)
    WHERE e.event = 'loaded' AND b.state = 'loaded' GROUP BY e.batch_id"""
_TAKEN_OVER = f"""
    CREATE TEMP TABLE taken_over ON COMMIT DROP AS
    SELECT DISTINCT ON (f.file_id) f.file_id, f.file AS old_file, l.batch_id, l.file, b.province_code
    FROM (SELECT * FROM batch_files WHERE batch_id = :batch_id AND ({ENTERED})) f
    JOIN batch_files l ON l.file_id = f.file_id AND l.outcome = 'already_known' AND l.reason = :hex
    JOIN batches b ON b.batch_id = l.batch_id JOIN places p ON p.batch_id = l.batch_id
    WHERE l.batch_id <> f.batch_id ORDER BY f.file_id, p.place, l.file"""
_OTHER_PROVINCE = """
    SELECT replace(CAST(t.batch_id AS text), '-', '') FROM taken_over t JOIN batches b ON b.batch_id = :batch_id
    WHERE t.province_code <> b.province_code LIMIT 1"""
_UNDONE_ROWS = """
    CREATE TEMP TABLE undone_rows ON COMMIT DROP AS
    SELECT record_id, file_id, outcome, person_id FROM row_outcomes
    WHERE batch_id = :batch_id AND file_id IN (SELECT file_id FROM batch_files WHERE batch_id = :batch_id)
    AND file_id NOT IN (SELECT file_id FROM taken_over)"""
_LOST = """
    CREATE TEMP TABLE lost ON COMMIT DROP AS
    SELECT u.record_id, r.content_id, false AS is_waiting FROM undone_rows u JOIN records r USING (record_id)
    UNION ALL
    SELECT u.record_id, q.content_id, true FROM undone_rows u JOIN quarantine q USING (record_id)"""
_KNOWN_AGAIN = """
    CREATE TEMP TABLE known_again ON COMMIT DROP AS
    SELECT DISTINCT ON (k.record_id) k.record_id, p.batch_id, k.file_id, coalesce(t.file, k.file) AS file,
           k.sheet, k.page, k.line, l.content_id, l.is_waiting, p.place
    FROM lost l JOIN row_outcomes k ON k.known_record_id = l.record_id AND k.outcome = 'known'
    LEFT JOIN taken_over t ON t.file_id = k.file_id AND k.batch_id = :batch_id
    JOIN places p ON p.batch_id = coalesce(t.batch_id, k.batch_id)
    WHERE k.record_id NOT IN (SELECT record_id FROM undone_rows)
    ORDER BY k.record_id"""
_SAYS_IT_EARLIER = """
    EXISTS (SELECT FROM {table} s JOIN row_outcomes o ON o.record_id = s.record_id AND o.outcome <> 'rejected'
            JOIN places p ON p.batch_id = o.batch_id
            WHERE s.content_id = k.content_id AND s.record_id NOT IN (SELECT record_id FROM lost)
            AND p.place <= k.place)"""
_CHOSEN = f"""
    CREATE TEMP TABLE chosen ON COMMIT DROP AS
    SELECT k.*, (SELECT l.record_id FROM lost l WHERE l.content_id = k.content_id AND l.is_waiting = k.is_waiting
                 ORDER BY l.record_id LIMIT 1) AS lost_record_id
    FROM (SELECT *, dense_rank() OVER (PARTITION BY is_waiting, content_id ORDER BY place, file_id) AS turn
          FROM known_again) k
    WHERE turn = 1 AND NOT CASE WHEN is_waiting THEN {_SAYS_IT_EARLIER.format(table="quarantine")}
        ELSE {_SAYS_IT_EARLIER.format(table="records")} END"""
_UNSETTLED = """
    CREATE TEMP TABLE unsettled ON COMMIT DROP AS
    WITH RECURSIVE strange (record_id) AS (
        SELECT record_id FROM undone_rows
        UNION SELECT c.record_id FROM strange s JOIN corrections c ON c.corrected_record_id = s.record_id)
    SELECT p.corrected_record_id, p.record_id FROM replaced_records p
    WHERE p.record_id IN (SELECT record_id FROM undone_rows)
    OR p.corrected_record_id IN (SELECT record_id FROM undone_rows)
    OR p.record_id IN (SELECT m.record_id FROM strange s JOIN mended_claims m ON m.named_record_id = s.record_id)"""


def find_scope(connection: Connection, batch_id: str) -> None:
    """Make the temporary tables; nothing is changed yet.

    Raises:
        UsageError: undo.other_province, where a later batch brought one of the files for another province.
    """
    for statement in (_PLACES, _TAKEN_OVER):
        _run(connection, statement, batch_id)
    other = connection.execute(sa.text(_OTHER_PROVINCE), {"batch_id": batch_id}).scalar_one_or_none()
    if other is not None:
        raise UsageError("undo.other_province", batch=other)
    for statement in (_UNDONE_ROWS, _LOST, _KNOWN_AGAIN, _CHOSEN, _UNSETTLED):
        _run(connection, statement, batch_id)
    for table in ("taken_over", "undone_rows", "lost", "known_again", "chosen", "unsettled"):
        connection.execute(sa.text(f"ANALYZE {table}"))


BEGIN_WITH = """
    SELECT record_id FROM lost WHERE NOT is_waiting
    UNION SELECT record_id FROM unsettled UNION SELECT corrected_record_id FROM unsettled
    UNION SELECT p.right_record_id FROM lost l JOIN scored_pairs p ON p.left_record_id = l.record_id
    UNION SELECT p.left_record_id FROM lost l JOIN scored_pairs p ON p.right_record_id = l.record_id
    UNION SELECT m.record_id FROM (
        SELECT household_key FROM lost JOIN records USING (record_id) WHERE household_key IS NOT NULL
        GROUP BY household_key) h JOIN records m USING (household_key)"""
"""Query of the records whose persons are at stake first: lost ones, those compared with them, their households."""


def _run(connection: Connection, statement: str, batch_id: str) -> None:
    given = {"batch_id": batch_id, "hex": batch_id}
    connection.execute(sa.text(statement), {n: v for n, v in given.items() if f":{n}" in statement})
