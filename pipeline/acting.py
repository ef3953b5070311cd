"""Who acts in this process, for the audit: the account it runs under and the key of the audit's pseudonyms."""

import getpass
import os
from functools import cache
from pathlib import Path

from pipeline.settings import Settings
from pipeline.vault import own_key
from store.acting import Acting

AUDIT_KEY = Path("keys/audit.key")


def acting(settings: Settings) -> Acting:
    """Who acts; all events of a process share one request id.

    Raises:
        SettingsError: key.missing, key.readable_by_others, key.wrong_size, key.other.
    """
    key, _ = own_key(settings.audit_key_file, settings.home, AUDIT_KEY, b"sohoa audit")
    return Acting(account(), key, _request(os.getpid()))


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
