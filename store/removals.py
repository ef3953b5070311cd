"""Retention in the store: rows that waited for their correction for too long lose their values, not their outcome."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store import audit, holds
from store.audit import Event
from store.engine import Store
from store.load import LOAD_LOCK
from store.roles import Role
from store.turns import wait_for_turn

_DUE = """
    CREATE TEMP TABLE due ON COMMIT DROP AS
    SELECT DISTINCT q.record_id FROM quarantine q JOIN row_outcomes o USING (record_id) JOIN batches b USING (batch_id)
    WHERE b.recorded_at < :before AND NOT encode(uuid_send(b.batch_id), 'hex') = ANY(:held)"""


def quarantine_due(store: Store, before: datetime) -> int:
    """How many rows were kept out before that time and are under no hold."""
    with store.reading(Role.ERASE) as connection:
        return _due(connection, before)


def remove_quarantine(store: Store, before: datetime) -> int:
    """Remove what was read in rows that were kept out before that time; returns the rows. One transaction.

    Raises:
        StoreUnavailable: the store was lost; nothing was removed.
    """
    with store.writing("quarantine", Role.ERASE) as connection:
        wait_for_turn(connection)
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOAD_LOCK})
        rows = _due(connection, before)
        connection.execute(
            sa.text("""DELETE FROM known_rows t USING row_outcomes o, due
                       WHERE o.record_id = t.record_id AND o.known_record_id = due.record_id""")
        )
        for table in ("quarantine", "check_results", "cells"):
            connection.execute(sa.text(f"DELETE FROM {table} t USING due WHERE t.record_id = due.record_id"))
        connection.execute(
            sa.text("INSERT INTO removed_rows (record_id, rule) SELECT record_id, 'quarantine' FROM due")
        )
        audit.append(connection, store.acting, Event("retention.applied", after=(rows,)))
        return rows


def held(store: Store) -> frozenset[str]:
    """Batches under a hold, their own or that of a person they brought."""
    with store.reading(Role.ERASE) as connection:
        return holds.held_batches(connection)


def _due(connection: Connection, before: datetime) -> int:
    values = {"before": before, "held": sorted(holds.held_batches(connection))}
    connection.execute(sa.text(_DUE), values)
    return int(connection.execute(sa.text("SELECT count(*) FROM due")).scalar_one())
