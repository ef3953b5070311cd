"""Turns at the store: who found it moved once too often matches again while nobody else may load.

Matching begins without a lock, and a batch that came in between means matching again. Where dozens of provinces load at
once that could go on for ever, so the second time a batch waits for its turn: a lock that is given in the order in
which it was asked for, and that the server takes back by itself when its holder dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.engine import Store
from store.faults import translated

TURN_LOCK = 0x736F_686F_0004
"""Key of the advisory lock: shared by every load for its transaction, taken alone by who has the turn. Number 3 is the
audit's (migration 0013)."""


@contextmanager
def turn(store: Store) -> Iterator[None]:
    """Within the block no other batch is loaded; waits for those that are loading or came first.

    Raises:
        StoreUnavailable: the store was lost.
    """
    with translated(), store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": TURN_LOCK})
        try:
            yield
        finally:
            if not connection.invalidated and not connection.closed:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": TURN_LOCK})


def wait_for_turn(connection: Connection) -> None:
    """Wait until nobody has the turn, and keep it from being given until this transaction ends."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": TURN_LOCK})
