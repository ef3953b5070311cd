"""How the cells of the scans of a batch were read, by the machine alone or by a person, and how sure it was: counts."""

from dataclasses import dataclass

import sqlalchemy as sa

from schemas.fields import ALL_FIELDS
from store.engine import Store
from store.report_figures import is_batch_id
from store.roles import Role


@dataclass(frozen=True)
class CellCount:
    """Cells of one field in one band of confidence.

    cells = accepted + waiting + confirmed + corrected.

    Attributes:
        field: the field that the column feeds.
        band: 0 to 9, tenths of the confidence of the machine: 9 = 0.9 and above.
        cells: those in which something stands, or may stand.
        accepted: read by the machine alone.
        waiting: those that a person has to read.
        confirmed: read by a person as one of the recognisers had.
        corrected: read by a person otherwise.
    """

    field: str
    band: int
    cells: int
    accepted: int
    waiting: int
    confirmed: int
    corrected: int


def cell_quality(store: Store, batch_id: str) -> tuple[CellCount, ...]:
    """The cells of rows that came in or wait, by field and band; none where the batch has no scan."""
    if not is_batch_id(batch_id):
        raise ValueError("no batch id")
    with store.reading(Role.REVIEW) as connection:
        return tuple(CellCount(*row) for row in connection.execute(sa.text(_COUNTED), {"b": batch_id}))


_RAWS = ", ".join(f"('{raw}', '{f.name}')" for f in ALL_FIELDS for raw in f.raw_columns)
_COUNTED = f"""
    SELECT field, greatest(0, least(9, floor(10 * confidence)))::integer, count(*),
           count(*) FILTER (WHERE is_accepted AND NOT is_read), count(*) FILTER (WHERE NOT is_accepted AND NOT is_read),
           count(*) FILTER (WHERE is_read AND is_known), count(*) FILTER (WHERE is_read AND NOT is_known)
    FROM (
        SELECT f.field, c.is_accepted, c.rule IS NOT DISTINCT FROM 'person' AS is_read,
               EXISTS (SELECT FROM jsonb_array_elements(c.readings::jsonb) r WHERE r ->> 'text' = c.text) AS is_known,
               CASE WHEN c.rule = 'person' THEN coalesce(
                   (SELECT max((r ->> 'confidence')::real) FROM jsonb_array_elements(c.readings::jsonb) r), 0)
               ELSE c.confidence END AS confidence
        FROM cells c JOIN (VALUES {_RAWS}) f (raw_column, field) ON f.raw_column = split_part(c.raw_column, '/', 1)
        WHERE c.kind = 'cell' AND (c.text <> '' OR NOT c.is_accepted OR c.rule = 'person')
        AND EXISTS (SELECT FROM row_outcomes o WHERE o.record_id = c.record_id AND o.batch_id = CAST(:b AS uuid)
                    AND o.outcome IN ('loaded', 'merged', 'quarantined'))) read
    GROUP BY 1, 2 ORDER BY 1, 2"""
