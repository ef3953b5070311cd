"""Which fields of the rows that a batch brought in were changed by a rule, and which by a person; counts alone.

By a person: the row was kept out for the field and came back mended, was accepted against the rule, or the cell of a
scan was read by somebody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schemas.fields import ALL_FIELDS
from store.engine import Store
from store.queries import each_record
from store.report_figures import is_batch_id
from store.roles import Role

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class FieldChanges:
    """Rows that a batch brought in, by field and the pattern of their empty fields: (field, empty_reasons, rows)."""

    by_rule: Rows
    by_hand: Rows


@dataclass(frozen=True)
class EarlierNote:
    """A note of a batch that was loaded earlier and not undone, oldest first."""

    batch_id: str
    province_code: str
    content: str


def field_changes(store: Store, batch_id: str, changing: Collection[str]) -> FieldChanges:
    """Changes of a batch. `changing`: ids of the rules that change a value."""
    if not is_batch_id(batch_id):
        raise ValueError("no batch id")
    with store.reading(Role.REVIEW) as connection:
        connection.execute(sa.text("SET LOCAL work_mem = '128MB'"))
        connection.execute(sa.text(_TAKEN), {"b": batch_id})
        connection.execute(sa.text("ANALYZE taken_rows"))
        by_rule = connection.execute(sa.text(_COUNTED.format(changed=_BY_RULE)), {"changing": sorted(changing)}).all()
        by_hand = connection.execute(sa.text(_COUNTED.format(changed=_BY_HAND))).all()
    return FieldChanges([tuple(row) for row in by_rule], [tuple(row) for row in by_hand])


def earlier_notes(store: Store, entry: int, note: str) -> list[EarlierNote]:
    """Notes of that name of the batches that were loaded before the event of that number; those the session sees."""
    with store.reading(Role.REPORT) as connection:
        rows = connection.execute(sa.text(_EARLIER), {"entry": entry, "note": note}).all()
    return [EarlierNote(*row) for row in rows]


_TAKEN = """
    CREATE TEMP TABLE taken_rows ON COMMIT DROP AS
    SELECT record_id FROM row_outcomes WHERE batch_id = CAST(:b AS uuid) AND outcome IN ('loaded', 'merged')
    AND file_id IN (SELECT file_id FROM batch_files WHERE batch_id = CAST(:b AS uuid))"""
_COUNTED = f"""
    SELECT f.field, r.empty_reasons, count(*) FROM (SELECT DISTINCT field, record_id FROM ({{changed}}) c) f
    {each_record("f.record_id", "empty_reasons")}
    GROUP BY 1, 2 ORDER BY 1, 2"""
_BY_RULE = """
    SELECT c.field, c.record_id FROM check_results c JOIN taken_rows USING (record_id)
    WHERE c.rule_id = ANY(:changing) AND c.field <> ''"""
_RAWS = ", ".join(f"('{raw}', '{f.name}')" for f in ALL_FIELDS for raw in f.raw_columns)
_BY_HAND = f"""
    SELECT c.field, c.record_id FROM check_results c JOIN taken_rows USING (record_id)
    WHERE c.severity = 'block' AND c.field <> ''
    UNION ALL SELECT c.field, m.record_id FROM corrections m JOIN taken_rows USING (record_id)
    JOIN check_results c ON c.record_id = m.corrected_record_id AND c.severity = 'block' AND c.field <> ''
    UNION ALL SELECT f.field, c.record_id FROM cells c JOIN taken_rows USING (record_id)
    JOIN (VALUES {_RAWS}) f (raw_column, field) ON f.raw_column = split_part(c.raw_column, '/', 1)
    WHERE c.rule = 'person'"""
_EARLIER = """
    SELECT encode(uuid_send(n.batch_id), 'hex'), b.province_code, n.content
    FROM batch_notes n JOIN batches b ON b.batch_id = n.batch_id AND b.state = 'loaded'
    JOIN (SELECT batch_id, max(number) AS entry FROM batch_events WHERE event = 'loaded' GROUP BY 1) e
      ON e.batch_id = n.batch_id
    WHERE n.note = :note AND e.entry < :entry ORDER BY e.entry"""
