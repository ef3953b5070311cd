"""What must be true of every store at any time (docs: RELIABILITY, store invariants); `store_check` counts breaches."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.tables import OUTCOMES
from store.audit import LINE
from store.batch import SUM_COLUMNS
from store.engine import Store
from store.number_invariants import NUMBER_INVARIANTS
from store.number_rules import make_units
from store.tables import ENTERED


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, and for how many rows."""

    invariant: str
    rows: int


_NEWEST_EVENTS = 1000
_EACH_SUM = ", ".join(f"count(*) FILTER (WHERE outcome = '{o}') AS {o}" for o in OUTCOMES)
_DIFFER = " OR ".join(f"f.{c} <> coalesce(n.{c}, 0)" for c in SUM_COLUMNS)
_ADDED = ", ".join(f"sum({c}) AS {c}" for c in SUM_COLUMNS)

INVARIANTS: Mapping[str, str] = {
    "row_outcomes.file_sums": f"""
        SELECT count(*) FROM batch_files f
        LEFT JOIN (SELECT batch_id, file_id, count(*) AS read, {_EACH_SUM} FROM row_outcomes GROUP BY 1, 2) n
            USING (batch_id, file_id)
        WHERE (f.outcome <> 'already_known' OR f.reason IS NULL) AND ({_DIFFER})""",
    "batch_files.delivery_unknown": f"""
        SELECT count(*) FROM batch_files f WHERE outcome = 'already_known' AND reason IS NOT NULL AND read > 0
        AND NOT EXISTS (SELECT FROM batch_files e WHERE e.file_id = f.file_id AND ({ENTERED}))""",
    "row_outcomes.of_no_file": """
        SELECT count(*) FROM row_outcomes o WHERE NOT EXISTS (
            SELECT FROM batch_files f WHERE f.batch_id = o.batch_id AND f.file_id = o.file_id)""",
    "row_outcomes.doubled": """
        SELECT count(*) - count(DISTINCT record_id) FROM row_outcomes WHERE outcome <> 'rejected'""",
    "file_columns.of_no_file": f"""
        SELECT count(*) FROM file_columns c
        WHERE NOT EXISTS (SELECT FROM batch_files f WHERE f.file_id = c.file_id AND ({ENTERED}))""",
    "cells.of_no_row": """
        SELECT count(*) FROM cells c WHERE NOT EXISTS (
            SELECT FROM row_outcomes o WHERE o.record_id = c.record_id AND o.outcome <> 'rejected')""",
    "batches.sums": f"""
        SELECT count(*) FROM batches f
        LEFT JOIN (SELECT batch_id, {_ADDED} FROM batch_files GROUP BY batch_id) n USING (batch_id)
        WHERE {_DIFFER}""",
    "records.without_outcome": """
        SELECT count(*) FROM records r WHERE NOT EXISTS (
            SELECT FROM row_outcomes o WHERE o.record_id = r.record_id AND o.outcome IN ('loaded', 'merged'))""",
    "row_outcomes.without_record": """
        SELECT count(*) FROM row_outcomes o WHERE outcome IN ('loaded', 'merged') AND NOT EXISTS (
            SELECT FROM records r WHERE r.record_id = o.record_id) AND NOT EXISTS (
            SELECT FROM removed_rows g WHERE g.record_id = o.record_id)""",
    "row_outcomes.without_quarantine": """
        SELECT count(*) FROM row_outcomes o WHERE outcome = 'quarantined' AND NOT EXISTS (
            SELECT FROM quarantine q WHERE q.record_id = o.record_id)
        AND NOT EXISTS (
            SELECT FROM removed_rows g WHERE g.record_id = o.record_id)""",
    "corrections.of_no_row": """
        SELECT count(*) FROM corrections c WHERE NOT EXISTS (
            SELECT FROM row_outcomes w WHERE w.record_id = c.corrected_record_id)
        OR NOT EXISTS (SELECT FROM row_outcomes o WHERE o.record_id = c.record_id AND o.batch_id = c.batch_id)""",
    "replaced_records.of_another_person": """
        SELECT count(*) FROM replaced_records p LEFT JOIN memberships o ON o.record_id = p.corrected_record_id
        LEFT JOIN memberships n ON n.record_id = p.record_id
        WHERE o.person_id IS NULL OR o.person_id IS DISTINCT FROM n.person_id""",
    "golden_persons.main_record_replaced": """
        SELECT count(*) FROM golden_persons p JOIN replaced_records o ON o.corrected_record_id = p.main_record_id""",
    "quarantine.also_loaded": "SELECT count(*) FROM quarantine JOIN records USING (record_id)",
    "records.without_person": """
        SELECT count(*) FROM records r LEFT JOIN memberships m USING (record_id)
        LEFT JOIN golden_persons p USING (person_id) WHERE p.person_id IS NULL""",
    "memberships.without_record": """
        SELECT count(*) FROM memberships m WHERE NOT EXISTS (SELECT FROM records r WHERE r.record_id = m.record_id)""",
    "membership_history.periods_overlap": """
        SELECT count(*) FROM (
            SELECT recorded_from, lag(recorded_to) OVER (PARTITION BY record_id ORDER BY number) AS ended
            FROM membership_history) h WHERE recorded_from < ended""",
    "membership_history.of_no_row": """
        SELECT count(*) FROM membership_history h
        WHERE NOT EXISTS (SELECT FROM row_outcomes o WHERE o.record_id = h.record_id)""",
    "membership_history.of_no_person": """
        SELECT count(*) FROM membership_history h WHERE person_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM golden_persons p WHERE p.person_id = h.person_id)
        AND NOT EXISTS (SELECT FROM person_redirects r WHERE r.retired_person_id = h.person_id)
        AND NOT EXISTS (SELECT FROM gone_persons g WHERE g.person_id = h.person_id)""",
    "memberships.other_partition": """
        SELECT count(*) FROM memberships m JOIN records r USING (record_id) WHERE m.province_code <> r.province_code""",
    "records.in_two_partitions": """
        SELECT count(*) FROM (SELECT FROM records GROUP BY record_id HAVING count(*) > 1) twice""",
    "golden_persons.record_count": """
        SELECT count(*) FROM golden_persons p
        LEFT JOIN (SELECT person_id, count(*) AS records FROM memberships GROUP BY 1) n USING (person_id)
        WHERE p.record_count <> coalesce(n.records, 0)""",
    "golden_persons.main_record_of_another": """
        SELECT count(*) FROM golden_persons p LEFT JOIN memberships m ON m.record_id = p.main_record_id
        WHERE m.person_id IS DISTINCT FROM p.person_id""",
    "value_sources.of_another": """
        SELECT count(*) FROM value_sources v LEFT JOIN memberships m USING (record_id)
        WHERE m.person_id IS DISTINCT FROM v.person_id""",
    "row_outcomes.person_gone": """
        SELECT count(*) FROM row_outcomes o LEFT JOIN person_redirects r ON r.retired_person_id = o.person_id
        WHERE o.person_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM golden_persons p WHERE p.person_id = coalesce(r.person_id, o.person_id))
        AND NOT EXISTS (SELECT FROM gone_persons g WHERE g.person_id = o.person_id)
        AND NOT EXISTS (SELECT FROM removed_rows g WHERE g.record_id = o.record_id)""",
    "removed_rows.still_there": """
        SELECT count(*) FROM removed_rows g WHERE NOT EXISTS (
            SELECT FROM row_outcomes o JOIN batches b USING (batch_id)
            WHERE o.record_id = g.record_id AND b.recorded_at > g.recorded_at)
        AND (EXISTS (SELECT FROM records r WHERE r.record_id = g.record_id)
             OR EXISTS (SELECT FROM quarantine q WHERE q.record_id = g.record_id))""",
    "erasures.unfinished": "SELECT count(*) FROM erasures WHERE state = 'approved'",
    "person_redirects.lead_nowhere": """
        SELECT count(*) FROM person_redirects r WHERE NOT EXISTS (
            SELECT FROM golden_persons p WHERE p.person_id = r.person_id)""",
    "person_redirects.still_live": """
        SELECT count(*) FROM person_redirects r JOIN golden_persons p ON p.person_id = r.retired_person_id""",
    "household_members.not_of_records": """
        SELECT count(*) FROM (
            SELECT DISTINCT ON (person_id) person_id, r.household_key FROM records r
            JOIN memberships m USING (record_id) JOIN golden_persons p USING (person_id)
            WHERE r.household_key IS NOT NULL
            AND NOT EXISTS (SELECT FROM replaced_records o WHERE o.corrected_record_id = r.record_id)
            AND num_nonnulls(p.death_year, p.death_kind) = 0
            ORDER BY person_id, r.entry_date DESC NULLS LAST,
                     r.household_key IS DISTINCT FROM p.household_key, r.household_key) said
        FULL JOIN (SELECT person_id, household_key FROM household_members WHERE to_reason IS NULL) open
            USING (person_id, household_key)
        WHERE said.person_id IS NULL OR open.person_id IS NULL""",
    "household_members.of_no_person": """
        SELECT count(*) FROM household_members h
        LEFT JOIN memberships m ON m.record_id = h.record_id LEFT JOIN memberships f ON f.record_id = h.from_record_id
        WHERE m.person_id IS DISTINCT FROM h.person_id OR f.person_id IS DISTINCT FROM h.person_id""",
    "household_members.in_two_households": """
        SELECT count(*) FROM household_members a JOIN household_members b USING (person_id)
        WHERE a.stay < b.stay AND 'unclear' NOT IN (coalesce(a.to_reason, ''), coalesce(b.to_reason, ''))
        AND (a.to_reason IS NULL OR a.to_date > b.from_date)""",
    "household_members.end_before_begin": """
        SELECT count(*) FROM household_members
        WHERE to_date < from_date OR to_reason IS NULL AND to_date IS NOT NULL""",
    "golden_households.member_count": """
        SELECT count(*) FROM golden_households h FULL JOIN (
            SELECT household_key, count(*) FILTER (WHERE to_reason IS NULL) AS members,
                   count(*) FILTER (WHERE to_reason = 'death') AS dead,
                   count(*) FILTER (WHERE to_reason = 'missing') AS missing
            FROM household_members GROUP BY 1) n USING (household_key)
        WHERE (h.member_count, h.dead_count, h.missing_count) IS DISTINCT FROM (n.members, n.dead, n.missing)""",
    "golden_households.heads": """
        SELECT count(*) FROM golden_households h LEFT JOIN (
            SELECT household_key, count(*) AS heads, (array_agg(person_id))[1] AS head
            FROM household_members WHERE is_head AND to_reason IS NULL GROUP BY 1) n USING (household_key)
        WHERE CASE WHEN n.heads = 1 THEN h.head_person_id IS DISTINCT FROM n.head
                   ELSE h.head_person_id IS NOT NULL OR (h.head_rule_id IS NULL) = (h.member_count > 0) END""",
    "golden_households.closed_with_members": """
        SELECT count(*) FROM golden_households WHERE valid_to IS NOT NULL AND member_count > 0""",
    "block_keys.without_record": """
        SELECT count(*) FROM (SELECT record_id FROM block_keys UNION SELECT record_id FROM recent_block_keys) k
        WHERE NOT EXISTS (
            SELECT FROM records r WHERE r.record_id = k.record_id)""",
    "batches.undone_with_rows": """
        SELECT count(*) FROM batches b JOIN row_outcomes o USING (batch_id)
        WHERE b.state = 'undone' AND o.outcome <> 'rejected'""",
    "known_rows.of_no_known_row": """
        SELECT count(*) FROM known_rows k WHERE NOT EXISTS (
            SELECT FROM row_outcomes o WHERE o.record_id = k.record_id AND o.outcome = 'known')""",
    "row_outcomes.known_of_nothing": """
        SELECT count(*) FROM row_outcomes o WHERE outcome = 'known'
        AND NOT EXISTS (SELECT FROM records r WHERE r.record_id = o.known_record_id)
        AND NOT EXISTS (SELECT FROM quarantine q WHERE q.record_id = o.known_record_id)
        AND NOT EXISTS (SELECT FROM removed_rows g WHERE g.record_id = o.known_record_id)""",
    "scored_pairs.without_record": """
        SELECT count(*) FROM scored_pairs s WHERE NOT EXISTS (
            SELECT FROM records r WHERE r.record_id = s.left_record_id)
        OR NOT EXISTS (SELECT FROM records r WHERE r.record_id = s.right_record_id)""",
    # The whole chain is verified by `sohoa audit verify`; these see a gap, and whether the newest events follow.
    "audit_events.gap": "SELECT coalesce(max(sequence), 0) - count(*) FROM audit_events",
    "audit_events.unchained": f"""
        SELECT count(*) FROM (
            SELECT *, coalesce(lag(hash) OVER (ORDER BY sequence),
                               CASE sequence WHEN 1 THEN decode(repeat('00', 32), 'hex') END) AS previous
            FROM (SELECT * FROM audit_events ORDER BY sequence DESC LIMIT {_NEWEST_EVENTS}) newest) e
        WHERE hash <> sha256(previous || convert_to(concat_ws(E'\\t', {LINE}), 'UTF8'))""",
    "audit_heads.of_another_chain": """
        SELECT count(*) FROM audit_heads h LEFT JOIN audit_events e USING (sequence)
        WHERE e.hash IS DISTINCT FROM h.hash""",
    "store_version.batches": """
        SELECT abs(version - (SELECT count(*) FROM batch_events WHERE event IN ('loaded', 'undone'))
                   - (SELECT count(*) FROM person_changes)
                   - (SELECT count(*) FROM erasures WHERE state = 'done')) FROM store_version""",
    **NUMBER_INVARIANTS,
}
"""A query for each invariant: the number of rows that break it."""


def store_check(store: Store) -> tuple[Violation, ...]:
    """The violated invariants, in the order of INVARIANTS; empty when all is well. Reads the whole store."""
    with store.reading() as connection:
        return violations(connection)


def violations(connection: Connection) -> tuple[Violation, ...]:
    """The violated invariants as that transaction sees the store."""
    make_units(connection)
    counted = ((name, int(connection.execute(sa.text(query)).scalar_one())) for name, query in INVARIANTS.items())
    return tuple(Violation(name, rows) for name, rows in counted if rows)
