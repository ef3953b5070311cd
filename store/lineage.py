"""The lineage of values: from a person to the cells that each of its values was read from, in one query.

A cell is the line of a record and the columns of its file that feed the field; a field of two columns (surname and
given name; day, month and year) has the cells of both. What stands in no column was read from the lines of the
household above.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas import tables as contracts
from schemas.field import Field
from schemas.fields import ALL_FIELDS
from store.engine import Store
from store.queries import of_members
from store.roles import Role
from store.upserts import stage

Traced = Mapping[str, Any]
_DATES = frozenset(c.name for c in contracts.VALUE_COLUMNS if c.type == pa.date32())


def write_columns(connection: Connection, columns: pa.Table | None) -> None:
    """Keep the FILE_COLUMNS of a batch; those of a file that was undone meanwhile and is loaded again are made anew."""
    if columns is None:
        return
    names = ", ".join(contracts.FILE_COLUMNS.column_names)
    stage(connection, contracts.FILE_COLUMNS, [columns])
    for statement in (
        "DELETE FROM file_columns WHERE file_id IN (SELECT file_id FROM staged_file_columns)",
        f"INSERT INTO file_columns ({names}) SELECT {names} FROM staged_file_columns",
    ):
        connection.execute(sa.text(statement))


def trace(store: Store, person_id: str) -> Iterator[Traced]:
    """Where each value of a person comes from, and what its other records say: a row for each field and record.

    Args:
        store: the store.
        person_id: 32 hexadecimal digits, also a former id.

    Returns:
        field, place (of the field in its order), record_id, is_source (it is the golden value), method (why it
        survived; None of other records), said (value columns of the record for the field), entry_date (since when it
        was so), file, sheet, page, line, cells (letter, heading and raw column of each), columns_known (False for files
        loaded before columns were kept), rules (ids of what was found in the field), batch_id, province_code,
        recorded_at, code_version, model_version, match_weight (strongest pair that joins the record to another of the
        person), replaced_by (the mended record that took its place), file_id. No row for an unknown id.
    """
    with store.reading(Role.REVIEW) as connection:
        for row in connection.execute(sa.text(QUERY), {"p": person_id}).mappings():
            yield dict(row) | {"said": _said(row["said"])}


def _said(given: Any) -> dict[str, Any]:
    values = json.loads(given) if isinstance(given, str) else dict(given)
    return {k: date.fromisoformat(v) if k in _DATES and v is not None else v for k, v in values.items()}


def _value(place: int, field: Field) -> str:
    """A line of the list of fields: its place, name, what record r says, and the raw columns that feed it."""
    pairs = ", ".join(f"'{c.name}', r.{c.name}" for c in field.columns)
    raws = ", ".join(f"'{raw}'" for raw in field.raw_columns)
    return f"({place}, '{field.name}', jsonb_strip_nulls(jsonb_build_object({pairs})), ARRAY[{raws}]::text[])"


_ID = "encode(uuid_send({0}), 'hex')"
_VALUES = ",\n        ".join(_value(place, field) for place, field in enumerate(ALL_FIELDS))
_OTHERS = "SELECT y.record_id FROM memberships y WHERE y.person_id = t.person_id"
QUERY = f"""
WITH asked AS (
    SELECT coalesce((SELECT person_id FROM person_redirects WHERE retired_person_id = CAST(:p AS uuid)),
                    CAST(:p AS uuid)) AS person_id),
sources AS MATERIALIZED (SELECT v.* FROM asked JOIN golden_value_sources v USING (person_id)),
told AS (
    SELECT f.place, f.field, m.record_id, s.record_id IS NOT NULL AS is_source, s.method, f.said, r.entry_date,
           r.file_id, f.raws, m.person_id
    FROM asked JOIN memberships m USING (person_id) {of_members()}
    CROSS JOIN LATERAL (VALUES
        {_VALUES}) f (place, field, said, raws)
    LEFT JOIN sources s ON s.field = f.field AND s.record_id = m.record_id
    WHERE f.said <> '{{}}'::jsonb OR s.record_id IS NOT NULL),
marked AS MATERIALIZED (
    SELECT c.record_id, c.field, array_agg(DISTINCT c.rule_id ORDER BY c.rule_id) AS rules
    FROM asked JOIN memberships m USING (person_id) JOIN check_results c ON c.record_id = m.record_id GROUP BY 1, 2)
SELECT t.field, t.place, {_ID.format("t.record_id")} AS record_id, t.is_source, t.method, t.said, t.entry_date,
       o.file, o.sheet, o.page, o.line, coalesce(c.cells, '[]'::jsonb) AS cells,
       EXISTS (SELECT FROM file_columns k WHERE k.file_id = t.file_id) AS columns_known,
       coalesce(x.rules, '{{}}') AS rules,
       {_ID.format("o.batch_id")} AS batch_id, b.province_code, b.recorded_at, b.code_version, b.model_version,
       (SELECT max(match_weight) FROM (
            SELECT p.match_weight FROM scored_pairs p
            WHERE p.left_record_id = t.record_id AND p.outcome = 'match' AND p.right_record_id IN ({_OTHERS})
            UNION ALL SELECT p.match_weight FROM scored_pairs p
            WHERE p.right_record_id = t.record_id AND p.outcome = 'match' AND p.left_record_id IN ({_OTHERS})) w
       ) AS match_weight,
       {_ID.format("n.record_id")} AS replaced_by, {_ID.format("t.file_id")} AS file_id
FROM told t
LEFT JOIN row_outcomes o ON o.record_id = t.record_id AND o.outcome <> 'rejected'
LEFT JOIN batches b ON b.batch_id = o.batch_id
LEFT JOIN marked x ON x.record_id = t.record_id AND x.field = t.field
LEFT JOIN replaced_records n ON n.corrected_record_id = t.record_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_array(k.letter, k.heading, k.raw_column) ORDER BY k.position) AS cells
    FROM file_columns k
    WHERE k.file_id = t.file_id AND k.sheet IS NOT DISTINCT FROM o.sheet AND k.raw_column = ANY(t.raws)) c ON true
UNION ALL
SELECT s.field, {len(ALL_FIELDS)}, NULL, true, s.method, '{{}}'::jsonb, NULL, NULL, NULL, NULL, NULL, '[]'::jsonb, true,
       '{{}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM sources s WHERE s.record_id IS NULL
ORDER BY place, is_source DESC, recorded_at, record_id"""
"""The one question; its only parameter is the person."""
