"""The rows of a batch go, and those of later batches that were known because of them take their place.

Statements of the transaction that undoes the batch, in this order, on the temporary tables of `undo_scope`.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts

RULE = "batch.undone"
"""Under what the rows of an undone batch stand."""
_OWN = {"record_id": "k.record_id", "file_id": "k.file_id", "line": "k.line", "province_code": "b.province_code"}
_AT_HOME = [c for c in contracts.KNOWN_ROWS.column_names if c != "record_id"]


def _columns_of_records() -> str:
    """The columns of a record whose content came from elsewhere: its own place and household, else the other's."""
    at_home = {c: f"CASE WHEN h.record_id IS NULL THEN r.{c} ELSE h.{c} END" for c in _AT_HOME}
    said = _OWN | at_home
    return ", ".join(said.get(c, f"r.{c}") for c in contracts.RECORDS.column_names)


_TAKE_OVER = (
    """UPDATE row_outcomes o SET batch_id = t.batch_id, file = t.file FROM taken_over t
       WHERE o.file_id = t.file_id AND o.batch_id = :batch_id""",
    "UPDATE quarantine q SET file = t.file FROM taken_over t WHERE q.file_id = t.file_id",
    *(
        f"""UPDATE {table} c SET batch_id = t.batch_id FROM taken_over t JOIN row_outcomes o USING (file_id)
            WHERE c.record_id = o.record_id AND c.batch_id = :batch_id"""
        for table in ("corrections", "replaced_records")
    ),
)
_FORGET = (
    """DELETE FROM corrections WHERE record_id IN (SELECT record_id FROM undone_rows)
       OR corrected_record_id IN (SELECT record_id FROM undone_rows)""",
    """DELETE FROM mended_claims WHERE record_id IN (SELECT record_id FROM undone_rows)""",
    """DELETE FROM replaced_records p USING unsettled u
       WHERE (p.corrected_record_id, p.record_id) = (u.corrected_record_id, u.record_id)""",
    "DELETE FROM known_rows WHERE record_id IN (SELECT record_id FROM undone_rows)",
    "DELETE FROM cells WHERE record_id IN (SELECT record_id FROM undone_rows)",
    """DELETE FROM file_columns WHERE file_id IN (SELECT file_id FROM batch_files WHERE batch_id = :batch_id)
       AND file_id NOT IN (SELECT file_id FROM taken_over)""",
)
_REJECT = """
    UPDATE row_outcomes o SET outcome = 'rejected', person_id = NULL, known_record_id = NULL, rule_id = :rule
    FROM undone_rows u WHERE o.record_id = u.record_id AND o.outcome <> 'rejected'"""
