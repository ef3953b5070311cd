"""Whose a record was before: a row when it moves, goes or comes by an undoing; nothing when it is first loaded.

A row says that the record was that person's (null: not in the store) from one moment until another, and what ended it.
The present is in `memberships`; it began with the last row of the record, or else when the batch of the record was
loaded. So a batch of new people writes nothing here. All rows of a change bear one moment, that of its event.
"""

from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Cause = Literal["load", "parted", "joined", "undo"]

BEGAN = """
    greatest(
        (SELECT max(e.recorded_at) FROM row_outcomes o JOIN batch_events e ON e.batch_id = o.batch_id
         WHERE o.record_id = {0} AND o.outcome <> 'rejected' AND e.event = 'loaded'),
        (SELECT max(h.recorded_to) FROM membership_history h WHERE h.record_id = {0}))"""
"""Since when a record has the person that it has; of one that was loaded, never null."""
_ADD = """
    INSERT INTO membership_history
        (record_id, person_id, province_code, recorded_from, recorded_to, cause, batch_id)
    SELECT record_id, person_id, province_code, recorded_from, CAST(:moment AS timestamptz), :cause,
           CAST(:batch_id AS uuid)
    FROM ({ended}) ended ORDER BY record_id"""
_MOVED = f"""
    SELECT v.record_id, v.old_person_id AS person_id, m.province_code, {BEGAN.format("v.record_id")} AS recorded_from
    FROM moved v JOIN memberships m ON m.record_id = v.record_id"""
_UNDONE = f"""
    SELECT record_id, person_id, province_code, recorded_from FROM ended_by_undoing
    UNION ALL {_MOVED} WHERE v.record_id NOT IN (SELECT record_id FROM ended_by_undoing)"""
_NOTED = f"""
    CREATE TEMP TABLE ended_by_undoing ON COMMIT DROP AS
    SELECT m.record_id, m.person_id, m.province_code, {BEGAN.format("m.record_id")} AS recorded_from
    FROM (SELECT record_id FROM lost WHERE NOT is_waiting
          UNION SELECT o.record_id FROM row_outcomes o JOIN taken_over t USING (file_id)
                WHERE o.batch_id = :batch_id) n
    JOIN memberships m USING (record_id)
    UNION ALL
    SELECT k.record_id, NULL, b.province_code,
           (SELECT max(e.recorded_at) FROM batch_events e WHERE e.batch_id = k.batch_id AND e.event = 'loaded')
    FROM chosen k JOIN batches b ON b.batch_id = k.batch_id WHERE NOT k.is_waiting"""


def note_moved_by_load(connection: Connection, batch_id: str) -> None:
    """Note whose the records were that a batch moved; right after its event, with `moved` of `store.persons`."""
    query = "SELECT max(recorded_at) FROM batch_events WHERE batch_id = :batch_id AND event = 'loaded'"
    moment = connection.execute(sa.text(query), {"batch_id": batch_id}).scalar_one()
    _add(connection, _MOVED, moment, "load", batch_id)


def note_moved_by_decision(connection: Connection, cause: Literal["parted", "joined"]) -> None:
    """Note whose the records were that somebody moved; after the change was written, with `moved`."""
    _add(connection, _MOVED, _now(connection), cause, None)


def note_ended(connection: Connection, batch_id: str) -> None:
    """Note whose the rows of a batch were before it is undone; with the tables of `undo_scope`, before rows go.

    Of a record that now counts as brought by a later batch, and of one that comes in the place of a lost one, it is
    noted too: when their batches were loaded no longer says since when the store has them.
    """
    connection.execute(sa.text(_NOTED), {"batch_id": batch_id})


def note_undone(connection: Connection, batch_id: str) -> None:
    """Write what `note_ended` noted, and whose the other records were that the undoing moved, at one moment."""
    _add(connection, _UNDONE, _now(connection), "undo", batch_id)


def _now(connection: Connection) -> object:
    return connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()


def _add(connection: Connection, ended: str, moment: object, cause: Cause, batch_id: str | None) -> None:
    given = {"moment": moment, "cause": cause, "batch_id": batch_id}
    connection.execute(sa.text(_ADD.format(ended=ended)), given)
