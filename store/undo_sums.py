"""What a batch that was undone, and those that took rows of it over, come to: outcomes, files, sums, state."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.tables import OUTCOMES
from store.batch import SUM_COLUMNS
from store.undo_rows import RULE

_COUNTED = ", ".join(f"count(*) FILTER (WHERE outcome = '{o}') AS {o}" for o in OUTCOMES)
_SET = ", ".join(f"{c} = coalesce(n.{c}, 0)" for c in SUM_COLUMNS)
_ADDED = ", ".join(f"coalesce(sum({c}), 0) AS {c}" for c in SUM_COLUMNS)
_NOTHING = ", ".join(f"{o} = 0" for o in OUTCOMES if o != "known")

# A person that lost the row that brought it was brought by the first of the others.
_BROUGHT = """
    UPDATE row_outcomes o SET outcome = 'loaded' FROM (
        SELECT DISTINCT ON (m.person_id) m.person_id, r.record_id
        FROM (SELECT DISTINCT person_id FROM at_stake JOIN memberships USING (record_id)) p
        JOIN memberships m USING (person_id)
        JOIN row_outcomes r ON r.record_id = m.record_id AND r.outcome = 'merged'
        JOIN places n ON n.batch_id = r.batch_id
        WHERE NOT EXISTS (SELECT FROM memberships f JOIN row_outcomes x ON x.record_id = f.record_id
                          WHERE f.person_id = m.person_id AND x.outcome = 'loaded')
        ORDER BY m.person_id, n.place, r.record_id) first
    WHERE o.record_id = first.record_id AND o.outcome = 'merged'"""
_WHOSE = """
    UPDATE row_outcomes o SET person_id = m.person_id FROM chosen k JOIN memberships m USING (record_id)
    WHERE o.record_id = k.record_id AND o.outcome IN ('loaded', 'merged') AND o.person_id <> m.person_id"""
_OWN_FILES = (
    f"""UPDATE batch_files f SET outcome = 'already_known',
            reason = replace(CAST(t.batch_id AS text), '-', ''), known = f.read, {_NOTHING}
        FROM taken_over t WHERE t.file_id = f.file_id AND f.batch_id = :batch_id
        AND NOT (f.outcome = 'already_known' AND f.reason IS NOT NULL)""",
    f"""UPDATE batch_files f SET outcome = 'file_rejected', reason = '{RULE}', {_SET}
        FROM (SELECT file_id, count(*) AS read, {_COUNTED} FROM row_outcomes WHERE batch_id = :batch_id
              AND file_id IN (SELECT file_id FROM batch_files WHERE batch_id = :batch_id) GROUP BY file_id) n
        WHERE n.file_id = f.file_id AND f.batch_id = :batch_id AND f.outcome <> 'file_rejected'
        AND NOT (f.outcome = 'already_known' AND f.reason IS NOT NULL)""",
    f"""UPDATE batch_files f SET outcome = 'file_rejected', reason = '{RULE}'
        WHERE batch_id = :batch_id AND read = 0
        AND outcome IN ('accepted', 'accepted_with_warnings', 'rows_rejected')""",
    f"""UPDATE batch_files SET read = 0, known = 0, {_NOTHING}
        WHERE batch_id = :batch_id AND outcome = 'already_known' AND reason = :hex
        AND file_id NOT IN (SELECT file_id FROM taken_over)""",
)
_OTHER_FILES = (
    # In one statement: what a deferred trigger counts at commit is each state that the row was in.
    f"""UPDATE batch_files l SET outcome = w.outcome, reason = NULL, kind = w.kind, encoding = w.encoding, {_SET}
        FROM taken_over t JOIN file_before w USING (file_id)
        JOIN (SELECT batch_id, file_id, count(*) AS read, {_COUNTED} FROM row_outcomes
              WHERE file_id IN (SELECT file_id FROM taken_over) GROUP BY batch_id, file_id) n USING (batch_id, file_id)
        WHERE l.batch_id = t.batch_id AND l.file_id = t.file_id AND l.file = t.file""",
    """UPDATE batch_files l SET reason = replace(CAST(t.batch_id AS text), '-', '') FROM taken_over t
       WHERE l.file_id = t.file_id AND l.outcome = 'already_known' AND l.reason = :hex""",
    f"""UPDATE batch_files f SET {_SET}, outcome = CASE
            WHEN n.read > 0 AND n.known = n.read THEN 'already_known'
            WHEN n.quarantined > 0 THEN 'rows_rejected'
            WHEN f.outcome = 'accepted' THEN 'accepted'
            WHEN f.outcome = 'already_known' AND NOT EXISTS (
                SELECT FROM chosen k JOIN check_results c USING (record_id)
                WHERE k.file_id = f.file_id) THEN 'accepted'
            ELSE 'accepted_with_warnings' END
        FROM (SELECT batch_id, file_id, count(*) AS read, {_COUNTED} FROM row_outcomes
              WHERE file_id IN (SELECT file_id FROM changed_files) GROUP BY batch_id, file_id) n
        WHERE (f.batch_id, f.file_id) = (n.batch_id, n.file_id) AND f.batch_id <> :batch_id
        AND f.outcome NOT IN ('file_rejected', 'set_aside')
        AND NOT (f.outcome = 'already_known' AND f.reason IS NOT NULL)""",
)
_BATCHES = f"""
    UPDATE batches b SET {_SET}, state = CASE WHEN b.batch_id = :batch_id THEN 'undone' ELSE b.state END
    FROM (SELECT batch_id, {_ADDED} FROM batch_files
          WHERE batch_id IN (SELECT batch_id FROM changed_batches) GROUP BY batch_id) n
    WHERE n.batch_id = b.batch_id"""
_CHANGED = (
    """CREATE TEMP TABLE file_before ON COMMIT DROP AS
       SELECT file_id, outcome, kind, encoding FROM batch_files
       WHERE batch_id = :batch_id AND file_id IN (SELECT file_id FROM taken_over)
       AND NOT (outcome = 'already_known' AND reason IS NOT NULL)""",
    """CREATE TEMP TABLE changed_files ON COMMIT DROP AS
       SELECT file_id FROM taken_over UNION SELECT file_id FROM known_again
       UNION SELECT r.file_id FROM at_stake JOIN records r USING (record_id)""",
    """CREATE TEMP TABLE changed_batches ON COMMIT DROP AS
       SELECT DISTINCT batch_id FROM batch_files WHERE file_id IN (SELECT file_id FROM changed_files)
       UNION SELECT CAST(:batch_id AS uuid)""",
)


def count_again(connection: Connection, batch_id: str) -> None:
    """Set outcomes, files and sums right after the persons were found anew; the batch is undone from now on.

    Args:
        connection: the transaction, with the tables of `undo_scope` and `at_stake`, the records found anew.
        batch_id: the batch.
    """
    for statement in (_BROUGHT, _WHOSE, *_CHANGED, *_OWN_FILES, *_OTHER_FILES, _BATCHES):
        given = {"batch_id": batch_id, "hex": batch_id}
        used = {name: value for name, value in given.items() if f":{name}" in statement}
        connection.execute(sa.text(statement), used)
