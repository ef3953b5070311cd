"""`sohoa numbers rotate`: another key says which numbers come next; whoever has a number keeps it.

The key of before is kept: numbers of erased persons are passed over by it. Cut at any moment, the same command goes on;
until it has, nothing is issued. The same command tells the store of a change that a restore has made it forget.
"""

from pathlib import Path

from pipeline.inquiries import asked
from pipeline.issuing_authority import CODES, KEY_FILE, USE, issuing_authority, older_folder, older_keys
from pipeline.settings import Settings
from pipeline.vault import make_key, mark_of, read_key
from schemas.errors import SettingsError, UsageError
from store import audit, issuing
from store.audit import Event
from store.engine import Store
from store.files import move, write_synced
from store.load import change_number_key

_NEXT = Path("keys/numbers.next.key")


def rotate(settings: Settings, older: Path | None = None) -> str:
    """Change the key that personal numbers are drawn with; returns the mark of the new one.

    Args:
        settings: with `numbers_key_file`, the new key lies there already.
        older: the key file of before, where the settings name one of their own.

    Raises:
        SettingsError: numbers.no_authority; a key is missing, readable by others, of a wrong size, or another one than
            the store issues with.
        UsageError: key.older_needed, key.same.
    """
    with asked(settings) as store, audit.refusals(store, Event("numbers.key_rotated", "key")):
        if settings.issuing_range is None:
            raise SettingsError("numbers.no_authority")
        if settings.numbers_key_file is None:
            _change_in_home(settings, _in_use(store))
        else:
            _keep_older(settings, settings.numbers_key_file, older, _in_use(store))
        authority = issuing_authority(settings)
        if authority is None:
            raise SettingsError("numbers.no_authority")
        change_number_key(store, authority)
        return mark_of(authority.key, USE)


def _in_use(store: Store) -> str | None:
    with store.reading() as connection:
        return issuing.key_in_use(connection)


def _change_in_home(settings: Settings, in_use: str | None) -> None:
    """A new key in the place of the one that the store issues with; nothing where that was done before."""
    current, following = settings.home / KEY_FILE, settings.home / _NEXT
    key = read_key(current, CODES)
    if in_use is not None and in_use != mark_of(key, USE) and in_use in older_keys(settings):
        return
    if in_use not in (None, mark_of(key, USE)):
        raise SettingsError("numbers.key.other")
    _keep(settings, key)
    if not following.exists():
        make_key(following)
    move(following, current)


def _keep_older(settings: Settings, new: Path, older: Path | None, in_use: str | None) -> None:
    if older is None:
        raise UsageError("key.older_needed")
    before, after = read_key(older, CODES), read_key(new, CODES)
    if before == after:
        raise UsageError("key.same")
    if in_use not in (None, mark_of(before, USE), mark_of(after, USE)):
        raise SettingsError("numbers.key.other")
    _keep(settings, before)


def _keep(settings: Settings, key: bytes) -> None:
    kept = older_folder(settings) / f"{mark_of(key, USE)}.key"
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_synced(kept, key)
