"""Places in the audit that a report names: its newest event, and the one by which a batch was loaded or stopped."""

from dataclasses import dataclass

import sqlalchemy as sa

from store.engine import Store

_MARK = """sequence, encode(hash, 'hex'), to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


@dataclass(frozen=True)
class Mark:
    """An event of the audit: its sequence, its hash (which vouches for all events before it), its moment in UTC."""

    sequence: int
    hash: str
    moment: str


def newest(store: Store) -> Mark | None:
    """The newest event; None where there is none, or the store is limited to a province."""
    if store.province is not None:
        return None
    with store.reading() as connection:
        found = connection.execute(
            sa.text(f"SELECT {_MARK} FROM audit_events ORDER BY sequence DESC LIMIT 1")
        ).one_or_none()
    return None if found is None else Mark(*found)


def taken_in(store: Store, batch_id: str) -> tuple[Mark, str] | None:
    """The last event by which a batch was loaded or stopped, and the account that did it.

    None where the audit has none under the present key of pseudonyms, or the store is limited to a province.
    """
    if store.province is not None:
        return None
    with store.reading() as connection:
        # From the newest back: a report is mostly made right after its batch.
        found = connection.execute(
            sa.text(f"""
                SELECT {_MARK}, actor FROM audit_events
                WHERE object = :object AND outcome = 'done' AND action IN ('batch.loaded', 'batch.stopped')
                ORDER BY sequence DESC LIMIT 1"""),
            {"object": store.acting.pseudonym("batch", batch_id)},
        ).one_or_none()
    return None if found is None else (Mark(*found[:3]), str(found[3]))
