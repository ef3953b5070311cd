"""Database errors as our own: a code, a state, a table; never the text of the server, which quotes values."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc

from schemas.errors import ContractError, StoreMoved, StoreUnavailable

_DISK_FULL, _TOO_MANY, _READ_ONLY = "53100", "53300", "25006"
_GIVE_WAY = ("40001", "40P01")  # serialisation failure, deadlock: the same work succeeds when it is done again
_BAD_DATA = ("22", "23")  # SQLSTATE classes: data exception, integrity constraint violation
_ASPECT = {"23505": "key", "23514": "check", "23502": "nulls", "22021": "text", "P0001": "append_only"}


@contextmanager
def translated(table: str = "store") -> Iterator[None]:
    """Raise StoreUnavailable for a lost, full or refused store, ContractError for rows it does not take.

    A transaction that the server chose to give way raises StoreMoved: it may be tried again.

    The original is not chained: its text holds the row.
    """
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        if not isinstance(error.orig, psycopg.Error):
            raise
        raise _ours(error.orig, table) from None
    except psycopg.Error as error:
        raise _ours(error, table) from None


def _ours(error: psycopg.Error, table: str) -> Exception:
    state = error.sqlstate or ""
    where = error.diag.table_name or table
    if state.startswith(_BAD_DATA) or state in _ASPECT:
        aspect = _ASPECT.get(state, "types")
        return ContractError(where, aspect, f"{state} {error.diag.constraint_name or ''}".strip())
    if state in _GIVE_WAY:
        return StoreMoved("store.conflict", state=state)
    if state == _DISK_FULL:
        return StoreUnavailable("store.disk_full")
    if state in (_TOO_MANY, _READ_ONLY):
        return StoreUnavailable("store.busy" if state == _TOO_MANY else "store.read_only")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreUnavailable("store.connection_lost", state=state or "-")
    return ContractError(where, "statement", f"{state} {type(error).__name__}")
