"""Who acts in this process, for the audit: the account it runs under and the key of the audit's pseudonyms."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from pipeline.settings import Settings
from pipeline.vault import own_key
from store.acting import Acting

AUDIT_KEY = Path("keys/audit.key")
_NAMED: ContextVar[tuple[str, str] | None] = ContextVar("acting", default=None)


def acting(settings: Settings) -> Acting:
    """Who acts; all events of a process share one request id, those of a block of `acting_as` one of their own.

    Raises:
        SettingsError: key.missing, key.readable_by_others, key.wrong_size, key.other.
    """
    key, _ = own_key(settings.audit_key_file, settings.home, AUDIT_KEY, b"sohoa audit")
    name, request_id = _NAMED.get() or (account(), _request(os.getpid()))
    return Acting(name, key, request_id)


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Within the block (and its thread or task) an account acts, not whom the process runs under."""
    mark = _NAMED.set((name, os.urandom(16).hex()))
    try:
        yield
    finally:
        _NAMED.reset(mark)


def actor() -> str:
    """Whoever acts: the account of the block of `acting_as`, else the one that this process runs under."""
    named = _NAMED.get()
    return named[0] if named else account()


def account() -> str:
    """The account that this process runs under; "?" where the system does not say."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


@cache
def _request(_process: int) -> str:
    """An id for each process, also for one that was forked from another."""
    return os.urandom(16).hex()