_STAND_IN = (
    f"""INSERT INTO records ({", ".join(contracts.RECORDS.column_names)}) SELECT {_columns_of_records()}
        FROM chosen k JOIN records r ON r.record_id = k.lost_record_id JOIN batches b ON b.batch_id = k.batch_id
        LEFT JOIN known_rows h ON h.record_id = k.record_id WHERE NOT k.is_waiting""",
    """INSERT INTO memberships (record_id, person_id, province_code) SELECT k.record_id, m.person_id, b.province_code
       FROM chosen k JOIN memberships m ON m.record_id = k.lost_record_id
       JOIN batches b ON b.batch_id = k.batch_id WHERE NOT k.is_waiting""",
    """INSERT INTO quarantine (record_id, file_id, file, sheet, page, line, content_id, rule_id, field, raw_value)
       SELECT k.record_id, k.file_id, k.file, k.sheet, k.page, k.line, q.content_id, q.rule_id, q.field, q.raw_value
       FROM chosen k JOIN quarantine q ON q.record_id = k.lost_record_id WHERE k.is_waiting""",
    """INSERT INTO check_results (record_id, rule_id, field, severity)
       SELECT k.record_id, c.rule_id, c.field, c.severity
       FROM chosen k JOIN check_results c ON c.record_id = k.lost_record_id""",
    """UPDATE row_outcomes o SET outcome = 'merged', known_record_id = NULL, person_id = m.person_id
       FROM chosen k JOIN memberships m USING (record_id) WHERE o.record_id = k.record_id AND NOT k.is_waiting
       AND o.outcome = 'known'""",
    """UPDATE row_outcomes o SET outcome = 'quarantined', known_record_id = NULL, rule_id = q.rule_id
       FROM chosen k JOIN quarantine q USING (record_id) WHERE o.record_id = k.record_id AND k.is_waiting
       AND o.outcome = 'known'""",
    "DELETE FROM known_rows WHERE record_id IN (SELECT record_id FROM chosen)",
)
_CARRY_JUDGEMENTS = """
    INSERT INTO judgements (left_record_id, right_record_id, decision, author, reason)
    SELECT DISTINCT ON (least(l.now, r.now), greatest(l.now, r.now))
           least(l.now, r.now), greatest(l.now, r.now), j.decision, j.author, j.reason
    FROM ({standing}) j
    JOIN LATERAL ({bearers}) l (now) ON true JOIN LATERAL ({other_bearers}) r (now) ON true
    WHERE (j.left_record_id IN (SELECT record_id FROM lost) OR j.right_record_id IN (SELECT record_id FROM lost))
    AND l.now <> r.now
    ORDER BY least(l.now, r.now), greatest(l.now, r.now), j.number DESC"""
_BEARERS = """
    SELECT k.record_id FROM chosen k JOIN lost o ON o.content_id = k.content_id AND NOT k.is_waiting
    WHERE o.record_id = j.{side}
    UNION ALL SELECT j.{side} WHERE j.{side} NOT IN (SELECT record_id FROM lost)"""
_POINT_ELSEWHERE = """
    UPDATE row_outcomes o SET known_record_id = s.record_id FROM known_again k
    CROSS JOIN LATERAL (SELECT s.record_id FROM {table} s WHERE s.content_id = k.content_id
                        AND s.record_id NOT IN (SELECT record_id FROM lost) ORDER BY s.record_id LIMIT 1) s
    WHERE o.record_id = k.record_id AND o.outcome = 'known' AND k.is_waiting = {is_waiting}"""
_GO = (
    "DELETE FROM check_results WHERE record_id IN (SELECT record_id FROM lost)",
    "DELETE FROM quarantine WHERE record_id IN (SELECT record_id FROM lost WHERE is_waiting)",
    *(
        f"DELETE FROM scored_pairs WHERE {side} IN (SELECT record_id FROM lost)"
        for side in ("left_record_id", "right_record_id")
    ),
    "DELETE FROM memberships WHERE record_id IN (SELECT record_id FROM lost)",
    "DELETE FROM records WHERE record_id IN (SELECT record_id FROM lost)",
)


def take_out(connection: Connection, batch_id: str, standing: str) -> None:
    """Take the rows of the batch out of every table but those of persons.

    Args:
        connection: the transaction, in which the event of the undoing was written.
        batch_id: the batch.
        standing: query of the judgements that stand. Those about lost content go over to the rows that say it now.
    """
    given = {"batch_id": batch_id, "rule": RULE}
    carry = _CARRY_JUDGEMENTS.format(
        standing=standing,
        bearers=_BEARERS.format(side="left_record_id"),
        other_bearers=_BEARERS.format(side="right_record_id"),
    )
    elsewhere = [
        _POINT_ELSEWHERE.format(table=table, is_waiting=is_waiting)
        for table, is_waiting in (("records", "false"), ("quarantine", "true"))
    ]
    for statement in (*_TAKE_OVER, *_FORGET, _REJECT, *_STAND_IN, carry, *elsewhere, *_GO):
        _run(connection, statement, given)


def _run(connection: Connection, statement: str, given: Mapping[str, str]) -> None:
    used = {name: value for name, value in given.items() if f":{name}" in statement}
    connection.execute(sa.text(statement), used)
