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


# The notes are large: only those of the batches that are told of are opened.
_EARLIER = """
    SELECT batch_id, state, recorded_at, results FROM (
        SELECT encode(uuid_send(last.batch_id), 'hex') AS batch_id, last.state, last.recorded_at, last.entry,
               CAST(CAST(n.content AS jsonb) #> '{validation,results}' AS text) AS results
        FROM (
            SELECT b.batch_id, b.state, b.recorded_at, e.entry
            FROM batches b
            JOIN LATERAL (SELECT max(number) AS entry FROM batch_events
                          WHERE batch_id = b.batch_id AND event IN ('loaded', 'stopped')) e ON true
            WHERE b.province_code = :province AND b.state IN ('loaded', 'stopped') AND e.entry < :entry
              AND EXISTS (SELECT FROM batch_notes WHERE batch_id = b.batch_id AND note = :note)
            ORDER BY e.entry DESC LIMIT :most) last
        JOIN batch_notes n ON n.batch_id = last.batch_id AND n.note = :note) opened
    WHERE results IS NOT NULL ORDER BY entry DESC"""
