"""What the gate saw in the batches that a province sent before one: for the trends of its report."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from store.engine import Store
from store.roles import Role


@dataclass(frozen=True)
class EarlierGate:
    """A batch as its gate saw it: state (loaded, stopped), when it came in, the results as they were kept."""

    batch_id: str
    state: str
    recorded_at: datetime
    results: Sequence[dict[str, Any]]


def earlier_gates(store: Store, entry: int, province_code: str, note: str, most: int) -> list[EarlierGate]:
    """The last batches of a province before the event of that number, oldest first; those that were undone are none.

    Args:
        store: the store.
        entry: number of the event by which the batch itself was loaded or stopped.
        province_code: of the 34.
        note: name of the note that holds what the gate saw.
        most: how many at most.
    """
    wanted = {"entry": entry, "province": province_code, "note": note, "most": most}
    with store.reading(Role.REPORT) as connection:
        rows = connection.execute(sa.text(_EARLIER), wanted).all()
    return [EarlierGate(row[0], row[1], row[2], json.loads(row[3])) for row in reversed(rows)]


_EARLIER = """
    SELECT encode(uuid_send(b.batch_id), 'hex'), b.state, b.recorded_at,
           CAST(CAST(n.content AS jsonb) #> '{validation,results}' AS text)
    FROM batches b
    JOIN (SELECT batch_id, max(number) AS entry FROM batch_events WHERE event IN ('loaded', 'stopped') GROUP BY 1) e
      ON e.batch_id = b.batch_id
    JOIN batch_notes n ON n.batch_id = b.batch_id AND n.note = :note
    WHERE b.province_code = :province AND b.state IN ('loaded', 'stopped') AND e.entry < :entry
      AND CAST(n.content AS jsonb) #> '{validation,results}' IS NOT NULL
    ORDER BY e.entry DESC LIMIT :most"""
